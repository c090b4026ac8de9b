"""The ledger of a case's clocks: what ran, what paused it, when it is due, whom it reached."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.db.queries.acting import Acting
from app.db.queries.case_view import referrals_of
from app.db.queries.cases import clocks_of, find_case
from app.db.queries.clocks import entries_of, escalations_of, watch
from app.db.queries.scope import Sight
from app.db.tables.cases import Case
from app.db.tables.cases import Clock as Row
from app.db.tables.hands import Escalation
from app.db.tables.referrals import Referral
from app.domain.access import Permission
from app.domain.codes import Priority
from app.domain.escalation import Watched
from app.domain.referrals import BLOCKING
from app.domain.sla import Entry


@dataclass(frozen=True, slots=True)
class LedgerClock:
    row: Row
    entries: Sequence[Entry]
    watched: Watched
    referral: Referral | None
    """Whose clock it is; none: the case's own."""
    escalations: Sequence[Escalation]


@dataclass(frozen=True, slots=True)
class Ledger:
    case: Case
    clocks: Sequence[LedgerClock]
    """Oldest first."""


async def read_clocks(acting: Acting, sight: Sight, tenant: str, ticket: str) -> Ledger:
    """Return the clocks of a case and of its referrals."""
    case = await find_case(acting.tx, sight, tenant, ticket)
    acting.actor.require(Permission.CASE_READ, case.village_code, case.desk_id)
    referrals = {one.id: one for one in await referrals_of(acting.tx, case)}
    puts = await escalations_of(acting.tx, case)
    blocked = any(one.status in BLOCKING for one in referrals.values())
    told = []
    for row in await clocks_of(acting.tx, case):
        mine = [put for put in puts if put.clock_id == row.id]
        standing = [put for put in mine if put.ended_at is None]
        seen = watch(acting.known, Priority(case.priority), row, standing, blocked=blocked)
        if seen is not None:
            referral = referrals.get(row.referral_id) if row.referral_id else None
            told.append(LedgerClock(row, entries_of(row), seen, referral, mine))
    return Ledger(case, told)
