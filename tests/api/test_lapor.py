"""Reports of SP4N-LAPOR! come in as cases, once; a case goes there as a file; its number stands both ways."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response
from sqlalchemy import func, select

from app.api.deps import House
from app.db.session import read_only
from app.db.tables.cases import Case
from app.db.tables.outside import OutsideReference
from tests.conftest import LogIn
from tests.support.desk import VILLAGE, open_case
from tests.support.http import Person

pytestmark = pytest.mark.commits


def a_report(**changes: Any) -> dict[str, Any]:
    return {
        "tracking_id": uuid4().hex[:10],
        "klasifikasi": "Pengaduan tidak berkadar pengawasan",
        "judul": "Beras belum dibagi",
        "isi": "Sejak Agustus di RT 02 belum ada beras.",
        "kode_wilayah": "13.74.01.1005",
        "nama_pelapor": "Budi Contoh",
        **changes,
    }


@pytest.fixture(scope="module")
async def office(login: LogIn) -> Person:
    return await login("sekretariat@1374")


async def bring(by: Person, **file: Any) -> Response:
    return await by.post("/v1/lapor/reports", {"region": "13.74", "village": VILLAGE, **file})


async def brought(by: Person, **file: Any) -> list[dict[str, Any]]:
    answer = await bring(by, **file)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["results"])


async def cases(house: House) -> int:
    async with read_only(house.database.sessions) as tx:
        return await tx.scalar(select(func.count()).select_from(Case)) or 0


async def test_a_report_becomes_a_case_that_is_found_by_its_number(office: Person) -> None:
    report = a_report(kode_wilayah="13.74")
    (told,) = await brought(office, reports=[report])
    assert told["verdict"] == "opened", told
    case = (await office.get(f"/v1/cases/{told['ticket']}")).json()
    assert (case["channel"]["code"], case["kind"]["code"], case["village"]) == ("LAPOR", "PENGADUAN", VILLAGE)
    assert report["isi"] in case["chronology"]
    found = (await office.get("/v1/cases", outside_reference=report["tracking_id"], count="true")).json()
    assert (found["count"], [one["ticket"] for one in found["items"]]) == (1, [told["ticket"]])
    assert (await office.get("/v1/cases", outside_reference=report["tracking_id"][:-1])).json()["items"] == []
    (number,) = (await office.get(f"/v1/cases/{told['ticket']}/lapor")).json()["references"]
    assert (number["system"]["code"], number["reference"], number["direction"]) == (
        "LAPOR", report["tracking_id"], "in",
    )  # fmt: skip


async def test_bad_rows_never_lose_the_others(office: Person, house: House) -> None:
    before = await cases(house)
    results = await brought(
        office,
        reports=[
            a_report(),
            a_report(isi=""),
            a_report(kode_wilayah="13.71.02.1003"),
            a_report(kode_wilayah="13.74.01.9999"),
            a_report(klasifikasi="PENGADAAN"),
            a_report(rahasia="ya", klasifikasi="ASPIRASI"),
        ],
    )
    assert [one["verdict"] for one in results] == ["opened", *["rejected"] * 4, "opened"]
    pointers = [one["problem"]["errors"][0] for one in results[1:5]]
    assert [(one["pointer"], one["code"]) for one in pointers] == [
        ("/isi", "missing"),
        ("/kode_wilayah", "other_regency"),
        ("/kode_wilayah", "unknown_code"),
        ("/klasifikasi", "not_ours"),
    ]
    assert await cases(house) == before + 2
    secret = (await office.get(f"/v1/cases/{results[5]['ticket']}")).json()
    assert secret["confidentiality"]["code"] == "TERBATAS"


async def test_the_same_report_is_one_case_whoever_brings_it(
    office: Person, login: LogIn, house: House
) -> None:
    other, before = await login("pemaraf@1374"), await cases(house)
    reports = [a_report() for _ in range(4)]
    both = await asyncio.gather(brought(office, reports=reports), brought(other, reports=reports[::-1]))
    told = [(one["reference"], one["verdict"]) for found in both for one in found]
    assert sum(verdict == "opened" for _, verdict in told) == 4, told
    assert await cases(house) == before + 4
    again = await brought(office, reports=reports)
    assert {one["verdict"] for one in again} == {"known"}
    assert [one["ticket"] for one in again] == [
        next(one["ticket"] for found in both for one in found if one["reference"] == report["tracking_id"])
        for report in reports
    ]


async def test_a_file_that_is_cut_off_goes_on_when_it_is_sent_again(office: Person, house: House) -> None:
    before, reports = await cases(house), [a_report() for _ in range(12)]
    cut = asyncio.create_task(bring(office, reports=reports))
    await asyncio.sleep(0.1)
    cut.cancel()
    await asyncio.gather(cut, return_exceptions=True)
    assert {one["verdict"] for one in await brought(office, reports=reports)} <= {"opened", "known"}
    assert await cases(house) == before + 12
    async with read_only(house.database.sessions) as tx:
        unbound = await tx.scalar(
            select(func.count()).select_from(OutsideReference).where(OutsideReference.case_id.is_(None))
        )
    assert unbound == 0


async def test_a_csv_file_is_read_and_a_wrong_one_refused(office: Person) -> None:
    first, second = uuid4().hex[:8], uuid4().hex[:8]
    text = f"ID Laporan;Klasifikasi;Judul;Isi\n{first};Aspirasi;Usul;Tambah loket.\n{second};Lain;Usul;X\n"
    opened, rejected = await brought(office, csv=text)
    assert (opened["verdict"], rejected["verdict"], rejected["n"]) == ("opened", "rejected", 2)
    assert (await bring(office, csv="a;b\n1;2")).json()["errors"][0]["code"] == "no_titles"
    assert (await bring(office, csv=text, reports=[a_report()])).status_code == 422
    assert (await bring(office)).status_code == 422
    assert (await bring(office, csv=text, village="13.71.02.1003")).status_code in {403, 422}


async def test_only_the_secretariat_brings_reports_in(login: LogIn) -> None:
    for name in ("siti@1374", "dinsos@1374"):
        assert (await bring(await login(name), reports=[a_report()])).status_code == 403


async def test_a_case_goes_out_in_the_shape_that_comes_in(office: Person, login: LogIn) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti, reporter={"relation": "NEIGHBOUR", "name": "Sari Contoh", "anonymous": True})
    shown = (await office.get(f"/v1/cases/{desk.ticket}/lapor")).json()
    report = shown["report"]
    assert (report["tracking_id"], report["kode_wilayah"], report["anonim"]) == (desk.ticket, VILLAGE, True)
    assert "Sari" not in str(shown)
    assert "Yuliana" not in shown["answer"]
    assert (await siti.get(f"/v1/cases/{desk.ticket}/lapor")).status_code == 403
    assert (await (await login("dinsos@1374")).get(f"/v1/cases/{desk.ticket}/lapor")).status_code == 404
    (told,) = await brought(office, reports=[{**report, "tracking_id": "X-" + uuid4().hex[:8]}])
    assert told["verdict"] == "opened", told


async def test_its_number_there_is_recorded_once(office: Person, login: LogIn) -> None:
    siti, reference = await login("siti@1374"), uuid4().hex[:8]
    first, second = await open_case(siti), await open_case(siti)
    at = "/v1/cases/{}/lapor/number"
    made = await office.post(at.format(first.ticket), {"reference": reference})
    assert (made.status_code, made.json()["direction"]) == (201, "out")
    assert (await office.post(at.format(first.ticket), {"reference": reference})).json() == made.json()
    taken = await office.post(at.format(second.ticket), {"reference": reference})
    assert (taken.status_code, taken.json()["code"]) == (409, "reference_taken")
    (told,) = await brought(office, reports=[a_report(tracking_id=reference)])
    assert (told["verdict"], told["ticket"]) == ("known", first.ticket)
    answer = await office.post(f"/v1/cases/{second.ticket}/lapor", {"kind": "answer"})
    assert (answer.status_code, answer.json()["code"]) == (409, "no_outside_reference")
