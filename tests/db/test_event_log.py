"""Writing events: the chain, its lock, and what follows an event in the same transaction."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError

from app.db.failures import sqlstate
from app.db.queries.audit import event_pages
from app.db.queries.events import CaseStream, OtherStream, append, prepare
from app.db.session import Database, Tx, transaction
from app.db.tables.cases import Case
from app.db.tables.events import Delivery, Event, FeedPending, Stream, Subscription
from app.db.tables.knowledge import Program
from app.db.tables.referrals import Referral
from app.domain.access import SYSTEM
from app.domain.chain import NO_ROWS, Head, verify_chain
from app.domain.errors import NotFound
from app.domain.events.base import Act
from app.domain.events.others import AccountCreated, PasswordChanged
from app.domain.events.referrals import ReferralSent
from tests.support.streams import IDS, NOW, PADANG_PANJANG, add_case, cause, grow, rated

pytestmark = pytest.mark.commits


async def head_of(tx: Tx, stream: CaseStream) -> Head:
    found = await tx.execute(select(Case.event_count, Case.head).where(Case.id == stream.id))
    return Head(*found.one())


async def chain_of(tx: Tx, regency_code: str, stream_id: Any) -> list[Any]:
    return [row async for page in event_pages(tx, regency_code) for id_, row in page if id_ == stream_id]


async def test_events_of_one_act_stand_in_one_chain_under_the_head(database: Database) -> None:
    async with transaction(database.sessions) as tx:
        stream = await add_case(tx)
        act = cause()
        head = await append(tx, stream, rated(stream, 3), actor=SYSTEM, now=NOW, cause_id=act)
        await grow(tx, stream, 2)
    async with transaction(database.sessions) as tx:
        rows = await chain_of(tx, PADANG_PANJANG, stream.id)
        assert head == Head(3, rows[2].hash)
        assert await head_of(tx, stream) == Head(5, rows[4].hash)
        assert verify_chain(rows, head=Head(5, rows[4].hash)) is None
        causes = (await tx.scalars(select(Event.cause_id).order_by(Event.n))).all()
        assert causes[:3] == [act] * 3
        assert act not in causes[3:]
        assert set(await tx.scalars(select(FeedPending.event_id))) == set(await tx.scalars(select(Event.id)))


async def test_prepared_rows_are_the_rows_that_append_writes(database: Database) -> None:
    act = Act(SYSTEM.kind, None, NOW, cause())
    async with transaction(database.sessions) as tx:
        stream = await add_case(tx)
        await append(tx, stream, rated(stream, 2), actor=SYSTEM, now=NOW, cause_id=act.cause_id)
        stored = (await tx.execute(select(Event.id, Event.hash).order_by(Event.n))).all()
    rows = prepare(PADANG_PANJANG, rated(stream, 2), act, NO_ROWS)
    assert [(row.id, row.hash) for row in rows] == [tuple(row) for row in stored]


async def test_eight_writers_on_one_case_continue_one_chain(database: Database) -> None:
    async with transaction(database.sessions) as tx:
        stream = await add_case(tx)

    async def write() -> None:
        async with transaction(database.sessions) as tx:
            await grow(tx, stream, 2)

    await asyncio.gather(*(write() for _ in range(8)))
    async with transaction(database.sessions) as tx:
        rows = await chain_of(tx, PADANG_PANJANG, stream.id)
        assert [row.n for row in rows] == list(range(1, 17))
        assert verify_chain(rows, head=await head_of(tx, stream)) is None


async def test_eight_writers_make_one_stream_outside_cases(database: Database) -> None:
    stream = OtherStream(PADANG_PANJANG, IDS.new_id(NOW), "account")

    async def write() -> None:
        async with transaction(database.sessions) as tx:
            happened = [AccountCreated(thing_id=stream.id), PasswordChanged(thing_id=stream.id)]
            await append(tx, stream, happened, actor=SYSTEM, now=NOW, cause_id=cause())

    await asyncio.gather(*(write() for _ in range(8)))
    async with transaction(database.sessions) as tx:
        row = (await tx.execute(select(Stream.kind, Stream.event_count, Stream.head))).one()
        rows = await chain_of(tx, PADANG_PANJANG, stream.id)
        assert (row.kind, row.event_count) == ("account", 16)
        assert verify_chain(rows, head=Head(row.event_count, row.head)) is None


async def test_a_story_that_fails_leaves_no_event_and_no_delivery(database: Database) -> None:
    async with transaction(database.sessions) as tx:
        stream = await add_case(tx)
        await subscribe(tx, event_types=["case.rated"])

    async def write_and_fail() -> None:
        async with transaction(database.sessions) as tx:
            await grow(tx, stream)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write_and_fail()
    async with transaction(database.sessions) as tx:
        for table in (Event, FeedPending, Delivery):
            assert await tx.scalar(select(func.count()).select_from(table)) == 0
        assert (await head_of(tx, stream)).n == 0


async def test_events_of_another_stream_and_of_no_case_are_refused(database: Database) -> None:
    async with transaction(database.sessions) as tx:
        stream, other = await add_case(tx), await add_case(tx)
        with pytest.raises(ValueError, match="another stream"):
            await append(tx, stream, rated(other), actor=SYSTEM, now=NOW, cause_id=cause())
        gone = CaseStream(PADANG_PANJANG, cause())
        with pytest.raises(NotFound):
            await append(tx, gone, rated(gone), actor=SYSTEM, now=NOW, cause_id=cause())


async def subscribe(
    tx: Tx, *, event_types: list[str], agency: str | None = None, active: bool = True, regency: str = "13.74"
) -> Any:
    id_ = cause()
    await tx.execute(
        insert(Subscription).values(
            regency_code=regency, id=id_, agency_code=agency, event_types=event_types, active=active
        )
    )
    return id_


async def refer(tx: Tx, stream: CaseStream, agency: str) -> ReferralSent:
    """Write a referral to an agency, and return the event that says so."""
    await tx.execute(
        text(
            "INSERT INTO agencies (code, kind, level, region_code, name_id, name_en, answers, proxy_role,"
            " sectors, source, trust, active)"
            " VALUES (:code, 'LKKS', 'KAB_KOTA', '13.74', 'L', 'L', 'direct', '', '[]', '', 'OURS', true)"
        ),
        {"code": agency},
    )
    await tx.execute(
        insert(Program).values(
            code=f"UMUM.{agency}",
            agency_code=agency,
            level="KAB_KOTA",
            name_id="U",
            name_en="U",
            purposes=[],
            implicit=True,
            active=True,
        )
    )
    referral_id = cause()
    await tx.execute(
        insert(Referral).values(
            regency_code=stream.regency_code,
            id=referral_id,
            case_id=stream.id,
            program_code=f"UMUM.{agency}",
            agency_code=agency,
            purpose="AID",
            status="sent",
            round=1,
            version=1,
            disclosed=[],
            village_code="13.74.01.1003",
            district_code="13.74.01",
            sent_at=NOW,
            updated_at=NOW,
            missing=[],
        )
    )
    return ReferralSent(
        case_id=stream.id,
        referral_id=referral_id,
        program=f"UMUM.{agency}",
        agency=agency,
        round=1,
        purpose="AID",
        discloses=(),
    )


async def test_deliveries_go_to_those_who_may_have_the_event(database: Database) -> None:
    async with transaction(database.sessions) as tx:
        stream = await add_case(tx)
        sent = await refer(tx, stream, "LKKS-1374")
        await tx.execute(
            text(
                "INSERT INTO agencies SELECT 'BAZNAS-1374', kind, level, region_code, name_id,"
                " name_en, answers, proxy_role, sectors, source, trust, active FROM agencies"
            )
        )
        secretariat = await subscribe(tx, event_types=["referral.sent"])
        receiver = await subscribe(tx, event_types=["referral.sent", "case.rated"], agency="LKKS-1374")
        await subscribe(tx, event_types=["referral.sent"], agency="BAZNAS-1374")
        await subscribe(tx, event_types=["case.opened"])
        await subscribe(tx, event_types=["referral.sent"], active=False)
        await subscribe(tx, event_types=["referral.sent"], regency="13.71")
        await append(tx, stream, [*rated(stream), sent], actor=SYSTEM, now=NOW, cause_id=cause())
        found = (await tx.execute(select(Delivery.subscription_id, Delivery.event_id))).all()
        sent_id = await tx.scalar(select(Event.id).where(Event.type == "referral.sent"))
    assert {tuple(row) for row in found} == {(secretariat, sent_id), (receiver, sent_id)}


async def test_nothing_of_a_secret_case_is_delivered(database: Database) -> None:
    async with transaction(database.sessions) as tx:
        await subscribe(tx, event_types=["case.rated"])
        await grow(tx, await add_case(tx, confidentiality="RAHASIA"))
        assert await tx.scalar(select(func.count()).select_from(Delivery)) == 0


@pytest.mark.parametrize("table", ["events", "access_log", "seals"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET regency_code = ''", "DELETE FROM {}", "TRUNCATE {}", "DROP TABLE {}"]
)
async def test_the_service_itself_can_only_add_to_the_logs(
    database: Database, table: str, statement: str
) -> None:
    with pytest.raises(DBAPIError) as refused:
        async with transaction(database.sessions) as tx:
            await tx.execute(text(statement.format(table)))
    assert sqlstate(refused.value) == "42501"
