"""The life of one version of a programme's rules: drafted, checked, published by another person, retired.

Pure: one table of steps, who may not take them, and which days a version may begin on.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from app.domain.documents import Words
from app.domain.errors import Conflict, FieldError, Forbidden


class VersionStatus(StrEnum):
    """The set ``program_version_status``."""

    DRAFT = "draft"
    CHECKING = "checking"
    """Handed in: somebody who did not write it reads it."""
    PUBLISHED = "published"
    """Never edited from now on; in force from its first day to its last."""
    RETIRED = "retired"
    """It was published; its last day is set, and decisions made under it are still told by it."""
    WITHDRAWN = "withdrawn"
    """A draft that came to nothing."""


class VersionAction(StrEnum):
    """The set ``program_version_action``."""

    EDIT = "edit"
    CHECK = "check"
    RETURN = "return"
    PUBLISH = "publish"
    RETIRE = "retire"
    WITHDRAW = "withdraw"
    TRY = "try"


class Step(NamedTuple):
    status: VersionStatus
    action: VersionAction
    leads_to: VersionStatus


_S, _A = VersionStatus, VersionAction
STEPS: Final = (
    Step(_S.DRAFT, _A.EDIT, _S.DRAFT),
    Step(_S.DRAFT, _A.CHECK, _S.CHECKING),
    Step(_S.DRAFT, _A.WITHDRAW, _S.WITHDRAWN),
    Step(_S.DRAFT, _A.TRY, _S.DRAFT),
    # Whoever edits what was handed in takes it back: nobody publishes what was not handed in.
    Step(_S.CHECKING, _A.EDIT, _S.DRAFT),
    Step(_S.CHECKING, _A.RETURN, _S.DRAFT),
    Step(_S.CHECKING, _A.PUBLISH, _S.PUBLISHED),
    Step(_S.CHECKING, _A.WITHDRAW, _S.WITHDRAWN),
    Step(_S.CHECKING, _A.TRY, _S.CHECKING),
    Step(_S.PUBLISHED, _A.RETIRE, _S.RETIRED),
)
CHECKERS: Final = frozenset({VersionAction.RETURN, VersionAction.PUBLISH, VersionAction.RETIRE})
"""What ``program:publish`` is needed for; the others need ``program:draft``."""
PUBLIC: Final = frozenset({VersionStatus.PUBLISHED, VersionStatus.RETIRED})
"""What everybody may read."""

_UNCHANGED: Final = Words(
    "Versi yang sudah terbit tidak pernah diubah. Buat versi baru.",
    "A published version is never changed. Make a new version.",
)
_REFUSED: Final = Words(
    "Langkah ini tidak mungkin pada status versi sekarang.",
    "This step is not possible in the version's present status.",
)
_OWN: Final = Words(
    "Yang menyusun tidak boleh menerbitkan: minta orang lain memeriksa.",
    "Whoever wrote it may not publish it: ask somebody else to check it.",
)


def decide(status: VersionStatus, action: VersionAction) -> VersionStatus:
    """Return where *action* leads.

    Raises:
        Conflict: ``version_published`` for a change of what is published, else ``wrong_status``.
    """
    for step in STEPS:
        if step.status is status and step.action is action:
            return step.leads_to
    if status in PUBLIC and action is not VersionAction.RETIRE:
        raise Conflict("version_published", _UNCHANGED.id, _UNCHANGED.en, {"status": status.value})
    raise Conflict("wrong_status", _REFUSED.id, _REFUSED.en, {"status": status.value})


def actions_from(status: VersionStatus) -> tuple[VersionAction, ...]:
    return tuple(step.action for step in STEPS if step.status is status)


def require_other_hands(makers: Collection[str], by: str) -> None:
    """See to it that whoever checks did not write any of it.

    Raises:
        Forbidden: *by* is one of the *makers*.
    """
    if by in makers:
        raise Forbidden("four_eyes", _OWN.id, _OWN.en)


@dataclass(frozen=True, slots=True)
class Standing:
    """A version that was published: when it is in force."""

    n: int
    valid_from: date
    last_on: date | None
    """The last day; None is open-ended. Before the first day: it never came into force."""

    @property
    def ever(self) -> bool:
        return self.last_on is None or self.valid_from <= self.last_on


def validity_faults(
    n: int, valid_from: date, others: Sequence[Standing], today: date, pointer: str = "/version"
) -> Iterator[FieldError]:
    """Say why version *n* cannot come into force on *valid_from*.

    A new version takes the place of the one before it from its first day: it may not reach back, and may not
    begin before another that waits to begin, which it would silently push aside.
    """
    at = f"{pointer}/valid_from"
    if valid_from < today:
        yield FieldError(
            at,
            "in_the_past",
            "Berlaku paling cepat hari ini: keputusan yang sudah dibuat tidak berubah.",
            "Valid from today at the earliest: decisions that were made do not change.",
        )
    waiting = [one for one in others if one.ever and one.valid_from >= valid_from]
    if waiting:
        latest = max(waiting, key=lambda one: one.valid_from)
        yield FieldError(
            at,
            "overlaps",
            f"Versi {latest.n} sudah terbit dan mulai berlaku {latest.valid_from}. "
            "Mulailah sesudahnya, atau akhiri versi itu dahulu.",
            f"Version {latest.n} is published and begins on {latest.valid_from}. "
            "Begin after it, or retire that version first.",
        )
    if any(one.n > n for one in others):
        yield FieldError(
            f"{pointer}/n",
            "older_than_published",
            "Versi yang lebih baru sudah terbit. Buat versi baru dari naskah ini.",
            "A newer version is published. Make a new version of this draft.",
        )


def superseded(valid_from: date, others: Sequence[Standing]) -> Iterator[tuple[int, date]]:
    """Give each version that a new one ends, with its last day: the day before."""
    last = valid_from - timedelta(days=1)
    for one in others:
        if one.ever and (one.last_on is None or one.last_on > last):
            yield one.n, last
