"""From an act to the phone: told once, to whom it concerns, at a decent hour, and never what is secret."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, update

from app.api.deps import House
from app.db.queries import messages as stored
from app.db.session import read_only, transaction
from app.db.tables.access import Account
from app.db.tables.cases import Case
from app.db.tables.events import Event, FeedPending
from app.db.tables.messages import Message, Notice
from app.db.tables.places import Work
from app.worker.jobs.feed import number_feed
from app.worker.jobs.notify import notify
from app.worker.jobs.send import send
from app.worker.loop import run
from tests.conftest import LogIn
from tests.support.desk import Desk, a_person, acted, open_case
from tests.support.posts import GatewayServer, gateway, mail_server, nobody
from tests.support.working import claim_of, make_tools

pytestmark = pytest.mark.commits
TENANT = "13.74"
PHONE = "081234567890"
MORNING = 3
"""The hour in UTC at which it is ten in Padang Panjang."""


def tomorrow(hour: int = MORNING) -> datetime:
    day = datetime.now(UTC) + timedelta(days=1)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


class Hands:
    """A worker whose clock is moved by the test."""

    def __init__(self, house: House, folder: Path, **settings: object) -> None:
        self.at = tomorrow()
        made = make_tools(house.database, lambda: self.at, folder)
        self.tools = replace(made, settings=made.settings.model_copy(update=settings))
        self.house = house

    async def tell(self) -> None:
        await number_feed(self.tools, claim_of("number_feed"))
        await notify(self.tools, claim_of("notify"))

    async def send(self) -> None:
        await send(self.tools, claim_of("send"))

    async def later(self, **passed: float) -> None:
        self.at += timedelta(**passed)
        await self.send()


@pytest.fixture
async def there() -> AsyncIterator[GatewayServer]:
    async with gateway() as made:
        yield made


@pytest.fixture
async def hands(house: House, there: GatewayServer, tmp_path: Path) -> Hands:
    made = Hands(house, tmp_path, gateway_url=there.url, gateway_token=SecretStr("t"))
    # What the tests before left on its way is none of this one's.
    await made.tell()
    async with transaction(house.database.sessions) as tx:
        await tx.execute(
            update(Message).where(Message.regency_code == TENANT).values(settled_at=made.at, state="sent")
        )
    return made


def reachable(**more: Any) -> dict[str, Any]:
    return {**a_person(), "phone": PHONE, **more}


async def log(desk: Desk) -> list[dict[str, Any]]:
    answer = await (await desk.secretariat()).get(f"/v1/cases/{desk.ticket}/messages")
    assert answer.status_code == 200, answer.text
    return [
        {
            "event": one["event"]["code"],
            "to": one["to"]["code"],
            "state": one["state"]["code"],
            "reason": (one["reason"] or {}).get("code"),
            "attempts": one["attempts"],
            "ref": one["provider_ref"],
        }
        for one in answer.json()["items"]
    ]


async def test_a_resident_is_told_once_and_in_ticket_and_status_only(
    login: LogIn, hands: Hands, there: GatewayServer
) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti, subject=reachable(name="Rahma Rahasia"))
    await asyncio.gather(hands.tell(), hands.tell())
    await hands.tell()
    await asyncio.gather(hands.send(), hands.send())
    await hands.send()
    (got,) = there.got
    assert got["to"] == "+6281234567890"
    assert desk.ticket in got["text"]
    assert got["template"] == "case_opened.resident.id"
    for secret in ("Rahma", "Balita", "balita", "BANSOS", "1991"):
        assert secret not in got["text"]
    (kept,) = await log(desk)
    assert kept == {
        "event": "case_opened",
        "to": "resident",
        "state": "sent",
        "reason": None,
        "attempts": 1,
        "ref": "prov-1",
    }


async def test_each_step_that_concerns_her_is_told(login: LogIn, hands: Hands, there: GatewayServer) -> None:
    siti, dinsos = await login("siti@1374"), await login("dinsos@1374")
    desk = await open_case(siti, subject=reachable())
    await desk.took("ask_completion", {"missing": ["KK"]})
    await desk.took("complete", {"papers": ["KK"]})
    (referral,) = await desk.refer({"program": "BLT_KOTA", "purpose": "AID"})
    await acted(dinsos, referral, "accept")
    await hands.tell()
    await hands.send()
    told = [one["template"].partition(".")[0] for one in there.got]
    assert sorted(told) == ["case_opened", "papers_asked", "referral_accepted", "referral_sent"]


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


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"subject": a_person()}, "no_address"),
        ({"subject": reachable(phone="0752123456")}, "no_address"),
        ({"subject": reachable(), "confidentiality": "RAHASIA"}, "closed_case"),
    ],
)
async def test_what_keeps_a_message_from_going_is_shown(
    login: LogIn, hands: Hands, there: GatewayServer, changes: dict[str, Any], reason: str
) -> None:
    desk = await open_case(await login("siti@1374"), **changes)
    await hands.tell()
    await hands.send()
    async with read_only(hands.house.database.sessions) as tx:
        found = await tx.scalars(
            select(Message.reason).where(Message.regency_code == TENANT, Message.state == "suppressed")
        )
        assert reason in set(found)
    assert there.got == []
    assert desk.ticket


async def test_whoever_does_not_want_messages_gets_none_even_of_those_on_their_way(
    login: LogIn, hands: Hands, there: GatewayServer
) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti, subject=reachable())
    person = (await desk.read())["subject"]["person"]["id"]
    await hands.tell()
    path = f"/v1/people/{person}/contact-preference"
    answer = await siti.post(path, {"do_not_contact": True})
    assert (answer.status_code, answer.json()["do_not_contact"]) == (200, True)
    await hands.send()
    assert there.got == []
    assert [one["reason"] for one in await log(desk)] == ["do_not_contact"]
    assert (await siti.post(path, {"do_not_contact": False})).status_code == 200
    assert (await (await login("yulia@1374")).post(path, {"do_not_contact": True})).status_code == 404
    assert (await (await login("auditor@1374")).post(path, {"do_not_contact": True})).status_code == 403


@pytest.mark.parametrize(("tell", "expected"), [(True, ["sent", "sent"]), (False, ["sent", "suppressed"])])
async def test_a_reporter_is_told_only_when_she_agreed(
    login: LogIn, hands: Hands, there: GatewayServer, expected: list[str], *, tell: bool
) -> None:
    reporter = {"relation": "NEIGHBOUR", "name": "Tetangga", "phone": "085212345678", "tell": tell}
    desk = await open_case(await login("siti@1374"), subject=reachable(), reporter=reporter)
    await hands.tell()
    await hands.send()
    found = {one["to"]: one["state"] for one in await log(desk)}
    assert [found["resident"], found["reporter"]] == expected
    assert len(there.got) == expected.count("sent")


async def test_at_night_a_message_waits_for_the_morning_of_the_region(
    login: LogIn, hands: Hands, there: GatewayServer
) -> None:
    hands.at = tomorrow(hour=16)
    await open_case(await login("siti@1374"), subject=reachable())
    await hands.tell()
    await hands.send()
    assert there.got == []
    hands.at = tomorrow(hour=23) + timedelta(minutes=59)
    await hands.send()
    assert there.got == []
    await hands.later(minutes=1)
    assert len(there.got) == 1


async def test_without_a_gateway_it_is_said_and_not_lost(login: LogIn, house: House, hands: Hands) -> None:
    desk = await open_case(await login("siti@1374"), subject=reachable())
    await hands.tell()
    bare = Hands(house, hands.tools.settings.data_dir)
    await bare.send()
    assert [(one["state"], one["reason"]) for one in await log(desk)] == [("suppressed", "no_gateway")]


async def test_a_regency_may_use_its_own_words_or_none(
    login: LogIn, hands: Hands, there: GatewayServer
) -> None:
    manager, siti = await login("manajer@1374"), await login("siti@1374")
    words = {"event": "case_opened", "audience": "resident", "channel": "phone", "region": "13.74"}
    body = "Assalamualaikum, {ticket} ({status})."
    made = await manager.post("/v1/message-templates", {**words, "body": body})
    assert (made.status_code, made.json()["version"]) == (201, 1)
    desk = await open_case(siti, subject=reachable())
    await hands.tell()
    await hands.send()
    assert there.got[0]["text"] == f"Assalamualaikum, {desk.ticket} (Terdaftar)."
    off = await manager.post("/v1/message-templates", {**words, "body": body, "active": False})
    assert off.json()["version"] == 2
    await open_case(siti, subject=reachable())
    await hands.tell()
    await hands.send()
    assert len(there.got) == 1
    shown = (await manager.get("/v1/message-templates")).json()["items"]
    (mine,) = [one for one in shown if one["region"] == "13.74"]
    assert mine["active"] is False
    again = await manager.post("/v1/message-templates", {**words, "body": "{office}: {ticket}."})
    assert again.status_code == 201
    for bad in ("{nik}", "{", "{ticket.__class__}", "x" * 481):
        answer = await manager.post("/v1/message-templates", {**words, "body": bad})
        assert answer.status_code == 422, bad


async def test_an_officer_with_an_address_gets_mail(house: House, login: LogIn, tmp_path: Path) -> None:
    admin, siti, manager = (
        await login("admin@1374"),
        await login("siti@1374"),
        await login("manajer@1374"),
    )
    account = (await manager.get("/v1/me")).json()["id"]
    shown = await admin.get(f"/v1/accounts/{account}")
    changed = await admin.patch(
        f"/v1/accounts/{account}", {"email": "manajer@example.org"}, etag=shown.headers["ETag"]
    )
    assert (changed.status_code, changed.json()["email"]) == (200, "manajer@example.org")
    with mail_server() as box:
        hands = Hands(house, tmp_path, smtp_url=SecretStr(box.url), mail_from="P <p@example.org>")
        await hands.tell()
        await hands.send()
        box.got.clear()
        desk = await open_case(siti)
        await desk.took("verify")
        await desk.took("record_verification", {"verdict": "confirmed", "method": "visit"})
        await desk.took("propose", {"recommendation": "refer", "reason": "Sesuai.", "programs": ["BLT_KOTA"]})
        await hands.tell()
        await hands.send()
    (mail,) = box.got
    assert (mail["To"], mail["Subject"]) == (
        "manajer@example.org",
        f"Menunggu penetapan Anda: {desk.ticket}",
    )
    async with transaction(house.database.sessions) as tx:
        await tx.execute(update(Account).where(Account.regency_code == TENANT).values(email=None))


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
