"""From an act to the phone: told once, to whom it concerns, at a decent hour, and never what is secret."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from app.api.deps import House
from app.db.session import read_only, transaction
from app.db.tables.access import Account
from app.db.tables.messages import Message
from tests.conftest import LogIn
from tests.support.desk import a_person, acted, open_case
from tests.support.posts import GatewayServer, mail_server
from tests.support.telling import TENANT, Hands, log, reachable, tomorrow

pytestmark = pytest.mark.commits


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
