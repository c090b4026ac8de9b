"""The audit in the console: found by whoever may read it, filtered, and the logs checked."""

import re
from pathlib import Path

import pytest

from app.api.deps import House
from app.db.queries import work
from app.worker.loop import JOBS, work_once
from tests.conftest import LogIn
from tests.support.desk import open_case
from tests.support.office import a_clerk
from tests.support.working import make_tools

pytestmark = pytest.mark.commits


async def test_an_auditor_sees_who_read_and_has_the_logs_checked(
    house: House, login: LogIn, tmp_path: Path
) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    assert (await siti.get(f"/v1/cases/{desk.ticket}")).status_code == 200
    await house.access_log.flush()
    async with a_clerk(house, "auditor@1374") as auditor:
        assert "/konsol/audit" in await auditor.reads("/konsol/kantor")
        page = await auditor.reads(f"/konsol/audit?case={desk.ticket}")
        assert "Membaca: kasus (getCase)" in page
        assert "Kasus didaftarkan" in page
        assert desk.ticket in page
        refused = await auditor.sends("/konsol/audit/periksa")
        assert refused.status_code == 303
        await work_once(make_tools(house.database, house.clock, tmp_path), {work.RUN_JOB: JOBS[work.RUN_JOB]})
        job = await auditor.reads(refused.headers["location"].split("?")[0])
        assert "Pemeriksaan keutuhan catatan" in job
        assert "Segel" in await auditor.reads("/konsol/audit/segel")


@pytest.mark.parametrize(
    ("query", "status"),
    [("case=1374-AAAA-AAAA-A", 404), ("person=x", 422), ("from=2020-01-01&to=2026-01-01", 422)],
)
async def test_what_cannot_be_asked_is_told_on_the_page(house: House, query: str, status: int) -> None:
    async with a_clerk(house, "auditor@1374") as auditor:
        answer = await auditor.client.get(f"/konsol/audit?{query}")
        assert answer.status_code in {400, status}
        assert 'role="alert"' in answer.text
        assert re.search(r'name="case"', answer.text)


async def test_a_desk_officer_finds_no_audit(house: House) -> None:
    async with a_clerk(house, "siti@1374") as siti:
        assert "/konsol/audit" not in await siti.reads("/konsol/kantor")
        assert (await siti.client.get("/konsol/audit")).status_code == 403


async def test_page_two_asks_what_page_one_asked(house: House, login: LogIn) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    for n in range(30):
        note = {"text": f"Catatan {n}", "to_resident": False}
        assert (await siti.post(f"/v1/cases/{desk.ticket}/notes", note)).status_code == 201
        assert (await siti.get(f"/v1/cases/{desk.ticket}")).status_code == 200
    await house.access_log.flush()
    async with a_clerk(house, "auditor@1374") as auditor:
        first = await auditor.reads(f"/konsol/audit?case={desk.ticket}")
        (on,) = re.findall(r'class="more"><a href="([^"]+)"', first)
        assert on.startswith(f"?case={desk.ticket}&cursor=")
        second = await auditor.reads(f"/konsol/audit{on}")
        assert f'name="case" value="{desk.ticket}"' in second
        assert second.count(f"/konsol/audit?case={desk.ticket}") == second.count("<tr><td data-label=")
