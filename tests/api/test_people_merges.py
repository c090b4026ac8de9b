"""Two records of one person become one and apart again, and whoever asks by the old one is led on."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.api.deps import House
from app.db.queries.merging import FOLLOWS, STAYS, keys_of
from app.db.session import read_only
from app.db.tables import Base
from app.db.tables.cases import Case
from app.db.tables.events import Event
from app.db.tables.people import DataKey
from app.db.tables.people import Person as PersonRow
from app.db.tables.referrals import AssistanceLine
from app.domain.ids import parse_public_id
from tests.conftest import LogIn
from tests.support.desk import Desk, a_person, acted, open_case
from tests.support.files import a_photo, attached
from tests.support.http import Person

pytestmark = pytest.mark.commits
SECRET = {"category": "KEKERASAN_PEREMPUAN"}


async def person_of(desk: Desk, by: Person | None = None) -> str:
    return str((await desk.read(by))["subject"]["person"]["id"])


async def merged(by: Person, kept: str, other: str) -> dict[str, Any]:
    answer = await by.post(f"/v1/people/{kept}/merge", {"other": other, "reason": "registered_twice"})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def unmerged(by: Person, kept: str, merge: str) -> dict[str, Any]:
    answer = await by.post(f"/v1/people/{kept}/split", {"merge": merge})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def uuid_of(text: str) -> UUID:
    named = parse_public_id(text)
    assert named is not None
    return named.id


async def lines(house: House, person: str) -> list[str]:
    async with read_only(house.database.sessions) as tx:
        found = select(AssistanceLine.program_code).where(AssistanceLine.person_id == uuid_of(person))
        return sorted(await tx.scalars(found))


def test_every_table_of_a_person_says_whether_it_moves() -> None:
    named = {table.name for table in Base.metadata.sorted_tables if "person_id" in table.columns}
    assert named == {*FOLLOWS, *STAYS, "cases"}
    assert all("id" in Base.metadata.tables[name].columns for name in FOLLOWS)


async def test_a_merge_moves_all_that_was_hers_and_an_undo_brings_it_back(house: House, login: LogIn) -> None:
    siti, office, dinsos = (
        await login("siti@1374"),
        await login("sekretariat@1374"),
        await login("dinsos@1374"),
    )
    first, second = await open_case(siti), await open_case(siti)
    kept, gone = await person_of(first), await person_of(second)
    (blt,) = await second.refer({"program": "BLT_KOTA", "purpose": "AID"})
    await acted(dinsos, blt, "accept")
    held = await lines(house, gone)
    assert held
    photo = await attached(siti, second.ticket, a_photo(), paper="KTP")
    told = await merged(office, kept, gone)
    assert (told["cases"], told["kept"], told["double_aid"]) == ([second.ticket], kept, [])
    assert await lines(house, kept) == held
    assert await lines(house, gone) == []
    assert await person_of(second, office) == kept
    # Everything that her own key sealed still opens, under the kept one's name.
    assert (await second.read(office))["chronology"]
    content = f"/v1/cases/{second.ticket}/attachments/{photo['id']}/content"
    assert (await siti.get(content)).status_code == 200
    asked = await siti.get(f"/v1/people/{gone}")
    assert (asked.status_code, asked.json()["data"]) == (410, {"merged_into": kept})
    for path in ("reveal", "death", "identifiers", "merge"):
        body = {
            "reveal": {"purpose": "service"},
            "death": {"died_on": "2026-01-05", "source": "family"},
            "identifiers": {"kind": "BPJS", "number": "0001234567891", "source": "said"},
            "merge": {"other": kept, "reason": "other"},
        }[path]
        assert (await office.post(f"/v1/people/{gone}/{path}", body)).status_code == 410, path
    timeline = (await office.get(f"/v1/cases/{second.ticket}/events")).json()["items"]
    assert timeline[-1]["type"] == "case.subject_moved" or timeline[0]["type"] == "case.subject_moved"
    undone = await unmerged(office, kept, told["id"])
    assert (undone["undone_at"] is not None, undone["left"]) == (True, [])
    assert await lines(house, gone) == held
    assert await person_of(second, office) == gone
    assert (await siti.get(f"/v1/people/{gone}")).status_code == 200
    again = await office.post(f"/v1/people/{kept}/split", {"merge": told["id"]})
    assert (again.status_code, again.json()["code"]) == (409, "undone")


async def test_her_old_number_leads_intake_and_search_to_the_kept_one(login: LogIn) -> None:
    siti, office = await login("siti@1374"), await login("sekretariat@1374")
    subject = a_person()
    first, second = await open_case(siti), await open_case(siti, subject=subject)
    kept, gone = await person_of(first), await person_of(second)
    await merged(office, kept, gone)
    third = await open_case(siti, subject=subject, category="PERMOHONAN_PANGAN")
    assert await person_of(third) == kept
    by_id = await open_case(siti, subject={"kind": "person", "id": gone}, category="KEBUTUHAN_LAYANAN")
    assert await person_of(by_id) == kept
    looked = await siti.post("/v1/people/lookup", {"nik": subject["nik"]})
    assert [one["id"] for one in looked.json()["people"]] == [kept]
    asked = await siti.post("/v1/people/candidates", {"nik": subject["nik"], "name": subject["name"]})
    assert [one["person"]["id"] for one in asked.json()["candidates"]][:1] == [kept]


async def test_what_came_after_the_merge_stays_with_the_kept_one(login: LogIn) -> None:
    siti, office = await login("siti@1374"), await login("sekretariat@1374")
    first, second = await open_case(siti), await open_case(siti)
    kept, gone = await person_of(first), await person_of(second)
    told = await merged(office, kept, gone)
    subject = {"kind": "person", "id": kept}
    later = await open_case(siti, subject=subject, category="PERMOHONAN_PANGAN")
    await unmerged(office, kept, told["id"])
    assert (await person_of(later), await person_of(second)) == (kept, gone)


async def test_a_number_moves_under_the_key_of_whoever_has_it(house: House, login: LogIn) -> None:
    siti, office = await login("siti@1374"), await login("sekretariat@1374")
    nameless = {"kind": "person", "name": "Tanpa Nomor", "born_on": "1950-01-01", "sex": "P"}
    first, subject = await open_case(siti, subject=nameless), a_person()
    second = await open_case(siti, subject=subject)
    kept, gone = await person_of(first), await person_of(second)
    told = await merged(office, kept, gone)
    revealed = await office.post(f"/v1/people/{kept}/reveal", {"purpose": "service"})
    assert revealed.json()["nik"] == subject["nik"]
    assert (await siti.get(f"/v1/people/{kept}")).json()["provisional"] is False
    await unmerged(office, kept, told["id"])
    back = await office.post(f"/v1/people/{gone}/reveal", {"purpose": "service"})
    assert back.json()["nik"] == subject["nik"]
    assert (await office.post(f"/v1/people/{kept}/reveal", {"purpose": "service"})).json()["nik"] is None
    async with read_only(house.database.sessions) as tx:
        row = await tx.scalar(select(PersonRow).where(PersonRow.id == uuid_of(kept)))
        assert row is not None
        assert (row.provisional, row.provisional_digest is not None) == (True, True)


async def test_a_case_that_may_not_be_seen_moves_without_a_word(house: House, login: LogIn) -> None:
    siti, office = await login("siti@1374"), await login("sekretariat@1374")
    first, subject = await open_case(siti), a_person()
    second = await open_case(siti, subject=subject)
    kept, gone = await person_of(first), await person_of(second)
    opened = await siti.post("/v1/cases", _secret({"kind": "person", "id": gone}))
    assert opened.status_code == 201, opened.text
    ticket = opened.json()["ticket"]
    assert (await office.get(f"/v1/cases/{ticket}")).status_code == 404
    told = await merged(office, kept, gone)
    assert told["cases"] == [second.ticket]
    assert ticket not in str(told)
    async with read_only(house.database.sessions) as tx:
        case = await tx.scalar(select(Case).where(Case.ticket == ticket))
        assert case is not None
        assert case.person_id == uuid_of(kept)
        events = await tx.scalars(select(Event.data).where(Event.type == "person.merged"))
        assert all("count" not in str(data) and ticket not in str(data) for data in events)
    split = {"cases": [ticket], "person": {"name": "Lain"}}
    refused = await office.post(f"/v1/people/{kept}/split", split)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/cases/0")
    absent = await office.post(f"/v1/people/{kept}/split", {**split, "cases": ["1374-0000-0000-0"]})
    assert (absent.status_code, absent.json()["errors"]) == (422, refused.json()["errors"])


async def test_merges_that_make_no_sense_are_refused(login: LogIn) -> None:
    siti, office = await login("siti@1374"), await login("sekretariat@1374")
    one, two = await person_of(await open_case(siti)), await person_of(await open_case(siti))
    path = f"/v1/people/{one}/merge"
    for other, code in (
        (one, "same_person"),
        ("1371-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b", "unknown"),
        ("1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b", "unknown"),
        ("nonsense", "unknown"),
    ):
        refused = await office.post(path, {"other": other, "reason": "other"})
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, code)
    wrong = await office.post(path, {"other": two, "reason": "because"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/reason")
    assert (await siti.post(path, {"other": two, "reason": "other"})).status_code == 403
    stranger = await login("sekretariat@1371")
    assert (await stranger.post(path, {"other": two, "reason": "other"})).status_code == 404
    died = {"died_on": "2026-01-05", "source": "village_letter"}
    assert (await siti.post(f"/v1/people/{two}/death", died)).status_code == 201
    dead = await office.post(path, {"other": two, "reason": "other"})
    assert (dead.status_code, dead.json()["code"]) == (409, "deaths_differ")
    assert (await siti.post(f"/v1/people/{one}/death", died)).status_code == 201
    assert (await office.post(path, {"other": two, "reason": "other"})).status_code == 201
    third = await person_of(await open_case(siti))
    twice = await office.post(f"/v1/people/{third}/merge", {"other": two, "reason": "other"})
    assert (twice.status_code, twice.json()["code"]) == (409, "merged_already")


async def test_cases_that_were_somebody_elses_are_split_off(house: House, login: LogIn) -> None:
    siti, office, dinsos = (
        await login("siti@1374"),
        await login("sekretariat@1374"),
        await login("dinsos@1374"),
    )
    first = await open_case(siti)
    person = await person_of(first)
    second = await open_case(siti, subject={"kind": "person", "id": person}, category="PERMOHONAN_PANGAN")
    (blt,) = await second.refer({"program": "BLT_KOTA", "purpose": "AID"})
    await acted(dinsos, blt, "accept")
    body = {"cases": [second.ticket], "person": {"name": "Nama Sebenarnya", "born_on": "1979-09-09"}}
    answer = await office.post(f"/v1/people/{person}/split", body)
    assert answer.status_code == 201, answer.text
    other = answer.json()["person"]["id"]
    assert (await person_of(second), await person_of(first)) == (other, person)
    assert await lines(house, other) != []
    assert await lines(house, person) == []
    # The case has a key of its own now: whoever it was under can be erased without it.
    async with read_only(house.database.sessions) as tx:
        case = await tx.scalar(select(Case).where(Case.ticket == second.ticket))
        row = await tx.scalar(select(PersonRow).where(PersonRow.id == uuid_of(person)))
        assert case is not None
        assert row is not None
        key = await tx.scalar(select(DataKey).where(DataKey.id == case.data_key_id))
        assert key is not None
        assert key.copy_of == row.data_key_id
        assert case.data_key_id not in await keys_of(tx, row)
    assert (await second.read(office))["chronology"]


async def test_of_two_merges_at_once_one_wins(login: LogIn) -> None:
    siti, office = await login("siti@1374"), await login("sekretariat@1374")
    one, two, three = [await person_of(await open_case(siti)) for _ in range(3)]
    body = {"reason": "other"}
    both = await asyncio.gather(
        office.post(f"/v1/people/{one}/merge", {**body, "other": two}),
        office.post(f"/v1/people/{two}/merge", {**body, "other": one}),
        office.post(f"/v1/people/{three}/merge", {**body, "other": two}),
    )
    assert sorted(answer.status_code == 201 for answer in both) == [False, False, True] or sorted(
        answer.status_code for answer in both
    ) == [201, 201, 410]
    assert all(answer.status_code in {201, 409, 410, 422, 503} for answer in both), [a.text for a in both]


async def test_aid_is_given_once_when_a_merge_meets_an_acceptance(house: House, login: LogIn) -> None:
    siti, office, dinsos = (
        await login("siti@1374"),
        await login("sekretariat@1374"),
        await login("dinsos@1374"),
    )
    first, second = await open_case(siti), await open_case(siti)
    kept, gone = await person_of(first), await person_of(second)
    (one,) = await first.refer({"program": "BLT_KOTA", "purpose": "AID"})
    (two,) = await second.refer({"program": "BLT_KOTA", "purpose": "AID"})
    answers = await asyncio.gather(
        office.post(f"/v1/people/{kept}/merge", {"other": gone, "reason": "other"}),
        _accept(dinsos, one),
        _accept(dinsos, two),
    )
    assert answers[0].status_code in {201, 503}, answers[0].text
    accepted = [answer.status_code for answer in answers[1:]].count(200)
    if answers[0].status_code == 201 and accepted > 1:
        # Both were accepted before the merge: then it says that they may be one aid given twice.
        assert answers[0].json()["double_aid"] == ["BLT_KOTA"]
    elif answers[0].status_code == 201:
        # Or they met under one person: neither programme is accepted beside the other.
        refused = [answer for answer in answers[1:] if answer.status_code != 200]
        assert all(answer.json()["data"] == {"programs": ["BLT_KOTA"]} for answer in refused), answers
    assert len(await lines(house, kept)) + len(await lines(house, gone)) <= 3 * max(accepted, 1)


async def _accept(by: Person, referral: str) -> Any:
    shown = await by.get(f"/v1/referrals/{referral}")
    return await by.post(f"/v1/referrals/{referral}/accept", {}, headers={"If-Match": shown.headers["ETag"]})


def _secret(subject: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": "PENGADUAN",
        "category": "KEKERASAN_PEREMPUAN",
        "channel": "DATANG",
        "subject": subject,
        "reporter": {"relation": "SELF"},
        "place": {"village": "13.74.01.1005"},
        "chronology": "Keterangan contoh.",
        "legal_basis": "public_task",
        "notice_version": "2026-1",
    }
