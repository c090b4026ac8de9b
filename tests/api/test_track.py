"""Tracking with a slip: what it shows, what it hides, and what a guesser gets."""

from typing import Any

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import func, select

from app.api.deps import House
from app.db.session import transaction
from app.db.tables.access import Attempt
from app.db.tables.cases import Case
from app.db.tables.events import Event
from tests.conftest import LogIn
from tests.support.desk import Desk, acted, open_case
from tests.support.http import Person, log_in, serving

pytestmark = pytest.mark.commits
TOLD = {"at": "2026-01-06T03:00:00Z", "method": "phone", "by": "Siti"}
NAMES = ("Yuliana", "1374014507", "balita", "RT 001")


@pytest.fixture
async def siti(login: LogIn) -> Person:
    return await login("siti@1374")


async def enter(client: AsyncClient, ticket: str, pin: str) -> Response:
    return await client.post("/v1/track", json={"ticket": ticket, "pin": pin})


async def resident(client: AsyncClient, desk: Desk) -> Person:
    answer = await enter(client, desk.ticket, desk.pin)
    assert answer.status_code == 200, answer.text
    return Person(client, answer.json()["access_token"], "resident")


async def tracked(who: Person) -> dict[str, Any]:
    answer = await who.get("/v1/track")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def other_pin(pin: str) -> str:
    return f"{(int(pin) + 1) % 1_000_000:06}"


async def test_status_and_words_only(client: AsyncClient, siti: Person, login: LogIn) -> None:
    dinsos = await login("dinsos@1374")
    desk = await open_case(siti)
    (referral,) = await desk.refer({"program": "BLT_KOTA", "purpose": "AID"})
    await acted(dinsos, referral, "accept")
    shown = await tracked(await resident(client, desk))
    assert (shown["ticket"], shown["status"]["code"]) == (desk.ticket, "referred")
    assert shown["words"] == "Your case was handed to the body that serves it."
    assert [step["words"].rpartition(": ")[2] for step in shown["steps"]] == [
        "Registered",
        "Referred",
        "Sent",
        "Accepted",
    ]
    assert [one["state"]["code"] for one in shown["programs"][0]["instalments"]] == ["planned"] * 3
    assert shown["allowed_actions"] == ["withdraw"]
    assert not any(name in str(shown) for name in NAMES)


async def test_a_wrong_ticket_and_a_wrong_pin_look_alike(
    client: AsyncClient, siti: Person, house: House
) -> None:
    desk = await open_case(siti)
    nobody = house.ids.ticket("13.74").text
    answers = [await enter(client, desk.ticket, other_pin(desk.pin))]
    answers.append(await enter(client, nobody, desk.pin))
    shown = [{**answer.json(), "instance": ""} for answer in answers]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert shown[0] == shown[1]
    assert shown[0]["code"] == "wrong_ticket_or_pin"
    typo = await enter(client, desk.ticket[:-1] + "0", desk.pin)
    assert typo.status_code == 422 or desk.ticket.endswith("0")


async def test_guessing_is_limited_and_the_limit_survives_refusals(
    client: AsyncClient, siti: Person, house: House
) -> None:
    desk = await open_case(siti)
    codes = [(await enter(client, desk.ticket, other_pin(desk.pin))).status_code for _ in range(7)]
    assert codes == [401] * 5 + [429] * 2
    limited = await enter(client, desk.ticket, desk.pin)
    assert limited.status_code == 429
    assert 0 < int(limited.headers["Retry-After"]) <= 900
    async with transaction(house.database.sessions) as tx:
        tries = await tx.scalar(select(func.max(Attempt.count)).where(Attempt.bucket == "track.ticket"))
    assert tries == 8


async def test_an_address_that_tries_many_tickets_is_stopped(fresh_house: House) -> None:
    async with serving(fresh_house, address="198.51.100.9") as client:
        tickets = [fresh_house.ids.ticket("13.74").text for _ in range(52)]
        codes = [(await enter(client, ticket, "482913")).status_code for ticket in tickets]
        assert codes == [401] * 50 + [429] * 2
    async with serving(fresh_house) as client:
        desk = await open_case(await log_in(client, "siti@1374"))
        assert (await enter(client, desk.ticket, desk.pin)).status_code == 200


