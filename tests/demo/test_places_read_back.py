"""Every number of the five places, as `places.json` holds it, is told by the API: none is left out."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient

from tests.conftest import LogIn

DATA = Path(__file__).resolve().parents[2] / "app" / "data" / "places.json"
PLACES: list[dict[str, Any]] = json.loads(DATA.read_text("utf-8"))["places"]
ROWS = {"cadres", "desks", "allotments", "accounts", "clients", "policies", "settings"}
"""What a place has as rows; all else is told as it stands, in its profile."""
OFFICERS = {"13.74": "siti", "13.71": "rini", "13.08": "yanti", "63.03": "norhayati", "18.72": "wulan"}
of_each_place = pytest.mark.parametrize("place", PLACES, ids=[place["region"] for place in PLACES])


async def read(client: AsyncClient, path: str) -> Any:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def numbers(value: object, path: str = "") -> Iterator[tuple[str, float]]:
    """Every number below *value*, with where it stands."""
    match value:
        case bool() | None | str():
            return
        case int() | float():
            yield path, value
        case dict():
            for name, part in value.items():
                yield from numbers(part, f"{path}/{name}")
        case list():
            for n, part in enumerate(value):
                yield from numbers(part, f"{path}/{n}")
        case _:
            raise TypeError(path)


@of_each_place
async def test_what_a_place_says_of_itself(client: AsyncClient, place: dict[str, Any]) -> None:
    figures = (await read(client, f"/v1/regions/{place['region']}"))["profile"]["figures"]
    own = {name: value for name, value in place.items() if name not in ROWS}
    told = dict(numbers(figures))
    assert {path: number for path, number in numbers(own) if told.get(path) != number} == {}
    assert figures["as_of"] == place["as_of"]
    assert figures.get("provider_levels") == place.get("provider_levels")


@of_each_place
async def test_its_cadres(client: AsyncClient, login: LogIn, place: dict[str, Any]) -> None:
    region = place["region"]
    counts: Counter[str] = Counter()
    for rule in place["cadres"]:
        counts[rule["pillar"]] += rule["count"]
    profile = (await read(client, f"/v1/regions/{region}"))["profile"]
    assert profile["cadres"] == dict(counts)
    officer = await login(f"{OFFICERS[region]}@{region.replace('.', '')}")
    for pillar, count in counts.items():
        listed = (await officer.get("/v1/cadres", region=region, pillar=pillar, count="true", limit=1)).json()
        assert listed["count"] == count
    by_area = {(row["pillar"], row["area_level"]): row["count"] for row in profile["cadres_by_area"]}
    levels = {"village": "village", "kecamatan": "district", "regency": "regency"}
    assert by_area == {(rule["pillar"], levels[rule["area"]]): rule["count"] for rule in place["cadres"]}


@of_each_place
async def test_its_desks(login: LogIn, place: dict[str, Any]) -> None:
    region = place["region"]
    officer = await login(f"{OFFICERS[region]}@{region.replace('.', '')}")
    told = {one["name"]: one for one in (await officer.get("/v1/desks", region=region)).json()["items"]}
    for desk in place["desks"]:
        shown, budget = told[desk["name"]], desk["budget"]
        assert shown["village"]["code"] == desk["village"]
        assert shown["founding_rule"] == desk["founding_rule"]["title"]
        assert shown["budget"] == {
            "source": budget["paid_from"],
            "idr_per_year": budget["idr_per_year"],
            "year": budget["year"],
        }
        assert shown["hours"] == desk["hours"]
        assert len(shown["officers"]) == len(desk["officers"])


@of_each_place
async def test_its_allotments(client: AsyncClient, place: dict[str, Any]) -> None:
    told = (await read(client, f"/v1/regions/{place['region']}"))["profile"]["allotments"]
    wanted = [
        {name: one[name] for name in ("program", "component", "period", "quota", "taken")}
        for one in place["allotments"]
    ]
    assert sorted(map(str, told)) == sorted(map(str, wanted))


@of_each_place
async def test_the_money_of_its_programmes(client: AsyncClient, place: dict[str, Any]) -> None:
    for named in place.get("programs", ()):
        program = await read(client, f"/v1/programs/{named['code']}")
        assert program["level"] == named["level"]
        if "total_idr" not in named:
            continue
        cash = [one for one in program["components"] if one["kind"] == "cash"]
        assert sum(one["amount_idr"] * one["instalments"] for one in cash) == named["total_idr"]
        assert [one["amount_idr"] for one in cash for _ in range(one["instalments"])] == [
            one["amount_idr"] for one in named["instalments"]
        ]
