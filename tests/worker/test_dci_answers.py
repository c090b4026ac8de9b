"""Searches that nobody waits for: acknowledged, answered by post, tried again, and asked after."""

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
from app.db.tables.dci import DciMessage
from app.integrations.webhook_http import Sender
from app.worker.jobs.dci import send_answers
from app.worker.tools import Tools
from tests.support.dci import (
    ORDERED,
    STATUS,
    Partner,
    a_partner,
    an_entry,
    by,
    check_answer,
    request,
    searching,
    setting,
    status_of,
)
from tests.support.dci_shape import ACK, SEARCHED, TXN_STATUS, check_shape
from tests.support.http import Person, log_in, serving
from tests.support.people import a_nik
from tests.support.webhooks import Receiver, answer, receiving
from tests.support.working import claim_of, make_tools

pytestmark = pytest.mark.commits


@pytest.fixture(scope="module")
async def open_house(house: House) -> House:
    """A house that may post to this machine."""
    settings = house.settings.model_copy(update={"webhook_loopback": True})
    return replace(house, settings=settings)


@pytest.fixture(scope="module")
async def caller(open_house: House) -> AsyncIterator[AsyncClient]:
    async with serving(open_house) as client:
        yield client


@pytest.fixture(scope="module")
async def admin(caller: AsyncClient) -> Person:
    return await log_in(caller, "admin@1374")


class Poster:
    """A worker that posts, with a clock that the test moves."""

    def __init__(self, house: House, folder: Path) -> None:
        self.at = datetime.now(UTC)
        self.tools: Tools = make_tools(house.database, lambda: self.at, folder)

    async def post(self, **passed: float) -> None:
        self.at = max(self.at + timedelta(**passed), datetime.now(UTC))
        await send_answers(self.tools, claim_of("send_answers"), Sender(loopback=True, seconds=2))


@pytest.fixture
def poster(open_house: House, tmp_path: Path) -> Poster:
    return Poster(open_house, tmp_path)


