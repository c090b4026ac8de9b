"""How long a step may take: rows of data, national defaults with a regency's rows over them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from app.domain.access import covers
from app.domain.codes import CaseKind, Priority, Trust
from app.domain.errors import FieldError, Invalid, NotFound
from app.domain.lifecycle import URGENT
from app.domain.sla.calendar import Calendar


class ClockStep(StrEnum):
    FIRST_RESPONSE = "first_response"
    COMPLETION = "completion"
    VERIFICATION = "verification"
    HANDLING = "handling"
    DECISION = "decision"
    ACCEPTANCE = "acceptance"
    DELIVERY = "delivery"
    EXTERNAL = "external"
    CONFIRMATION = "confirmation"


class Unit(StrEnum):
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    HOURS = "hours"
    """Hours of the clock on the wall, day and night."""


LONGEST: Final[Mapping[Unit, int]] = MappingProxyType(
    {Unit.WORKING_DAYS: 750, Unit.CALENDAR_DAYS: 3 * 365, Unit.HOURS: 3 * 365 * 24}
)
"""Three years in each unit: whoever allows more has made a typing error."""


def check_limit(amount: int, unit: Unit) -> None:
    """Refuse an allowance that is none.

    Raises:
        Invalid: less than one unit, or more than three years.
    """
    if not 1 <= amount <= LONGEST[unit]:
        raise Invalid(
            fields=(
                FieldError(
                    "/amount",
                    "out_of_range",
                    f"Isi waktu antara 1 dan {LONGEST[unit]}, paling lama tiga tahun.",
                    f"Give a time between 1 and {LONGEST[unit]}, three years at most.",
                ),
            )
        )


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount of time, at least one unit."""

    amount: int
    unit: Unit

    @property
    def is_working_time(self) -> bool:
        return self.unit is Unit.WORKING_DAYS

    def due(self, start: datetime, calendar: Calendar) -> datetime:
        """Return when a clock started at *start* and never paused is due."""
        match self.unit:
            case Unit.WORKING_DAYS:
                return calendar.add_days(start, self.amount)
            case Unit.CALENDAR_DAYS:
                return start + timedelta(days=self.amount)
            case Unit.HOURS:
                return start + timedelta(hours=self.amount)


@dataclass(frozen=True, slots=True)
class Policy:
    """One row; None matches anything. ``region`` is ``ID`` for a national default."""

    step: ClockStep
    amount: int
    unit: Unit
    source: str
    trust: Trust
    kind: CaseKind | None = None
    category: str | None = None
    priority: Priority | None = None
    region: str = "ID"
    id: UUID | None = None
    """Of the stored row."""

    def limit_for(self, priority: Priority) -> Limit:
        """Return the limit; for an urgent case it runs day and night, whatever the row's unit."""
        if priority in URGENT and self.unit is Unit.WORKING_DAYS:
            return Limit(self.amount, Unit.CALENDAR_DAYS)
        return Limit(self.amount, self.unit)


@dataclass(frozen=True, slots=True)
class Matter:
    """What of a case chooses a policy."""

    region: str
    kind: CaseKind
    category: str | None
    priority: Priority


def pick(policies: Iterable[Policy], step: ClockStep, matter: Matter) -> Policy:
    """Choose the row for one step of one case.

    A row that names the priority wins before all others: a regency's general rule must not slow an
    emergency. Then the nearer region, then the row that names the category, then the kind.

    Raises:
        NotFound: no row covers the step; the national defaults are not complete.
    """
    fitting = [policy for policy in policies if policy.step is step and _fits(policy, matter)]
    best = max(fitting, key=_weight, default=None)
    if best is None:
        raise NotFound(
            "policy_missing",
            "Belum ada kebijakan waktu untuk langkah ini.",
            "There is no time policy for this step yet.",
            {"step": step.value},
        )
    return best


def _fits(policy: Policy, matter: Matter) -> bool:
    return (
        covers(policy.region, matter.region)
        and policy.kind in {None, matter.kind}
        and policy.category in {None, matter.category}
        and policy.priority in {None, matter.priority}
    )


def _weight(policy: Policy) -> tuple[bool, int, bool, bool]:
    nearness = 0 if policy.region == "ID" else len(policy.region)
    return (
        policy.priority is not None,
        nearness,
        policy.category is not None,
        policy.kind is not None,
    )
