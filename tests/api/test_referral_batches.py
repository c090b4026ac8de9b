"""An agency's batch: every verdict, partial success, its own numbers, each move with its effect once."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import select

from app.api.batch.referrals import MOST
from app.api.deps import House
from app.db.session import read_only
from app.db.tables.events import Event
from app.domain.ids import parse_public_id
from tests.conftest import LogIn
from tests.support.desk import open_case
from tests.support.http import Person
from tests.support.service_keys import a_service_key

pytestmark = pytest.mark.commits
BLT = {"program": "BLT_KOTA", "purpose": "AID"}
BAZNAS = {"program": "UMUM.BAZNAS-1374", "purpose": "INFORMATION"}


@pytest.fixture(scope="module")
async def siti(login: LogIn) -> Person:
    return await login("siti@1374")


@pytest.fixture(scope="module")
async def dinsos(login: LogIn) -> Person:
    return await login("dinsos@1374")


async def referred(siti: Person, *programs: dict[str, str]) -> list[str]:
    return [(await (await open_case(siti)).refer(one))[0] for one in programs]


def move(action: str, body: dict[str, Any] | None = None, **named: Any) -> dict[str, Any]:
    return {"id": uuid4().hex, "action": action, "body": body or {}, **named}


async def send(by: Person, *moves: dict[str, Any]) -> Response:
    return await by.post("/v1/referrals/batch", {"moves": list(moves)})


async def sent(by: Person, *moves: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await send(by, *moves)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["results"]
    assert [one["id"] for one in found] == [one["id"] for one in moves]
    return found


def verdicts(results: list[dict[str, Any]]) -> list[str]:
    return [one["verdict"] for one in results]


def codes(results: list[dict[str, Any]]) -> list[str | None]:
    return [one["problem"]["code"] if one["problem"] else None for one in results]


async def events(house: House, referral: str) -> list[str]:
    place = parse_public_id(referral)
    assert place is not None
    async with read_only(house.database.sessions) as tx:
        rows = await tx.scalars(
            select(Event.type).where(Event.regency_code == place.tenant, Event.referral_id == place.id)
        )
        return list(rows)


async def test_what_is_refused_leaves_the_others_done(siti: Person, dinsos: Person) -> None:
    first, second, third, foreign = await referred(siti, BLT, BLT, BLT, BAZNAS)
    moves = [
        move("accept", {"reference": "D-1"}, referral=first),
        move("accept", referral=foreign),
        move("return", {"missing": ["KK"]}, referral=second),
        move("return", {"missing": ["NO_SUCH_PAPER"]}, referral=third),
        move("accept", {"colour": "red"}, referral=third),
        move("start", referral=first, version=1),
        move("start", referral=third),
        move("accept", referral=f"{first[:-4]}0000"),
        move("accept", {"waitlist_position": 3}, referral=third),
    ]
    results = await sent(dinsos, *moves)
    assert verdicts(results) == [
        "applied", "rejected", "applied", *["rejected"] * 5, "applied",
    ]  # fmt: skip
    assert [one["status"] for one in results] == [200, 404, 200, 422, 422, 412, 409, 404, 200]
    assert results[3]["problem"]["errors"][0]["pointer"] == "/missing/0"
    assert results[4]["problem"]["errors"][0]["pointer"] == "/colour"
    assert results[0]["answer"]["external_ref"] == "D-1"
    assert results[8]["answer"]["status"]["code"] == "waitlisted"
    assert (await dinsos.get(f"/v1/referrals/{first}")).headers["ETag"] == results[0]["etag"]


async def test_the_same_batch_again_is_a_replay(siti: Person, dinsos: Person, house: House) -> None:
    first, second = await referred(siti, BLT, BLT)
    moves = [
        move("accept", {"reference": "D-2"}, referral=first),
        move("start", reference="D-2"),
        move("refuse", {"reason": "other_program"}, referral=second),
    ]
    before = await sent(dinsos, *moves[:1])
    results = await sent(dinsos, *moves)
    again = await sent(dinsos, *moves)
    assert verdicts(results) == ["replayed", "applied", "applied"]
    assert verdicts(again) == ["replayed"] * 3
    assert again[0]["answer"] == before[0]["answer"]
    assert [one["answer"] for one in again] == [one["answer"] for one in results]
    assert (await events(house, first)).count("referral.accepted") == 1
    other = {**moves[0], "action": "note", "body": {"text": "Lain."}}
    assert codes(await sent(dinsos, other)) == ["idempotency_key_reused"]


async def test_two_at_once_and_one_that_is_cut_off_have_their_effect_once(
    siti: Person, dinsos: Person, house: House
) -> None:
    ids = await referred(siti, BLT, BLT)
    moves = [move("accept", {"reference": f"T-{n}"}, referral=one) for n, one in enumerate(ids)]
    # Of several transactions: what was cut off may have ended between two of them.
    moves += [move("note", {"text": f"Catatan {n}"}, referral=ids[n % 2]) for n in range(MOST)]
    cut = asyncio.create_task(send(dinsos, *moves))
    await asyncio.sleep(0.2)
    cut.cancel()
    await asyncio.gather(cut, return_exceptions=True)
    both = await asyncio.gather(sent(dinsos, *moves), sent(dinsos, *reversed(moves)))
    assert {verdict for one in both for verdict in verdicts(one)} <= {"applied", "replayed", "waiting"}
    assert set(verdicts(await sent(dinsos, *moves))) == {"replayed"}
    told = [kind for one in ids for kind in await events(house, one)]
    assert (told.count("referral.accepted"), told.count("referral.noted")) == (2, MOST)


async def test_an_agency_finds_and_moves_by_its_own_number(
    siti: Person, dinsos: Person, login: LogIn
) -> None:
    first, second, third = await referred(siti, BLT, BLT, BLT)
    await sent(dinsos, move("accept", {"reference": "N/1 é"}, referral=first))
    page = (await dinsos.get("/v1/referrals", agency_reference="N/1 é", count="true")).json()
    assert (page["count"], [one["id"] for one in page["items"]]) == (1, [first])
    assert (await dinsos.get("/v1/referrals", agency_reference="n/1 é")).json()["items"] == []
    baznas = await login("baznas@1374")
    assert (await baznas.get("/v1/referrals", agency_reference="N/1 é")).json()["items"] == []
    results = await sent(
        baznas, move("start", reference="N/1 é"), move("start", reference="N/1 é", agency="DINSOS-1374")
    )
    assert [one["status"] for one in results] == [404, 404]
    results = await sent(
        dinsos,
        move("external_reference", {"reference": "N/2"}, referral=first),
        move("external_reference", {"reference": "N/3"}, reference="N/2"),
        move("external_reference", {"reference": "N/4"}, referral=second),
        move("external_reference", {"reference": "N/4"}, referral=third),
    )
    assert verdicts(results) == ["applied", "rejected", "applied", "applied"]
    shared, gone, fine = await sent(
        dinsos,
        move("accept", reference="N/4"),
        move("start", reference="N/1 é"),
        move("start", reference="N/2"),
    )
    assert shared["problem"]["code"] == "reference_on_several"
    assert sorted(shared["problem"]["data"]["referrals"]) == sorted([second, third])
    assert (gone["status"], fine["verdict"], fine["referral"]) == (404, "applied", first)


async def test_the_batch_as_a_whole_must_be_sound(siti: Person, dinsos: Person) -> None:
    (one,) = await referred(siti, BLT)
    twice = move("accept", referral=one)
    wrong = await send(dinsos, twice, {**twice, "action": "note"}, move("accept"))
    assert wrong.status_code == 422
    assert [fault["pointer"] for fault in wrong.json()["errors"]] == ["/moves/1/id", "/moves/2/referral"]
    assert (await send(dinsos)).status_code == 422
    assert (await send(dinsos, *[move("accept", referral=one) for _ in range(101)])).status_code == 422
    assert (await send(dinsos, move("revoke", {"reason": "other"}, referral=one))).status_code == 422
    assert (await dinsos.get(f"/v1/referrals/{one}")).json()["status"]["code"] == "sent"


async def test_a_system_with_too_small_a_scope_moves_nothing(
    siti: Person, login: LogIn, client: AsyncClient
) -> None:
    admin = await login("admin@1374")
    (one,) = await referred(siti, BAZNAS)
    body = {"client_id": "antrean-baznas", "name": "Antrean", "agency": "BAZNAS-1374"}
    made = (await admin.post("/v1/clients", body)).json()
    reads = Person(client, (await a_service_key(admin, made["id"]))["key"], "reads")
    refused = await send(reads, move("accept", referral=one))
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
    whole = await a_service_key(admin, made["id"], scopes=["referral:read", "referral:receive"])
    moves = Person(client, whole["key"], "moves")
    assert verdicts(await sent(moves, move("accept", {"reference": "Z-9"}, referral=one))) == ["applied"]
    page = (await moves.get("/v1/referrals", agency_reference="Z-9")).json()
    assert [row["id"] for row in page["items"]] == [one]


async def test_a_proxy_answers_in_batches_too(siti: Person, login: LogIn) -> None:
    office = await login("sekretariat@1374")
    (one,) = await referred(siti, {"program": "PKH", "purpose": "AID"})
    behalf = {"source": "Surat Kemensos", "date": "2026-01-05", "paper": "S-1/2026"}
    unnamed, named = move("accept", reference="K-1"), move("start", {"on_behalf": behalf}, reference="K-1")
    results = await sent(
        office,
        move("accept", referral=one),
        move("accept", {"on_behalf": behalf, "reference": "K-1"}, referral=one),
        unnamed,
        {**named, "agency": "KEMENSOS"},
    )
    assert [row["status"] for row in results] == [422, 200, 422, 200], results
    assert results[2]["problem"]["errors"][0]["pointer"] == "/agency"
