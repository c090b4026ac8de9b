"""Letting time pass for one case of the story, or for one village meeting.

Only its clocks are wound on: what happened keeps its instants, since the chain of events seals them. So a
case that was wound is the one place where the ledger of a clock says other instants than the events.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from app.db.queries.acting import Acting
from app.db.queries.case_moves import finish, open_move
from app.db.queries.cases import find_case
from app.db.queries.clocks import clocks_of, entries_of, recount
from app.db.queries.deliberations import candidates_of, session_of
from app.db.queries.scope import Sight
from app.db.session import Database, transaction
from app.db.tables.hands import Escalation
from app.domain.access import SYSTEM, scope_of
from app.domain.ids import PublicId, parse_public_id, tenant_of_digits
from app.integrations.randomness import Ids
from app.integrations.vault import Vault
from app.services.knowledge import KnowledgeSource

_DIGITS: Final = 4
Wind = Callable[[str, timedelta], Awaitable[None]]
"""Let so much time pass for the case of a ticket, or for the meeting of an id."""


@dataclass(frozen=True, slots=True)
class Winder:
    """Winds the clocks of a case on, or the days of a meeting."""

    database: Database
    knowledge: KnowledgeSource
    vault: Vault
    ids: Ids
    clock: Callable[[], datetime]

    async def __call__(self, ticket: str, span: timedelta) -> None:
        session = parse_public_id(ticket)
        if session is not None:
            await self._meeting(session, span)
            return
        now = self.clock()
        known = await self.knowledge.current(now)
        tenant = tenant_of_digits(ticket[:_DIGITS])
        if tenant is None:
            raise ValueError("The ticket is of no tenant.")
        sight = Sight(scope_of(SYSTEM), known.regions.regencies)
        async with transaction(self.database.sessions) as tx:
            acting = Acting(tx, known, self.vault, self.ids, SYSTEM, now, self.ids.new_id(now))
            case = await find_case(tx, sight, tenant, ticket, for_update=True)
            for row in await clocks_of(acting, case):
                row.entries = [
                    {"kind": entry.kind.value, "at": (entry.at - span).isoformat()}
                    for entry in entries_of(row)
                ]
                row.started_at -= span
            for put in await tx.scalars(
                select(Escalation).where(
                    Escalation.regency_code == tenant,
                    Escalation.case_id == case.id,
                    Escalation.ended_at.is_(None),
                )
            ):
                put.at -= span
            move = await open_move(acting, case)
            await recount(acting, case, move.referrals)
            await finish(move)

    async def _meeting(self, place: PublicId, span: timedelta) -> None:
        """Let the meeting's day come nearer, or its window of objections end."""
        async with transaction(self.database.sessions) as tx:
            found = await session_of(tx, place.tenant, place.id, for_update=True)
            if found is None:
                raise ValueError("There is no such meeting.")
            found.starts_at -= span
            if found.objections_until is not None:
                found.objections_until -= span
            for row in await candidates_of(tx, found):
                if row.objections_until is not None:
                    row.objections_until -= span
