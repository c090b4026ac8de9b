"""One step of a case: found, allowed, not stale, possible; then taken with all that it brings."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.db.queries.acting import Acting
from app.db.queries.case_moves import Move, finish, follow, lock_case, open_move
from app.db.queries.scope import Sight
from app.db.tables.cases import Case
from app.domain.access import Permission
from app.domain.lifecycle import STEPS, CaseAction
from app.services.steps import ending, referring, working
from app.services.steps.saying import Said

A = CaseAction
BY_SYSTEM: Final = frozenset(
    {A.EXPIRE, A.ALL_ENDED, A.BOUNCED, A.SILENCE, A.TRANSFER, A.RECORD_DEATH, A.UNDO_DEATH}
)
ACTIONS: Final = tuple(action for action in A if action not in BY_SYSTEM)
"""What somebody may ask for; the others are the system's own, or follow from an act with its own path."""

_PERMISSION: Final[Mapping[CaseAction, Permission]] = {step.action: step.permission for step in STEPS}
_MEETS_AID: Final = frozenset({A.REFER, A.DECIDE_REFER})


@dataclass(frozen=True, slots=True)
class StepRequest:
    """Which step of which case, with what it records (the fields of the request's body)."""

    tenant: str
    ticket: str
    action: CaseAction
    records: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken:
    case: Case
    warnings: tuple[str, ...] = ()
    """Codes: what did not stand in the way but should be looked at."""
    disputed: bool = False
    """A confirmation differed from the ledger and so became a dispute."""


Doing = Callable[[Move, Sight, Mapping[str, Any]], Awaitable[Said]]
_DO: Final[Mapping[CaseAction, Doing]] = {
    A.ASK_COMPLETION: working.ask_completion,
    A.COMPLETE: working.complete,
    A.VERIFY: working.plain(A.VERIFY),
    A.HANDLE: working.plain(A.HANDLE),
    A.RECORD_VERIFICATION: working.record_verification,
    A.PROPOSE: working.propose,
    A.RETURN: working.give_back,
    A.REOPEN: working.plain(A.REOPEN),
    A.RESTORE: working.plain(A.RESTORE),
    A.REFER: referring.refer(A.REFER),
    A.DECIDE_REFER: referring.refer(A.DECIDE_REFER),
    A.RESOLVE: ending.resolve(A.RESOLVE),
    A.DECIDE_RESOLVE: ending.resolve(A.DECIDE_RESOLVE),
    A.VOID: ending.void,
    A.CONFIRM: ending.confirm,
    A.DISPUTE: ending.dispute,
}


async def take(
    acting: Acting, sight: Sight, request: StepRequest, check_version: Callable[[int], None]
) -> Taken:
    """Take a step. *check_version* raises when the caller has read another version.

    Raises:
        NotFound: no such case, or outside the actor's sight.
        Forbidden: the actor may never do this here, or the step is somebody else's.
        Conflict: the case is not in a state for it.
        Invalid: what it must record is absent or wrong.
    """
    people = request.action in _MEETS_AID
    case = await lock_case(acting.tx, sight, request.tenant, request.ticket, people=people)
    require_step(acting, case, request.action)
    check_version(case.version)
    move = await open_move(acting, case)
    said = await _DO[request.action](move, sight, request.records)
    await follow(move)
    await finish(move)
    return Taken(case, said.warnings, said.disputed)


def require_step(acting: Acting, case: Case, action: CaseAction) -> None:
    """Refuse whoever may never take this step where the case lies."""
    acting.actor.require(_PERMISSION[action], case.village_code, case.desk_id)
