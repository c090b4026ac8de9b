"""Lists as they really come: each row gets exactly its verdict, and a second import changes nothing."""

import json
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient

from app.api.deps import House
from tests.support.desk import open_case
from tests.support.http import log_in
from tests.support.lists import send_list
from tests.support.registry import begun, checked, committed, read, rows, work_off

pytestmark = pytest.mark.commits
MESSY = Path(__file__).parent / "messy"
EXPECTED: list[dict[str, Any]] = json.loads((MESSY / "dtsen.json").read_text("utf-8"))
WORKBOOK: list[dict[str, Any]] = json.loads((MESSY / "workbook.json").read_text("utf-8"))


def test_the_corpus_is_large_enough() -> None:
    assert len({one["kind"] for one in EXPECTED}) >= 40
    assert {one["verdict"] for one in EXPECTED} == {"accepted", "corrected", "parked", "refused"}


async def test_each_row_gets_exactly_its_verdict_and_again_nothing_changes(
    fresh_house: House, fresh_client: AsyncClient
) -> None:
    office, siti = await log_in(fresh_client, "sekretariat@1374"), await log_in(fresh_client, "siti@1374")
    for one in EXPECTED:
        if "on_record" in one:
            known = one["on_record"]
            subject = {"kind": "person", "nik": known["nik"], "name": known["name"]}
            case = await (await open_case(siti, subject=subject)).read()
            if known["died"]:
                path = f"/v1/people/{case['subject']['person']['id']}/death"
                died = await siti.post(path, {"died_on": "2026-11-01", "source": "family"})
                assert died.status_code in {200, 201}, died.text
    content = (MESSY / "dtsen.csv").read_bytes()
    made = await committed(fresh_house, office, content)
    assert _of(await rows(office, made["id"])) == _wanted(EXPECTED)
    wanted = sum(one["verdict"] in {"accepted", "corrected"} for one in EXPECTED)
    repeats = sum("exact_repeat" in one["reasons"] for one in EXPECTED)
    assert made["counts"]["entered"] == wanted - repeats
    again = await send_list(office, content)
    assert again.status_code == 200
    body = {"list_id": again.json()["id"], "source": "DTSEN", "period": "2026-Q3"}
    same = await office.post("/v1/registry/snapshots", body)
    assert (same.status_code, same.json()["id"]) == (200, made["id"])
    await work_off(fresh_house)
    assert await read(office, made["id"]) == made


async def test_a_workbook_gives_each_row_its_verdict(fresh_house: House, fresh_client: AsyncClient) -> None:
    office = await log_in(fresh_client, "sekretariat@1374")
    made = await checked(fresh_house, office, (MESSY / "dtsen.xlsx").read_bytes())
    assert made["state"]["code"] == "checked", made
    assert _of(await rows(office, made["id"])) == _wanted(WORKBOOK)


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8-sig", ";"), ("utf-16", "\t"), ("utf-16-le", ","), ("cp1252", "|"), ("cp1252", ";")],
)
async def test_encoding_and_delimiter_are_found(
    fresh_house: House, fresh_client: AsyncClient, encoding: str, delimiter: str
) -> None:
    office = await log_in(fresh_client, "sekretariat@1374")
    lines = [["NIK", "Nama", "Desil"], ["1374010101600001", "Renée Contoh", "3"]]
    text = "\n".join(delimiter.join(line) for line in lines) + "\n"
    made = await begun(office, text.encode(encoding))
    await work_off(fresh_house)
    (row,) = await rows(office, made["id"])
    assert (row["verdict"]["code"], row["name"], row["desil"]) == ("accepted", "Renée Contoh", 3)


def _of(found: list[dict[str, Any]]) -> dict[int, tuple[str, list[str]]]:
    return {
        one["n"]: (one["verdict"]["code"], sorted(why["code"] for why in one["reasons"])) for one in found
    }


def _wanted(expected: list[dict[str, Any]]) -> dict[int, tuple[str, list[str]]]:
    return {one["n"]: (one["verdict"], one["reasons"]) for one in expected}
