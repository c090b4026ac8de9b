"""Registry snapshots: checked, decided, taken in, compared; what routing and the look-up say of them."""

import asyncio
from io import BytesIO
from typing import Any

import pytest
from httpx import AsyncClient
from python_calamine import CalamineWorkbook

from app.api.deps import House
from tests.conftest import LogIn
from tests.support.desk import open_case
from tests.support.http import Person, log_in
from tests.support.lists import HEADER, a_list, nik_of, row_of, send_list, sent_list
from tests.support.registry import begun, checked, committed, read, reasons, rows, verdicts, work_off

pytestmark = pytest.mark.commits


@pytest.fixture
def fresh_login(fresh_client: AsyncClient) -> LogIn:
    async def enter(name: str) -> Person:
        return await log_in(fresh_client, name)

    return enter


def listed(*lines: str) -> bytes:
    return (HEADER + "".join(lines)).encode()


MIXED = listed(
    row_of(1),
    row_of(2, nik="'" + nik_of(2)),
    row_of(3, nik=""),
    row_of(4, nik="1374010101"),
    row_of(1),
    row_of(6, nik=nik_of(1), name="ORANG LAIN SAMA SEKALI"),
)


async def test_a_list_is_checked_row_by_row_before_it_counts(fresh_house: House, fresh_login: LogIn) -> None:
    office = await fresh_login("sekretariat@1374")
    snapshot = await checked(fresh_house, office, MIXED)
    assert snapshot["state"]["code"] == "checked"
    assert snapshot["job"]["state"]["code"] == "done"
    assert snapshot["columns"]["nik"] == "NIK"
    assert verdicts(snapshot) == {"corrected": 2, "parked": 3, "refused": 1}
    assert reasons(snapshot) == {
        "nik_twice": 2, "exact_repeat": 1, "nik_length": 1, "nik_missing": 1, "nik_separators": 1
    }  # fmt: skip
    found = {one["n"]: one for one in await rows(office, snapshot["id"])}
    assert {n: [why["code"] for why in one["reasons"]] for n, one in found.items()} == {
        2: ["nik_twice"], 3: ["nik_separators"], 4: ["nik_missing"], 5: ["nik_length"], 6: ["exact_repeat"],
        7: ["nik_twice"],
    }  # fmt: skip
    assert found[3]["nik"] == "************" + nik_of(2)[-4:]
    assert found[3]["name"].startswith("CONTOH")
    assert not await _looked_up(office, nik_of(2)), "nothing counts before the commit"


async def test_parked_rows_are_decided_by_a_person(fresh_house: House, fresh_login: LogIn) -> None:
    office = await fresh_login("sekretariat@1374")
    made = await checked(fresh_house, office, MIXED)
    path = f"/v1/registry/snapshots/{made['id']}/rows"
    assert (await office.post(f"{path}/7/decide", {"decision": "drop"})).json()["enters"] is False
    assert (await office.post(f"{path}/2/decide", {"decision": "take"})).json()["enters"] is True
    twice = await office.post(f"{path}/7/decide", {"decision": "take"})
    assert (twice.status_code, twice.json()["code"]) == (409, "nik_enters_already")
    wrong = await office.post(f"{path}/4/decide", {"decision": "correct", "fields": {"nik": "12"}})
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (422, "nik_length")
    right = await office.post(f"{path}/4/decide", {"decision": "correct", "fields": {"nik": nik_of(3)}})
    assert (right.status_code, right.json()["nik"][-4:]) == (200, nik_of(3)[-4:])
    refused = await office.post(f"{path}/5/decide", {"decision": "take"})
    assert (refused.status_code, refused.json()["code"]) == (409, "row_not_open")
    assert (await office.post(f"{path}/99/decide", {"decision": "take"})).status_code == 404
    assert [one["n"] for one in await rows(office, made["id"], "&verdict=parked&undecided=true")] == []
    answer = await office.post(f"/v1/registry/snapshots/{made['id']}/commit", {})
    assert answer.status_code == 202
    await work_off(fresh_house)
    done = await read(office, made["id"])
    assert (done["state"]["code"], done["counts"]["entered"]) == ("committed", 3)
    assert await _looked_up(office, nik_of(3)) == ("DTSEN", "2026-Q3")
    late = await office.post(f"{path}/7/decide", {"decision": "take"})
    assert late.status_code == 409


