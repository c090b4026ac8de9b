"""Desks: opened and changed by who manages them, each change in the chain."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from app.api.deps import House
from app.db.session import transaction
from app.db.tables.events import Event
from app.domain.ids import parse_public_id
from tests.conftest import LogIn

DESK: dict[str, Any] = {
    "village": "13.74.01.1001",
    "name": "Puskesos Ganting",
    "founding_rule": "Keputusan Lurah Ganting Nomor 2 Tahun 2026",
    "budget": {"source": "DANA_KELURAHAN", "idr_per_year": 30_000_000, "year": 2026},
    "hours": [{"days": [1, 2, 3, 4, 5], "opens": "08:00", "closes": "16:00"}],
}


async def happened(house: House, public: str) -> list[tuple[str, Any]]:
    found = parse_public_id(public)
    assert found is not None
    async with transaction(house.database.sessions) as tx:
        statement = select(Event.type, Event.data).where(
            Event.regency_code == found.tenant, Event.stream_id == found.id
        )
        return [(row.type, row.data) for row in await tx.execute(statement.order_by(Event.n))]


async def test_the_five_places_have_their_desks(login: LogIn) -> None:
    siti = await login("siti@1374")
    own = (await siti.get("/v1/desks", count="true")).json()
    assert own["count"] >= 3
    desk = next(one for one in own["items"] if one["village"]["code"] == "13.74.01.1005")
    assert (desk["village"]["name"], desk["village_kind"]) == ("Guguk Malintang", "kelurahan")
    assert desk["budget"] == {"source": "DANA_KELURAHAN", "idr_per_year": 36_000_000, "year": 2026}
    assert {(one["name"], *one["duties"]) for one in desk["officers"]} == {
        ("Siti Rahmah", "FO"),
        ("Hendra Saputra", "BO", "KOORD_PUSKESOS"),
    }
    for region in ("13.71", "13.08", "63.03", "18.72"):
        assert (await siti.get("/v1/desks", region=region, count="true")).json()["count"] >= 3


async def test_a_desk_is_opened_changed_and_told(login: LogIn, house: House) -> None:
    manager = await login("manajer@1374")
    siti = (await (await login("siti@1374")).get("/v1/me")).json()["id"]
    officers = [{"account_id": siti, "duties": ["FO"]}]
    made = await manager.post("/v1/desks", {**DESK, "officers": officers})
    assert made.status_code == 201, made.text
    desk = made.json()
    path = made.headers["location"]
    assert (await manager.get(path)).json() == desk
    assert desk["officers"] == [{"account_id": siti, "name": "Siti Rahmah", "duties": ["FO"]}]
    changed = await manager.patch(
        path, {"active": False, "name": DESK["name"], "officers": []}, etag=made.headers["etag"]
    )
    assert changed.status_code == 200, changed.text
    assert (changed.json()["active"], changed.json()["officers"], changed.headers["etag"]) == (
        False,
        [],
        '"2"',
    )
    same = await manager.patch(path, {"active": False}, etag='"2"')
    assert same.headers["etag"] == '"2"'
    assert await happened(house, desk["id"]) == [
        ("desk.opened", {"village": "13.74.01.1001"}),
        ("desk.changed", {"changed": ["active", "officers"]}),
    ]


async def test_the_same_key_opens_one_desk(login: LogIn) -> None:
    manager = await login("manajer@1374")
    body = {**DESK, "village": "13.74.01.1002"}
    first, second = await asyncio.gather(*(manager.post("/v1/desks", body, key="satu") for _ in range(2)))
    assert first.status_code == second.status_code == 201
    assert first.json()["id"] == second.json()["id"]
    found = (await manager.get("/v1/desks", region="13.74.01.1002", count="true")).json()
    assert found["count"] == 1


async def test_a_change_needs_the_version_that_was_read(login: LogIn) -> None:
    manager = await login("manajer@1374")
    made = await manager.post("/v1/desks", {**DESK, "village": "13.74.01.1003"})
    path = made.headers["location"]
    assert (await manager.patch(path, {"active": False})).status_code == 428
    assert (await manager.patch(path, {"active": False}, etag='"7"')).status_code == 412
    racers = await asyncio.gather(
        *(manager.patch(path, {"name": f"Puskesos {n}"}, etag='"1"') for n in range(8))
    )
    assert sorted(one.status_code for one in racers) == [200] + [412] * 7


async def test_a_new_desk_is_known_to_everybody_within_a_second(login: LogIn, house: House) -> None:
    manager = await login("manajer@1374")
    await manager.post("/v1/desks", {**DESK, "village": "13.74.01.1006"})
    await asyncio.sleep(1.05)
    known = await house.knowledge.current(house.clock())
    assert known.desk_of("13.74.01.1006") is not None


@pytest.mark.parametrize(
    ("who", "village", "status"),
    [
        ("siti@1374", "13.74.01.1001", 403),
        ("manajer@1371", "13.74.01.1001", 403),
        ("dinsos@1374", "13.74.01.1001", 403),
        ("admin@1374", "13.74.01.1004", 201),
        ("admin@0000", "13.74.01.1004", 201),
        ("manajer@1374", "13.74.01.9999", 422),
    ],
)
async def test_only_who_manages_desks_there_opens_one(
    login: LogIn, who: str, village: str, status: int
) -> None:
    made = await (await login(who)).post("/v1/desks", {**DESK, "village": village})
    assert made.status_code == status, made.text


async def test_absent_comes_before_forbidden(login: LogIn) -> None:
    siti = await login("siti@1374")
    for path in ("/v1/desks/1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b", "/v1/desks/x", "/v1/desks/%00"):
        assert (await siti.get(path)).status_code == 404
        assert (await siti.patch(path, {"active": False}, etag='"1"')).status_code == 404
    own = (await siti.get("/v1/desks")).json()["items"][0]["id"]
    assert (await siti.patch(f"/v1/desks/{own}", {"active": False}, etag='"1"')).status_code == 403


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"hours": [{"days": [1], "opens": "16:00", "closes": "08:00"}]}, "/hours/0/closes"),
        ({"hours": [{"days": [8], "opens": "08:00", "closes": "16:00"}]}, "/hours/0/days/0"),
        ({"hours": []}, "/hours"),
        ({"budget": {"source": "APBD", "idr_per_year": -1, "year": 2026}}, "/budget/idr_per_year"),
        ({"officers": [{"account_id": "1371-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b", "duties": ["FO"]}]},
         "/officers/0/account_id"),
        ({"officers": [{"account_id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b", "duties": ["FO"]}]},
         "/officers/0/account_id"),
        ({"village": "13.74"}, "/village"),
        ({"id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"}, "/id"),
        ({"version": 9}, "/version"),
        ({"name": "a\ud800"}, None),
    ],
)  # fmt: skip
async def test_a_wrong_body_names_its_field(
    login: LogIn, change: dict[str, Any], pointer: str | None
) -> None:
    manager = await login("manajer@1374")
    if pointer is None:
        content = '{"name": "a\\ud800"}'
        answer = await manager.client.post(
            "/v1/desks",
            content=content,
            headers={
                "Authorization": f"Bearer {manager.token}",
                "Content-Type": "application/json",
                "Idempotency-Key": "k",
            },
        )
        assert answer.status_code in {400, 422}
        return
    answer = await manager.post("/v1/desks", {**DESK, **change})
    assert answer.status_code == 422, answer.text
    assert pointer in [one["pointer"] for one in answer.json()["errors"]]
