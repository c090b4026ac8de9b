"""Drafts of programme rules, for tests that write, publish and try them."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

from httpx import Response

from tests.support.http import Person

AGES: dict[str, Any] = {
    "fact": "person.age", "op": "ge", "value": 60, "source": "Perwako 12/2026", "trust": "SEED",
}  # fmt: skip
DESIL: dict[str, Any] = {
    "fact": "registry.desil", "op": "between", "value": [1, 4], "source": "Perwako 12/2026", "trust": "SEED",
}  # fmt: skip
RULES: dict[str, Any] = {
    "coverage": ["13.74"],
    "sectors": ["SOSIAL_EKONOMI"],
    "categories": ["KEBUTUHAN_LAYANAN", "PERMOHONAN_BANSOS"],
    "criteria": {"all": [DESIL]},
    "benefit": {
        "summary": {"id": "Rp300.000 sebulan", "en": "Rp300,000 a month"},
        "components": [],
        "fulfilled_on": "last_delivery",
    },
    "waiting_list": True,
    "source": "Perwako 12/2026",
    "trust": "SEED",
}
NAME = {"id": "Bantuan Air Bersih", "en": "Clean water aid"}


def in_days(days: int) -> str:
    return f"{(datetime.now(UTC) + timedelta(days=days, hours=7)).date()}"


def rules(criteria: Any = None, **changes: Any) -> dict[str, Any]:
    """Return a version that begins today."""
    made = {"valid_from": in_days(0), **deepcopy(RULES), **changes}
    return made if criteria is None else {**made, "criteria": criteria}


def a_program(code: str, **changes: Any) -> dict[str, Any]:
    """Return a new programme of the social office of Padang Panjang."""
    return {
        "code": code,
        "agency": "DINSOS-1374",
        "level": "KAB_KOTA",
        "purposes": ["AID"],
        "name": NAME,
        "version": rules(**changes),
    }


async def draft(person: Person, code: str = "BLT_KOTA", **changes: Any) -> dict[str, Any]:
    """Begin the next version of a programme; return it with its ``etag``."""
    answer = await person.post(f"/v1/programs/{code}/versions", {"version": rules(**changes)})
    assert answer.status_code == 201, answer.text
    return {**answer.json(), "etag": answer.headers["ETag"]}


async def step(
    person: Person, shown: dict[str, Any], action: str, body: Any = None, etag: str | None = None
) -> Response:
    """Take a step on a version as it was *shown*; remembers the new version."""
    path = f"/v1/programs/{shown['program']}/versions/{shown['n']}/{action}"
    answer = await person.post(path, body, headers={"If-Match": etag or shown["etag"]})
    if answer.status_code == 200:
        shown |= {**answer.json(), "etag": answer.headers["ETag"]}
    return answer


async def stepped(person: Person, shown: dict[str, Any], action: str, body: Any = None) -> dict[str, Any]:
    answer = await step(person, shown, action, body)
    assert answer.status_code == 200, (action, answer.text)
    return shown


async def published(maker: Person, checker: Person, code: str = "BLT_KOTA", **changes: Any) -> dict[str, Any]:
    """Write a version, hand it in, and have another person publish it."""
    shown = await draft(maker, code, **changes)
    await stepped(maker, shown, "check")
    return await stepped(checker, shown, "publish")
