"""What anyone is told who asks whether a letter is good."""

from datetime import date
from enum import StrEnum

from app.domain.letters.states import LetterState


class Verdict(StrEnum):
    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    """No such code; a letter that nobody has signed; one that was changed after it was signed."""


def judge(state: LetterState, valid_until: date | None, today: date, *, unchanged: bool) -> Verdict:
    """Say what a letter is worth on *today*, the local date; its last day is a good one."""
    if state in {LetterState.DRAFT, LetterState.INITIALLED} or valid_until is None or not unchanged:
        return Verdict.UNKNOWN
    if state is LetterState.REVOKED:
        return Verdict.REVOKED
    return Verdict.VALID if today <= valid_until else Verdict.EXPIRED


def initials(name: str) -> str:
    """Return what may be told of a name to anyone: ``Y. C.``."""
    return " ".join(f"{part[0].upper()}." for part in name.split() if part[0].isalpha())
