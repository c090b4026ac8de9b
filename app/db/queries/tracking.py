"""What tracking with a slip reads: the case of a ticket, its plain timeline, the aid that was given."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select

from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.events import Event
from app.db.tables.referrals import AssistanceLine, Referral
from app.domain.tickets import Ticket, parse_ticket

LONGEST_TRAIL: Final = 5
"""How many void duplicates and transfers are followed, one to the next."""
_TOLD: Final = ("case.opened", "case.step_taken", "case.told")


async def case_of_slip(tx: Tx, tenant: str, ticket: str) -> Case | None:
    """Return the case of a ticket, whoever asks: the PIN is checked by the caller."""
    found: Case | None = await tx.scalar(
        select(Case).where(Case.regency_code == tenant, Case.ticket == ticket)
    )
    return found


async def tracks_on_to(tx: Tx, case: Case, *, beyond: bool = False) -> Case:
    """Follow a void duplicate to the case that stands for it; *beyond*: a transfer to its new regency, too.

    What is beyond is read only: a session is of one tenant.
    """
    for _ in range(LONGEST_TRAIL):
        following = await _next(tx, case, beyond=beyond)
        if following is None:
            return case
        case = following
    return case


async def _next(tx: Tx, case: Case, *, beyond: bool) -> Case | None:
    if case.status == "void" and case.duplicate_of is not None:
        return await case_of_slip(tx, case.regency_code, case.duplicate_of)
    there = parse_ticket(case.transferred_to) if beyond and case.transferred_to else None
    return await case_of_slip(tx, there.tenant, there.text) if isinstance(there, Ticket) else None


async def timeline(tx: Tx, case: Case) -> Sequence[Any]:
    """Return what happened to the case and to its referrals' status, oldest first."""
    statement = (
        select(Event.type, Event.at, Event.data, Event.referral_id)
        .where(Event.regency_code == case.regency_code, Event.stream_id == case.id)
        .order_by(Event.n)
    )
    rows = (await tx.execute(statement)).all()
    return [row for row in rows if row.type in _TOLD or _moves_referral(row)]


def _moves_referral(row: Any) -> bool:
    moved = row.data.get("to_status") not in {None, row.data.get("from_status")}
    return row.type == "referral.sent" or (row.referral_id is not None and moved)


async def aid_of(tx: Tx, case: Case) -> Sequence[tuple[Referral, list[AssistanceLine]]]:
    """Return each referral of the case with its ledger lines."""
    here = (Referral.regency_code == case.regency_code, Referral.case_id == case.id)
    referrals = (
        await tx.scalars(select(Referral).where(*here).order_by(Referral.sent_at, Referral.id))
    ).all()
    lines = await tx.scalars(
        select(AssistanceLine)
        .where(AssistanceLine.regency_code == case.regency_code, AssistanceLine.case_id == case.id)
        .order_by(AssistanceLine.component, AssistanceLine.n, AssistanceLine.id)
    )
    by_referral: dict[Any, list[AssistanceLine]] = {}
    for line in lines:
        by_referral.setdefault(line.referral_id, []).append(line)
    return [(one, by_referral.get(one.id, [])) for one in referrals]
