"""Search before create, candidates with reasons, lists for those in scope, and numbers with their history."""

from typing import Any

import pytest

from tests.conftest import LogIn
from tests.support.desk import VILLAGE, a_person, open_case
from tests.support.http import Person
from tests.support.people import a_nik

pytestmark = pytest.mark.commits


def named(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "village": VILLAGE, "born_on": "1991-07-05", "sex": "P", **more}


async def recorded(by: Person, body: dict[str, Any]) -> dict[str, Any]:
    answer = await by.post("/v1/people", body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def found(by: Person, body: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await by.post("/v1/people/candidates", body)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["candidates"])


async def test_a_person_is_recorded_once_and_found_masked(login: LogIn) -> None:
    siti, nik = await login("siti@1374"), a_nik()
    made = await recorded(siti, named("Rukmini Contoh", nik=nik))
    assert (made["conflict"], made["person"]["provisional"]) == (None, False)
    assert made["person"]["nik"] == f"************{nik[-4:]}"
    again = await siti.post("/v1/people", named("Rukmini Contoh", nik=nik))
    assert (again.status_code, again.json()["code"]) == (409, "may_be_on_record")
    (one,) = again.json()["data"]["candidates"]
    assert (one["id"], one["score"]) == (made["person"]["id"], 100)
    assert nik not in again.text
    shown = await siti.get(f"/v1/people/{made['person']['id']}")
    assert shown.status_code == 200, shown.text
    assert (shown.json()["identifiers"], shown.json()["merges"]) == ([], [])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"name": "Hj. Rosnida Contoh, S.Pd"}, "name_same"),
        ({"name": "Contoh Rosnida"}, "name_reordered"),
        ({"name": "Rosnidah Contoh"}, "name_letter_off"),
        ({"born_on": "1963-04-02"}, "born_swapped"),
        ({"nik": "1374014204630903", "name": "Rosnida Contoh"}, "nik_digit_off"),
    ],
)
async def test_slips_still_find_her_and_say_why(login: LogIn, change: dict[str, Any], reason: str) -> None:
    siti = await login("siti@1374")
    truth = {"name": "Rosnida Contoh", "village": VILLAGE, "born_on": "1963-02-04", "sex": "P"}
    wanted = {"nik": "1374014402630901", **truth}
    first = await siti.post("/v1/people", wanted)
    assert first.status_code in {201, 409}, first.text
    asked = {**truth, **change}
    if "nik" in change:
        asked["nik"] = "1374014402630903"
    candidates = await found(siti, asked)
    assert candidates[0]["person"]["name"] == "Rosnida Contoh"
    assert candidates[0]["strong"]
    assert reason in {one["code"] for one in candidates[0]["reasons"]}
    refused = await siti.post("/v1/people", asked)
    assert (refused.status_code, refused.json()["code"]) == (409, "may_be_on_record")


async def test_whoever_insists_names_every_candidate(login: LogIn) -> None:
    siti = await login("siti@1374")
    first = await recorded(siti, named("Marlina Contoh", born_on="1970-01-02"))
    body = named("Marlina Contoh", born_on="1970-01-02")
    assert (await siti.post("/v1/people", body)).status_code == 409
    second = await recorded(siti, {**body, "in_spite_of": [first["person"]["id"]]})
    assert second["person"]["id"] != first["person"]["id"]
    half = {**body, "in_spite_of": [first["person"]["id"]]}
    assert (await siti.post("/v1/people", half)).status_code == 409
    foreign = {**body, "in_spite_of": ["1371-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"]}
    assert (await siti.post("/v1/people", foreign)).status_code == 422