async def test_the_same_list_again_changes_nothing(fresh_house: House, fresh_login: LogIn) -> None:
    office = await fresh_login("sekretariat@1374")
    content = a_list(*range(30))
    first = await committed(fresh_house, office, content)
    again = await send_list(office, content)
    assert again.status_code == 200
    body = {"list_id": again.json()["id"], "source": "DTSEN", "period": "2026-Q3"}
    answer = await office.post("/v1/registry/snapshots", body)
    assert (answer.status_code, answer.json()["id"], answer.json()["version"]) == (
        200,
        first["id"],
        first["version"],
    )
    await work_off(fresh_house)
    assert await read(office, first["id"]) == first
    other = await office.post(
        "/v1/registry/snapshots", {**body, "list_id": await sent_list(office, a_list(5))}
    )
    assert (other.status_code, other.json()["code"]) == (409, "period_taken")
    assert other.json()["data"] == {"snapshot": first["id"], "state": "committed"}


async def test_of_two_lists_of_one_period_at_once_one_wins(fresh_login: LogIn) -> None:
    office = await fresh_login("sekretariat@1374")
    ids = [await sent_list(office, a_list(n)) for n in range(4)]
    bodies = [{"list_id": one, "source": "DTSEN", "period": "2026-Q3"} for one in ids]
    answers = await asyncio.gather(*(office.post("/v1/registry/snapshots", one) for one in bodies))
    assert sorted(one.status_code for one in answers) == [202, 409, 409, 409]
    assert {one.json()["code"] for one in answers if one.status_code == 409} == {"period_taken"}
    won = next(one.json() for one in answers if one.status_code == 202)
    same = await asyncio.gather(*(office.post("/v1/registry/snapshots", bodies[0]) for _ in range(2)))
    assert {one.status_code for one in same} <= {200, 409}
    gone = await office.post(f"/v1/registry/snapshots/{won['id']}/withdraw", {})
    assert gone.json()["state"]["code"] == "withdrawn"
    fresh = await office.post("/v1/registry/snapshots", bodies[3])
    assert fresh.status_code == 202
    assert fresh.json()["id"] != won["id"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"ini bukan daftar apa pun\nhanya teks\n", "list_no_header"),
        (HEADER.encode(), "list_empty"),
        (listed(row_of(1)) + b'"' + b"x" * 50_000, "list_open_quote"),
        (b"PK\x03\x04 and nothing more", "list_damaged"),
    ],
)
async def test_a_file_that_cannot_be_read_leaves_its_period_free(
    fresh_house: House, fresh_login: LogIn, content: bytes, code: str
) -> None:
    office = await fresh_login("sekretariat@1374")
    made = await begun(office, content)
    await work_off(fresh_house)
    told = await read(office, made["id"])
    assert told["state"]["code"] == "withdrawn"
    assert (told["job"]["state"]["code"], told["job"]["problem"]["code"]) == ("failed", code)
    again = await begun(office, a_list(1))
    assert again["id"] != made["id"]


