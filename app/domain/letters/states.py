"""The life of a letter, as one table: drafted, initialled by a second person, signed by the head."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from app.domain.access import Permission
from app.domain.errors import Conflict


class LetterKind(StrEnum):
    RUJUKAN = "rujukan"
    """Hands one referral to its receiver."""
    REKOMENDASI = "rekomendasi"
    """Says for whoever it may concern that she is entitled, or in need."""


class LetterState(StrEnum):
    DRAFT = "draft"
    INITIALLED = "initialled"
    SIGNED = "signed"
    REVOKED = "revoked"


class LetterAction(StrEnum):
    REDRAFT = "redraft"
    INITIAL = "initial"
    RETURN = "return"
    SIGN = "sign"
    REVOKE = "revoke"


@dataclass(frozen=True, slots=True)
class LetterStep:
    source: LetterState
    action: LetterAction
    target: LetterState
    permission: Permission


LONGEST_LINK_DAYS: Final = 90
"""How long the link of a letter may open its referral. Ours."""

S, A, P = LetterState, LetterAction, Permission
STEPS: Final = (
    LetterStep(S.DRAFT, A.REDRAFT, S.DRAFT, P.LETTER_DRAFT),
    LetterStep(S.DRAFT, A.INITIAL, S.INITIALLED, P.LETTER_INITIAL),
    # Whoever checks a draft, or the head before signing, gives it back for correction (C 70).
    LetterStep(S.DRAFT, A.RETURN, S.DRAFT, P.LETTER_INITIAL),
    LetterStep(S.INITIALLED, A.RETURN, S.DRAFT, P.LETTER_INITIAL),
    LetterStep(S.INITIALLED, A.SIGN, S.SIGNED, P.LETTER_SIGN),
    LetterStep(S.SIGNED, A.REVOKE, S.REVOKED, P.LETTER_SIGN),
)
_BY_KEY: Final[Mapping[tuple[LetterState, LetterAction], LetterStep]] = MappingProxyType(
    {(step.source, step.action): step for step in STEPS}
)
PERMISSION: Final[Mapping[LetterAction, Permission]] = MappingProxyType(
    {step.action: step.permission for step in STEPS}
)
_SECOND_PERSON: Final = frozenset({A.INITIAL, A.SIGN})


def decide(state: LetterState, action: LetterAction, *, maker: UUID | None, by: UUID | None) -> LetterStep:
    """Return the step that *action* takes; *maker* drafted it last, *by* asks.

    Raises:
        Conflict: the state has no such step, or the maker would check her own work.
    """
    step = _BY_KEY.get((state, action))
    if step is None:
        raise Conflict(
            "letter_step_not_possible",
            "Tindakan ini tidak dapat dilakukan pada keadaan surat saat ini.",
            "This action is not possible in the letter's present state.",
            {"state": state.value, "action": action.value},
        )
    if action in _SECOND_PERSON and (maker is None or maker == by):
        raise Conflict(
            "second_person_needed",
            "Penyusun surat tidak boleh memaraf atau menandatangani suratnya sendiri.",
            "Whoever drafted a letter may neither initial nor sign it.",
        )
    return step


def allowed_actions(
    state: LetterState, permissions: frozenset[Permission], *, maker: UUID | None, by: UUID | None
) -> tuple[LetterAction, ...]:
    """List what *by* could do now, in the order of the table."""
    found = []
    for action in A:
        try:
            step = decide(state, action, maker=maker, by=by)
        except Conflict:
            continue
        if step.permission in permissions:
            found.append(action)
    return tuple(found)
