"""Proposals: each candidate in one batch, a sheet that keeps every digit, results that reach the cases."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from app.api.deps import House
from app.domain.deliberation.sheet import COLUMNS
from tests.support.desk import Desk, acted
from tests.support.http import serving
from tests.support.meetings import Batch, Clock, Meeting, eligible, gathered, on_clock, refused
from tests.support.people import a_nik

pytestmark = pytest.mark.commits
KK = "1374011203150042"


@pytest.fixture
async def meeting(house: House) -> AsyncIterator[Meeting]:
    clock = Clock()
    async with serving(on_clock(house, clock)) as client:
        yield Meeting(client, clock)


async def ratified(meeting: Meeting, *candidates: str) -> None:
    await meeting.sit()
    await meeting.decide(*(eligible(one, n) for n, one in enumerate(candidates, 1)))
    await meeting.publish()
    await meeting.ratified()


async def sheet_of(batch: Batch) -> list[dict[str, Any]]:
    answer = await (await batch.meeting.person("siti")).get(f"/v1/proposals/{batch.id}/export")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].endswith('.xlsx"')
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert tuple(rows[0]) == COLUMNS
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows[1:]]


async def test_the_export_opens_in_a_spreadsheet_with_every_digit_and_no_formula(meeting: Meeting) -> None:
    await meeting.plan()
    nik = a_nik()
    first = await meeting.put(
        person={"name": "=HYPERLINK(1)", "nik": nik, "kk": KK, "address": "@jl", "rt": "001", "rw": "002"}
    )
    second = await meeting.put(person={"name": "Tanpa Nomor"})
    await ratified(meeting, second, first)
    batch = await gathered(meeting)
    rows = await sheet_of(batch)
    assert [row["Nama"] for row in rows] == ["Tanpa Nomor", "'=HYPERLINK(1)"]
    assert [row["NIK"] for row in rows] == ["", nik]
    assert all(isinstance(cell, str) for row in rows for cell in row.values())
    assert (rows[1]["NOKK"], rows[1]["kab_capil"], rows[1]["id_desa"]) == (KK, nik[:4], "1374011005")
    assert (rows[1]["desa_kelurahan"], rows[1]["Alamat"]) == ("Guguk Malintang", "'@jl, RT 001, RW 002")
    siti = await meeting.person("siti")
    text = (await siti.get(f"/v1/proposals/{batch.id}/export?form=csv")).content.decode("utf-8-sig")
    (_, _, line) = list(csv.reader(io.StringIO(text)))
    assert line[COLUMNS.index("NIK")] == nik
    assert f'"{nik}"' in text


async def test_each_candidate_is_in_one_batch_even_when_two_gather_at_once(meeting: Meeting) -> None:
    await meeting.plan()
    candidates = [await meeting.put_person() for _ in range(3)]
    await ratified(meeting, *candidates)
    siti = await meeting.person("siti")
    body = {"village": meeting.village}
    answers = await asyncio.gather(*(siti.post("/v1/proposals", body) for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]
    assert {one.json()["code"] for one in answers if one.status_code == 409} == {"nobody_ready"}
    (made,) = [one.json() for one in answers if one.status_code == 201]
    assert {one["candidate"] for one in made["items"]} == set(candidates)


async def referred(meeting: Meeting) -> tuple[Desk, str, str]:
    """Open a proposal, hand it to Dinsos, put it on the agenda; return it with referral and candidate."""
    desk, candidate = await meeting.put_case()
    await desk.read(await meeting.person("siti"))
    office = await meeting.person("sekretariat")
    shown = await desk.took(
        "refer", {"referrals": [{"program": "USULAN_DTSEN", "purpose": "REGISTRY"}]}, office
    )
    return desk, str(shown["referrals"][0]["id"]), candidate


async def test_a_result_reaches_the_case_its_referral_and_its_resident(meeting: Meeting) -> None:
    await meeting.plan()
    kept, first, one = await referred(meeting)
    lost, second, two = await referred(meeting)
    await acted(await meeting.person("dinsos"), first, "accept")
    await ratified(meeting, one, two)
    batch = await gathered(meeting)
    office = await meeting.person("manajer")
    assert (await office.get(f"/v1/referrals/{first}")).json()["stage"]["code"] == "BERITA_ACARA"
    await batch.to_ministry()
    shown = (await office.get(f"/v1/referrals/{second}")).json()
    assert (shown["status"]["code"], shown["stage"]["code"]) == ("in_service", "DIPROSES")
    results = {
        "results": [
            {"candidate": one, "stage": "DITETAPKAN"},
            {"candidate": two, "stage": "TIDAK_PADAN", "reason": "nik_not_matched"},
        ]
    }
    assert (await batch.post("results", results, "siti")).status_code == 403
    answered = await batch.post("results", results, "manajer")
    assert answered.status_code == 200, answered.text
    told = {line["candidate"]: (line["stage"]["code"], line["reason"]) for line in answered.json()["items"]}
    assert told[one] == ("DITETAPKAN", None)
    assert told[two][1]["code"] == "nik_not_matched"
    siti = await meeting.person("siti")
    for desk, status, stage in ((kept, "fulfilled", "DITETAPKAN"), (lost, "unfulfilled", "TIDAK_PADAN")):
        case = await desk.read(siti)
        assert [ref["status"]["code"] for ref in case["referrals"]] == [status]
        tasks = (await siti.get(f"/v1/cases/{desk.ticket}/tasks")).json()["items"]
        assert [task["kind"]["code"] for task in tasks if task["done_at"] is None] == ["tell_resident"]
        events = (await siti.get(f"/v1/cases/{desk.ticket}/events?limit=200")).json()["items"]
        answers = [event["data"] for event in events if event["type"] == "case.proposal_answered"]
        assert [answer["stage"] for answer in answers] == [stage]
    again = await batch.post("results", results, "manajer")
    assert (again.status_code, again.json()["code"]) == (409, "result_known")


async def test_a_batch_goes_where_the_table_lets_it_and_the_regency_s_stages_are_the_regency_s(
    meeting: Meeting,
) -> None:
    await meeting.plan()
    candidate = await meeting.put_person()
    await ratified(meeting, candidate)
    batch = await gathered(meeting)
    skipped = await batch.post("progress", {"stage": "FINALISASI"}, "manajer")
    assert (skipped.status_code, skipped.json()["code"]) == (409, "stage_not_possible")
    assert skipped.json()["data"]["stages"] == ["DIUNGGAH"]
    early = {"results": [{"candidate": candidate, "stage": "DITETAPKAN"}]}
    assert (await batch.post("results", early, "manajer")).json()["code"] == "not_in_process"
    await batch.move("DIUNGGAH")
    assert (await batch.post("progress", {"stage": "VERIFIKASI_DINSOS"}, "siti")).status_code == 403
    await batch.move("VERIFIKASI_DINSOS")
    bare = await batch.post("progress", {"stage": "DIKEMBALIKAN"}, "manajer")
    assert bare.status_code == 422
    back = {"stage": "DIKEMBALIKAN", "reason": "papers_missing"}
    assert (await batch.post("progress", back, "manajer")).status_code == 200
    shown = await batch.read()
    assert (shown["reason"]["code"], [one["code"] for one in shown["allowed_stages"]]) == (
        "papers_missing",
        ["DIUNGGAH"],
    )
    await batch.move("DIUNGGAH", "VERIFIKASI_DINSOS", "FINALISASI")
    assert (await batch.read("manajer"))["version"] == 7
    both = {"results": [{"candidate": candidate, "stage": "DIPROSES"}]}
    assert (await batch.post("results", both, "manajer")).status_code == 422


async def test_only_the_eligible_go_on(meeting: Meeting) -> None:
    await meeting.plan()
    yes, no = await meeting.put_person("Layak"), await meeting.put_person("Tidak")
    await meeting.sit()
    await meeting.decide(eligible(yes), refused(no))
    await meeting.publish()
    await meeting.ratified()
    batch = await gathered(meeting)
    assert [row["Nama"] for row in await sheet_of(batch)] == ["Layak"]
    assert (await batch.read())["cutoff_on"].endswith("-17")


async def test_whoever_died_meanwhile_is_not_proposed(meeting: Meeting) -> None:
    await meeting.plan()
    desk, candidate = await meeting.put_case()
    other = await meeting.put_person("Hidup")
    await meeting.sit()
    await meeting.decide(eligible(candidate), eligible(other, 2))
    await meeting.publish()
    siti = await meeting.person("siti")
    person = (await desk.read(siti))["subject"]["person"]["id"]
    died = await siti.post(
        f"/v1/people/{person}/death", {"died_on": meeting.clock().date().isoformat(), "source": "family"}
    )
    assert died.status_code == 201, died.text
    await meeting.ratified()
    assert [row["Nama"] for row in await sheet_of(await gathered(meeting))] == ["Hidup"]
