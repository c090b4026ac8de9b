"""Quotas over HTTP: set by whoever gives, taken by an acceptance, freed by every way out."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import select, update

from app.api.deps import House
from app.db.session import transaction
from app.db.tables.events import Event
from app.db.tables.places import Allotment
from app.db.tables.referrals import Referral
from app.db.tables.regency_programs import AllotmentPlace
from app.domain.ids import parse_public_id
from tests.support.desk import Desk, act, acted, open_case
from tests.support.http import Person, log_in, serving

pytestmark = pytest.mark.commits
BLT = {"program": "BLT_KOTA", "purpose": "AID"}
PATH = "/v1/programs/BLT_KOTA/allotments"
PERIOD = "2026"


@dataclass
class Ground:
    house: House
    client: AsyncClient
    siti: Person
    dinsos: Person
    manager: Person

    async def row(self, program: str = "BLT_KOTA") -> Allotment:
        async with transaction(self.house.database.sessions) as tx:
            found = await tx.scalar(
                select(Allotment).where(
                    Allotment.regency_code == "13.74",
                    Allotment.program_code == program,
                    Allotment.component == "*",
                )
            )
        assert found is not None
        return found

    async def leave(self, places: int) -> None:
        """Let so many places be free."""
        async with transaction(self.house.database.sessions) as tx:
            await tx.execute(
                update(Allotment)
                .where(Allotment.regency_code == "13.74", Allotment.program_code == "BLT_KOTA")
                .values(taken=Allotment.quota - places)
            )

    async def sent(self) -> tuple[Desk, str]:
        desk = await open_case(self.siti)
        (referral,) = await desk.refer(BLT)
        return desk, referral

    async def put(self, by: Person, quota: int, **changed: Any) -> Response:
        body = {"region": "13.74", "period": PERIOD, "quotas": {"*": quota}, **changed}
        return await by.put(PATH, body)


@pytest.fixture
async def ground(fresh_house: House) -> AsyncIterator[Ground]:
    async with serving(fresh_house) as client:
        people = [await log_in(client, f"{name}@1374") for name in ("siti", "dinsos", "manajer")]
        yield Ground(fresh_house, client, *people)


async def test_of_two_acceptances_at_one_instant_one_gets_the_last_place(ground: Ground) -> None:
    sent = [await ground.sent() for _ in range(4)]
    await ground.leave(1)
    answers = await asyncio.gather(*(act(ground.dinsos, referral, "accept") for _, referral in sent))
    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]
    refused = next(one.json() for one in answers if one.status_code == 409)
    assert (refused["code"], refused["data"]["hint"]) == ("allotment_full", "waitlist")
    row = await ground.row()
    assert row.taken == row.quota


@pytest.mark.parametrize(
    ("action", "body", "by"),
    [
        ("return", {"missing": ["KK"]}, "dinsos"),
        ("refuse", {"reason": "decile_too_high"}, "dinsos"),
        ("not_ours", {"right_body": "up"}, "dinsos"),
        ("fail", {"reason": "not_collected"}, "dinsos"),
        ("waitlist", {"position": 1}, "dinsos"),
        ("revoke", {"reason": "wrong_program"}, "siti"),
    ],
)
async def test_every_way_out_frees_the_place(
    ground: Ground, action: str, body: dict[str, Any], by: str
) -> None:
    before = (await ground.row()).taken
    _, referral = await ground.sent()
    await acted(ground.dinsos, referral, "accept")
    assert (await ground.row()).taken == before + 1
    await acted(getattr(ground, by), referral, action, body)
    assert (await ground.row()).taken == before


async def test_a_returned_one_that_is_sent_again_takes_a_place_again(ground: Ground) -> None:
    before = (await ground.row()).taken
    _, referral = await ground.sent()
    await acted(ground.dinsos, referral, "accept")
    await acted(ground.dinsos, referral, "return", {"missing": ["KK"]})
    await acted(ground.siti, referral, "resend")
    assert (await ground.row()).taken == before
    await ground.leave(0)
    full = await act(ground.dinsos, referral, "accept")
    assert (full.status_code, full.json()["code"]) == (409, "allotment_full")
    await ground.leave(1)
    shown = await acted(ground.dinsos, referral, "accept")
    assert [one["state"]["code"] for one in shown["lines"]].count("planned") == 3
    row = await ground.row()
    assert row.taken == row.quota


async def test_a_place_is_freed_where_it_was_taken_whatever_day_it_is(ground: Ground) -> None:
    """The day of acceptance is moved to another year: what was taken is what goes back."""
    before = (await ground.row()).taken
    _, referral = await ground.sent()
    await acted(ground.dinsos, referral, "accept")
    parsed = parse_public_id(referral)
    assert parsed is not None
    async with transaction(ground.house.database.sessions) as tx:
        await tx.execute(
            update(Referral)
            .where(Referral.regency_code == "13.74", Referral.id == parsed.id)
            .values(accepted_at=datetime(2025, 12, 31, 18, tzinfo=UTC))
        )
    await acted(ground.siti, referral, "revoke", {"reason": "wrong_program"})
    assert (await ground.row()).taken == before


async def test_what_was_never_counted_is_not_given_back(ground: Ground) -> None:
    """An allotment that came after the acceptance, by another way than the service, keeps its number."""
    _, referral = await ground.sent()
    await acted(ground.dinsos, referral, "accept")
    async with transaction(ground.house.database.sessions) as tx:
        parsed = parse_public_id(referral)
        assert parsed is not None
        place = await tx.scalar(
            select(AllotmentPlace).where(
                AllotmentPlace.regency_code == "13.74", AllotmentPlace.referral_id == parsed.id
            )
        )
        await tx.delete(place)
    before = (await ground.row()).taken
    await acted(ground.siti, referral, "revoke", {"reason": "wrong_program"})
    assert (await ground.row()).taken == before


async def test_the_agency_and_the_regency_set_the_quota_never_below_what_is_taken(ground: Ground) -> None:
    taken = (await ground.row()).taken
    for by, quota in ((ground.manager, taken + 7), (ground.dinsos, taken)):
        answer = await ground.put(by, quota)
        assert answer.status_code == 200, answer.text
        (shown,) = answer.json()["items"]
        assert (shown["quota"], shown["taken"], shown["left"]) == (quota, taken, quota - taken)
    refused = await ground.put(ground.manager, taken - 1)
    assert (refused.status_code, refused.json()["code"]) == (409, "below_taken")
    assert refused.json()["data"] == {"component": "*", "taken": taken}
    assert (await ground.row()).quota == taken
    async with transaction(ground.house.database.sessions) as tx:
        told = list(await tx.scalars(select(Event).where(Event.type == "program.allotment_set")))
    assert [(one.data["quota"], one.data["before"]) for one in told] == [(taken + 7, 300), (taken, taken + 7)]
    # The same number again changes nothing, so nothing is told.
    assert (await ground.put(ground.manager, taken)).status_code == 200
    async with transaction(ground.house.database.sessions) as tx:
        again = list(await tx.scalars(select(Event).where(Event.type == "program.allotment_set")))
    assert len(again) == 2


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"region": "99.99"}, "/region"),
        ({"region": "13"}, "/region"),
        ({"region": "13.74.01"}, "/region"),
        ({"region": "63.03"}, "/region"),
        ({"period": "2026-13"}, "/period"),
        ({"period": "tahun"}, "/period"),
        ({"quotas": {"sapi": 4}}, "/quotas/sapi"),
        ({"quotas": {}}, "/quotas"),
        ({"quotas": {"*": -1}}, "/quotas/*"),
        ({"quotas": {"*": 10**12}}, "/quotas/*"),
    ],
)
async def test_what_the_programme_has_not_is_named(
    ground: Ground, changed: dict[str, Any], pointer: str
) -> None:
    answer = await ground.put(ground.dinsos, 300, **changed)
    assert answer.status_code == 422, answer.text
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


async def test_another_agency_and_another_regency_set_nothing(ground: Ground) -> None:
    padang = await log_in(ground.client, "manajer@1371")
    desk = ground.siti
    for by in (padang, desk):
        assert (await ground.put(by, 900)).status_code == 403
    # The centre's programme is the centre's to allot; a regency speaks for it only by proxy.
    absent = await ground.manager.put("/v1/programs/TIDAK_ADA/allotments", {
        "region": "13.74", "period": PERIOD, "quotas": {"*": 1},
    })  # fmt: skip
    assert absent.status_code == 404


async def test_a_new_allotment_begins_with_those_who_were_taken_in_before(ground: Ground) -> None:
    _, referral = await ground.sent()
    await acted(ground.dinsos, referral, "accept")
    month = f"{datetime.now(UTC) + timedelta(hours=7):%Y-%m}"
    answer = await ground.put(ground.manager, 0, period=month)
    assert (answer.status_code, answer.json()["data"]["taken"]) == (409, 1)
    answer = await ground.put(ground.manager, 1, period=month, quotas={"*": 1, "cash": 1})
    assert [(one["component"], one["taken"]) for one in answer.json()["items"]] == [("*", 1), ("cash", 1)]
    _, other = await ground.sent()
    assert (await act(ground.dinsos, other, "accept")).json()["code"] == "allotment_full"
    await acted(ground.siti, referral, "revoke", {"reason": "wrong_program"})
    await acted(ground.dinsos, other, "accept")


async def test_quotas_are_listed_for_everybody_page_by_page(ground: Ground) -> None:
    for month in ("2026-10", "2026-11", "2026-12"):
        assert (await ground.put(ground.manager, 50, period=month)).status_code == 200
    read: list[str] = []
    cursor: dict[str, str] = {"region": "13"}
    while cursor:
        page = (await ground.client.get(PATH, params={**cursor, "limit": 2, "count": "true"})).json()
        assert page["count"] == 4
        read += [one["period"] for one in page["items"]]
        cursor = {"cursor": page["next"]} if page["next"] else {}
    assert read == ["2026", "2026-10", "2026-11", "2026-12"]
    assert (await ground.client.get("/v1/programs/TIDAK_ADA/allotments")).status_code == 404
    assert (await ground.client.get(PATH, params={"region": "99"})).status_code == 400