async def test_a_nik_that_is_anothers_stays_hers_and_the_claim_waits(login: LogIn) -> None:
    siti, office, nik = await login("siti@1374"), await login("sekretariat@1374"), a_nik()
    owner = await recorded(siti, named("Zubaidah Contoh", nik=nik))
    body = named("Hartini Lain", nik=nik, born_on="1980-12-01")
    refused = await siti.post("/v1/people", body)
    assert refused.status_code == 409
    other = await recorded(siti, {**body, "in_spite_of": [owner["person"]["id"]]})
    assert (other["person"]["provisional"], other["person"]["nik"]) == (True, None)
    listed = (await office.get("/v1/identity-conflicts")).json()["items"]
    (mine,) = [one for one in listed if one["id"] == other["conflict"]]
    assert (mine["person"]["id"], mine["other"]["id"]) == (owner["person"]["id"], other["person"]["id"])
    assert mine["claim"]["nik"] == f"************{nik[-4:]}"
    path = f"/v1/identity-conflicts/{mine['id']}/decide"
    assert (await siti.post(path, {"decision": "given"})).status_code == 403
    assert (await office.post(path, {"decision": "moved"})).status_code == 422
    given = await office.post(path, {"decision": "given"})
    assert given.status_code == 200, given.text
    assert given.json()["decision"]["code"] == "given"
    shown = (await siti.get(f"/v1/people/{other['person']['id']}")).json()
    assert (shown["provisional"], shown["nik"]) == (False, f"************{nik[-4:]}")
    assert (await siti.get(f"/v1/people/{owner['person']['id']}")).json()["provisional"] is True
    again = await office.post(path, {"decision": "given"})
    assert (again.status_code, again.json()["code"]) == (409, "decided")


async def test_a_nik_that_arrives_makes_a_provisional_person_a_full_one(login: LogIn) -> None:
    siti, nik, later = await login("siti@1374"), a_nik(), a_nik()
    made = await recorded(siti, named("Tanpa Nik Contoh", born_on="2001-05-05"))
    path = f"/v1/people/{made['person']['id']}/identifiers"
    assert made["person"]["provisional"]
    added = await siti.post(path, {"kind": "NIK", "number": nik, "source": "card_seen"})
    assert added.status_code == 201, added.text
    assert (await siti.get(f"/v1/people/{made['person']['id']}")).json()["provisional"] is False
    twice = await siti.post(path, {"kind": "NIK", "number": nik, "source": "card_seen"})
    assert (twice.status_code, twice.json()["code"]) == (409, "has_it_already")
    replaced = await siti.post(path, {"kind": "NIK", "number": later, "source": "civil_registry"})
    assert replaced.status_code == 201, replaced.text
    # The old number still leads to her.
    by_old = await found(siti, {"nik": nik})
    assert [one["person"]["id"] for one in by_old] == [made["person"]["id"]]
    present = replaced.json()["identifier"]["id"]
    ended = await siti.post(f"{path}/{present}/end")
    assert (ended.status_code, ended.json()["code"]) == (409, "present_nik")