async def test_whoever_left_the_list_is_told_as_dropped_and_her_desk_is_asked(
    fresh_house: House, fresh_login: LogIn
) -> None:
    office, siti = await fresh_login("sekretariat@1374"), await fresh_login("siti@1374")
    old = await committed(fresh_house, office, a_list(1, 2, 3), "2026-Q2")
    subject = {"kind": "person", "nik": nik_of(3), "name": "CONTOH WARGA", "phone": "081200001234"}
    desk = await open_case(siti, subject=subject)
    before = await desk.read()
    new = await committed(fresh_house, office, listed(row_of(1), row_of(2, desil=9), row_of(4)), "2026-Q3")
    diff = (await office.get(f"/v1/registry/snapshots/{new['id']}/diff")).json()
    assert diff["against"] == old["id"]
    assert {one["code"]: one["rows"] for one in diff["kinds"]} == {"new": 1, "dropped": 1, "desil": 1}
    assert {(one["kind"]["code"], one["reason"]["code"]) for one in diff["items"]} == {
        ("new", "first_listed"), ("dropped", "not_listed"), ("desil", "ranked_up")
    }  # fmt: skip
    assert diff["flagged"] == 1
    only = (await office.get(f"/v1/registry/snapshots/{new['id']}/diff?kind=dropped")).json()["items"]
    assert [one["desil_before"] for one in only] == [4]
    tasks = (await siti.get(f"/v1/cases/{desk.ticket}/tasks")).json()["items"]
    assert [one["kind"]["code"] for one in tasks] == ["registry_dropped"]
    assert before["ticket"] == desk.ticket
    # What a process knows is read again at most once a second; a fast machine is here sooner.
    await asyncio.sleep(1.1)
    told = (await siti.post("/v1/people/lookup", {"nik": nik_of(3)})).json()["registry"]
    assert (told["listed"], told["period"], told["dropped_in"]) == (False, "2026-Q2", "2026-Q3")
    routed = await siti.post(f"/v1/cases/{desk.ticket}/routing", {})
    assert routed.status_code in {200, 201}, routed.text
    told = routed.json()
    assert told["registry"] == {
        "listed": False, "source": "DTSEN", "period": "2026-Q2", "old": False, "dropped_in": "2026-Q3"
    }  # fmt: skip
    said = [text for entry in told["programs"] for text in entry["reasons"]]
    assert any("DTSEN 2026-Q2" in text and "2026-Q3" in text for text in said), said


async def test_gaps_are_people_in_need_whom_the_list_misses(fresh_house: House, fresh_login: LogIn) -> None:
    office, siti = await fresh_login("sekretariat@1374"), await fresh_login("siti@1374")
    missed = await open_case(siti, subject=_subject(8))
    await open_case(siti, subject=_subject(9))
    made = await committed(fresh_house, office, a_list(9, 10))
    gaps = (await siti.get(f"/v1/registry/snapshots/{made['id']}/gaps")).json()["items"]
    assert [(one["tickets"], [sign["code"] for sign in one["signs"]]) for one in gaps] == [
        ([missed.ticket], ["open_case"])
    ]


async def test_the_unusable_rows_come_as_a_workbook_with_nik_as_text(
    fresh_house: House, fresh_login: LogIn
) -> None:
    office = await fresh_login("sekretariat@1374")
    made = await checked(
        fresh_house, office, listed(row_of(1, nik="1.37E+15"), row_of(2, name='"=cmd|calc"'), row_of(3))
    )
    answer = await office.get(f"/v1/registry/snapshots/{made['id']}/workbook")
    assert answer.status_code == 200
    found = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in found[1:]] == [2, 3]
    assert found[1][3] == "1.37E+15"
    assert found[2][3] == nik_of(2)
    assert found[2][4] == "=cmd|calc"
    assert b"<f>" not in answer.content


async def test_only_the_office_imports_and_sees_rows(fresh_house: House, fresh_login: LogIn) -> None:
    office, siti = await fresh_login("sekretariat@1374"), await fresh_login("siti@1374")
    made = await checked(fresh_house, office, a_list(1))
    path = f"/v1/registry/snapshots/{made['id']}"
    away = await fresh_login("sekretariat@1371")
    assert (await away.get(path)).status_code == 404
    assert (await away.post(f"{path}/commit", {})).status_code == 404
    for part in ("/rows", "/workbook"):
        assert (await siti.get(path + part)).status_code in {403, 404}
    body = {"list_id": made["list_id"], "source": "DTSEN", "period": "2026-Q4"}
    assert (await siti.post("/v1/registry/snapshots", body)).status_code == 403
    wrong = await office.post("/v1/registry/snapshots", {**body, "period": "2026-13", "source": "XYZ"})
    assert {one["pointer"] for one in wrong.json()["errors"]} == {"/period", "/source"}


def _subject(n: int) -> dict[str, Any]:
    return {"kind": "person", "nik": nik_of(n), "name": row_of(n).split(",")[1], "phone": "081200001234"}


async def _looked_up(person: Person, nik: str) -> tuple[str, str] | None:
    told = (await person.post("/v1/people/lookup", {"nik": nik})).json()["registry"]
    return (told["source"], told["period"]) if told["listed"] else None