async def ordered(partner: Partner, *requests: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Ask, and return the acknowledgement and the transaction."""
    body = partner.signed(searching(*requests))
    told = await partner.send(ORDERED, body)
    assert told.status_code == 200, told.text
    check_shape(told.json(), ACK)
    return dict(told.json()["message"]), body["message"]["transaction_id"]


async def became(partner: Partner, kind: str, value: object) -> dict[str, Any]:
    body = partner.signed(status_of(kind, value), action="txn-status")
    told = await partner.send(STATUS, body)
    assert told.status_code == 200, told.text
    check_shape(told.json(), TXN_STATUS)
    await check_answer(partner.client, told.json())
    return dict(told.json()["message"]["txnstatus_response"]["txn_status"])


async def row_of(house: House, correlation: str) -> DciMessage:
    async with read_only(house.database.sessions) as tx:
        rows = (await tx.scalars(select(DciMessage))).all()
    return next(one for one in rows if one.id.hex == correlation.partition("-")[2])


async def test_an_answer_is_posted_signed_and_then_forgotten(
    admin: Person, open_house: House, poster: Poster
) -> None:
    nik = a_nik()
    await an_entry(open_house, nik)
    async with receiving() as receiver:
        partner = await a_partner(admin, "tunda", callback_url=receiver.url)
        ack, transaction_id = await ordered(
            partner, request(**by("NIK", nik)), request(reference="r-2", **by("NIK", "7"))
        )
        before = await became(partner, "transaction_id", transaction_id)
        await poster.post()
        await poster.post()
        (got,) = receiver.got
    told = json.loads(got.body)
    check_shape(told, SEARCHED)
    await check_answer(partner.client, told)
    first, second = told["message"]["search_response"]
    after = await became(partner, "correlation_id", ack["correlation_id"])
    row = await row_of(open_house, ack["correlation_id"])
    assert ack["ack_status"] == "ACK"
    assert [one["status"] for one in before["search_response"]] == ["pdng", "pdng"]
    assert told["message"]["correlation_id"] == ack["correlation_id"]
    assert first["data"]["reg_records"][0]["poverty_score"] == 2
    assert (second["status"], second["reference_id"]) == ("rjct", "r-2")
    assert [(one["reference_id"], one["status"]) for one in after["search_response"]] == [
        ("r-1", "succ"),
        ("r-2", "rjct"),
    ]
    assert "data" not in after["search_response"][0]
    kept = open_house.vault.unbox("dci", row.body_boxed or b"", row.id.bytes)
    assert (row.state, row.http_status, nik.encode() in kept) == ("delivered", 204, False)


async def test_what_is_kept_is_sealed(admin: Person, open_house: House) -> None:
    nik = a_nik()
    await an_entry(open_house, nik)
    partner = await a_partner(admin, "tunda.segel", callback_url="https://penerima.contoh.go.id")
    ack, _ = await ordered(partner, request(**by("NIK", nik)))
    row = await row_of(open_house, ack["correlation_id"])
    assert row.body_boxed is not None
    assert nik.encode() in open_house.vault.unbox("dci", row.body_boxed, row.id.bytes)
    assert nik.encode() not in row.body_boxed
    assert nik not in str(row.items)


async def test_a_receiver_that_fails_gets_the_same_answer_again(
    admin: Person, open_house: House, poster: Poster
) -> None:
    def fails_twice(n: int) -> bytes:
        return answer(500) if n < 3 else answer(200)

    async with receiving(answering=fails_twice) as receiver:
        partner = await a_partner(admin, "tunda.gagal", callback_url=receiver.url)
        ack, _ = await ordered(partner, request(**by("NIK", a_nik())))
        await poster.post()
        await poster.post()
        assert len(receiver.got) == 1
        await poster.post(seconds=6)
        await poster.post(minutes=6)
        ids = {json.loads(got.body)["header"]["message_id"] for got in receiver.got}
    row = await row_of(open_house, ack["correlation_id"])
    assert (len(receiver.got), len(ids)) == (3, 1)
    assert (row.state, row.attempts) == ("delivered", 3)


@pytest.mark.parametrize("said", [answer(410), b""])
async def test_one_that_never_takes_it_ends_as_failed(
    admin: Person, open_house: House, poster: Poster, said: bytes
) -> None:
    async with receiving(answering=lambda _: said) as receiver:
        partner = await a_partner(admin, f"tunda.mati{len(said)}", callback_url=receiver.url)
        ack, transaction_id = await ordered(partner, request(**by("NIK", a_nik())))
        for _ in range(8):
            await poster.post(hours=6)
    row = await row_of(open_house, ack["correlation_id"])
    told = await became(partner, "transaction_id", transaction_id)
    assert (row.state, row.due_at) == ("failed", None)
    assert [one["status"] for one in told["search_response"]] == ["rjct"]


async def test_redirects_are_not_followed_and_only_public_addresses_are_posted_to(
    admin: Person, open_house: House, poster: Poster
) -> None:
    async with receiving() as inner, receiving(answering=lambda _: answer(302, location=inner.url)) as outer:
        partner = await a_partner(admin, "tunda.pindah", callback_url=outer.url)
        await ordered(partner, request(**by("NIK", a_nik())))
        await poster.post()
        closed, _ = await ordered(partner, request(**by("NIK", a_nik())))
        poster.at = max(poster.at, datetime.now(UTC))
        await send_answers(poster.tools, claim_of("send_answers"), Sender(loopback=False))
        row = await row_of(open_house, closed["correlation_id"])
    assert (len(outer.got), inner.got) == (1, [])
    assert (row.state, row.problem) == ("ready", "not_public")


async def test_access_that_ended_meanwhile_ends_the_answer(
    admin: Person, open_house: House, poster: Poster
) -> None:
    async with receiving() as receiver:
        partner = await a_partner(admin, "tunda.akhir", callback_url=receiver.url)
        ack, _ = await ordered(partner, request(**by("NIK", a_nik())))
        ended = await admin.post(
            f"/v1/clients/{partner.row_id}/registry-access",
            setting(partner.key, callback_url=receiver.url, active=False),
        )
        assert ended.status_code == 200
        await poster.post()
    row = await row_of(open_house, ack["correlation_id"])
    assert (row.state, row.problem, receiver.got) == ("failed", "not_a_partner", [])


async def test_a_worker_that_died_is_followed_by_another(
    admin: Person, open_house: House, poster: Poster
) -> None:
    async with receiving() as receiver:
        partner = await a_partner(admin, "tunda.mati", callback_url=receiver.url)
        ack, _ = await ordered(partner, request(**by("NIK", a_nik())))
        row = await row_of(open_house, ack["correlation_id"])
        async with transaction(open_house.database.sessions) as tx:
            held = update(DciMessage).where(DciMessage.regency_code == "13.74", DciMessage.id == row.id)
            until = datetime.now(UTC) + timedelta(minutes=2)
            await tx.execute(held.values(claimed_until=until, attempts=1))
        await poster.post()
        assert receiver.got == []
        await poster.post(minutes=3)
    assert (await row_of(open_house, ack["correlation_id"])).state == "delivered"
    assert len(receiver.got) == 1


async def test_without_an_address_and_with_a_known_id_it_says_so(admin: Person, receiver: Receiver) -> None:
    partner = await a_partner(admin, "tunda.tanpa")
    error = (await partner.send(ORDERED, partner.signed(searching(request(**by("NIK", a_nik())))))).json()
    check_shape(error, ACK)
    assert (error["message"]["ack_status"], error["message"]["error"]["code"]) == (
        "ERR",
        "err.sender_uri.invalid",
    )
    other = await a_partner(admin, "tunda.ganda", callback_url=receiver.url)
    body = other.signed(searching(request(**by("NIK", a_nik()))))
    assert (await other.send(ORDERED, body)).json()["message"]["ack_status"] == "ACK"
    twin = (await other.send(ORDERED, body)).json()["message"]
    assert (twin["ack_status"], twin["error"]["message"]) == ("ERR", "rjct.message_id.duplicate")
    # What became of it is told to whoever asked, and to nobody else.
    mine = await became(other, "transaction_id", body["message"]["transaction_id"])
    theirs = await became(partner, "transaction_id", body["message"]["transaction_id"])
    assert (len(mine["search_response"]), theirs["search_response"]) == (1, [])
    for kind, value in (("reference_id_list", ["r-1"]), ("correlation_id", "x")):
        assert (await became(other, kind, value))["search_response"] == []


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made
