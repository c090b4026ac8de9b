"""The map of a regency: loaded by those who set its policies, read by anybody, and hostile shapes refused."""

import json
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import select

from app.api.deps import House
from app.db.session import read_only
from app.db.tables.events import Event
from tests.conftest import LogIn
from tests.support.maps import A_MAP, VILLAGES, collection

pytestmark = pytest.mark.commits
PATH = "/v1/maps/13.74"


async def test_it_is_loaded_read_by_anybody_and_replaced(
    client: AsyncClient, house: House, login: LogIn
) -> None:
    manager = await login("manajer@1374")
    made = await manager.put(PATH, A_MAP)
    assert made.status_code == 200, made.text
    shown = await client.get(PATH)
    assert shown.json() == made.json()
    assert shown.headers["Cache-Control"] == "public, max-age=300"
    told = shown.json()
    assert (told["name"], told["source"], told["width"]) == ("Kota Padang Panjang", "BIG 2024", 1000)
    assert {one["code"]: one["name"] for one in told["shapes"]}["13.74.01.1005"] == "Guguk Malintang"
    first = told["shapes"][0]
    assert first["path"].startswith("M0 ")
    assert first["path"].endswith("z")
    assert first["box"] == [0, 0, 250, 250]
    assert "tidak dibaca" not in shown.text
    again = {"source": "BIG 2025", "shapes": collection(VILLAGES[:1])}
    assert (await (await login("admin@1374")).put(PATH, again)).status_code == 200
    assert len((await client.get(PATH)).json()["shapes"]) == 1
    async with read_only(house.database.sessions) as tx:
        found = (await tx.scalars(select(Event.type).where(Event.type == "map.set"))).all()
    assert len(found) >= 2


@pytest.mark.parametrize("path", ["/v1/maps/13.71", "/v1/maps/x", "/v1/maps/99.99", "/v1/maps/ID"])
async def test_where_none_was_loaded_there_is_none(client: AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code in {404, 422}


async def test_only_those_who_set_policies_load_it(login: LogIn) -> None:
    for who in ("siti@1374", "sekretariat@1374", "auditor@1374"):
        assert (await (await login(who)).put(PATH, A_MAP)).status_code == 403
    manager = await login("manajer@1374")
    assert (await manager.put("/v1/maps/13.71", A_MAP)).status_code == 403
    assert (await manager.put("/v1/maps/13.74.01", A_MAP)).status_code == 404


@pytest.mark.parametrize(
    ("shapes", "pointer"),
    [
        ({}, "/shapes"),
        ({"type": "FeatureCollection", "features": "semua"}, "/shapes"),
        ({"type": "FeatureCollection", "features": [[[]]]}, "/shapes/features/0"),
        (collection(("13.71.01.1001",)), "/shapes/features/0/properties/code"),
        (collection(("13.74",)), "/shapes/features/0/properties/code"),
    ],
)
async def test_what_is_wrong_is_told_at_its_place(login: LogIn, shapes: Any, pointer: str) -> None:
    answer = await (await login("manajer@1374")).put(PATH, {"source": "Uji", "shapes": shapes})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize(
    "numbers", ["1e999", "NaN", "-1e308", "9" * 30, "[[[[[[[[100.4]]]]]]]]", "null", '"100.4"', "{}"]
)
async def test_hostile_numbers_are_refused_and_no_fault(login: LogIn, numbers: str) -> None:
    text = json.dumps(A_MAP).replace("100.38", numbers, 1)
    manager = await login("manajer@1374")
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {manager.token}"}
    answer = await manager.client.put(PATH, content=text.encode(), headers=headers)
    assert answer.status_code in {400, 422}, answer.text


async def test_a_map_beyond_the_limit_of_bodies_is_refused(login: LogIn) -> None:
    huge = {"source": "x", "shapes": {**collection(), "bbox": [0.123456789] * 100_000}}
    assert (await (await login("manajer@1374")).put(PATH, huge)).status_code == 413
