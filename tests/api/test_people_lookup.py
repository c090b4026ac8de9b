"""Search before create."""

from tests.conftest import LogIn
from tests.support.desk import open_case
from tests.support.people import a_nik

PATH = "/v1/people/lookup"


async def test_a_person_is_found_masked_with_her_open_case_by_another_desk(login: LogIn) -> None:
    nik = a_nik()
    subject = {"kind": "person", "nik": nik, "name": "Rosmanidar Contoh", "born_on": "1991-07-05", "sex": "P"}
    desk = await open_case(await login("siti@1374"), subject=subject)
    answer = await (await login("yulia@1374")).post(PATH, {"nik": nik})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert [person["name"] for person in told["people"]] == ["Rosmanidar Contoh"]
    assert nik not in answer.text
    assert [case["ticket"] for case in told["cases"]] == [desk.ticket]
    assert told["registry"]["listed"] is False


async def test_another_regency_does_not_see_the_person(login: LogIn) -> None:
    nik = a_nik()
    subject = {"kind": "person", "nik": nik, "name": "Rosmanidar Contoh", "born_on": "1991-07-05", "sex": "P"}
    await open_case(await login("siti@1374"), subject=subject)
    told = (await (await login("rini@1371")).post(PATH, {"nik": nik})).json()
    assert (told["people"], told["cases"]) == ([], [])


async def test_a_secret_case_is_no_hint(login: LogIn) -> None:
    nik = a_nik()
    subject = {"kind": "person", "nik": nik, "name": "Rosmanidar Contoh", "born_on": "1991-07-05", "sex": "P"}
    siti = await login("siti@1374")
    body = {"category": "KEKERASAN_PEREMPUAN", "subject": subject}
    opened = await siti.post("/v1/cases", {**_BODY, **body})
    assert opened.status_code == 201, opened.text
    assert (await siti.post(PATH, {"nik": nik})).json()["cases"] == []


async def test_a_name_needs_its_birth_date_and_a_wrong_nik_is_named(login: LogIn) -> None:
    siti = await login("siti@1374")
    assert (await siti.post(PATH, {"name": "Rosmanidar"})).status_code == 422
    wrong = await siti.post(PATH, {"nik": "123"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/nik")


_BODY = {
    "kind": "LAYANAN",
    "category": "PERMOHONAN_BANSOS",
    "channel": "DATANG",
    "reporter": {"relation": "SELF"},
    "place": {"village": "13.74.01.1005"},
    "chronology": "Keterangan contoh.",
    "legal_basis": "public_task",
    "notice_version": "2026-1",
}
