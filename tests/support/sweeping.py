"""The sweep of due clocks as a test drives it: time jumps to the next look, and what was done is read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from app.api.deps import House
from app.db.queries.clocks import open_puts, watch
from app.db.session import Database, read_only, transaction
from app.db.tables.cases import Case, Clock
from app.db.tables.events import Event
from app.db.tables.hands import Escalation
from app.db.tables.referrals import Referral
from app.domain.codes import Priority
from app.domain.escalation import next_look
from app.domain.referrals import BLOCKING
from app.integrations.seals import SealSigner
from app.services.audit import Evidence, verify
from app.worker.jobs.clocks import act_on_clocks
from app.worker.tools import Tools
from tests.support.http import SEAL_KEY
from tests.support.working import claim_of, make_tools

MOMENT = timedelta(microseconds=1)
TENANT = "13.74"


@dataclass
class Sweeper:
    """A worker on the house's database whose clock stands still between two looks."""

    house: House
    folder: Path
    at: datetime

    @classmethod
    def of(cls, house: House, folder: Path) -> "Sweeper":
        return cls(house, folder, datetime.now(UTC))

    @property
    def database(self) -> Database:
        return self.house.database

    @property
    def tools(self) -> Tools:
        made = make_tools(self.database, lambda: self.at, self.folder)
        return replace(made, knowledge=self.house.knowledge)

    async def run(self) -> datetime:
        return await act_on_clocks(self.tools, claim_of("act_on_clocks"))

    async def look(self, ticket: str, times: int = 1) -> datetime:
        """Go to just after the next look at the case and do what is due; return that look's instant."""
        due = self.at
        for _ in range(times):
            looks = [one.act_at for one in await self.clocks(ticket) if one.act_at]
            assert looks, "nothing is looked at any more"
            due = min(looks)
            self.at = max(self.at, due) + MOMENT
            await self.run()
        return due

    # What is there now ----------------------------------------------------------------------------------

    async def case(self, ticket: str) -> Case:
        async with read_only(self.database.sessions) as tx:
            found = await tx.scalar(select(Case).where(Case.regency_code == TENANT, Case.ticket == ticket))
        assert found is not None
        return found

    async def clocks(self, ticket: str) -> Sequence[Clock]:
        case = await self.case(ticket)
        return await self._rows(Clock, case, Clock.started_at)

    async def running(self, ticket: str) -> Clock:
        (clock,) = [one for one in await self.clocks(ticket) if one.state == "running"]
        return clock

    async def escalations(self, ticket: str) -> Sequence[Escalation]:
        return await self._rows(Escalation, await self.case(ticket), Escalation.at)

    async def referrals(self, ticket: str) -> Sequence[Referral]:
        return await self._rows(Referral, await self.case(ticket), Referral.sent_at)

    async def events(self, ticket: str, *types: str) -> list[Event]:
        case = await self.case(ticket)
        async with read_only(self.database.sessions) as tx:
            found = await tx.scalars(
                select(Event)
                .where(Event.regency_code == TENANT, Event.stream_id == case.id)
                .order_by(Event.n)
            )
            return [one for one in found if not types or one.type in types]

    async def _rows(self, table: Any, case: Case, order: Any) -> Any:
        async with read_only(self.database.sessions) as tx:
            found = await tx.scalars(
                select(table)
                .where(table.regency_code == TENANT, table.case_id == case.id)
                .order_by(order, table.id)
            )
            return found.all()

    async def execute(self, statement: str, **bound: Any) -> None:
        async with transaction(self.database.sessions) as tx:
            await tx.execute(text(statement), bound)

    async def count(self, statement: str, **bound: Any) -> int:
        async with read_only(self.database.sessions) as tx:
            return int(await tx.scalar(text(statement), bound) or 0)

    # What must hold -------------------------------------------------------------------------------------

    async def wrong_looks(self) -> list[tuple[Any, ...]]:
        """Name every clock whose cached look, and every case whose place, is not what the ledgers say."""
        known = await self.house.knowledge.current(datetime.now(UTC))
        wrong = []
        async with read_only(self.database.sessions) as tx:
            cases = {one.id: one for one in await tx.scalars(select(Case).where(Case.regency_code == TENANT))}
            puts = await open_puts(tx, TENANT, list(cases))
            live = set(
                await tx.scalars(
                    select(Referral.case_id).where(
                        Referral.regency_code == TENANT, Referral.status.in_([one.value for one in BLOCKING])
                    )
                )
            )
            for row in await tx.scalars(select(Clock).where(Clock.regency_code == TENANT)):
                priority = Priority(cases[row.case_id].priority)
                mine = puts.get(row.id, ())
                seen = watch(known, priority, row, mine, blocked=row.case_id in live)
                look = next_look(seen) if seen else None
                due = seen.clock.due_at if seen else None
                if (look, due) != (row.act_at, row.due_at):
                    wrong.append((row.step, row.acts, look, row.act_at, due, row.due_at))
        return wrong + _misplaced(cases.values(), puts)

    async def sound(self) -> None:
        """Every chain holds, and every cache is what its ledger says."""
        async with read_only(self.database.sessions) as tx:
            report = await verify(tx, Evidence(SealSigner.parse(SEAL_KEY), None), lambda _: None)
        assert report.sound, report.findings
        assert await self.wrong_looks() == []


def _misplaced(cases: Iterable[Case], puts: Mapping[UUID, Sequence[Escalation]]) -> list[tuple[Any, ...]]:
    stands: dict[UUID, list[Escalation]] = {}
    for put in sorted((one for some in puts.values() for one in some), key=lambda one: (one.at, one.id)):
        stands.setdefault(put.case_id, []).append(put)
    found = []
    for case in cases:
        mine = stands.get(case.id, [])
        place = (mine[0].at, mine[-1].rung) if mine else (None, None)
        if place != (case.escalated_at, case.escalated_to):
            found.append((case.ticket, place, case.escalated_at, case.escalated_to))
    return found
