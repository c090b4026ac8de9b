"""How much alike two cases are, and which of a group stands for the others. Values in, values out.

What makes people alike counts once, by its strongest sign; the matter is counted beside it. So two matters of
one household are no duplicate, and the same matter of one household is a likely one. The numbers are ours.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeVar

from app.domain.codes import Confidentiality
from app.domain.referrals import ReferralStatus

T = TypeVar("T", bound=Hashable)


class Reason(StrEnum):
    """Why two cases may be one; the set ``duplicate_reason``."""

    SAME_PERSON = "same_person"
    SAME_HOUSEHOLD = "same_household"
    SAME_PHONE = "same_phone"
    SIMILAR_PERSON = "similar_person"
    SAME_MATTER = "same_matter"


HINT: Final = 40
"""From this score on, the officer who opens a case is shown the other one."""
PAIR: Final = 70
"""From this score on, a pair that the officer could not settle goes before the secretariat."""
MOST_HINTS: Final = 10
MOST_PAIRS: Final = 5
"""A case that is like very many is like none of them: the queue must stay workable."""
_PEOPLE: Final[Mapping[Reason, int]] = {
    Reason.SAME_PERSON: 60,
    Reason.SIMILAR_PERSON: 45,
    Reason.SAME_HOUSEHOLD: 30,
    Reason.SAME_PHONE: 30,
}
_FURTHER_SIGN: Final = 5
_MATTER: Final = 40
_SPELT_OTHERWISE: Final = 10
"""Less for a name that is one letter off."""


def score(reasons: frozenset[Reason], *, spelt_otherwise: bool = False) -> int:
    """Return 0 to 100: how much alike two cases with these signs are."""
    people = sorted((_PEOPLE[reason] for reason in reasons if reason in _PEOPLE), reverse=True)
    if not people:
        return 0
    found = people[0] + _FURTHER_SIGN * (len(people) - 1)
    if spelt_otherwise and people[0] == _PEOPLE[Reason.SIMILAR_PERSON]:
        found -= _SPELT_OTHERWISE
    return min(100, found + (_MATTER if Reason.SAME_MATTER in reasons else 0))


# The queue -----------------------------------------------------------------------------------------------


def connected(pairs: Iterable[tuple[T, T]]) -> list[frozenset[T]]:
    """Join pairs that share a member; each group is worked as one."""
    groups: dict[T, set[T]] = {}
    for one, other in pairs:
        joined = groups.get(one, {one}) | groups.get(other, {other})
        for member in joined:
            groups[member] = joined
    unique = {id(group): group for group in groups.values()}
    return [frozenset(group) for group in unique.values()]


_AT_WORK: Final = frozenset({ReferralStatus.ACCEPTED, ReferralStatus.IN_SERVICE})
WITHDRAWN: Final = frozenset({ReferralStatus.SENT, ReferralStatus.RETURNED, ReferralStatus.WAITLISTED})
"""Live referrals that a merge takes back: nobody works on them yet."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a case decides whether it may stand for others, or be put under one."""

    ticket: str
    opened_at: datetime
    confidentiality: Confidentiality
    closed_to: str | None
    referrals: Sequence[ReferralStatus] = ()

    @property
    def is_worked_on(self) -> bool:
        """Whether an agency has taken it in hand: that work is not taken back for a clerical reason."""
        return any(status in _AT_WORK for status in self.referrals)

    @property
    def secrecy(self) -> tuple[Confidentiality, str | None]:
        return self.confidentiality, self.closed_to


def are_alike_in_secrecy(cases: Iterable[Standing]) -> bool:
    """Whether all are open to the same eyes: a mark on one tells of the other to whoever sees it."""
    return len({case.secrecy for case in cases}) == 1


def to_keep(cases: Sequence[Standing]) -> str | None:
    """Name the ticket that must stand for all: the one that an agency works on, or else the first one.

    A later one would set the clock back to its own beginning. None when agencies work on two: then neither
    can be put under the other.
    """
    worked = [case for case in cases if case.is_worked_on]
    if len(worked) > 1:
        return None
    first = min(worked or cases, key=lambda case: (case.opened_at, case.ticket), default=None)
    return first.ticket if first else None
