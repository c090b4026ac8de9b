"""The five places that the product starts from: settings, desks, cadres, allotments, policies of their own.

What is there stays as it is, since it belongs to the people of the place; only what is missing is added.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import cycle, islice
from typing import Any, Final

from app.db.queries import knowledge, seed
from app.db.session import Tx, transaction
from app.domain.regions import Regions
from app.domain.sla import local_date
from app.services.seed.tools import Tools, shipped, shipped_regions

Row = dict[str, Any]
Place = Mapping[str, Any]
_OWN: Final = frozenset(
    {"region", "name", "settings", "desks", "cadres", "accounts", "clients", "allotments", "policies"}
)
"""What has rows of its own; everything else a place says of itself is its profile."""


async def seed_places(tools: Tools) -> int:
    """One transaction for each place."""
    places: list[Place] = shipped("places")["places"]
    regions = packed_regions()
    touched = 0
    for done, place in enumerate(places, 1):
        async with transaction(tools.database.sessions) as tx:
            touched += await _seed_place(tx, tools, place, regions)
        tools.say("places", done, len(places))
    return touched


async def seed_frontends(tools: Tools) -> int:
    """The clients by which officers log in: the nation's serves every tenant, each place has its own."""
    shipped_places = shipped("places")
    touched = 0
    for place in (*shipped_places["places"], *shipped_places["above"]):
        rows = [_frontend(tools, place["region"], one) for one in place["clients"] if one["first_party"]]
        async with transaction(tools.database.sessions) as tx:
            touched += len(await seed.put_missing(tx, "clients", rows, ["regency_code", "client_id"]))
    return touched


def _frontend(tools: Tools, tenant: str, one: Mapping[str, Any]) -> Row:
    return {
        "regency_code": tenant,
        "id": tools.ids.new_id(tools.now),
        "client_id": one["client_id"],
        "name": one["name"],
        "secret_digest": None,
        "first_party": True,
        "account_id": None,
        "active": True,
        "created_at": tools.now,
    }


def packed_regions() -> Regions:
    return Regions.of(_pair(line) for line in shipped_regions().split("\n"))


def peopled(regions: Regions) -> dict[str, list[tuple[str, str]]]:
    """By place, the villages where invented people live, in turn: those with a desk five times as often."""
    return {
        place["region"]: [
            (code, regions[code])
            for code in (
                *([desk["village"] for desk in place["desks"]] * 5),
                *regions.villages(place["region"]),
            )
        ]
        for place in shipped("places")["places"]
    }


async def _seed_place(tx: Tx, tools: Tools, place: Place, regions: Regions) -> int:
    regency = place["region"]
    settings = await seed.put_missing(tx, "regency_settings", [_settings(place)], ["regency_code"])
    policies = [_policy(tools, regency, one) for one in place["policies"]]
    match = ["regency_code", "name", "kind", "category", "priority"]
    own = await seed.put_missing(tx, "policies", policies, match)
    desks = [_desk(tools, regency, one) for one in place["desks"]]
    opened = await seed.put_missing(tx, "desks", desks, ["regency_code", "village_code", "name"])
    allotted = await seed.put_missing(
        tx,
        "allotments",
        [_allotment(tools, regency, one) for one in place["allotments"]],
        ["regency_code", "program_code", "component", "period"],
    )
    cadres = _cadres(tools, place, regions)
    joined = await seed.put_missing(tx, "cadres", cadres, ["regency_code", "pillar", "area_code", "name"])
    aims = [_target(tools, place)] if "poverty_target" in place else []
    aimed = await seed.put_missing(tx, "poverty_targets", aims, ["regency_code", "year"])
    kinds = {"settings": settings, "policies": own, "desks": opened}
    await knowledge.bump(tx, [kind for kind, rows in kinds.items() if rows])
    return sum(map(len, (settings, own, opened, allotted, joined, aimed)))


def _settings(place: Place) -> Row:
    inspectorate = place["settings"]["inspectorate_contact"]
    profile = {name: value for name, value in place.items() if name not in _OWN}
    return {
        "regency_code": place["region"],
        "name": place["name"],
        "secretariat_name": place["secretariat"]["name"],
        "six_day_week": place["settings"]["six_day_week"],
        "inspectorate_account_id": None,
        # Without the log-in: the profile is for everybody.
        "profile": {**profile, "inspectorate": {name: inspectorate[name] for name in ("label", "agency")}},
    }


def _target(tools: Tools, place: Place) -> Row:
    """What the place aims at every year, for this one."""
    regency, aim = place["region"], place["poverty_target"]
    return {
        "regency_code": regency,
        "id": tools.ids.new_id(tools.now),
        "year": local_date(tools.now, regency).year,
        "points": aim["points_per_year"],
        "households": aim["households_per_year"],
        "source": f"{place['name']}, {place['as_of']}",
        "set_at": tools.now,
        "set_by": None,
    }


def _policy(tools: Tools, regency: str, one: Mapping[str, Any]) -> Row:
    return {
        "regency_code": regency,
        "id": tools.ids.new_id(tools.now),
        "name": one["name"],
        "kind": None,
        "category": None,
        "priority": None,
        "value": {"value": one["value"]},
        "source": one["source"],
        "trust": one["trust"],
    }


def _desk(tools: Tools, regency: str, one: Mapping[str, Any]) -> Row:
    return {
        "regency_code": regency,
        "id": tools.ids.new_id(tools.now),
        "village_code": one["village"],
        "name": one["name"],
        "founding_rule": one["founding_rule"]["title"],
        "budget_source": one["budget"]["paid_from"],
        "budget_idr_per_year": one["budget"]["idr_per_year"],
        "budget_year": one["budget"]["year"],
        "hours": {"windows": one["hours"]},
        "active": one["active"],
        "version": 1,
    }


def _allotment(tools: Tools, regency: str, one: Mapping[str, Any]) -> Row:
    return {
        "regency_code": regency,
        "id": tools.ids.new_id(tools.now),
        "program_code": one["program"],
        "component": one["component"],
        "period": one["period"],
        "quota": one["quota"],
        "taken": one["taken"],
    }


def _cadres(tools: Tools, place: Place, regions: Regions) -> list[Row]:
    """As many as the place counts, spread evenly over its areas; their names are numbers, not people's."""
    regency, since = place["region"], date.fromisoformat(place["as_of"])
    seats: Counter[tuple[str, str]] = Counter()
    rows = []
    for rule in place["cadres"]:
        for area in _areas(rule, regency, regions):
            seats[rule["pillar"], area] += 1
            name = f"{rule['pillar']} {regions[area]} {seats[rule['pillar'], area]}"
            rows.append(
                {
                    "regency_code": regency,
                    "id": tools.ids.new_id(tools.now),
                    "pillar": rule["pillar"],
                    "name": name,
                    "area_code": area,
                    "appointed_on": since,
                    "ends_on": None,
                    "active": True,
                    "version": 1,
                }
            )
    return rows


def _areas(rule: Mapping[str, Any], regency: str, regions: Regions) -> Iterator[str]:
    chosen = {
        "village": regions.villages(regency),
        "kecamatan": regions.districts(regency),
        "regency": (regency,),
    }
    return islice(cycle(chosen[rule["area"]]), rule["count"])


def _pair(line: str) -> tuple[str, str]:
    code, _, name = line.partition("\t")
    return code, name
