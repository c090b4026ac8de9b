"""The life of a village meeting, and of the village head's statement in its place, as one table each.

A meeting (musdes, muskel) is called, sits, keeps its minutes, has them signed and published, waits for
objections and is ratified by the regency. A statement (SPTJM) takes the same way without call and sitting:
the head answers for it alone. Source: domain.md 5.3 (F 31; SPTJM: Fw 28b).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from app.domain.access import Permission
from app.domain.errors import Conflict


class SessionKind(StrEnum):
    MUSDES = "musdes"
    MUSKEL = "muskel"
    SPTJM = "sptjm"
    """The village head's statement of absolute responsibility, in place of a meeting."""


class SessionState(StrEnum):
    DRAFT = "draft"
    CONVENED = "convened"
    SITTING = "sitting"
    MINUTED = "minuted"
    SIGNED = "signed"
    PUBLISHED = "published"
    REOPENED = "reopened"
    """An objection was upheld: its candidate, and no other, is decided again."""
    RATIFIED = "ratified"
    CANCELLED = "cancelled"


class SessionAction(StrEnum):
    CHANGE = "change"
    PUT = "put"
    WITHDRAW = "withdraw"
    CONVENE = "convene"
    OPEN = "open"
    ATTEND = "attend"
    DECLARE = "declare"
    DECIDE = "decide"
    MINUTE = "minute"
    RESUME = "resume"
    """Take unsigned minutes back to correct what was decided."""
    SIGN = "sign"
    PUBLISH = "publish"
    REOPEN = "reopen"
    CARRY = "carry"
    """The reopened candidates go on in a session that follows this one."""
    RATIFY = "ratify"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class SessionStep:
    source: SessionState
    action: SessionAction
    target: SessionState


S, A, P = SessionState, SessionAction, Permission

_SHARED: Final = (
    SessionStep(S.MINUTED, A.SIGN, S.SIGNED),
    SessionStep(S.SIGNED, A.PUBLISH, S.PUBLISHED),
    SessionStep(S.PUBLISHED, A.REOPEN, S.REOPENED),
    SessionStep(S.REOPENED, A.REOPEN, S.REOPENED),
    SessionStep(S.REOPENED, A.DECIDE, S.REOPENED),
    SessionStep(S.REOPENED, A.MINUTE, S.MINUTED),
    SessionStep(S.REOPENED, A.CARRY, S.PUBLISHED),
    SessionStep(S.PUBLISHED, A.RATIFY, S.RATIFIED),
    SessionStep(S.DRAFT, A.CHANGE, S.DRAFT),
    SessionStep(S.DRAFT, A.PUT, S.DRAFT),
    SessionStep(S.DRAFT, A.WITHDRAW, S.DRAFT),
    SessionStep(S.DRAFT, A.CANCEL, S.CANCELLED),
)
MEETING: Final = (
    *_SHARED,
    # A new time needs a new invitation.
    SessionStep(S.CONVENED, A.CHANGE, S.DRAFT),
    SessionStep(S.CONVENED, A.PUT, S.CONVENED),
    SessionStep(S.CONVENED, A.WITHDRAW, S.CONVENED),
    SessionStep(S.CONVENED, A.CANCEL, S.CANCELLED),
    SessionStep(S.DRAFT, A.CONVENE, S.CONVENED),
    SessionStep(S.CONVENED, A.OPEN, S.SITTING),
    SessionStep(S.SITTING, A.PUT, S.SITTING),
    SessionStep(S.SITTING, A.WITHDRAW, S.SITTING),
    SessionStep(S.SITTING, A.ATTEND, S.SITTING),
    SessionStep(S.SITTING, A.DECLARE, S.SITTING),
    SessionStep(S.SITTING, A.DECIDE, S.SITTING),
    SessionStep(S.SITTING, A.MINUTE, S.MINUTED),
    SessionStep(S.SITTING, A.CANCEL, S.CANCELLED),
    SessionStep(S.MINUTED, A.RESUME, S.SITTING),
    SessionStep(S.REOPENED, A.ATTEND, S.REOPENED),
    SessionStep(S.REOPENED, A.DECLARE, S.REOPENED),
)
STATEMENT: Final = (
    *_SHARED,
    SessionStep(S.DRAFT, A.DECIDE, S.DRAFT),
    SessionStep(S.DRAFT, A.MINUTE, S.MINUTED),
    SessionStep(S.MINUTED, A.RESUME, S.DRAFT),
)
PERMISSION: Final[Mapping[SessionAction, Permission]] = MappingProxyType(
    {
        **dict.fromkeys(A, P.DELIBERATION_HOLD),
        A.REOPEN: P.OBJECTION_VERIFY,
        A.RATIFY: P.DELIBERATION_RATIFY,
    }
)
_TABLES: Final[Mapping[bool, Mapping[tuple[SessionState, SessionAction], SessionStep]]] = MappingProxyType(
    {
        True: {(step.source, step.action): step for step in STATEMENT},
        False: {(step.source, step.action): step for step in MEETING},
    }
)


def decide_step(
    kind: SessionKind, state: SessionState, action: SessionAction, *, again: bool = False
) -> SessionStep:
    """Return the step that *action* takes. *again*: a second sitting, for what was reopened.

    Raises:
        Conflict: the state has no such step.
    """
    step = _TABLES[kind is SessionKind.SPTJM].get((state, action))
    if step is None:
        raise Conflict(
            "deliberation_step_not_possible",
            "Tindakan ini tidak dapat dilakukan pada keadaan musyawarah saat ini.",
            "This action is not possible in the meeting's present state.",
            {"state": state.value, "action": action.value},
        )
    if action is A.RESUME and again:
        return SessionStep(step.source, step.action, S.REOPENED)
    return step


_BY_SYSTEM: Final = frozenset({A.REOPEN, A.CARRY})
"""What follows from something else, and is asked for by nobody."""


def steps_open(
    kind: SessionKind, state: SessionState, permissions: frozenset[Permission]
) -> tuple[SessionAction, ...]:
    """List what somebody with *permissions* could do now, in the order of the actions."""
    table = _TABLES[kind is SessionKind.SPTJM]
    return tuple(
        action
        for action in A
        if (state, action) in table and action not in _BY_SYSTEM and PERMISSION[action] in permissions
    )
