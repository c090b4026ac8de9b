"""What a person may decide about a finding, and when a second one must agree."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from app.domain.errors import Conflict, FieldError, Forbidden, Invalid
from app.domain.reconciliation.model import Kind


class Decision(StrEnum):
    """The set ``finding_decision``."""

    REMOVE = "remove"
    """Strike the row off the list."""
    KEEP = "keep"
    CORRECT_NIK = "correct_nik"
    REFER_OTHER = "refer_other"
    """Strike it off, and name the programme that pays instead."""
    REFER_FALLBACK = "refer_fallback"
    """Propose the person for the next funder with a place, in the regency's order."""
    SAME_PERSON = "same_person"
    OTHER_PERSON = "other_person"
    ADD = "add"
    """Propose the person for this list."""
    LEAVE_OFF = "leave_off"


class FindingState(StrEnum):
    """The set ``finding_state``."""

    OPEN = "open"
    AWAITING = "awaiting"
    """Decided by one person; another must agree before it holds."""
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    """What it was about is no longer so."""


D = Decision
ALLOWED: Final[Mapping[Kind, frozenset[Decision]]] = MappingProxyType(
    {
        Kind.UNREADABLE: frozenset({D.CORRECT_NIK, D.REMOVE, D.KEEP}),
        Kind.NOT_PADAN: frozenset({D.CORRECT_NIK, D.REMOVE, D.KEEP}),
        Kind.DECEASED: frozenset({D.REMOVE, D.KEEP}),
        Kind.MOVED: frozenset({D.REMOVE, D.KEEP, D.REFER_OTHER}),
        Kind.DOUBLE_FUNDED: frozenset({D.REMOVE, D.KEEP, D.REFER_OTHER}),
        Kind.DUPLICATE: frozenset({D.REMOVE, D.KEEP}),
        Kind.PROBABLE: frozenset({D.SAME_PERSON, D.OTHER_PERSON}),
        Kind.UNLISTED: frozenset({D.CORRECT_NIK, D.REMOVE, D.KEEP}),
        Kind.MISSING: frozenset({D.REFER_FALLBACK, D.ADD, D.LEAVE_OFF}),
    }
)
ONE_BY_ONE: Final = frozenset({D.CORRECT_NIK, D.SAME_PERSON})
"""Each needs a word of its own: never for many at once."""
_OFF: Final = frozenset({D.REMOVE, D.REFER_OTHER})


def check_decision(kind: Kind, decision: Decision, *, for_many: bool = False) -> None:
    """Refuse a decision that makes no sense for such a finding.

    Raises:
        Invalid: it is none of those of this kind, or cannot be taken for many at once.
    """
    if decision not in ALLOWED.get(kind, frozenset()):
        raise _wrong(
            "not_for_this_kind",
            "Putusan ini tidak berlaku untuk jenis temuan ini.",
            "This decision is not one for this kind of finding.",
        )
    if for_many and decision in ONE_BY_ONE:
        raise _wrong(
            "one_by_one",
            "Putusan ini hanya dapat diambil satu per satu.",
            "This decision can only be taken one by one.",
        )


def _wrong(code: str, indonesian: str, english: str) -> Invalid:
    return Invalid(fields=(FieldError("/decision", code, indonesian, english),))


def check_open(state: FindingState) -> None:
    """Let only an open finding be decided.

    Raises:
        Conflict: it was decided, or is not true any more.
    """
    if state is not FindingState.OPEN:
        raise Conflict(
            "finding_not_open",
            "Temuan ini sudah diputuskan atau tidak berlaku lagi; muat ulang, atau batalkan dulu.",
            "This finding was decided or holds no longer; read it again, or undo its decision first.",
            {"state": state.value},
        )


def after_decision(decision: Decision, second_person: Collection[str]) -> FindingState:
    """Return the state of a finding that one person has decided."""
    return FindingState.AWAITING if decision.value in second_person else FindingState.DECIDED


def check_approval(state: FindingState, decided_by: UUID | None, account: UUID | None) -> None:
    """Let another person than the first agree.

    Raises:
        Conflict: it does not wait for anybody.
        Forbidden: it was the same person.
    """
    if state is not FindingState.AWAITING:
        raise Conflict(
            "nothing_to_approve",
            "Temuan ini tidak menunggu persetujuan.",
            "This finding waits for nobody's agreement.",
            {"state": state.value},
        )
    if decided_by == account:
        raise Forbidden(
            code="four_eyes",
            id="Putusan ini harus disetujui oleh orang lain.",
            en="This decision must be agreed to by somebody else.",
        )


def stays_on_list(decided: Collection[tuple[FindingState, Decision]]) -> bool:
    """Whether a row with these findings stays on the corrected list: only what holds strikes it off."""
    return not any(state is FindingState.DECIDED and decision in _OFF for state, decision in decided)