async def test_other_numbers_are_kept_sealed_and_clash_too(login: LogIn) -> None:
    siti, supervisor = await login("siti@1374"), await login("supervisor@1374")
    desk = await open_case(siti)
    one = (await desk.read())["subject"]["person"]["id"]
    two = (await recorded(siti, named("Orang Lain Contoh", born_on="1955-05-05")))["person"]["id"]
    body = {"kind": "BPJS", "number": "0001-2345-67890", "source": "card_seen"}
    added = await siti.post(f"/v1/people/{one}/identifiers", body)
    assert added.status_code == 201, added.text
    assert "0001234567890" not in added.text
    assert added.json()["identifier"]["number"] == "********7890"
    claimed = await siti.post(f"/v1/people/{two}/identifiers", body)
    assert (claimed.status_code, claimed.json()["identifier"]) == (201, None)
    assert claimed.json()["conflict"]
    told = await supervisor.post(f"/v1/people/{one}/reveal", {"purpose": "service"})
    assert [n["number"] for n in told.json()["identifiers"]] == ["0001234567890"]
    number = added.json()["identifier"]["id"]
    ended = await siti.post(f"/v1/people/{one}/identifiers/{number}/end")
    assert ended.json()["ended_at"] is not None
    assert (await siti.post(f"/v1/people/{one}/identifiers/{number}/end")).status_code == 409


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("NIK", "1374"),
        ("NIK", "1374014507910000"),
        ("NIK", "١٣٧٤٠١٤٥٠٧٩١٠٠٠١"),
        ("NIK", "\u202e1374014507910001"),
        ("BPJS", "123"),
        ("PASPOR", "🙂🙂🙂🙂🙂🙂"),
        ("AKTA_LAHIR", "<script>"),
    ],
)
async def test_a_number_of_wrong_form_is_named_and_not_echoed(login: LogIn, kind: str, number: str) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    person = (await desk.read())["subject"]["person"]["id"]
    body = {"kind": kind, "number": number, "source": "said"}
    refused = await siti.post(f"/v1/people/{person}/identifiers", body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/number")
    assert number not in refused.text


@pytest.mark.parametrize("name", ["\u200b\u200b", "…", "🙂", "a" * 200, "Á̈̃̊ Ḿ", "' OR 1=1 --", "ﷺ"])
async def test_any_name_is_searched_for_without_a_fault(login: LogIn, name: str) -> None:
    siti = await login("siti@1374")
    answer = await siti.post("/v1/people/candidates", {"name": name, "village": VILLAGE})
    assert answer.status_code in {200, 422}, answer.text


async def test_the_list_is_for_those_who_serve_the_area(login: LogIn) -> None:
    siti, other = await login("siti@1374"), await login("rini@1371")
    await recorded(siti, named("Daftar Contoh Satu", born_on="1960-06-06"))
    await recorded(siti, named("Daftar Contoh Dua", born_on="1961-07-07"))
    listed = await siti.get(f"/v1/people?region={VILLAGE}&name=Daftar&limit=1&count=true")
    assert listed.status_code == 200, listed.text
    assert listed.json()["count"] == 2
    rest = await siti.get(f"/v1/people?cursor={listed.json()['next']}")
    names = [one["name"] for page in (listed, rest) for one in page.json()["items"]]
    assert names == ["Daftar Contoh Dua", "Daftar Contoh Satu"]
    assert (await other.get(f"/v1/people?region={VILLAGE}")).status_code == 403
    assert (await siti.get("/v1/people?region=13")).status_code == 400
    for outsider in ("donatur@1371", "dinsos@1374", "auditor@1374", "admin@1374"):
        assert (await (await login(outsider)).get("/v1/people")).status_code == 403, outsider
        asked = await (await login(outsider)).post("/v1/people/candidates", {"nik": a_nik()})
        assert asked.status_code == 403, outsider


async def test_a_desk_that_names_another_makes_a_conflict_and_the_case_goes_on(login: LogIn) -> None:
    siti, office = await login("siti@1374"), await login("sekretariat@1374")
    her = a_person()
    first = await open_case(siti, subject=her)
    person = (await first.read())["subject"]["person"]["id"]
    him = {**her, "name": "Budi Santoso", "born_on": "1970-03-03", "sex": "L"}
    opened = await siti.post("/v1/cases", _body(him))
    assert opened.status_code == 201, opened.text
    assert any("the secretariat will look" in one for one in opened.json()["warnings"])
    listed = (await office.get("/v1/identity-conflicts?kind=nik_other_person&count=true")).json()
    (mine,) = [one for one in listed["items"] if one["person"]["id"] == person]
    assert (mine["ticket"], mine["claim"]["name"]) == (opened.json()["ticket"], "Budi Santoso")
    # The same claim once more is no second conflict.
    again = await siti.post("/v1/cases", {**_body(him), "category": "PERMOHONAN_PANGAN"})
    assert again.status_code == 201, again.text
    more = (await office.get("/v1/identity-conflicts?kind=nik_other_person&count=true")).json()
    assert more["count"] == listed["count"]
    # A slip is none.
    slip = {**her, "name": "Yuliyana Contoh"}
    await siti.post("/v1/cases", {**_body(slip), "category": "KEBUTUHAN_LAYANAN"})
    assert (await office.get("/v1/identity-conflicts?count=true&kind=nik_other_person")).json()[
        "count"
    ] == listed["count"]
    parted = await office.post(f"/v1/identity-conflicts/{mine['id']}/decide", {"decision": "other_person"})
    assert parted.status_code == 200, parted.text
    shown = (await office.get(f"/v1/cases/{mine['ticket']}")).json()
    assert shown["subject"]["person"]["name"] == "Budi Santoso"
    assert shown["subject"]["person"]["id"] != person
    assert shown["chronology"] == _body(him)["chronology"]
    assert (await first.read())["subject"]["person"]["id"] == person


def _body(subject: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": "LAYANAN",
        "category": "PERMOHONAN_BANSOS",
        "channel": "DATANG",
        "subject": subject,
        "reporter": {"relation": "SELF"},
        "place": {"village": VILLAGE, "address": "RT 001"},
        "chronology": "Keterangan contoh tentang kebutuhan.",
        "legal_basis": "public_task",
        "notice_version": "2026-1",
        "separate_reason": "Perkara lain.",
    }
