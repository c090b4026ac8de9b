"""The death of a person: one act ends what was hers, one takes a mistake back."""

from typing import Any

import pytest
from sqlalchemy import select

from app.api.deps import House
from app.db.session import read_only
from app.db.tables.events import Event
from app.db.tables.people import Person as PersonRow
from app.db.tables.referrals import AssistanceLine
from app.domain.ids import parse_public_id
from tests.conftest import LogIn
from tests.support.desk import Desk, a_person, acted, open_case
from tests.support.http import Person

pytestmark = pytest.mark.commits
DIED = {"died_on": "2026-01-05", "source": "village_letter"}
BEHALF: dict[str, Any] = {"source": "Surat", "date": "2026-01-05", "paper": "S-1/2026"}


async def person_of(desk: Desk, by: Person | None = None) -> str:
    return str((await desk.read(by))["subject"]["person"]["id"])


async def died(by: Person, person: str, body: Any = None) -> dict[str, Any]:
    answer = await by.post(f"/v1/people/{person}/death", body or DIED)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def states(house: House, person: str) -> set[str]:
    named = parse_public_id(person)
    assert named is not None
    async with read_only(house.database.sessions) as tx:
        rows = await tx.scalars(select(AssistanceLine.state).where(AssistanceLine.person_id == named.id))
        return set(rows)


def open_tasks(shown: dict[str, Any]) -> list[str]:
    return sorted(one["kind"]["code"] for one in shown["tasks"] if one["done_at"] is None)


async def test_one_act_ends_what_was_hers_and_offers_the_grant(house: House, login: LogIn) -> None:
    siti, office, dinsos = (
        await login("siti@1374"),
        await login("sekretariat@1374"),
        await login("dinsos@1374"),
    )
    first = await open_case(siti)
    subject = {"kind": "person", "id": await person_of(first)}
    second = await open_case(siti, subject=subject, category="PERMOHONAN_PANGAN")
    (blt,) = await first.refer({"program": "BLT_KOTA", "purpose": "AID"})
    await acted(dinsos, blt, "accept")
    await second.took("handle")
    person = await person_of(first)
    assert await states(house, person) == {"planned"}
    told = await died(siti, person)
    assert [(one["kind"], one["status_before"]["code"]) for one in told["ended"]] == [
        ("case", "referred"),
        ("case", "handling"),
        ("referral", "accepted"),
    ]
    assert [one["program"] for one in told["death_grants"]] == ["SANTUNAN_KEMATIAN-1374"]
    assert await states(house, person) == {"stopped"}
    shown = [await desk.read() for desk in (first, second)]
    ends = {(one["status"]["code"], one["outcome"]["outcome"]["code"]) for one in shown}
    assert ends == {("resolved", "deceased")}
    assert [open_tasks(one) for one in shown] == [["tell_resident"], ["offer_death_grant", "tell_resident"]]
    referral = (await office.get(f"/v1/referrals/{blt}")).json()
    assert (referral["status"]["code"], referral["reason"]) == ("revoked", "deceased")
    assert (await office.get(f"/v1/people/{person}")).json()["deceased_on"] == "2026-01-05"
    again = await siti.post(f"/v1/people/{person}/death", DIED)
    assert (again.status_code, again.json()["code"]) == (409, "death_on_record")
    # One act, one cause, in the chains of both cases and of the person.
    named = parse_public_id(person)
    assert named is not None
    async with read_only(house.database.sessions) as tx:
        cause = await tx.scalar(
            select(Event.cause_id).where(Event.stream_id == named.id, Event.type == "person.died")
        )
        types = list(await tx.scalars(select(Event.type).where(Event.cause_id == cause)))
    assert types.count("case.step_taken") == 2
    assert {"person.died", "referral.revoked", "ledger.stopped"} <= set(types)


async def test_what_was_planned_after_enrolment_stops_and_is_planned_again(
    house: House, login: LogIn
) -> None:
    siti, office = await login("siti@1374"), await login("sekretariat@1374")
    desk = await open_case(siti)
    (pkh,) = await desk.refer({"program": "PKH", "purpose": "AID"})
    await acted(office, pkh, "accept", {"on_behalf": BEHALF})
    await acted(office, pkh, "start", {"on_behalf": BEHALF})
    person = await person_of(desk)
    assert (await died(siti, person))["stopped_lines"] == 4
    assert await states(house, person) == {"stopped"}
    undone = await siti.post(f"/v1/people/{person}/death/undo", {})
    assert (undone.status_code, undone.json()["not_restored"]) == (200, [])
    assert await states(house, person) == {"planned"}
    assert (await desk.read())["status"]["code"] == "handling"


