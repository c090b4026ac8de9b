"""Slips that were handed out before their cases came: they bind once, track, and are never sent back."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from httpx import AsyncClient
from sqlalchemy import select, update

from app.api.deps import House
from app.db.session import read_only, transaction
from app.db.tables.events import Event
from app.db.tables.sync import ReservedTicket, TicketBlock
from app.services.reserving import HELD_MOST, MOST_AT_ONCE
from tests.conftest import LogIn
from tests.support.desk import CASE, VILLAGE, a_person
from tests.support.http import Person
from tests.support.offline import Device, Json

pytestmark = pytest.mark.commits


@pytest.fixture(scope="module")
async def siti(login: LogIn) -> Person:
    return await login("siti@1374")


@pytest.fixture
def device(siti: Person) -> Device:
    return Device(siti)


async def track(client: AsyncClient, slip: Json) -> Json:
    entered = await client.post("/v1/track", json={"ticket": slip["ticket"], "pin": slip["pin"]})
    assert entered.status_code == 200, entered.text
    shown = await Person(client, entered.json()["access_token"], "").get("/v1/track")
    assert shown.status_code == 200, shown.text
    return dict(shown.json())


async def test_a_slip_is_good_before_its_case_came_and_leads_to_it_afterwards(
    device: Device, client: AsyncClient
) -> None:
    (slip,) = await device.reserve()
    waiting = await track(client, slip)
    assert waiting["status"]["code"] == "held_by_desk"
    assert waiting["ticket"] == slip["ticket"]
    wrong = await client.post("/v1/track", json={**slip, "pin": "135790"})
    assert wrong.status_code == 401
    entered = await client.post("/v1/track", json=slip)
    early = Person(client, entered.json()["access_token"], "")
    assert (await early.post("/v1/track/withdraw", {})).status_code == 404

    result = await device.one(device.opens(ticket=slip["ticket"]))
    assert result["verdict"] == "applied"
    assert (result["ticket"], result["answer"]["pin"]) == (slip["ticket"], None)
    assert (await track(client, slip))["status"]["code"] == "registered"
    assert (await early.get("/v1/track")).json()["status"]["code"] == "registered", "her session goes on"


async def test_the_single_route_takes_it_too_and_once(device: Device, siti: Person) -> None:
    (slip,) = await device.reserve()
    body = {**CASE, "subject": a_person(), "ticket": slip["ticket"].lower().replace("-", " ")}
    made = await siti.post("/v1/cases", body, key="reserved-once")
    assert made.status_code == 201, made.text
    assert made.json()["ticket"] == slip["ticket"]
    again = await siti.post("/v1/cases", body, key="reserved-once")
    assert again.json() == made.json()
    other = await siti.post("/v1/cases", {**body, "subject": a_person()})
    assert other.status_code == 422
    assert [(one["pointer"], one["code"]) for one in other.json()["errors"]] == [("/ticket", "ticket_used")]


@pytest.mark.parametrize("ticket", ["1374-3F7K-9QX2-M", "1308-0000-0000-0", "nonsense", "0"])
async def test_a_ticket_that_nobody_reserved_is_refused(siti: Person, ticket: str) -> None:
    answer = await siti.post("/v1/cases", {**CASE, "subject": a_person(), "ticket": ticket})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/ticket"


async def test_whoever_opens_cases_there_may_bring_it_for_the_desk(device: Device, login: LogIn) -> None:
    (slip,) = await device.reserve()
    others = await login("supervisor@1374")
    mine = await others.post("/v1/cases", {**CASE, "subject": a_person(), "ticket": slip["ticket"]})
    assert mine.status_code == 201, mine.text


async def test_a_duplicate_is_stored_void_and_its_slip_leads_on(
    device: Device, client: AsyncClient, siti: Person
) -> None:
    person = a_person()
    first = (await siti.post("/v1/cases", {**CASE, "subject": person})).json()
    refused = await device.one(device.opens(subject=person))
    assert (refused["verdict"], refused["problem"]["code"]) == ("rejected", "same_matter")

    (slip,) = await device.reserve()
    opens = device.opens(subject=person, ticket=slip["ticket"])
    note = device.does("note", {"text": "Ibu menunggu kabar."}, case={"operation": opens["id"]})
    opened, noted = await device.sync(opens, note)
    assert opened["verdict"] == "applied"
    assert opened["answer"]["status"]["code"] == "void"
    assert opened["answer"]["duplicate_of"] == first["ticket"]
    assert (noted["verdict"], noted["ticket"]) == ("applied", first["ticket"]), "what was said is not lost"
    shown = (await siti.get(f"/v1/cases/{slip['ticket']}")).json()
    assert (shown["status"]["code"], shown["due"], shown["allowed_actions"]) == ("void", [], [])
    assert (await track(client, slip))["ticket"] == first["ticket"]
    restored = await siti.get(f"/v1/cases/{slip['ticket']}/events")
    last = restored.json()["items"][-1]
    assert (last["type"], last["data"]["to_status"], last["data"]["reason"]) == (
        "case.step_taken",
        "void",
        "duplicate",
    )


async def test_two_cases_cannot_have_one_slip(device: Device) -> None:
    (slip,) = await device.reserve()
    two = [device.opens(ticket=slip["ticket"]) for _ in range(2)]
    answers = await asyncio.gather(*(device.send([one]) for one in two))
    told = sorted(answer.json()["results"][0]["verdict"] for answer in answers)
    assert told == ["applied", "rejected"]


async def test_pins_are_told_once_and_kept_as_digests(device: Device, siti: Person, house: House) -> None:
    body = {"device": device.id, "village": VILLAGE, "count": 3}
    made = await siti.post("/v1/tickets/reserve", body, key="block-1")
    assert (await siti.post("/v1/tickets/reserve", body, key="block-1")).json() == made.json()
    listed = (await siti.get("/v1/tickets/reserve", device=device.id)).json()["items"]
    (block,) = listed
    assert block["id"] == made.json()["id"]
    assert (block["count"], block["used"], block["expired"]) == (3, 0, False)
    assert block["unused"] == sorted(slip["ticket"] for slip in made.json()["tickets"])
    await device.one(device.opens(ticket=block["unused"][0]))
    (block,) = (await siti.get("/v1/tickets/reserve", device=device.id)).json()["items"]
    assert (block["used"], len(block["unused"])) == (1, 2)
    async with read_only(house.database.sessions) as tx:
        kept = (await tx.scalars(select(ReservedTicket.pin_digest))).all()
        events = (await tx.scalars(select(Event.data).where(Event.type == "tickets.reserved"))).all()
    pins = {slip["pin"] for slip in made.json()["tickets"]}
    assert not any(pin.encode() in digest for pin in pins for digest in kept)
    assert all(slip["ticket"] not in str(events) for slip in made.json()["tickets"])


async def test_a_device_holds_no_more_than_the_policy_lets_it(siti: Person, house: House) -> None:
    device = Device(siti)
    for _ in range(HELD_MOST // MOST_AT_ONCE):
        await device.reserve(MOST_AT_ONCE)
    body = {"device": device.id, "village": VILLAGE, "count": 1}
    full = await siti.post("/v1/tickets/reserve", body)
    assert (full.status_code, full.json()["code"]) == (409, "too_many_reserved")
    assert full.json()["data"] == {"held": HELD_MOST, "most": HELD_MOST}
    async with transaction(house.database.sessions) as tx:
        past = datetime.now(UTC) - timedelta(days=1)
        await tx.execute(
            update(TicketBlock)
            .where(TicketBlock.regency_code == "13.74", TicketBlock.device_id == device.id)
            .values(expires_at=past)
        )
    assert (await siti.post("/v1/tickets/reserve", body)).status_code == 201, (
        "those that expired do not count"
    )
    blocks = (await siti.get("/v1/tickets/reserve", device=device.id)).json()["items"]
    late = next(one for one in blocks if one["expired"])["unused"][0]
    taken = await device.one(device.opens(ticket=late))
    assert taken["verdict"] == "applied", "a slip in somebody's hand is good however old"


async def test_who_may_take_tickets_and_where(siti: Person) -> None:
    body = {"device": Device(siti).id, "village": "13.74.02.1001", "count": 1}
    assert (await siti.post("/v1/tickets/reserve", body)).status_code == 403
    assert (await siti.post("/v1/tickets/reserve", {**body, "village": "13.74.99.9999"})).status_code in {
        403,
        422,
    }
    assert (
        await siti.post("/v1/tickets/reserve", {**body, "village": VILLAGE, "count": 0})
    ).status_code == 422
