"""Which clocks a step starts, pauses, resumes and stops. Only steps do; a comment moves no clock.

Each START is a new clock of its own; the other entries go to the latest clock of that step. A PAUSE may be
written for an urgent case too: its rule is not pausable, so the entry is without effect.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from app.domain.lifecycle import CaseAction, CaseState, CaseStatus, Step
from app.domain.referrals import ENDED, ReferralAction, ReferralStatus, ReferralStep
from app.domain.sla.clock import EntryKind
from app.domain.sla.policies import ClockStep

C, K, S, R = ClockStep, EntryKind, CaseStatus, ReferralStatus

CASE_CLOCK: Final[Mapping[CaseStatus, ClockStep]] = MappingProxyType(
    {
        S.REGISTERED: C.FIRST_RESPONSE,
        S.INCOMPLETE: C.COMPLETION,
        S.VERIFYING: C.VERIFICATION,
        S.HANDLING: C.HANDLING,
        S.AWAITING_DECISION: C.DECISION,
        S.RESOLVED: C.CONFIRMATION,
    }
)
"""The clock of each status; while a case is referred its referrals have theirs."""

REFERRAL_CLOCK: Final[Mapping[ReferralStatus, ClockStep]] = MappingProxyType(
    {
        R.SENT: C.ACCEPTANCE,
        R.RETURNED: C.COMPLETION,
        R.ACCEPTED: C.DELIVERY,
        R.WAITLISTED: C.DELIVERY,
        R.IN_SERVICE: C.DELIVERY,
    }
)


@dataclass(frozen=True, slots=True)
class Change:
    step: ClockStep
    kind: EntryKind


OPENED: Final = (Change(C.FIRST_RESPONSE, K.START),)
"""A case was registered."""
TOLD: Final = (Change(C.CONFIRMATION, K.START),)
"""The resident of a resolved case was told: her silence counts from now."""
SENT: Final = (Change(C.ACCEPTANCE, K.START),)
"""A referral was sent."""


def case_changes(before: CaseState, step: Step, *, told: bool = False) -> tuple[Change, ...]:
    """List the entries of a case's clocks for *step*, as `lifecycle.decide` gave it.

    *told*: the resolving request says that the resident was told.
    """
    match step.action:
        case CaseAction.ASK_COMPLETION:
            return (*_all(K.PAUSE, before.status), *_all(K.START, S.INCOMPLETE))
        case CaseAction.COMPLETE:
            return (*_all(K.STOP, S.INCOMPLETE), *_all(K.RESUME, step.target))
        case CaseAction.RESTORE | CaseAction.UNDO_DEATH if step.target is S.INCOMPLETE:
            origin = before.completion_from
            return (
                *_all(K.START, origin),
                *_all(K.PAUSE, origin),
                *_all(K.START, S.INCOMPLETE),
            )
        case CaseAction.REFER if before.status is S.REFERRED:
            return ()
        case _:
            begins = () if step.target is S.RESOLVED and not told else _all(K.START, step.target)
            return (*_stops(before), *begins)


def referral_changes(step: ReferralStep) -> tuple[Change, ...]:
    """List the entries of a referral's clocks for *step*."""
    if step.action is ReferralAction.SUBMITTED_EXTERNAL:
        return (Change(C.EXTERNAL, K.START),)
    if step.action is ReferralAction.WAITLIST:
        return (Change(C.DELIVERY, K.PAUSE),)
    if step.source is R.WAITLISTED and step.target in {R.IN_SERVICE, R.ACCEPTED}:
        return (Change(C.DELIVERY, K.RESUME),)
    old, new = REFERRAL_CLOCK.get(step.source), REFERRAL_CLOCK.get(step.target)
    changes = []
    if old is not new:
        changes += [Change(old, K.STOP)] if old else []
        changes += [Change(new, K.START)] if new else []
    if step.target in ENDED or step.action is ReferralAction.RETURN:
        changes.append(Change(C.EXTERNAL, K.STOP))
    return tuple(changes)


def _stops(before: CaseState) -> tuple[Change, ...]:
    # An incomplete case has two clocks: the resident's, and the paused one of where it came from.
    waiting = before.completion_from if before.status is S.INCOMPLETE else None
    return (*_all(K.STOP, before.status), *_all(K.STOP, waiting))


def _all(kind: EntryKind, status: CaseStatus | None) -> tuple[Change, ...]:
    clock = CASE_CLOCK.get(status) if status else None
    return (Change(clock, kind),) if clock else ()