async def test_a_new_pin_ends_the_old_one_and_what_it_opened(
    client: AsyncClient, siti: Person, house: House
) -> None:
    desk = await open_case(siti)
    old = await resident(client, desk)
    made = await siti.post(f"/v1/cases/{desk.ticket}/pin", {"reason": "lost"})
    assert made.status_code == 201, made.text
    assert (await old.get("/v1/track")).status_code == 401
    assert (await enter(client, desk.ticket, desk.pin)).status_code == 401
    assert (await enter(client, desk.ticket, made.json()["pin"])).status_code == 200
    async with transaction(house.database.sessions) as tx:
        case_id = await tx.scalar(select(Case.id).where(Case.ticket == desk.ticket))
        types = await tx.scalars(select(Event.type).where(Event.stream_id == case_id))
        assert "case.pin_replaced" in set(types)


async def test_she_confirms_rates_and_disputes_late(client: AsyncClient, siti: Person) -> None:
    desk = await open_case(siti)
    await desk.took("resolve", {"outcome": "information_given", "told": TOLD})
    who = await resident(client, desk)
    assert (await tracked(who))["allowed_actions"] == ["confirm", "dispute", "rating"]
    shown = await who.post("/v1/track/confirm", {"received": [], "rating": 4})
    assert shown.status_code == 200, shown.text
    assert (shown.json()["status"]["code"], shown.json()["disputed"]) == ("closed", False)
    assert (await who.post("/v1/track/confirm", {"received": []})).status_code == 409
    assert (await who.post("/v1/track/rating", {"rating": 6})).status_code == 422
    assert (await who.post("/v1/track/rating", {"rating": 2})).status_code == 200
    assert (await desk.read())["outcome"]["rating"] == 2
    late = await who.post("/v1/track/dispute", {"reason": "Ternyata belum."})
    assert late.json()["status"]["code"] == "handling"
    shown = await desk.read()
    assert (shown["disputed_count"], shown["reopened_count"], shown["outcome"]) == (1, 1, None)


async def test_what_she_never_got_opens_the_case_again(
    client: AsyncClient, siti: Person, login: LogIn
) -> None:
    dinsos = await login("dinsos@1374")
    desk = await open_case(siti)
    (referral,) = await desk.refer({"program": "SEMBAKO_LANSIA", "purpose": "AID"})
    await acted(dinsos, referral, "accept")
    parcel = {
        "component": "parcel",
        "goods": "Beras 5 kg",
        "period": "2026-01",
        "date": "2026-01-05",
        "proof": "BAST",
    }
    await acted(dinsos, referral, "deliver", parcel)
    await desk.read()
    await desk.took("resolve", {"outcome": "aid_received", "told": TOLD})
    who = await resident(client, desk)
    shown = (await who.post("/v1/track/confirm", {"received": []})).json()
    assert (shown["status"]["code"], shown["disputed"]) == ("handling", True)


async def test_she_withdraws_and_what_was_sent_is_taken_back(client: AsyncClient, siti: Person) -> None:
    desk = await open_case(siti)
    await desk.refer({"program": "SEMBAKO_LANSIA", "purpose": "AID"})
    who = await resident(client, desk)
    shown = (await who.post("/v1/track/withdraw", {"note": "Sudah dibantu keluarga."})).json()
    assert (shown["status"]["code"], shown["programs"][0]["status"]["code"]) == ("void", "revoked")
    assert (await who.get(f"/v1/cases/{desk.ticket}")).status_code == 403
    assert (await siti.get("/v1/track")).status_code == 403


async def test_a_void_duplicate_tracks_on_to_the_case_that_stands(client: AsyncClient, siti: Person) -> None:
    first, double = await open_case(siti), await open_case(siti)
    early = await resident(client, double)
    await double.took("void", {"reason": "duplicate", "duplicate_of": first.ticket})
    assert (await tracked(early))["ticket"] == first.ticket
    assert (await tracked(await resident(client, double)))["ticket"] == first.ticket


async def test_a_closed_channel_shows_that_it_is_handled_and_no_more(
    client: AsyncClient, siti: Person
) -> None:
    desk = await open_case(siti, kind="PENGADUAN", category="KEKERASAN_PEREMPUAN")
    who = await resident(client, desk)
    shown = await tracked(who)
    assert (shown["words"], shown["status"]["code"]) == ("Being handled", "in_progress")
    assert shown["steps"] == shown["programs"] == shown["allowed_actions"] == []
    assert (await who.post("/v1/track/withdraw", {})).status_code == 403
