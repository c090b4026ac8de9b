"""An emergency is put before whoever must act, once, and never before nobody."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import select, update

from app.api.deps import House
from app.db.queries import work
from app.db.queries.knowledge import bump
from app.db.queries.work import Claim, Wanted
from app.db.session import transaction
from app.db.tables.access import Account
from app.db.tables.cases import Case, CaseReader, Task
from app.db.tables.events import Event
from app.db.tables.hands import Assignment, DutyShift
from app.db.tables.knowledge import Agency
from app.db.tables.places import Work
from app.worker.jobs.emergency import send_emergency
from app.worker.tools import Tools
from tests.support.desk import Desk, open_case
from tests.support.http import Person, log_in
from tests.support.working import make_tools

pytestmark = pytest.mark.commits
DISASTER = {"kind": "DARURAT", "category": "BENCANA_ALAM", "facts": {}, "papers": []}
CHILD = {"kind": "DARURAT", "category": "ANAK_DALAM_BAHAYA", "facts": {}, "papers": []}
PATIENT = {"kind": "LAYANAN", "category": "KEPESERTAAN_PBI_PASIEN", "facts": {}, "papers": []}


@dataclass
class Ground:
    house: House
    siti: Person
    tools: Tools

    async def claim(self) -> Claim | None:
        async with transaction(self.house.database.sessions) as tx:
            wanted = Wanted((work.SEND_EMERGENCY,), timedelta(seconds=10))
            found = await work.claim(tx, "13.74", self.tools.now(), wanted)
        return found[0] if found else None

    async def send(self) -> int:
        sent = 0
        while held := await self.claim():
            await send_emergency(self.tools, held)
            sent += 1
        return sent

    async def rows(self, desk: Desk, table: Any) -> list[Any]:
        async with transaction(self.house.database.sessions) as tx:
            case_id = await tx.scalar(
                select(Case.id).where(Case.regency_code == "13.74", Case.ticket == desk.ticket)
            )
            found = await tx.scalars(
                select(table).where(table.regency_code == "13.74", table.case_id == case_id)
            )
            return list(found)

    async def referrals(self, desk: Desk, by: Person | None = None) -> dict[str, Any]:
        office = by or await log_in(self.siti.client, "sekretariat@1374")
        shown = (await office.get(f"/v1/cases/{desk.ticket}/referrals")).json()["items"]
        return {one["agency"]: one for one in shown}

    async def called(self, desk: Desk) -> list[dict[str, Any]]:
        found = [one for one in await self.rows(desk, Event) if one.type == "case.duty_called"]
        return [one.data for one in sorted(found, key=lambda one: one.n)]

    async def account(self, login: str) -> Any:
        async with transaction(self.house.database.sessions) as tx:
            return await tx.scalar(
                select(Account.id).where(Account.regency_code == "13.74", Account.login == login)
            )

    async def roster(self, duty: str, *logins: str) -> list[Any]:
        """Put exactly these accounts on duty."""
        accounts = [await self.account(login) for login in logins]
        now = self.house.clock()
        async with transaction(self.house.database.sessions) as tx:
            await tx.execute(
                update(DutyShift)
                .where(DutyShift.regency_code == "13.74", DutyShift.duty == duty)
                .values(ends_at=now - timedelta(days=1))
            )
            tx.add_all(
                DutyShift(
                    regency_code="13.74",
                    id=self.house.ids.new_id(now),
                    duty=duty,
                    account_id=account,
                    cadre_id=None,
                    starts_at=now - timedelta(hours=1),
                    ends_at=now + timedelta(hours=8),
                    created_at=now,
                    created_by=None,
                )
                for account in accounts
            )
        return accounts


@pytest.fixture
async def ground(fresh_house: House, fresh_client: AsyncClient, tmp_path: Path) -> Ground:
    tools = make_tools(fresh_house.database, fresh_house.clock, tmp_path)
    return Ground(fresh_house, await log_in(fresh_client, "siti@1374"), tools)


async def test_a_disaster_goes_to_dinsos_and_the_volunteers_on_duty(ground: Ground) -> None:
    (cadre,) = await ground.roster("TAGANA", "psm.guguk")
    desk = await open_case(ground.siti, **DISASTER)
    assert await ground.send() == 1
    referrals = await ground.referrals(desk)
    assert list(referrals) == ["DINSOS-1374"]
    assert referrals["DINSOS-1374"]["program"] == "UMUM.DINSOS-1374"
    assert (await desk.read())["status"]["code"] == "referred"
    assert await ground.called(desk) == [{"duty": "TAGANA", "account_id": str(cadre)}]
    (assignment,) = await ground.rows(desk, Assignment)
    assert (assignment.account_id, assignment.by) == (cadre, None)
    actors = {one.actor_kind for one in await ground.rows(desk, Event) if one.type == "referral.sent"}
    assert actors == {"system"}


async def test_a_child_in_danger_stays_closed_and_the_protection_unit_on_duty_is_named(
    ground: Ground,
) -> None:
    (unit,) = await ground.roster("UPTD_PPA", "uptd-ppa")
    desk = await open_case(ground.siti, **CHILD)
    await ground.send()
    manager = await log_in(ground.siti.client, "manajer@1374")
    referrals = await ground.referrals(desk, manager)
    assert set(referrals) == {"DINSOS-1374", "UPTD_PPA-1374"}
    assert [(one.account_id, one.standing) for one in await ground.rows(desk, CaseReader)] == [
        (unit, "named")
    ]
    receiver = await log_in(ground.siti.client, "uptd-ppa@1374")
    assert (await receiver.get(f"/v1/referrals/{referrals['UPTD_PPA-1374']['id']}")).status_code == 200
    dinsos = await log_in(ground.siti.client, "dinsos@1374")
    assert (await dinsos.get(f"/v1/referrals/{referrals['DINSOS-1374']['id']}")).status_code == 404


async def test_a_patient_whose_insurance_is_off_goes_to_dinsos_and_the_hospital(ground: Ground) -> None:
    desk = await open_case(ground.siti, **PATIENT)
    assert (await desk.read())["priority"]["code"] == "MENDESAK"
    await ground.send()
    assert set(await ground.referrals(desk)) == {"DINSOS-1374", "RSUD-1374"}
    assert await ground.called(desk) == []


async def test_an_ordinary_or_an_answered_case_sends_for_nobody(ground: Ground) -> None:
    await open_case(ground.siti)
    told = {"at": ground.house.clock().isoformat(), "method": "in_person", "by": "Siti"}
    answered = {"outcome": "information_given", "told": told}
    await open_case(ground.siti, **DISASTER, resolve_now=answered)
    assert await ground.send() == 0


async def test_an_empty_roster_falls_to_the_secretariat(ground: Ground) -> None:
    await ground.roster("TAGANA")
    desk = await open_case(ground.siti, **DISASTER)
    await ground.send()
    assert await ground.called(desk) == [{"duty": "TAGANA", "queue": "secretariat"}]
    (assignment,) = await ground.rows(desk, Assignment)
    assert (assignment.account_id, assignment.queue) == (None, "secretariat")
    assert "call_duty" in {one.kind for one in await ground.rows(desk, Task)}


async def test_a_person_whom_the_case_is_about_is_not_called(ground: Ground) -> None:
    (unit,) = await ground.roster("UPTD_PPA", "uptd-ppa")
    about = [{"kind": "account", "ref": f"1374-{unit.hex}"}]
    desk = await open_case(ground.siti, **CHILD, about=about)
    await ground.send()
    assert await ground.called(desk) == [{"duty": "UPTD_PPA", "queue": "secretariat"}]
    standings = {one.standing for one in await ground.rows(desk, CaseReader) if one.account_id == unit}
    assert standings == {"kept_out"}


async def test_a_regency_without_the_body_falls_to_the_secretariat(ground: Ground) -> None:
    async with transaction(ground.house.database.sessions) as tx:
        await tx.execute(update(Agency).where(Agency.code == "DINSOS-1374").values(active=False))
        await bump(tx, ["agencies"])
    desk = await open_case(ground.siti, **DISASTER)
    await ground.send()
    assert await ground.referrals(desk) == {}
    assert [one for one in await ground.called(desk) if one.get("queue") == "secretariat"]
    assert "call_duty" in {one.kind for one in await ground.rows(desk, Task)}


async def test_help_is_sent_once_whatever_dies(ground: Ground) -> None:
    desk = await open_case(ground.siti, **DISASTER)
    first = await ground.claim()
    assert first is not None
    async with transaction(ground.house.database.sessions) as tx:
        await tx.execute(update(Work).where(Work.id == first.id).values(claimed_until=None))
    second = await ground.claim()
    assert second is not None
    await send_emergency(ground.tools, second)
    await send_emergency(ground.tools, first)  # comes back after it was given up for dead
    await send_emergency(ground.tools, second)  # was killed before the loop heard of it
    assert [one["agency"] for one in (await ground.referrals(desk)).values()] == ["DINSOS-1374"]
    sent = [one for one in await ground.rows(desk, Event) if one.type == "referral.sent"]
    assert len(sent) == 1
    assert len(await ground.called(desk)) == 1


async def test_a_case_that_waits_for_papers_is_put_before_the_secretariat(ground: Ground) -> None:
    await ground.roster("TAGANA", "psm.guguk")
    desk = await open_case(ground.siti, **DISASTER)
    await desk.took("ask_completion", {"missing": ["KTP"]})
    await ground.send()
    assert await ground.referrals(desk) == {}
    assert [one.get("queue") for one in await ground.called(desk)] == [None, "secretariat"]


async def test_a_case_that_becomes_an_emergency_sends_for_help_once(ground: Ground) -> None:
    desk = await open_case(ground.siti, category="PERMOHONAN_PANGAN")
    assert await ground.send() == 0
    await desk.read()
    for reason in ("Rumahnya terbakar.", "Masih darurat."):
        change = {"priority": "DARURAT", "priority_reason": reason}
        answer = await ground.siti.patch(f"/v1/cases/{desk.ticket}", change, etag=desk.etag)
        assert answer.status_code == 200, answer.text
        desk.etag = answer.headers["ETag"]
    assert await ground.send() == 1
    assert set(await ground.referrals(desk)) == {"DINSOS-1374"}


async def test_a_patient_who_becomes_an_emergency_is_one_once_more(ground: Ground) -> None:
    (nurse,) = await ground.roster("RSUD", "supervisor")
    desk = await open_case(ground.siti, **PATIENT)
    assert await ground.send() == 1
    assert await ground.called(desk) == []
    await desk.read()
    raised = {"priority": "DARURAT", "priority_reason": "Tidak sadar."}
    answer = await ground.siti.patch(f"/v1/cases/{desk.ticket}", raised, etag=desk.etag)
    assert answer.status_code == 200, answer.text
    assert await ground.send() == 1
    assert [one["account_id"] for one in await ground.called(desk)] == [str(nurse)]
    sent = [one for one in await ground.rows(desk, Event) if one.type == "referral.sent"]
    assert len(sent) == 2


async def test_households_of_a_disaster_do_not_call_the_roster_again(ground: Ground) -> None:
    await ground.roster("TAGANA", "psm.guguk")
    desk = await open_case(ground.siti, **DISASTER | {"subject": {"kind": "place"}})
    rows = {"households": [{"kk": "1374010101209011"}, {"kk": "1374010101209012"}]}
    opened = await ground.siti.post(f"/v1/cases/{desk.ticket}/households", rows)
    assert opened.status_code == 201, opened.text
    assert await ground.send() == 3
    assert len(await ground.called(desk)) == 1
    for row in opened.json()["households"]:
        household = Desk(ground.siti, row["ticket"], row["pin"], "")
        assert set(await ground.referrals(household)) == {"DINSOS-1374"}
        assert await ground.called(household) == []