async def test_a_mistake_is_taken_back_and_says_what_is_left(login: LogIn) -> None:
    siti = await login("siti@1374")
    waiting, gone_on = await open_case(siti), await open_case(siti)
    person = await person_of(waiting)
    await waiting.took("ask_completion", {"missing": ["KK"]})
    referred = await open_case(siti, subject={"kind": "person", "id": person}, category="PERMOHONAN_PANGAN")
    await referred.refer({"program": "UMUM.DINSOS-1374", "purpose": "INFORMATION"})
    other = await open_case(siti, subject={"kind": "person", "id": person}, category="KEBUTUHAN_LAYANAN")
    await died(siti, person)
    await other.read()
    by_desk = {"reason": "Ahli waris menyanggah.", "by_desk": {"method": "in_person", "witness": "RT"}}
    await other.took("dispute", by_desk)
    undone = (await siti.post(f"/v1/people/{person}/death/undo", {})).json()
    assert undone["undone_at"] is not None
    assert [(one["ticket"], one["kind"]) for one in undone["not_restored"]] == [
        (referred.ticket, "referral"),
        (other.ticket, "case"),
    ]
    shown = await waiting.read()
    assert (shown["status"]["code"], shown["outcome"], open_tasks(shown)) == ("incomplete", None, [])
    assert {one["step"]["code"]: one["state"] for one in shown["due"]} == {
        "completion": "running",
        "first_response": "paused",
    }
    await waiting.took("complete", {"papers": ["KK"]})
    assert await waiting.status() == "registered"
    assert await referred.status() == "handling"
    assert await other.status() == "handling"
    assert await gone_on.status() == "registered"
    assert (await siti.post(f"/v1/people/{person}/death/undo", {})).json()["code"] == "no_death_on_record"
    assert (await died(siti, person))["undone_at"] is None
    records = (await siti.get(f"/v1/people/{person}/death")).json()["items"]
    assert [one["undone_at"] is None for one in records] == [True, False]


async def test_a_secret_case_goes_on_and_is_not_told_of(login: LogIn) -> None:
    siti, manager = await login("siti@1374"), await login("manajer@1374")
    subject = a_person()
    plain = await open_case(siti, subject=subject)
    secret = await open_case(
        siti,
        subject=subject,
        confidentiality="RAHASIA",
        separate_reason="Hal lain.",
        category="PERMOHONAN_PANGAN",
    )
    person = await person_of(plain)
    told = await died(siti, person)
    assert [one["ticket"] for one in told["ended"]] == [plain.ticket]
    assert secret.ticket not in str(told)
    shown = await secret.read(manager)
    assert (shown["status"]["code"], open_tasks(shown)) == ("registered", ["death_reported"])
    await siti.post(f"/v1/people/{person}/death/undo", {})
    assert open_tasks(await secret.read(manager)) == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({**DIED, "died_on": "2999-01-01"}, "/died_on"),
        ({**DIED, "died_on": "1980-01-01"}, "/died_on"),
        ({**DIED, "source": "gossip"}, "/source"),
    ],
)
async def test_a_day_or_source_that_cannot_be_is_refused(
    login: LogIn, body: dict[str, str], pointer: str
) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    answer = await siti.post(f"/v1/people/{await person_of(desk)}/death", body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    assert await desk.status() == "registered"


async def test_who_may_not_know_of_her_records_nothing(house: House, login: LogIn) -> None:
    siti, rini, head = await login("siti@1374"), await login("rini@1371"), await login("lurah.guguk@1374")
    desk = await open_case(siti)
    person = await person_of(desk)
    for reader, status in ((rini, 404), (head, 403), (await login("dinsos@1374"), 403)):
        answer = await reader.post(f"/v1/people/{person}/death", DIED)
        assert answer.status_code in {403, 404}, (status, answer.text)
    assert (await rini.post(f"/v1/people/{person}/death", DIED)).status_code == 404
    named = parse_public_id(person)
    assert named is not None
    async with read_only(house.database.sessions) as tx:
        row = await tx.scalar(select(PersonRow).where(PersonRow.id == named.id))
    assert row is not None
    assert row.deceased_on is None


async def test_the_dead_get_no_aid_and_the_family_its_grant(login: LogIn) -> None:
    siti, office = await login("siti@1374"), await login("sekretariat@1374")
    person = await person_of(await open_case(siti))
    await died(siti, person)
    again = await open_case(siti, subject={"kind": "person", "id": person}, category="SANTUNAN_KEMATIAN")
    seen = await office.get(f"/v1/cases/{again.ticket}")
    blt = {"referrals": [{"program": "BLT_KOTA", "purpose": "AID"}], "incomplete_reason": "Menyusul."}
    refused = await office.post(
        f"/v1/cases/{again.ticket}/refer", blt, headers={"If-Match": seen.headers["ETag"]}
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "person_deceased")
    grant = {**blt, "referrals": [{"program": "SANTUNAN_KEMATIAN-1374", "purpose": "AID"}]}
    sent = await office.post(
        f"/v1/cases/{again.ticket}/refer", grant, headers={"If-Match": seen.headers["ETag"]}
    )
    assert sent.status_code == 200, sent.text
