"""Following somebody in the registry: each change is told once, no more than may be known, until it ends."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import select, update

from app.api.deps import House
from app.db.session import read_only, transaction
from app.db.tables.access import AccessEntry
from app.db.tables.dci import DciMessage
from app.db.tables.dci_subscriptions import DciSubscription
from app.db.tables.people import RegistryEntry
from app.integrations.webhook_http import Sender
from app.worker.jobs.dci import send_answers
from app.worker.jobs.dci_following import follow
from tests.support.dci import (
    SUBSCRIBE,
    UNSUBSCRIBE,
    Partner,
    a_partner,
    an_entry,
    check_answer,
    setting,
    subscribing,
    unsubscribing,
)
from tests.support.dci_shape import ACK, NOTIFIED, SUBSCRIBED, check_shape
from tests.support.http import Person, log_in, serving
from tests.support.lists import HEADER, a_list, nik_of, row_of
from tests.support.people import a_nik
from tests.support.registry import committed
from tests.support.webhooks import Receiver, receiving
from tests.support.working import claim_of, make_tools

pytestmark = pytest.mark.commits


@pytest.fixture(scope="module")
async def open_house(house: House) -> House:
    return replace(house, settings=house.settings.model_copy(update={"webhook_loopback": True}))


@pytest.fixture(scope="module")
async def caller(open_house: House) -> AsyncIterator[AsyncClient]:
    async with serving(open_house) as client:
        yield client


@pytest.fixture(scope="module")
async def admin(caller: AsyncClient) -> Person:
    return await log_in(caller, "admin@1374")


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made


class Follower:
    """A worker that looks and posts, a day later each time."""

    def __init__(self, house: House, folder: Path) -> None:
        self.at = datetime.now(UTC)
        self.tools = make_tools(house.database, lambda: self.at, folder)

    async def look(self, **passed: float) -> None:
        self.at += timedelta(**(passed or {"days": 1, "minutes": 1}))
        await follow(self.tools, claim_of("follow"))
        await self.post()

    async def post(self) -> None:
        self.at = max(self.at, datetime.now(UTC))
        await send_answers(self.tools, claim_of("send_answers"), Sender(loopback=True, seconds=2))


@pytest.fixture
def follower(open_house: House, tmp_path: Path) -> Follower:
    return Follower(open_house, tmp_path)


def read(receiver: Receiver, action: str) -> list[dict[str, Any]]:
    told = [json.loads(got.body) for got in receiver.got]
    return [one for one in told if one["header"]["action"] == action]


async def subscribed(
    partner: Partner, follower: Follower, receiver: Receiver, *niks: str, **changes: Any
) -> list[dict[str, Any]]:
    """Follow, and return what the endpoint was told of it."""
    body = partner.signed(subscribing(*niks, **changes), action="subscribe")
    answer = await partner.send(SUBSCRIBE, body)
    assert answer.status_code == 200, answer.text
    check_shape(answer.json(), ACK)
    assert answer.json()["message"]["ack_status"] == "ACK", answer.text
    await follower.post()
    told = read(receiver, "on-subscribe")[-1]
    check_shape(told, SUBSCRIBED)
    await check_answer(partner.client, told)
    return list(told["message"]["subscribe_response"])


async def ranked(house: House, nik: str, desil: int) -> None:
    async with transaction(house.database.sessions) as tx:
        hers = RegistryEntry.nik_digest == house.blind.digest("nik", nik)
        await tx.execute(
            update(RegistryEntry).where(RegistryEntry.regency_code == "13.74", hers).values(desil=desil)
        )


async def test_a_change_is_told_once_and_what_stays_is_not(
    admin: Person, open_house: House, follower: Follower, receiver: Receiver
) -> None:
    nik = a_nik()
    await an_entry(open_house, nik)
    partner = await a_partner(admin, "ikut.satu", callback_url=receiver.url)
    (told,) = await subscribed(partner, follower, receiver, nik)
    code = told["subscriptions"][0]["code"]
    await follower.look()
    assert read(receiver, "notify") == []
    await ranked(open_house, nik, 7)
    await asyncio.gather(*(follow(follower.tools, claim_of("follow")) for _ in range(3)))
    assert read(receiver, "notify") == []
    follower.at += timedelta(days=1, minutes=1)
    await asyncio.gather(*(follow(follower.tools, claim_of("follow")) for _ in range(3)))
    await follower.post()
    await follower.look()
    (notice,) = read(receiver, "notify")
    check_shape(notice, NOTIFIED)
    await check_answer(partner.client, notice)
    (event,) = notice["message"]["notify_event"]
    record = event["data"]["reg_records"]
    assert (notice["message"]["transaction_id"], event["reference_id"]) == (code, code)
    assert (record["poverty_score"], "member_identifier" in record) == (7, False)
    assert not any(nik.encode() in got.body for got in receiver.got)
    async with read_only(open_house.database.sessions) as tx:
        entries = (await tx.scalars(select(AccessEntry).where(AccessEntry.action == "notifyRegistry"))).all()
    assert [(one.purpose, one.actor_kind) for one in entries if one.purpose == "eligibility"]


async def test_a_list_that_begins_to_count_is_looked_at_soon(
    admin: Person, open_house: House, follower: Follower, receiver: Receiver
) -> None:
    office = await log_in(admin.client, "sekretariat@1374")
    await committed(open_house, office, a_list(1, 2), "2026-Q2")
    partner = await a_partner(admin, "ikut.daftar", callback_url=receiver.url)
    await subscribed(partner, follower, receiver, nik_of(1), nik_of(2))
    await follower.look(seconds=1)
    newer = HEADER + row_of(1, desil=9) + row_of(2)
    await committed(open_house, office, newer.encode(), "2026-Q3")
    await follower.look(minutes=1)
    told = [one["message"]["notify_event"][0]["data"]["reg_records"] for one in read(receiver, "notify")]
    assert sorted(one["poverty_score"] for one in told) == [3, 9]


async def test_what_may_not_be_known_any_more_is_told_as_nothing(
    admin: Person, open_house: House, follower: Follower, receiver: Receiver
) -> None:
    nik = a_nik()
    await an_entry(open_house, nik)
    partner = await a_partner(admin, "ikut.pindah", callback_url=receiver.url)
    await subscribed(partner, follower, receiver, nik)
    away = {"regency_code": "13.71", "village_code": "13.71.01.1001", "period": "2026-Q4"}
    await an_entry(open_house, nik, **away)
    await follower.look()
    (notice,) = read(receiver, "notify")
    assert notice["message"]["notify_event"][0]["data"]["reg_records"] == {"@type": "Member"}


async def test_it_ends_when_asked_when_over_when_erased_and_with_the_access(
    admin: Person, open_house: House, follower: Follower, receiver: Receiver
) -> None:
    niks = [a_nik() for _ in range(4)]
    for nik in niks:
        await an_entry(open_house, nik)
    partner = await a_partner(admin, "ikut.akhir", callback_url=receiver.url)
    other = await a_partner(admin, "ikut.orang", callback_url=receiver.url)
    asked, over, erased, kept = await subscribed(partner, follower, receiver, *niks)
    codes = [one["subscriptions"][0]["code"] for one in (asked, over, erased, kept)]
    for who in (other, partner):
        body = who.signed(unsubscribing(codes[0], "x", codes[0]), action="unsubscribe")
        assert (await who.send(UNSUBSCRIBE, body)).json()["message"]["ack_status"] == "ACK"
    await follower.post()
    answers = [one["message"] for one in read(receiver, "on-unsubscribe")]
    nothing, ended = sorted(answers, key=lambda answer: "subscription_status" in answer)
    assert (nothing["status"], nothing["status_reason_code"]) == ("rjct", "rjct.subscription_code.invalid")
    assert ended["subscription_status"] == [{"code": codes[0], "status": "unsubscribe"}]
    async with transaction(open_house.database.sessions) as tx:
        mine = DciSubscription.regency_code == "13.74"
        digest = open_house.blind.digest
        for nik, values in (
            (niks[1], {"until": datetime.now(UTC)}),
            (niks[2], {"nik_digest": None}),
        ):
            hers = DciSubscription.nik_digest == digest("nik", nik)
            await tx.execute(update(DciSubscription).where(mine, hers).values(**values))
    for nik in niks:
        await ranked(open_house, nik, 9)
    await follower.look()
    told = [one["message"]["transaction_id"] for one in read(receiver, "notify")]
    assert told == [codes[3]]
    await ranked(open_house, niks[3], 4)
    path = f"/v1/clients/{partner.row_id}/registry-access"
    await admin.post(path, setting(partner.key, callback_url=receiver.url, purposes=["identity"]))
    await follower.look()
    assert len(read(receiver, "notify")) == 1


async def test_each_wish_has_its_own_answer(
    admin: Person, open_house: House, follower: Follower, receiver: Receiver
) -> None:
    nik = a_nik()
    partner = await a_partner(admin, "ikut.jawab", callback_url=receiver.url, purposes=["eligibility"])
    good, twice, wrong = await subscribed(partner, follower, receiver, nik, nik, "7")
    (purpose,) = await subscribed(partner, follower, receiver, a_nik(), purpose="delivery")
    late = (datetime.now(UTC) + timedelta(days=400)).isoformat()
    (long,) = await subscribed(partner, follower, receiver, a_nik(), frequency={"end_time": late})
    assert good["status"] == "succ"
    assert [one["status_reason_code"] for one in (twice, wrong, purpose, long)] == [
        "rjct.event.already_subscribed",
        "rjct.person_id.invalid",
        "rjct.notify_details.invalid",
        "rjct.notify_details.invalid",
    ]
    async with read_only(open_house.database.sessions) as tx:
        rows = (await tx.scalars(select(DciSubscription))).all()
        messages = (await tx.scalars(select(DciMessage))).all()
    assert nik not in str([vars(one) for one in (*rows, *messages)])
