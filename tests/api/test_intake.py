"""Opening a case through the whole stack."""

from typing import Any

import pytest

from tests.conftest import LogIn
from tests.support.http import Person

VILLAGE = "13.74.01.1005"


def body(**changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "kind": "LAYANAN",
        "category": "PERMOHONAN_BANSOS",
        "channel": "DATANG",
        "subject": {
            "kind": "person",
            "nik": "1374014507919001",
            "name": "Yuliana Contoh",
            "sex": "P",
        },
        "reporter": {"relation": "SELF"},
        "place": {"village": VILLAGE},
        "chronology": "Belum menerima bantuan apa pun.",
        "facts": {"household.children_0_6": 1},
        "papers": ["KTP"],
        "legal_basis": "public_task",
        "notice_version": "2026-1",
    }
    return {**made, **changes}


@pytest.fixture(scope="module")
async def officer(login: LogIn) -> Person:
    return await login("siti@1374")


async def test_a_case_is_opened_and_told(officer: Person) -> None:
    answer = await officer.post("/v1/cases", body())
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["ticket"].startswith("1374-")
    assert len(told["pin"]) == 6
    assert told["status"]["code"] == "registered"
    assert told["subject"]["person"]["nik"] == "************9001"
    assert told["routing"]["considered"] > 10
    assert told["due"][0]["step"]["code"] == "first_response"
    shown = await officer.get(f"/v1/cases/{told['ticket']}")
    assert shown.status_code == 200, shown.text
    assert shown.json()["chronology"] == "Belum menerima bantuan apa pun."
    assert shown.headers["etag"] == '"1"'
