"""A silent objection climbs from the verifiers to the head, once each time, whatever dies meanwhile."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from app.api.deps import House
from app.db.queries import work
from app.db.queries.work import Claim, Wanted
from app.db.session import transaction
from app.db.tables.access import Account, Grant
from app.db.tables.deliberations import DeliberationObjection
from app.db.tables.events import Event
from app.db.tables.messages import Notice
from app.db.tables.places import Work
from app.domain.ids import parse_public_id
from app.services.objection_watch import escalate
from app.worker.jobs.objections import watch_objection
from app.worker.tools import Tools
from tests.support.http import serving
from tests.support.meetings import Clock, Meeting, eligible, on_clock
from tests.support.working import make_tools

pytestmark = pytest.mark.commits
LEASE = timedelta(seconds=30)
TENANT = "13.74"


@dataclass
class Watch:
    meeting: Meeting
    tools: Tools
    objection: Any
    """Its id."""

    async def claim(self) -> Claim | None:
        async with transaction(self.tools.database.sessions) as tx:
            found = await work.claim(
                tx, TENANT, self.tools.now(), Wanted((work.WATCH_OBJECTION,), LEASE, limit=50)
            )
        return next((one for one in found if one.key == self.objection.hex), None)

    async def look(self) -> int:
        """Do what is due; return how many looks that were."""
        done = 0
        while held := await self.claim():
            await watch_objection(self.tools, held)
            done += 1
        return done

    async def row(self) -> DeliberationObjection:
        async with transaction(self.tools.database.sessions) as tx:
            table = DeliberationObjection
            found = await tx.scalar(
                select(table).where(table.regency_code == TENANT, table.id == self.objection)
            )
        assert found is not None
        return found

    async def rungs(self) -> list[str]:
        """The offices that it was put before, in order."""
        row = await self.row()
        async with transaction(self.tools.database.sessions) as tx:
            found = await tx.scalars(
                select(Event.data)
                .where(
                    Event.regency_code == TENANT,
                    Event.stream_id == row.deliberation_id,
                    Event.type == "objection.escalated",
                )
                .order_by(Event.n)
            )
            return [one["rung"] for one in found if one["objection_id"] == str(self.objection)]

    async def told(self) -> list[str]:
        async with transaction(self.tools.database.sessions) as tx:
            rows = await tx.execute(
                select(Account.login, Notice.data)
                .join(
                    Notice,
                    (Notice.regency_code == Account.regency_code) & (Notice.account_id == Account.id),
                )
                .where(Account.regency_code == TENANT, Notice.kind == "objection_waits")
                .order_by(Notice.at, Notice.id)
            )
            return [row.login for row in rows if row.data["objection"] == self.objection.hex]


@pytest.fixture
async def watch(fresh_house: House, tmp_path: Path) -> AsyncIterator[Watch]:
    clock = Clock()
    house = on_clock(fresh_house, clock)
    tools = replace(make_tools(house.database, clock, tmp_path), knowledge=house.knowledge)
    async with serving(house) as client:
        meeting = Meeting(client, clock)
        await meeting.plan()
        candidate = await meeting.put_person()
        await meeting.sit()
        await meeting.decide(eligible(candidate))
        await meeting.publish()
        found = parse_public_id(await meeting.object(candidate))
        assert found is not None
        yield Watch(meeting, tools, found.id)


async def test_it_reminds_the_verifiers_then_climbs_and_never_lapses(watch: Watch) -> None:
    assert await watch.look() == 0
    for expected in ("secretariat_officer", "manager", "head", "head", "head"):
        watch.meeting.clock.pass_days(20)
        assert await watch.look() == 1
        assert (await watch.rungs())[-1] == expected
        assert (await watch.row()).state == "open"
    told = await watch.told()
    assert told[0] == "sekretariat"
    assert told.count("manajer") == 1
    assert told.count("kadis") == 3
    row = await watch.row()
    assert (row.escalated_to, row.acts) == ("head", 5)
    office = await watch.meeting.person("manajer")
    listed = (await office.get("/v1/objections?escalated=true")).json()["items"]
    assert [one["escalated_to"]["code"] for one in listed] == ["head"]
    waiting = (await office.get("/v1/notifications")).json()["items"]
    assert "objection_waits" in {one["kind"] for one in waiting}


async def test_what_was_verified_is_watched_no_longer(watch: Watch) -> None:
    watch.meeting.clock.pass_days(20)
    objection = (await watch.meeting.person("sekretariat")).get
    listed = (await objection("/v1/objections")).json()["items"]
    assert (await watch.meeting.verify(listed[0]["id"], upheld=False)).status_code == 200
    assert await watch.look() == 1
    assert await watch.rungs() == []
    watch.meeting.clock.pass_days(60)
    assert await watch.look() == 0
    async with transaction(watch.tools.database.sessions) as tx:
        done = await tx.scalar(
            select(Work.done_at).where(Work.regency_code == TENANT, Work.key == watch.objection.hex)
        )
    assert done is not None


class Killed(Exception):
    """The worker dies here."""


async def _die_before_the_commit(watch: Watch, known: Any) -> None:
    async with transaction(watch.tools.database.sessions) as tx:
        await escalate(watch.tools.acting(tx, known), TENANT, watch.objection)
        raise Killed


async def test_a_worker_killed_before_its_commit_leaves_it_due_and_told_to_nobody(watch: Watch) -> None:
    watch.meeting.clock.pass_days(20)
    assert await watch.claim() is not None
    known = await watch.tools.knowledge.current(watch.tools.now())
    with pytest.raises(Killed):
        await _die_before_the_commit(watch, known)
    assert (await watch.rungs(), await watch.told()) == ([], [])
    # Its claim holds until the lease is over; then another takes it up.
    assert await watch.look() == 0
    watch.meeting.clock.moved += LEASE
    assert await watch.look() == 1
    assert await watch.rungs() == ["secretariat_officer"]
    assert len(await watch.told()) == 1


async def test_a_worker_taken_for_dead_puts_it_before_nobody_twice(watch: Watch) -> None:
    watch.meeting.clock.pass_days(20)
    slow = await watch.claim()
    assert slow is not None
    watch.meeting.clock.moved += LEASE
    assert await watch.look() == 1
    watch.meeting.clock.pass_days(20)
    with pytest.raises(LookupError):
        await watch_objection(watch.tools, replace(slow, attempts=slow.attempts))
    assert await watch.rungs() == ["secretariat_officer"]


async def test_an_empty_office_goes_to_the_next_one(watch: Watch) -> None:
    async with transaction(watch.tools.database.sessions) as tx:
        await tx.execute(
            update(Grant)
            .where(Grant.regency_code == TENANT, Grant.role == "secretariat_officer")
            .values(valid_to=(watch.tools.now() - timedelta(days=30)).date())
        )
    watch.meeting.clock.pass_days(20)
    await watch.look()
    assert await watch.rungs() == ["manager"]
