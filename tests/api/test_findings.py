"""Working what a reconciliation found: decided with a reason, agreed to, taken back, exported."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from app.api.deps import House
from app.db.session import read_only, transaction
from app.db.tables.access import AccessEntry
from app.db.tables.events import Event
from app.db.tables.people import Person
from app.db.tables.places import Allotment
from app.domain.ids import parse_public_id
from tests.conftest import LogIn
from tests.support.http import Person as Caller
from tests.support.lists import sent_list
from tests.support.reconciling import (
    PADANG,
    Soul,
    Town,
    acted,
    decided,
    findings,
    list_of,
    reconciled,
    souls,
)

pytestmark = pytest.mark.commits


async def only(office: Caller, id_: str, **filters: Any) -> dict[str, Any]:
    (found,) = await findings(office, id_, **filters)
    return found


async def test_two_people_strike_the_dead_off_and_the_list_comes_out_right(
    house: House, login: LogIn
) -> None:
    office, second = await login("sekretariat@1371"), await login("pemaraf@1371")
    town, people = Town(house), souls(300, 6)
    await town.entry(*people[:4])
    await town.person(people[4], died_on=date(2026, 8, 1))
    await town.entry(people[5], programs=["PBI_JK"])
    shown = await reconciled(house, office, [one.row() for one in people])
    id_ = shown["id"]
    dead = await only(office, id_, kind="deceased")
    assert {one["code"] for one in dead["allowed_decisions"]} == {"keep", "remove"}
    path = f"/v1/reconciliations/{id_}/findings/{dead['id']}/decide"
    unread = await office.post(path, {"decision": "remove", "reason": "card_seen"})
    assert unread.status_code == 428
    taken = await decided(office, id_, dead, "remove", "village_letter", note="Surat 12/2026")
    assert taken.status_code == 200, taken.text
    assert taken.json()["state"]["code"] == "awaiting"
    assert taken.json()["note"] == "Surat 12/2026"
    stale = await decided(office, id_, dead, "keep")
    assert stale.status_code == 412
    own = await acted(office, id_, taken.json(), "approve")
    assert (own.status_code, own.json()["code"]) == (403, "four_eyes")
    # Until two have agreed she stays on the list.
    assert people[4].nik in (await _csv(office, id_, "list"))
    agreed = await acted(second, id_, taken.json(), "approve")
    assert agreed.json()["state"]["code"] == "decided"
    paid = await only(office, id_, kind="double_funded")
    await decided(office, id_, paid, "refer_other", "other_funder_pays", program="PBI_JK")
    listed = await _csv(office, id_, "list")
    assert [one for one in people if one.nik in listed] == people[:4]
    # Taken back, she is on it again.
    back = await acted(office, id_, agreed.json(), "undo")
    assert (back.json()["state"]["code"], back.json()["decision"]) == ("open", None)
    assert people[4].nik in (await _csv(office, id_, "list"))
    kinds = await _events(house, id_)
    assert kinds == [
        "reconciliation.ordered",
        "reconciliation.finished",
        "finding.decided",
        "finding.approved",
        "finding.decided",
        "finding.reopened",
    ]


async def _events(house: House, id_: str) -> list[str]:
    place = parse_public_id(id_)
    assert place
    async with read_only(house.database.sessions) as tx:
        rows = (
            await tx.scalars(
                select(Event)
                .where(Event.regency_code == place.tenant, Event.stream_id == place.id)
                .order_by(Event.n)
            )
        ).all()
    assert "Surat" not in str([row.data for row in rows])
    return [row.type for row in rows]


async def _csv(office: Caller, id_: str, part: str) -> str:
    answer = await office.post(
        f"/v1/reconciliations/{id_}/export", {"format": "csv", "part": part, "purpose": "list_check"}
    )
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_the_workbook_keeps_numbers_as_text_and_runs_nothing(house: House, login: LogIn) -> None:
    office = await login("sekretariat@1371")
    one, two = souls(320, 2)
    await Town(house).entry(one)
    shown = await reconciled(house, office, [one.row(), two.row(name="+CMD(1)")])
    body = {"format": "xlsx", "purpose": "list_check"}
    answer = await office.post(f"/v1/reconciliations/{shown['id']}/export", body)
    assert answer.status_code == 200, answer.text
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert book.sheet_names == ["Daftar", "Temuan", "Usulan pengganti"]
    head, *rows = book.get_sheet_by_name("Daftar").to_python()
    column = head.index("NIK")
    assert [row[column] for row in rows] == [one.nik, two.nik]
    text = await _csv(office, shown["id"], "list")
    assert [row["Nama"] for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))] == [
        one.name,
        "'+CMD(1)",
    ]
    async with read_only(house.database.sessions) as tx:
        purposes = (
            await tx.scalars(
                select(AccessEntry.purpose).where(
                    AccessEntry.regency_code == PADANG, AccessEntry.action == "exportReconciliation"
                )
            )
        ).all()
    assert purposes
    assert set(purposes) == {"list_check"}
    wrong = await office.post(f"/v1/reconciliations/{shown['id']}/export", {"purpose": "curiosity"})
    assert wrong.status_code == 422
    assert not list((house.settings.data_dir / "exports").iterdir())


async def test_a_decision_on_somebody_who_changed_is_refused(house: House, login: LogIn) -> None:
    office, desk = await login("sekretariat@1371"), await login("rini@1371")
    soul = Soul(340)
    person = await Town(house).person(soul, died_on=date(2026, 8, 1))
    shown = await reconciled(house, office, [soul.row()])
    dead = await only(office, shown["id"])
    # The death was a mistake, and is taken back.
    async with transaction(house.database.sessions) as tx:
        await tx.execute(
            update(Person)
            .where(Person.regency_code == PADANG, Person.id == person)
            .values(deceased_on=None, version=Person.version + 1)
        )
    refused = await decided(office, shown["id"], dead, "remove")
    assert (refused.status_code, refused.json()["code"]) == (409, "evidence_changed")
    looked = await acted(office, shown["id"], dead, "refresh")
    assert looked.json()["state"]["code"] == "withdrawn"
    assert (await decided(office, shown["id"], looked.json(), "remove")).status_code == 409
    assert desk


async def test_a_corrected_nik_must_be_hers(house: House, login: LogIn) -> None:
    office = await login("sekretariat@1371")
    town, hers, other, third = Town(house), Soul(350), Soul(351), Soul(352)
    await town.entry(hers, other, third)
    rows = [hers.row(nik=other.nik), third.row()]
    shown = await reconciled(house, office, rows)
    one = await only(office, shown["id"], kind="not_padan")
    for nik, code in ((Soul(353).nik[:-2], "nik.length"), (third.nik, "nik_on_list")):
        answer = await decided(office, shown["id"], one, "correct_nik", nik=nik)
        assert answer.json()["errors"][0]["code"] == code, answer.text
    stranger = Soul(354)
    await town.entry(stranger)
    answer = await decided(office, shown["id"], one, "correct_nik", nik=stranger.nik)
    assert answer.json()["errors"][0]["code"] == "nik_of_another"
    done = await decided(office, shown["id"], one, "correct_nik", nik=hers.nik)
    assert done.status_code == 200, done.text
    assert done.json()["corrected_nik"] == f"************{hers.nik[-4:]}"
    listed = await _csv(office, shown["id"], "list")
    assert hers.nik in listed
    assert other.nik not in listed


async def test_once_it_is_said_who_she_is_her_death_is_found(house: House, login: LogIn) -> None:
    office = await login("sekretariat@1371")
    soul = Soul(360)
    await Town(house).person(soul, died_on=date(2026, 8, 1))
    shown = await reconciled(house, office, [soul.row(nik="")])
    probable = await only(office, shown["id"])
    assert probable["kind"]["code"] == "probable"
    assert probable["candidates"][0]["name"] == soul.name
    done = await decided(office, shown["id"], probable, "same_person")
    assert done.status_code == 200, done.text
    assert (await only(office, shown["id"], kind="deceased"))["state"]["code"] == "open"
    await acted(office, shown["id"], done.json(), "undo")
    assert (await only(office, shown["id"], kind="deceased"))["state"]["code"] == "withdrawn"


async def test_many_are_decided_and_agreed_to_by_one_act(house: House, login: LogIn) -> None:
    office, second = await login("sekretariat@1371"), await login("pemaraf@1371")
    people = souls(370, 5)
    await Town(house).entry(*people, status="MENINGGAL")
    shown = await reconciled(house, office, [one.row() for one in people])
    path = f"/v1/reconciliations/{shown['id']}"
    batch = {"kind": "deceased", "decision": "remove", "reason": "civil_registry", "note": "SK 3"}
    done = (await office.post(f"{path}/decide", batch)).json()
    assert (done["done"], done["changed"], done["left"]) == (5, 0, 0)
    assert {one["note"] for one in await findings(office, shown["id"])} == {"SK 3"}
    mine = await office.post(f"{path}/approve", {"kind": "deceased", "decision": "remove"})
    assert (mine.status_code, mine.json()["code"]) == (403, "four_eyes")
    theirs = await second.post(f"{path}/approve", {"kind": "deceased", "decision": "remove"})
    assert theirs.json()["done"] == 5
    groups = (await office.get(path)).json()["groups"]
    assert [(one["kind"]["code"], one["state"]["code"], one["count"]) for one in groups] == [
        ("deceased", "decided", 5)
    ]
    wrong = await office.post(f"{path}/decide", {**batch, "kind": "not_padan", "decision": "correct_nik"})
    assert wrong.json()["errors"][0]["code"] == "one_by_one"


async def test_whom_the_centre_struck_off_the_province_takes_then_the_city_then_nobody(
    house: House, login: LogIn
) -> None:
    office = await login("sekretariat@1371")
    town, people = Town(house), souls(380, 6)
    await town.entry(*people)
    await town.person(people[4], died_on=date(2026, 9, 1))
    await town.aid(people[5], "JKSS")
    old = await sent_list(office, list_of([one.row() for one in people]))
    async with transaction(house.database.sessions) as tx:
        for program, quota in (("JKSS", 1), ("PBI_APBD-1371", 1)):
            await tx.execute(
                update(Allotment)
                .where(Allotment.regency_code == PADANG, Allotment.program_code == program)
                .values(quota=quota, taken=0)
            )
    # The dead one and the one whom the province pays for already are nobody's loss.
    shown = await reconciled(
        house,
        office,
        [people[0].row()],
        program="PBI_JK",
        others=[{"list_id": old, "program": "PBI_JK", "role": "earlier"}],
        missing=["earlier"],
    )
    lost = await findings(office, shown["id"], kind="missing")
    assert {one["subject"]["name"] for one in lost} == {one.name for one in people[1:4]}
    assert {one["reason"]["code"] for one in lost} == {"struck_off"}
    assert [(one["program"], one["left"]) for one in lost[0]["fallback"]] == [
        ("JKSS", 1),
        ("PBI_APBD-1371", 1),
    ]
    first = await decided(office, shown["id"], lost[0], "refer_fallback", "pbi_cut")
    assert first.json()["program"] == "JKSS", first.text
    second = await decided(office, shown["id"], lost[1], "refer_fallback", "pbi_cut")
    assert second.json()["program"] == "PBI_APBD-1371"
    third = await decided(office, shown["id"], lost[2], "refer_fallback", "pbi_cut")
    assert (third.status_code, third.json()["code"]) == (409, "fallback_exhausted")
    assert third.json()["data"]["left"] == {"JKSS": 0, "PBI_APBD-1371": 0}
    # It is a proposal: no place is taken, no aid planned by itself.
    async with read_only(house.database.sessions) as tx:
        taken = await tx.scalar(
            select(Allotment.taken).where(Allotment.regency_code == PADANG, Allotment.program_code == "JKSS")
        )
    assert taken == 0
    await acted(office, shown["id"], first.json(), "undo")
    again = await decided(office, shown["id"], lost[2], "refer_fallback", "pbi_cut")
    assert again.json()["program"] == "JKSS"
    proposed = await _csv(office, shown["id"], "fallback")
    assert {one for one in people if one.nik in proposed} == {
        one for one in people if one.name in (lost[1]["subject"]["name"], lost[2]["subject"]["name"])
    }
