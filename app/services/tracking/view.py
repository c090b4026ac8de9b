"""What a resident reads of her case: status and words only, and nothing of a closed channel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app.db.queries.acting import Acting
from app.db.queries.case_moves import referrals_of, reopen_window, state_of
from app.db.queries.cases import case_by_id, not_found
from app.db.queries.reserved import reserved_at, slip_by_id
from app.db.queries.texts import TO_RESIDENT, Text, texts_of
from app.db.queries.tracking import aid_of, timeline, tracks_on_to
from app.db.queries.waiting import Standing, standings
from app.db.tables.cases import Case
from app.db.tables.referrals import AssistanceLine, Referral
from app.domain.codes import ActorKind, Confidentiality
from app.domain.lifecycle import CaseAction, CaseContext, allowed_actions


@dataclass(frozen=True, slots=True)
class Tracked:
    case: Case
    closed_channel: bool
    steps: Sequence[Any] = ()
    aid: Sequence[tuple[Referral, list[AssistanceLine]]] = ()
    standings: Mapping[UUID, Standing] = field(default_factory=dict)
    """Where she stands in the waiting lists, by referral."""
    actions: tuple[CaseAction, ...] = ()
    notes: Sequence[Text] = ()
    """What officers wrote to her."""
    own: bool = False
    """It is the very case of her slip, and not another that stands for it."""


@dataclass(frozen=True, slots=True)
class HeldByDesk:
    """A slip that is good, and whose case the desk has not sent yet."""

    ticket: str
    reserved_at: datetime


async def held_by_desk(acting: Acting) -> HeldByDesk | None:
    """Return the slip of the session where it is one that waits for its case."""
    tx, actor = acting.tx, acting.actor
    slip = await slip_by_id(tx, actor.tenant, actor.case_id) if actor.case_id else None
    if slip is None or slip.case_id is not None:
        return None
    return HeldByDesk(slip.ticket, await reserved_at(tx, slip) or acting.now)


async def _case_of(acting: Acting) -> Case | None:
    """Return the case of the session; of a reserved slip, the case that has come for it."""
    tx, actor = acting.tx, acting.actor
    if actor.case_id is None:
        return None
    case = await case_by_id(tx, actor.tenant, actor.case_id)
    if case is not None:
        return case
    slip = await slip_by_id(tx, actor.tenant, actor.case_id)
    return await case_by_id(tx, actor.tenant, slip.case_id) if slip and slip.case_id else None


async def tracked(acting: Acting) -> Tracked:
    """Read the case of the slip; of a void duplicate or a transferred one the case that stands for it.

    Raises:
        NotFound: the session has no case.
    """
    tx = acting.tx
    found = await _case_of(acting)
    if found is None:
        raise not_found()
    case = await tracks_on_to(tx, found, beyond=True)
    if case.confidentiality == Confidentiality.RAHASIA:
        return Tracked(case, closed_channel=True)
    aid = await aid_of(tx, case)
    return Tracked(
        case,
        closed_channel=False,
        steps=await timeline(tx, case),
        aid=aid,
        standings=await standings(tx, [referral for referral, _ in aid]),
        actions=await _actions(acting, case) if case.id == found.id else (),
        # Another's case that hers was found to double is told in status words only.
        notes=await texts_of(tx, acting.vault, case, [TO_RESIDENT]) if case.id == found.id else (),
        own=case.id == found.id,
    )


async def _actions(acting: Acting, case: Case) -> tuple[CaseAction, ...]:
    state = state_of(case, await referrals_of(acting.tx, case))
    context = CaseContext(
        ActorKind.RESIDENT,
        acting.now,
        closed_at=case.closed_at,
        reopen_window=reopen_window(acting.known, case.regency_code),
    )
    return allowed_actions(state, acting.actor.permissions_at(case.village_code), context)
