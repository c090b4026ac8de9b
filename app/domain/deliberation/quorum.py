"""Who must be there, how many, and who may not take part in one decision.

The roles are judged for the sitting as a whole: there is one lurah, and the matter of a cousin of his must
not be one that nobody can decide. The number is judged for each decision, without whoever is excluded from
it. Both are policy; the participants are those of SEED 1.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from app.domain.deliberation.states import SessionKind

POLICY: Final = "deliberation_quorum"
_MOST: Final = 200
_DEFAULT: Final[Mapping[str, Mapping[str, Any]]] = {
    "musdes": {"roles": ["LURAH_KADES", "BPD", "RT", "PSM"], "least": 7},
    "muskel": {"roles": ["LURAH_KADES", "RT", "RW", "PSM"], "least": 7},
}


class ConflictReason(StrEnum):
    """Why somebody may not take part in a decision; the set ``conflict_reason``."""

    SELF = "self"
    FAMILY = "family"
    OFFICER = "officer"
    """The officer who proposed or handles the candidate."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class QuorumRule:
    roles: tuple[str, ...]
    """Each must be there at least once."""
    least: int
    """How many people in all."""


@dataclass(frozen=True, slots=True)
class Attendee:
    id: UUID
    role: str
    person_id: UUID | None = None
    household_id: UUID | None = None
    account_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Quorum:
    present: int
    least: int
    missing_roles: tuple[str, ...] = ()
    excluded: int = 0

    @property
    def reached(self) -> bool:
        return not self.missing_roles and self.present >= self.least


def rule_of(value: Mapping[str, Any] | None, kind: SessionKind) -> QuorumRule:
    """Read the regency's policy; a statement asks for nobody."""
    if kind is SessionKind.SPTJM:
        return QuorumRule((), 0)
    found = (value or _DEFAULT).get(kind.value) or _DEFAULT[kind.value]
    return QuorumRule(tuple(found["roles"]), int(found["least"]))


def is_quorum(value: object, knows_role: Callable[[str], bool]) -> bool:
    """Tell whether *value* is the policy: for each kind of meeting its roles, and at least one of each."""
    if not isinstance(value, Mapping) or value.keys() != _DEFAULT.keys():
        return False
    return all(_is_rule(part, knows_role) for part in value.values())


def _is_rule(part: object, knows_role: Callable[[str], bool]) -> bool:
    if not isinstance(part, Mapping) or part.keys() != {"roles", "least"}:
        return False
    roles, least = part["roles"], part["least"]
    if not isinstance(roles, list) or not all(isinstance(role, str) and knows_role(role) for role in roles):
        return False
    whole = isinstance(least, int) and not isinstance(least, bool)
    return whole and len(set(roles)) == len(roles) and max(len(roles), 1) <= least <= _MOST


def quorum_of(
    rule: QuorumRule, present: Iterable[Attendee], excluded: frozenset[UUID] = frozenset()
) -> Quorum:
    """Judge a sitting, or one decision of it without whoever is *excluded*."""
    there = {one.id: one for one in present}
    roles = {one.role for one in there.values()}
    out = len(excluded & there.keys())
    missing = tuple(role for role in rule.roles if role not in roles)
    return Quorum(len(there) - out, rule.least, missing, out)


def conflict_of(
    attendee: Attendee, person_id: UUID | None, household_id: UUID | None, officers: frozenset[UUID]
) -> ConflictReason | None:
    """Say what excludes somebody by itself: being the candidate, of her household, or her officer."""
    if attendee.person_id is not None and attendee.person_id == person_id:
        return ConflictReason.SELF
    if attendee.household_id is not None and attendee.household_id == household_id:
        return ConflictReason.FAMILY
    if attendee.account_id is not None and attendee.account_id in officers:
        return ConflictReason.OFFICER
    return None
