"""The life of a case, as one table. To add a step, add a row; nothing else writes a status."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from app.domain.access import Permission
from app.domain.codes import ActorKind


class CaseStatus(StrEnum):
    REGISTERED = "registered"
    INCOMPLETE = "incomplete"
    VERIFYING = "verifying"
    HANDLING = "handling"
    AWAITING_DECISION = "awaiting_decision"
    REFERRED = "referred"
    RESOLVED = "resolved"
    CLOSED = "closed"
    VOID = "void"


class CaseAction(StrEnum):
    ASK_COMPLETION = "ask_completion"
    COMPLETE = "complete"
    VERIFY = "verify"
    RECORD_VERIFICATION = "record_verification"
    HANDLE = "handle"
    PROPOSE = "propose"
    RETURN = "return"
    REFER = "refer"
    DECIDE_REFER = "decide_refer"
    DECIDE_RESOLVE = "decide_resolve"
    RESOLVE = "resolve"
    CONFIRM = "confirm"
    DISPUTE = "dispute"
    REOPEN = "reopen"
    VOID = "void"
    RESTORE = "restore"
    EXPIRE = "expire"
    ALL_ENDED = "all_ended"
    BOUNCED = "bounced"
    """The third agency answered ``not_ours``: the secretariat must decide (section 4, "Bounces")."""
    SILENCE = "silence"
    TRANSFER = "transfer"
    """The matter goes on in another regency, under a new ticket."""
    RECORD_DEATH = "record_death"
    UNDO_DEATH = "undo_death"
    """The death was recorded by mistake: back to where the case was."""


class Effect(StrEnum):
    """What a step brings besides the status."""

    TELL_RESIDENT = "tell_resident"
    """A task: somebody must tell the resident."""
    COUNT_REOPENED = "count_reopened"
    RESTORE_ASSIGNEE = "restore_assignee"
    """The former assignee comes back."""
    MARK_UNCONFIRMED = "mark_unconfirmed"
    OUTCOME_EXPIRED = "outcome_expired"
    """The outcome is ``incomplete_expired``."""


@dataclass(frozen=True, slots=True)
class Step:
    source: CaseStatus
    action: CaseAction
    target: CaseStatus | None
    """None: the status that the case came from; `decide` puts it in."""
    permission: Permission
    who: frozenset[ActorKind]
    effects: frozenset[Effect] = frozenset()


S, A, P, E = CaseStatus, CaseAction, Permission, Effect
_OFFICER: Final = frozenset({ActorKind.OFFICER})
_RESIDENT_TOO: Final = frozenset({ActorKind.OFFICER, ActorKind.RESIDENT})
_SYSTEM_TOO: Final = frozenset({ActorKind.OFFICER, ActorKind.SYSTEM})
_SYSTEM: Final = frozenset({ActorKind.SYSTEM})
_OPEN: Final = (S.REGISTERED, S.INCOMPLETE, S.VERIFYING, S.HANDLING, S.AWAITING_DECISION, S.REFERRED)
_WORKED: Final = (S.REGISTERED, S.VERIFYING, S.HANDLING, S.AWAITING_DECISION, S.REFERRED)

STEPS: Final = (
    *(Step(s, A.ASK_COMPLETION, S.INCOMPLETE, P.CASE_WORK, _OFFICER) for s in _WORKED),
    Step(S.INCOMPLETE, A.COMPLETE, None, P.CASE_WORK, _OFFICER),
    Step(
        S.INCOMPLETE,
        A.EXPIRE,
        S.RESOLVED,
        P.CASE_RESOLVE,
        _SYSTEM,
        frozenset({E.OUTCOME_EXPIRED, E.TELL_RESIDENT}),
    ),
    Step(S.REGISTERED, A.VERIFY, S.VERIFYING, P.CASE_WORK, _OFFICER),
    Step(S.VERIFYING, A.RECORD_VERIFICATION, S.HANDLING, P.CASE_WORK, _OFFICER),
    Step(S.REGISTERED, A.HANDLE, S.HANDLING, P.CASE_WORK, _OFFICER),
    Step(S.HANDLING, A.PROPOSE, S.AWAITING_DECISION, P.CASE_WORK, _OFFICER),
    Step(S.AWAITING_DECISION, A.RETURN, S.HANDLING, P.CASE_DECIDE, _OFFICER),
    Step(S.AWAITING_DECISION, A.DECIDE_REFER, S.REFERRED, P.CASE_DECIDE, _OFFICER),
    Step(S.AWAITING_DECISION, A.DECIDE_RESOLVE, S.RESOLVED, P.CASE_DECIDE, _OFFICER),
    *(
        # The system refers an emergency at once, and the next programme where a policy names the pair.
        Step(s, A.REFER, S.REFERRED, P.CASE_REFER, _SYSTEM_TOO)
        for s in (S.REGISTERED, S.VERIFYING, S.HANDLING, S.REFERRED)
    ),
    Step(S.REFERRED, A.ALL_ENDED, S.HANDLING, P.CASE_WORK, _SYSTEM, frozenset({E.TELL_RESIDENT})),
    Step(S.REFERRED, A.BOUNCED, S.AWAITING_DECISION, P.CASE_WORK, _SYSTEM),
    *(
        Step(s, A.RESOLVE, S.RESOLVED, P.CASE_RESOLVE, _OFFICER)
        for s in (S.REGISTERED, S.INCOMPLETE, S.VERIFYING, S.HANDLING, S.REFERRED)
    ),
    *(Step(s, A.VOID, S.VOID, P.CASE_VOID, _RESIDENT_TOO) for s in _OPEN),
    # What follows from one act about several things: the act has its own path, its own permission, its rules.
    *(Step(s, A.TRANSFER, S.RESOLVED, P.CASE_TRANSFER, _SYSTEM) for s in _OPEN),
    *(Step(s, A.RECORD_DEATH, S.RESOLVED, P.PERSON_WRITE, _SYSTEM) for s in _OPEN),
    Step(S.RESOLVED, A.UNDO_DEATH, None, P.PERSON_WRITE, _SYSTEM),
    Step(S.VOID, A.RESTORE, None, P.CASE_RESTORE, _OFFICER),
    Step(S.RESOLVED, A.CONFIRM, S.CLOSED, P.CASE_CONFIRM, _RESIDENT_TOO),
    Step(
        S.RESOLVED,
        A.DISPUTE,
        S.HANDLING,
        P.CASE_CONFIRM,
        _RESIDENT_TOO,
        frozenset({E.COUNT_REOPENED, E.RESTORE_ASSIGNEE}),
    ),
    Step(S.RESOLVED, A.SILENCE, S.CLOSED, P.CASE_CONFIRM, _SYSTEM, frozenset({E.MARK_UNCONFIRMED})),
    Step(
        S.CLOSED,
        A.REOPEN,
        S.HANDLING,
        P.CASE_REOPEN,
        _RESIDENT_TOO,
        frozenset({E.COUNT_REOPENED, E.RESTORE_ASSIGNEE}),
    ),
)

BY_KEY: Final[Mapping[tuple[CaseStatus, CaseAction], Step]] = MappingProxyType(
    {(step.source, step.action): step for step in STEPS}
)
