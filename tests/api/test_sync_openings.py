"""Cases that come together are opened as they would be one by one: the same answers, the same rows."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.api.deps import House
from app.db.session import read_only
from app.db.tables.access import IdempotencyKey
from app.db.tables.cases import Case, CaseFact, Clock, RoutingRecord
from app.db.tables.events import Event, FeedPending
from app.db.tables.people import DataKey, Household, Person
from tests.conftest import LogIn
from tests.support.desk import CASE
from tests.support.http import Person as Officer
from tests.support.offline import Device
from tests.support.people import a_nik

pytestmark = pytest.mark.commits
KINDS = (Case, Clock, RoutingRecord, CaseFact, Event, FeedPending, Person, Household, DataKey, IdempotencyKey)


@pytest.fixture(scope="module")
async def siti(login: LogIn) -> Officer:
    return await login("siti@1374")


def crowd(tail: int) -> list[dict[str, Any]]:
    """Return what a village brings in a day: families, a neighbour's phone, twice the same, no numbers."""
    kk, phone = f"137401010120{tail:04}", f"08120000{tail:04}"
    nik, sister, brother = a_nik(), a_nik(), a_nik()
    named = {"kind": "person", "name": f"Ani {tail}", "born_on": f"1980-02-{tail % 28 + 1:02}"}
    subjects = [
        {"kind": "person", "nik": nik, "kk": kk, "name": "Yuliana Contoh", "phone": phone},
        {"kind": "person", "nik": sister, "kk": kk, "name": "Rosna Contoh"},
        {"kind": "person", "nik": brother, "name": "Budi Contoh", "phone": phone},
        named,
        {**named, "name": f"Any {tail}"},
        {"kind": "person", "nik": nik, "name": "Yuliana Contoh"},
        {"kind": "person", "nik": nik, "name": "Orang Lain"},
        {"kind": "household", "kk": kk},
        {"kind": "place"},
        *({"kind": "person", "nik": a_nik(), "name": f"Warga {n}"} for n in range(6)),
    ]
    bodies = [{**CASE, "subject": subject} for subject in subjects]
    bodies[6] = {**bodies[6], "category": "KESEHATAN", "separate_reason": "Perkara lain."}
    bodies[9] = {
        **bodies[9],
        "facts": {"household.pregnant": True, "household.children_0_6": 2},
        "papers": [],
    }
    bodies[10] = {**bodies[10], "confidentiality": "TERBATAS"}
    bodies[11] = {**bodies[11], "facts": {"no.such": 1}}
    told = {"at": "2026-11-20T03:00:00Z", "method": "in_person", "by": "Siti"}
    bodies[12] = {
        **bodies[12],
        "kind": "PERTANYAAN",
        "resolve_now": {"outcome": "information_given", "told": told},
    }
    return bodies


def gist(answer: dict[str, Any]) -> dict[str, Any]:
    """Return what does not depend on when and to whom it came."""
    told = ("status", "kind", "category", "priority", "confidentiality", "holder", "allowed_actions")
    found: dict[str, Any] = {
        name: answer.get(name) for name in (*told, "papers_missing", "warnings", "version")
    }
    found["due"] = [one["step"]["code"] for one in answer.get("due", ())]
    routing = answer.get("routing") or {}
    found["fits"] = [(one["program"], one["verdict"]["code"]) for one in routing.get("programs", ())]
    found["hints"] = [
        (sorted(one["code"] for one in hint["reasons"]), hint["score"])
        for hint in answer.get("other_cases", ())
    ]
    return found


async def rows(house: House) -> list[int]:
    counts = [select(func.count()).select_from(kind).scalar_subquery() for kind in KINDS]
    async with read_only(house.database.sessions) as tx:
        return list((await tx.execute(select(*counts))).one())


def grown(before: Sequence[int], after: Sequence[int]) -> dict[str, int]:
    pairs = zip(KINDS, before, after, strict=True)
    return {kind.__tablename__: new - old for kind, old, new in pairs}


async def test_a_batch_opens_what_single_requests_would(siti: Officer, house: House) -> None:
    start = await rows(house)
    alone = []
    for body in crowd(4711):
        answer = await siti.post("/v1/cases", body)
        alone.append((answer.status_code, answer.json()))
    middle = await rows(house)
    device = Device(siti)
    together = await device.sync(*(device.does("open_case", body) for body in crowd(4712)))
    end = await rows(house)
    for n, ((status, single), one) in enumerate(zip(alone, together, strict=True)):
        assert one["status"] == status, (n, single, one)
        if status == 201:
            assert one["verdict"] == "applied"
            assert gist(one["answer"]) == gist(single), n
        else:
            assert one["problem"]["code"] == single["code"], n
    assert grown(start, middle) == grown(middle, end)
    shown = await siti.get(f"/v1/cases/{together[0]['ticket']}")
    assert shown.json()["chronology"] == CASE["chronology"], "sealed under the right key"


async def test_the_first_clock_starts_when_the_policy_says(siti: Officer, login: LogIn) -> None:
    device = Device(siti)

    async def started(ago: timedelta) -> datetime:
        result = await device.one(device.opens(ago=ago))
        assert result["verdict"] == "applied"
        return datetime.fromisoformat(result["answer"]["due"][0]["started_at"])

    assert datetime.now(UTC) - await started(timedelta(days=2)) < timedelta(minutes=1)
    rule = {
        "region": "13.74",
        "name": "sync_clock_start",
        "value": {"from": "device", "oldest_hours": 72},
        "source": "Perwako 12/2026",
    }
    made = await (await login("manajer@1374")).post("/v1/policies", rule)
    assert made.status_code == 201, made.text
    await asyncio.sleep(1.1)
    device_time = datetime.now(UTC) - await started(timedelta(days=2)) - timedelta(days=2)
    assert abs(device_time) < timedelta(minutes=3)
    too_old = datetime.now(UTC) - await started(timedelta(days=4))
    assert too_old < timedelta(minutes=1), "what is older than the policy trusts starts when it came"
