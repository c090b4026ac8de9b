"""The feed: gapless numbers for what is committed, in the order of each case, and nothing missed."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.db.queries import feed
from app.db.queries.events import CaseStream, OtherStream, append
from app.db.queries.scope import Sight
from app.db.session import Database, transaction
from app.db.tables.events import Event, FeedHead, FeedPending, FeedRow
from app.domain.access import SYSTEM, Actor, Grant, Role, scope_of
from app.domain.codes import ActorKind
from app.domain.errors import Unavailable
from app.domain.events.others import AccountCreated
from app.services.feed import FeedPage, read_feed
from tests.support.streams import (
    IDS,
    NOW,
    PADANG,
    PADANG_PANJANG,
    add_case,
    cases_with_events,
    cause,
    grow,
)

pytestmark = pytest.mark.commits


async def number(database: Database, batch: int = 100, regency: str = PADANG_PANJANG) -> int:
    async with transaction(database.sessions) as tx:
        return await feed.number_pending(tx, regency, NOW, batch)


async def numbered(database: Database, regency: str = PADANG_PANJANG) -> list[tuple[int, UUID, int]]:
    """Return (feed number, stream, number in the stream) in the order of the feed."""
    async with transaction(database.sessions) as tx:
        rows = await tx.execute(
            select(FeedRow.n, Event.stream_id, Event.n)
            .join(Event, (Event.regency_code == FeedRow.regency_code) & (Event.id == FeedRow.event_id))
            .where(FeedRow.regency_code == regency)
            .order_by(FeedRow.n)
        )
        return [(row[0], row[1], row[2]) for row in rows]


def assert_in_order(rows: list[tuple[int, UUID, int]], sizes: int) -> None:
    assert [row[0] for row in rows] == list(range(1, sizes + 1))
    seen: dict[UUID, int] = {}
    for _, stream, n in rows:
        assert n == seen.get(stream, 0) + 1, "an event was numbered ahead of its forerunner"
        seen[stream] = n


async def test_pending_events_get_gapless_numbers_and_leave_nothing_pending(database: Database) -> None:
    await cases_with_events(database, [3, 2, 4])
    assert await number(database) == 9
    assert await number(database) == 0
    assert_in_order(await numbered(database), 9)
    async with transaction(database.sessions) as tx:
        assert await feed.pending_tenants(tx) == []
        assert await feed.heads(tx, None) == {PADANG_PANJANG: 9}


async def test_order_of_a_case_holds_when_clocks_go_back_and_batches_are_small(database: Database) -> None:
    async with transaction(database.sessions) as tx:
        first, second = await add_case(tx), await add_case(tx)
    for n in range(6):
        async with transaction(database.sessions) as tx:
            # Each act is dated before the one that it follows.
            await grow(tx, first, 2, now=NOW - timedelta(seconds=n))
            await grow(tx, second, 1, now=NOW + timedelta(seconds=n))
    while await number(database, batch=2):
        pass
    assert_in_order(await numbered(database), 18)


async def test_a_transaction_held_open_is_not_missed_by_readers(database: Database) -> None:
    slow, quick = await cases_with_events(database, [1, 1])
    await number(database)
    reader = Reader(database, officer())
    await reader.read()
    written, go_on = asyncio.Event(), asyncio.Event()

    async def hold_open() -> None:
        async with transaction(database.sessions) as tx:
            await grow(tx, slow, now=NOW + timedelta(seconds=5))
            written.set()
            await go_on.wait()

    holding = asyncio.create_task(hold_open())
    await written.wait()
    async with transaction(database.sessions) as tx:
        await grow(tx, quick, now=NOW + timedelta(seconds=6))
    await number(database)
    assert [event.case_id for event in (await reader.read()).events] == [quick.id]
    await asyncio.sleep(2)
    await number(database)
    assert (await reader.read()).events == []
    go_on.set()
    await holding
    await number(database)
    late = await reader.read()
    assert [event.case_id for event in late.events] == [slow.id]
    assert len(reader.seen) == len(set(reader.seen)) == 4


async def test_workers_at_once_number_each_event_once(database: Database) -> None:
    await cases_with_events(database, [40, 1, 25, 30, 4])

    async def work() -> None:
        while await number(database, batch=7):
            pass

    await asyncio.gather(*(work() for _ in range(6)))
    assert_in_order(await numbered(database), 100)


async def test_a_worker_killed_in_the_middle_leaves_no_gap(database: Database) -> None:
    await cases_with_events(database, [5, 5])
    await number(database, batch=3)

    async def numbers_and_dies() -> None:
        async with transaction(database.sessions) as tx:
            me = await tx.scalar(text("SELECT pg_backend_pid()"))
            assert await feed.number_pending(tx, PADANG_PANJANG, NOW, 100)
            async with transaction(database.sessions) as other:
                await other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": me})

    # The driver may meet the dead connection before it has read why it died; here only the death matters.
    with pytest.raises((Unavailable, DBAPIError)):
        await numbers_and_dies()
    while await number(database):
        pass
    assert_in_order(await numbered(database), 10)
    async with transaction(database.sessions) as tx:
        assert (await tx.scalars(select(FeedPending.event_id))).all() == []
        assert await tx.scalar(select(FeedHead.n)) == 10


class Reader:
    """A partner: keeps its position and everything that it was given."""

    def __init__(self, database: Database, actor: Actor) -> None:
        self.database, self.actor = database, actor
        self.position: dict[str, int] = {}
        self.seen: list[UUID] = []

    async def read(self, limit: int = 100, types: tuple[str, ...] = ()) -> FeedPage:
        sight = Sight(scope_of(self.actor), lambda _: [PADANG, PADANG_PANJANG])
        async with transaction(self.database.sessions) as tx:
            page = await read_feed(tx, self.actor, sight, self.position, limit=limit, types=types)
        self.position = dict(page.position)
        self.seen.extend(event.id for event in page.events)
        return page


def officer(region: str = PADANG_PANJANG, role: Role = Role.DESK_OFFICER) -> Actor:
    return Actor(ActorKind.OFFICER, region[:5], IDS.new_id(NOW), (Grant(role, region),))


async def test_readers_get_every_event_once_while_it_is_written(database: Database) -> None:
    streams = await cases_with_events(database, [1] * 4)
    reader = Reader(database, officer())

    async def write(stream: CaseStream) -> None:
        for _ in range(12):
            async with transaction(database.sessions) as tx:
                await grow(tx, stream)

    async def follow() -> None:
        while len(reader.seen) < 52:
            await number(database, batch=5)
            await reader.read(limit=3)

    async with asyncio.timeout(30):
        await asyncio.gather(follow(), *(write(stream) for stream in streams))
    assert len(set(reader.seen)) == len(reader.seen) == 52


async def test_the_feed_shows_what_lists_show_and_goes_past_the_rest(database: Database) -> None:
    async with transaction(database.sessions) as tx:
        near = await add_case(tx)
        far = await add_case(tx, village_code="13.74.02.1001")
        secret = await add_case(tx, confidentiality="RAHASIA")
        other = await add_case(tx, PADANG)
        for stream in (near, far, secret, other):
            await grow(tx, stream, 2)
    for regency in (PADANG, PADANG_PANJANG):
        await number(database, regency=regency)
    seen = {}
    for name, actor in {
        "village": officer("13.74.01.1003"),
        "regency": officer(PADANG_PANJANG),
        "province": officer("13", Role.SUPERVISOR),
        "nobody": Actor(ActorKind.OFFICER, PADANG_PANJANG, IDS.new_id(NOW), ()),
        "donor": officer(PADANG_PANJANG, Role.DONOR),
    }.items():
        page = await Reader(database, actor).read()
        assert not page.more
        seen[name] = {event.case_id for event in page.events}
        assert name == "nobody" or page.position[PADANG_PANJANG] == 6
    assert seen == {
        "village": {near.id},
        "regency": {near.id, far.id},
        "province": {near.id, far.id, other.id},
        "nobody": set(),
        "donor": set(),
    }


async def test_events_outside_cases_are_for_the_administrator_only(database: Database) -> None:
    account = OtherStream(PADANG_PANJANG, IDS.new_id(NOW), "account")
    async with transaction(database.sessions) as tx:
        happened = [AccountCreated(thing_id=account.id)]
        await append(tx, account, happened, actor=SYSTEM, now=NOW, cause_id=cause())
    await number(database)
    admin = await Reader(database, officer(role=Role.REGENCY_ADMIN)).read()
    assert [event.type for event in admin.events] == ["account.created"]
    for actor in (officer(role=Role.MANAGER), officer(PADANG, Role.REGENCY_ADMIN)):
        assert (await Reader(database, actor).read()).events == []


async def test_pages_are_bounded_and_types_filter(database: Database) -> None:
    await cases_with_events(database, [3, 4])
    await number(database)
    reader = Reader(database, officer())
    sizes = []
    while (page := await reader.read(limit=3)).events:
        sizes.append((len(page.events), page.more))
    assert sizes == [(3, True), (3, True), (1, False)]
    none = await Reader(database, officer()).read(types=("case.opened",))
    assert (none.events, none.more) == ([], False)
    assert none.position == {PADANG_PANJANG: 7}
    assert len((await Reader(database, officer()).read(types=("case.rated",))).events) == 7
