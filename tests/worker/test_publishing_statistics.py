"""A month is published once, on its day, over every case; and the only child of a district is not told of."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import func, select, text

from app.api.deps import House
from app.db.session import read_only, transaction
from app.db.tables.figures import PublishedStatistics
from app.worker.jobs.statistics import EVERY, publish_statistics
from app.worker.tools import Tools
from tests.support.desk import open_case
from tests.support.figures import count_all, number
from tests.support.http import log_in
from tests.support.killing import Killed, killed_at
from tests.support.secrecy import about, opened
from tests.support.working import claim_of, make_tools

pytestmark = pytest.mark.commits
TENANT = "13.74"
JOB = claim_of("publish_statistics")
BEFORE, ON = datetime(2026, 11, 9, 3, tzinfo=UTC), datetime(2026, 11, 10, 3, tzinfo=UTC)
CHILD_VILLAGE = "13.74.02.1004"


@pytest.fixture
async def october(fresh_house: House, fresh_client: AsyncClient, tmp_path: Path) -> Tools:
    """A month of 30 cases of the west and 12 of the east, with one urgent closed case in the east."""
    office = await log_in(fresh_client, "sekretariat@1374")
    for village, cases in (("13.74.01.1005", 1), (CHILD_VILLAGE, 1)):
        for _ in range(cases):
            await open_case(office, village=village)
    secret = await open_case(
        office, village=CHILD_VILLAGE, confidentiality="RAHASIA", priority="DARURAT", priority_reason="Anak."
    )
    await number(fresh_house, TENANT)
    async with transaction(fresh_house.database.sessions) as tx:
        await tx.execute(text("UPDATE cases SET opened_at = '2026-10-12T03:00:00Z' WHERE true"))
    await count_all(fresh_house, TENANT)
    await _many(fresh_house)
    assert secret.ticket
    return make_tools(fresh_house.database, lambda: ON, tmp_path)


async def _many(house: House) -> None:
    """Stand for a month of a town: each ordinary case counts thirty times."""
    async with transaction(house.database.sessions) as tx:
        await tx.execute(
            text(
                "UPDATE figure_counts SET n = n * 30 FROM figure_groups g WHERE g.regency_code = "
                "figure_counts.regency_code AND g.id = figure_counts.group_id AND g.confidentiality = 'BIASA'"
            )
        )


async def published(house: House) -> int:
    async with read_only(house.database.sessions) as tx:
        return await tx.scalar(select(func.count()).select_from(PublishedStatistics)) or 0


async def test_it_comes_on_its_day_once_and_is_never_counted_again(
    october: Tools, fresh_house: House, fresh_client: AsyncClient
) -> None:
    await publish_statistics(replace(october, now=lambda: BEFORE), JOB)
    assert await published(fresh_house) == 0
    assert (await fresh_client.get("/v1/statistics")).json() == {"items": []}
    assert await publish_statistics(october, JOB) == ON + EVERY
    assert await published(fresh_house) == 1
    first = (await fresh_client.get("/v1/statistics/13.74/2026-10")).json()
    assert first["total"] == 61
    await _many(fresh_house)
    await publish_statistics(october, JOB)
    assert (await fresh_client.get("/v1/statistics/13.74/2026-10")).json() == first
    listed = (await fresh_client.get("/v1/statistics", params={"region": "13"})).json()["items"]
    assert [(one["regency"], one["month"]) for one in listed] == [("13.74", "2026-10")]


async def test_what_is_not_counted_yet_is_not_published(october: Tools, fresh_house: House) -> None:
    for as_of, there in (("2026-11-09T16:59:59Z", 0), ("2026-11-09T17:00:01Z", 1)):
        async with transaction(fresh_house.database.sessions) as tx:
            await tx.execute(
                text("UPDATE figure_cursors SET as_of = CAST(:t AS timestamptz) WHERE true"),
                {"t": datetime.fromisoformat(as_of)},
            )
        await publish_statistics(october, JOB)
        assert await published(fresh_house) == there


async def test_a_month_that_a_worker_was_away_for_comes_later(october: Tools, fresh_house: House) -> None:
    for now, there in ((datetime(2027, 2, 1, tzinfo=UTC), 0), (datetime(2026, 12, 1, 3, tzinfo=UTC), 1)):
        async with transaction(fresh_house.database.sessions) as tx:
            await tx.execute(text("UPDATE figure_cursors SET as_of = :t WHERE true"), {"t": now})
        await publish_statistics(replace(october, now=lambda now=now: now), JOB)
        assert await published(fresh_house) == there


async def test_whoever_is_complained_of_finds_nothing_by_subtraction(
    october: Tools, fresh_house: House, fresh_client: AsyncClient
) -> None:
    office = await log_in(fresh_client, "sekretariat@1374")
    await opened(
        office,
        category="LAYANAN_PETUGAS_POTONGAN",
        kind="PENGADUAN",
        about=[await about(fresh_house, "manajer")],
    )
    await number(fresh_house, TENANT)
    async with transaction(fresh_house.database.sessions) as tx:
        await tx.execute(text("UPDATE cases SET opened_at = '2026-10-12T03:00:00Z' WHERE true"))
    await count_all(fresh_house, TENANT)
    await publish_statistics(october, JOB)
    shown = (await fresh_client.get("/v1/statistics/13.74/2026-10")).json()
    assert shown["total"] == 61
    assert "PENGADUAN" not in str(shown)


async def test_killed_at_any_statement_it_is_published_once(october: Tools, fresh_house: House) -> None:
    n = 0
    while True:
        n += 1
        with killed_at(fresh_house.database, n) as sent:
            try:
                await publish_statistics(october, JOB)
            except Killed:
                continue
        assert len(sent) < n
        break
    assert n > 5
    assert await published(fresh_house) == 1


async def test_the_only_urgent_child_of_a_district_is_told_of_nowhere(
    october: Tools, fresh_client: AsyncClient
) -> None:
    await publish_statistics(october, JOB)
    shown = (await fresh_client.get("/v1/statistics/13.74/2026-10")).json()
    assert shown["total"] == 61, "secret cases are counted"
    for table in shown["tables"]:
        for cell in _numbers(table):
            assert cell is None or cell == 0 or cell >= 5, table
    urgent = next(one for one in shown["tables"] if one["dimension"] == "priority")
    assert "DARURAT" not in str(urgent)
    plain = await fresh_client.get("/v1/statistics/13.74/2026-10/file")
    assert plain.headers["content-type"] == "text/csv; charset=utf-8"
    assert "DARURAT" not in plain.text
    assert plain.text.splitlines()[0] == "regency,month,dimension,district,value,cases"
    english = await fresh_client.get("/v1/statistics/13.74/2026-10", headers={"Accept-Language": "en"})
    assert "no small group" in english.json()["note"]


def _numbers(table: dict[str, Any]) -> list[int | None]:
    return [*(one["n"] for one in table["values"]), *(n for row in table["rows"] for n in row["cells"])]


@pytest.mark.parametrize(
    "path", ["13.74/2026-13", "13.74/1999-01", "x/2026-10", "13.71/2026-10", "13.74/2026-1"]
)
async def test_what_was_never_published_is_not_there(fresh_client: AsyncClient, path: str) -> None:
    for end in ("", "/file"):
        assert (await fresh_client.get(f"/v1/statistics/{path}{end}")).status_code == 404
