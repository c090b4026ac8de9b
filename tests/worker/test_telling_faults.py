"""Telling and sending when something dies, waits, refuses or comes late: nothing lost, nothing twice."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.api.deps import House
from app.db.queries import messages as stored
from app.db.session import read_only, transaction
from app.db.tables.cases import Case
from app.db.tables.events import Event, FeedPending
from app.db.tables.messages import Message, Notice
from app.db.tables.places import Work
from app.worker.jobs.feed import number_feed
from app.worker.jobs.notify import notify
from app.worker.loop import run
from tests.conftest import LogIn
from tests.support.desk import Desk, open_case
from tests.support.posts import GatewayServer, nobody
from tests.support.telling import TENANT, Hands, log, reachable
from tests.support.working import claim_of

pytestmark = pytest.mark.commits


async def test_nothing_is_sent_twice_when_the_worker_dies_before_it_settles(
    login: LogIn, hands: Hands, there: GatewayServer
) -> None:
    await open_case(await login("siti@1374"), subject=reachable())
    await hands.tell()
    there.delay = 0.5
    dying = asyncio.create_task(hands.send())
    await there.asked.wait()
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    there.delay = 0
    await hands.later(seconds=1)
    assert len(there.got) == 1
    await hands.later(minutes=3)
    assert [one["id"] for one in there.got] == [there.got[0]["id"]] * 2
    assert {one["idempotency-key"] for one in there.headers} == {there.got[0]["id"].lower()}
    await hands.later(minutes=3)
    assert len(there.got) == 2


async def test_a_fault_of_theirs_is_tried_again_and_ends_in_a_delivery(
    login: LogIn, hands: Hands, there: GatewayServer
) -> None:
    desk = await open_case(await login("siti@1374"), subject=reachable())
    there.answering = lambda n: (500, b"") if n < 3 else (200, b'{"id": "late"}')
    await hands.tell()
    for minutes in (0, 1, 2):
        await hands.later(minutes=minutes)
    (kept,) = await log(desk)
    assert (kept["state"], kept["attempts"], kept["ref"]) == ("sent", 3, "late")


async def test_a_provider_that_stays_away_is_given_up_after_three_days(
    login: LogIn, hands: Hands, there: GatewayServer
) -> None:
    desk = await open_case(await login("siti@1374"), subject=reachable())
    there.answering = lambda _: (0, b"")
    await hands.tell()
    for _ in range(60):
        await hands.later(hours=2)
    (kept,) = await log(desk)
    assert (kept["state"], kept["reason"]) == ("failed", "gave_up")
    assert 10 < len(there.got) < 40


async def test_a_refusal_ends_it(login: LogIn, hands: Hands, there: GatewayServer) -> None:
    desk = await open_case(await login("siti@1374"), subject=reachable())
    there.answering = lambda _: (400, b"")
    await hands.tell()
    await hands.send()
    await hands.later(hours=1)
    assert len(there.got) == 1
    assert [(one["state"], one["reason"]) for one in await log(desk)] == [("failed", "refused")]


async def test_a_dead_provider_holds_up_nothing_but_its_own(
    login: LogIn, house: House, hands: Hands, tmp_path: Path
) -> None:
    dead = Hands(house, tmp_path, gateway_url=f"http://{nobody()}/")
    desk = await open_case(await login("siti@1374"), subject=reachable())
    await hands.tell()
    await dead.send()
    assert [(one["state"], one["attempts"]) for one in await log(desk)] == [("waiting", 1)]


async def test_a_kill_between_any_two_statements_of_telling_tells_once(login: LogIn, hands: Hands) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti, subject=reachable())
    await number_feed(hands.tools, claim_of("number_feed"))
    for naps in range(60):
        task = asyncio.create_task(notify(hands.tools, claim_of("notify")))
        for _ in range(naps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await notify(hands.tools, claim_of("notify"))
    assert len(await log(desk)) == 1
    hendra = await login("hendra@1374")
    listed = (await hendra.get("/v1/notifications")).json()["items"]
    assert [one["ticket"] for one in listed].count(desk.ticket) == 1


async def test_what_is_told_follows_the_position(login: LogIn, house: House, hands: Hands) -> None:
    await open_case(await login("siti@1374"), subject=reachable())
    await hands.tell()

    async def numbers() -> tuple[int, int, Any]:
        async with read_only(house.database.sessions) as tx:
            told = await tx.scalar(
                select(Work.payload).where(Work.regency_code == TENANT, Work.kind == "told")
            )
            notices = await tx.scalar(select(func.count()).where(Notice.regency_code == TENANT))
            rows = await tx.scalar(select(func.count()).where(Message.regency_code == TENANT))
            return notices or 0, rows or 0, told

    before = await numbers()
    await hands.tell()
    assert await numbers() == before


async def test_a_late_answer_after_another_took_over_changes_nothing(
    login: LogIn, house: House, hands: Hands
) -> None:
    await open_case(await login("siti@1374"), subject=reachable())
    await hands.tell()
    lease = timedelta(minutes=2)
    async with transaction(house.database.sessions) as tx:
        (first,) = await stored.claim(tx, TENANT, hands.at, lease, 5)
        assert await stored.claim(tx, TENANT, hands.at, lease, 5) == []
    async with transaction(house.database.sessions) as tx:
        (second,) = await stored.claim(tx, TENANT, hands.at + lease, lease, 5)
    done = stored.Outcome("sent")
    async with transaction(house.database.sessions) as tx:
        assert not await stored.settle(tx, TENANT, first, done, hands.at)
        assert await stored.settle(tx, TENANT, second, done, hands.at)


async def test_a_provider_that_lets_us_wait_holds_up_no_feed(
    login: LogIn, house: House, hands: Hands, there: GatewayServer
) -> None:
    siti = await login("siti@1374")
    await open_case(siti, subject=reachable())
    await hands.tell()
    there.delay = 3.0
    stop = asyncio.Event()
    ahead = hands.at - datetime.now(UTC)
    live = replace(hands.tools, stop=stop, now=lambda: datetime.now(UTC) + ahead)
    running = asyncio.create_task(run(live))
    try:
        await asyncio.wait_for(there.asked.wait(), 10)
        desk = await open_case(siti, subject=reachable())
        async with asyncio.timeout(2.5):
            while not await numbered(house, desk):  # noqa: ASYNC110  # the database has no event to wait for
                await asyncio.sleep(0.05)
    finally:
        stop.set()
        await running


async def numbered(house: House, desk: Desk) -> bool:
    """Tell whether every event of the case has its number in the feed."""
    async with read_only(house.database.sessions) as tx:
        left = await tx.scalar(
            select(func.count())
            .select_from(FeedPending)
            .join(Event, Event.id == FeedPending.event_id)
            .join(Case, Case.id == Event.case_id)
            .where(Case.ticket == desk.ticket)
        )
    return not left
