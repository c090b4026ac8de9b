"""The worker makes what a regency's policy names on its day, once, tells the office, and no other regency."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import func, select, text

from app.api.deps import House
from app.db.session import read_only, transaction
from app.db.tables.access import Account
from app.db.tables.messages import Notice
from app.db.tables.periodic_reports import PeriodicReport
from app.worker.jobs.periodic_reports import EVERY, make_reports
from app.worker.tools import Tools
from tests.support.desk import open_case
from tests.support.figures import count_all, number
from tests.support.http import Person, log_in
from tests.support.killing import Killed, killed_at
from tests.support.working import claim_of, make_tools

pytestmark = pytest.mark.commits
TENANT = "13.74"
JOB = claim_of("make_reports")
BEFORE, ON = datetime(2026, 11, 4, 3, tzinfo=UTC), datetime(2026, 11, 5, 3, tzinfo=UTC)
POLICY: dict[str, Any] = {
    "day": 5,
    "kinds": ["monthly", "agency"],
    "told_draft": ["secretariat_officer", "manager"],
    "told_signed": ["head"],
}


@pytest.fixture
async def manager(fresh_client: AsyncClient) -> Person:
    return await log_in(fresh_client, "manajer@1374")


@pytest.fixture
async def october(fresh_house: House, fresh_client: AsyncClient, manager: Person, tmp_path: Path) -> Tools:
    """A case of October that was referred to two agencies, and the regency's own schedule."""
    office = await log_in(fresh_client, "sekretariat@1374")
    desk = await open_case(office)
    await desk.refer(
        {"program": "BLT_KOTA", "purpose": "AID"}, {"program": "UMUM.BAZNAS-1374", "purpose": "AID"}
    )
    policy = {"region": TENANT, "name": "periodic_reports", "value": POLICY, "source": "Perwako 12/2026"}
    made = await manager.post("/v1/policies", policy)
    assert made.status_code == 201, made.text
    async with transaction(fresh_house.database.sessions) as tx:
        await tx.execute(text("UPDATE cases SET opened_at = '2026-10-12T03:00:00Z' WHERE true"))
        await tx.execute(text("UPDATE grants SET valid_from = '2026-01-01' WHERE true"))
        await tx.execute(text("UPDATE referrals SET sent_at = '2026-10-13T03:00:00Z' WHERE true"))
    await number(fresh_house, TENANT)
    await count_all(fresh_house, TENANT)
    # What a process knows is a second old at most.
    await asyncio.sleep(1.1)
    return make_tools(fresh_house.database, lambda: ON, tmp_path)


async def kept(house: House) -> list[tuple[str, str, int, str]]:
    async with read_only(house.database.sessions) as tx:
        rows = await tx.execute(
            select(PeriodicReport.kind, PeriodicReport.about, PeriodicReport.n, PeriodicReport.state)
            .where(PeriodicReport.regency_code == TENANT)
            .order_by(PeriodicReport.kind, PeriodicReport.about, PeriodicReport.n)
        )
        return [tuple(row) for row in rows]


async def told(house: House, kind: str) -> dict[str, int]:
    """Return how many notices of a kind each account has, by its log-in."""
    async with read_only(house.database.sessions) as tx:
        rows = await tx.execute(
            select(Account.login, func.count())
            .join(Notice, (Notice.regency_code == Account.regency_code) & (Notice.account_id == Account.id))
            .where(Notice.kind == kind)
            .group_by(Account.login)
        )
        return {row[0]: row[1] for row in rows}


THREE = [
    ("agency", "BAZNAS-1374", 1, "draft"),
    ("agency", "DINSOS-1374", 1, "draft"),
    ("monthly", "", 1, "draft"),
]


async def test_they_come_on_their_day_once_and_the_office_is_told(october: Tools, fresh_house: House) -> None:
    await make_reports(replace(october, now=lambda: BEFORE), JOB)
    assert await kept(fresh_house) == []
    assert await make_reports(october, JOB) == ON + EVERY
    assert await kept(fresh_house) == THREE
    assert await told(fresh_house, "report_to_sign") == {"sekretariat": 3, "manajer": 3}
    await make_reports(october, JOB)
    assert await kept(fresh_house) == THREE
    assert await told(fresh_house, "report_to_sign") == {"sekretariat": 3, "manajer": 3}


async def test_whoever_made_the_worker_s_report_by_hand_finds_no_second(
    october: Tools, fresh_house: House, fresh_client: AsyncClient
) -> None:
    head = await log_in(fresh_client, "kadis@1374")
    body = {"kind": "monthly", "region": TENANT, "from": "2026-10"}
    assert (await head.post("/v1/periodic-reports", body)).status_code == 201
    await make_reports(october, JOB)
    assert await kept(fresh_house) == THREE
    assert await told(fresh_house, "report_to_sign") == {"sekretariat": 2, "manajer": 2}


async def test_one_that_the_worker_made_is_signed_by_anyone_who_may_and_sent(
    october: Tools, fresh_house: House, manager: Person
) -> None:
    await make_reports(october, JOB)
    for report in (await manager.get("/v1/periodic-reports")).json()["items"]:
        assert report["made_by"] is None
        answer = await manager.post(f"/v1/periodic-reports/{report['id']}/sign")
        assert answer.status_code == 200, answer.text
    # Whoever signed is told nothing; each agency is told of its own.
    assert await told(fresh_house, "report_signed") == {"kadis": 3, "dinsos": 1, "baznas": 1}


async def test_what_is_not_counted_yet_waits(october: Tools, fresh_house: House) -> None:
    for as_of, there in (("2026-11-04T16:59:59Z", 0), ("2026-11-04T17:00:01Z", 3)):
        async with transaction(fresh_house.database.sessions) as tx:
            await tx.execute(
                text("UPDATE figure_cursors SET as_of = CAST(:t AS timestamptz) WHERE true"),
                {"t": datetime.fromisoformat(as_of)},
            )
        await make_reports(october, JOB)
        assert len(await kept(fresh_house)) == there


async def test_a_regency_without_a_kind_has_none_of_it(
    october: Tools, fresh_house: House, manager: Person
) -> None:
    policy = {"region": TENANT, "name": "periodic_reports", "source": "Perwako 13/2026"}
    made = await manager.post("/v1/policies", {**policy, "value": {**POLICY, "kinds": []}})
    assert made.status_code == 201, made.text
    await make_reports(october, JOB)
    assert await kept(fresh_house) == []
    for wrong in ({"day": 31}, {"kinds": ["campaign"]}, {"told_draft": ["cadre"]}, {"day": True}):
        answer = await manager.post("/v1/policies", {**policy, "value": {**POLICY, **wrong}})
        assert answer.status_code == 422, answer.text


async def test_killed_at_any_statement_each_is_made_and_told_once(october: Tools, fresh_house: House) -> None:
    n = 0
    while True:
        n += 4
        with killed_at(fresh_house.database, n) as sent:
            try:
                await make_reports(october, JOB)
            except Killed:
                continue
        assert len(sent) < n
        break
    assert n > 40
    assert await kept(fresh_house) == THREE
    assert await told(fresh_house, "report_to_sign") == {"sekretariat": 3, "manajer": 3}
