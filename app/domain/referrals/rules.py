"""May this referral take this step, and what follows from it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from app.domain.codes import Purpose
from app.domain.errors import Conflict, DeskError, Forbidden
from app.domain.programs import FulfilledOn
from app.domain.referrals.registry import NEXT_STAGES, REFUSED_STAGES, RegistryStage
from app.domain.referrals.table import (
    BY_KEY,
    Party,
    ReferralAction,
    ReferralStatus,
    ReferralStep,
)

A = ReferralAction


@dataclass(frozen=True, slots=True)
class ReferralState:
    status: ReferralStatus
    purpose: Purpose = Purpose.AID
    fulfilled_on: FulfilledOn | None = None
    """None: only its receiver says so (an ``UMUM`` programme)."""
    deliveries: int = 0
    planned_left: int = 0
    """Ledger lines of this referral that are still planned."""
    stage: RegistryStage | None = None
    """Of a REGISTRY referral; None counts as the first one."""
    round: int = 1


@dataclass(frozen=True, slots=True)
class ReferralContext:
    """What one request says about the step it asks for."""

    party: Party
    extent: str | None = None
    """``full`` or ``partial``, of fulfil."""
    stage: str | None = None
    """The stage that a proposal reached, of progress."""
    now: datetime | None = None
    due: datetime | None = None
    """When the running clock of the referral is due, of expire."""


def decide(state: ReferralState, action: ReferralAction, context: ReferralContext) -> ReferralStep:
    """Return the step that *action* takes.

    Raises:
        Conflict: the status has no such step, or a rule of the referral's purpose is not met.
        Forbidden: the step is another party's.
    """
    step = BY_KEY.get((state.status, action))
    if step is None:
        raise _refused(
            "referral_step_not_possible",
            "Tindakan ini tidak dapat dilakukan pada status rujukan saat ini.",
            "This action is not possible in the referral's present status.",
            status=state.status.value,
            action=action.value,
        )
    rule = _RULES.get(action)
    if rule is not None:
        rule(state, context)
    if context.party not in step.who:
        raise Forbidden(
            "not_your_step",
            "Tindakan ini milik pihak lain dalam rujukan.",
            "This action belongs to the other side of the referral.",
            {"who": sorted(party.value for party in step.who)},
        )
    return step


def party_for(status: ReferralStatus, action: ReferralAction, parties: Iterable[Party]) -> Party | None:
    """Say as which of *parties* the step would be taken; the receiver itself before its proxy."""
    step = BY_KEY.get((status, action))
    fitting = step.who.intersection(parties) if step else frozenset[Party]()
    return min(fitting, key=list(Party).index, default=None)


def after(state: ReferralState, step: ReferralStep, context: ReferralContext | None = None) -> ReferralState:
    """Return the state once *step* was taken."""
    moved = replace(state, status=step.target)
    match step.action:
        case A.RESEND:
            return replace(moved, round=state.round + 1)
        case A.DELIVER:
            left = max(state.planned_left - 1, 0)
            return replace(moved, deliveries=state.deliveries + 1, planned_left=left)
        case A.PROGRESS if context and context.stage:
            return replace(moved, stage=RegistryStage(context.stage))
        case _:
            return moved


@dataclass(frozen=True, slots=True)
class Ending:
    """An end that follows from a step by itself, recorded in the same transaction."""

    action: ReferralAction
    extent: str | None = None
    reason: str | None = None


def ending_of(state: ReferralState, action: ReferralAction) -> Ending | None:
    """Say whether *state*, reached by *action*, ends the referral by itself.

    A programme fulfilled on enrolment ends at start or, if nobody recorded that, at the first delivery.
    A proposal ends with its last stage; the reason of a refusal is that stage.
    """
    if action is A.PROGRESS:
        if state.stage is RegistryStage.DITETAPKAN:
            return Ending(A.FULFIL, extent="full")
        if state.stage in REFUSED_STAGES:
            return Ending(A.FAIL, reason=state.stage.value)
        return None
    if state.purpose is Purpose.AID and _aid_is_complete(state, action):
        return Ending(A.FULFIL, extent="full")
    return None


def _aid_is_complete(state: ReferralState, action: ReferralAction) -> bool:
    match state.fulfilled_on:
        case FulfilledOn.ENROLMENT:
            return action in {A.START, A.DELIVER}
        case FulfilledOn.FIRST_DELIVERY:
            return action is A.DELIVER
        case FulfilledOn.LAST_DELIVERY:
            return action is A.DELIVER and state.planned_left == 0
        case None:
            return False


def allowed_actions(
    state: ReferralState,
    parties: Iterable[Party],
    *,
    now: datetime | None = None,
    due: datetime | None = None,
) -> tuple[ReferralAction, ...]:
    """List what somebody acting as one of *parties* could do now, in the order of the table."""
    parties = tuple(parties)
    stages = NEXT_STAGES[state.stage or RegistryStage.DRAF]
    probe = min(stages, default=None)
    return tuple(
        action
        for action in A
        if any(
            _passes(state, action, ReferralContext(party, "partial", probe, now, due)) for party in parties
        )
    )


def _passes(state: ReferralState, action: ReferralAction, context: ReferralContext) -> bool:
    if (state.status, action) not in BY_KEY:
        return False
    try:
        decide(state, action, context)
    except DeskError:
        return False
    return True


def _refused(code: str, indonesian: str, english: str, **data: object) -> Conflict:
    return Conflict(code, indonesian, english, data)


def _may_deliver(state: ReferralState, _context: ReferralContext) -> None:
    if state.purpose not in {Purpose.AID, Purpose.COMPLAINT}:
        raise _refused(
            "no_aid",
            "Rujukan ini bukan rujukan bantuan, tidak ada yang dapat disalurkan.",
            "This referral is not for aid; nothing can be delivered on it.",
        )


def _may_progress(state: ReferralState, context: ReferralContext) -> None:
    if state.purpose is not Purpose.REGISTRY:
        raise _refused(
            "not_a_proposal",
            "Hanya usulan data yang memiliki tahapan.",
            "Only a registry proposal has stages.",
        )
    stages = NEXT_STAGES[state.stage or RegistryStage.DRAF]
    if context.stage not in stages:
        raise _refused(
            "stage_not_possible",
            "Usulan tidak dapat berpindah ke tahap ini.",
            "The proposal cannot move to this stage.",
            stages=sorted(stages),
        )


def _may_fulfil(state: ReferralState, context: ReferralContext) -> None:
    match state.purpose:
        case Purpose.AID:
            _aid_may_end(state, context)
        case Purpose.REGISTRY if state.stage is not RegistryStage.DITETAPKAN:
            raise _refused(
                "proposal_not_decided",
                "Usulan belum ditetapkan.",
                "The proposal has not been decided yet.",
            )
        case _:
            return


def _aid_may_end(state: ReferralState, context: ReferralContext) -> None:
    enrolled = state.fulfilled_on is FulfilledOn.ENROLMENT and state.status is ReferralStatus.IN_SERVICE
    if not state.deliveries and not enrolled:
        raise _refused(
            "no_delivery",
            "Catat dahulu paling sedikit satu penyaluran.",
            "Record at least one delivery first.",
        )
    last = state.fulfilled_on is FulfilledOn.LAST_DELIVERY
    if last and context.extent == "full" and state.planned_left:
        raise _refused(
            "instalments_left",
            "Masih ada tahap penyaluran yang belum dicatat; pilih terpenuhi sebagian.",
            "Instalments are still planned; fulfil it in part.",
            planned_left=state.planned_left,
        )


def _may_expire(_state: ReferralState, context: ReferralContext) -> None:
    if context.now is None or context.due is None or context.now <= context.due:
        raise _refused("not_due", "Tenggat belum lewat.", "The due time has not passed.")


_RULES: Final = MappingProxyType[ReferralAction, Callable[[ReferralState, ReferralContext], None]](
    {
        A.DELIVER: _may_deliver,
        A.PROGRESS: _may_progress,
        A.FULFIL: _may_fulfil,
        A.EXPIRE: _may_expire,
    }
)
