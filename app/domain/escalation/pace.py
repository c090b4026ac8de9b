"""How soon a regency's clocks are acted on: policies that it may change, each with a default of ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from app.domain.access import Role
from app.domain.codes import Priority
from app.domain.escalation.ladder import ASSIGNEE
from app.domain.knowledge import Knowledge
from app.domain.lifecycle import URGENT
from app.domain.sla import Limit, Unit

P = Priority
Limits = Mapping[str, Mapping[str, Any]]
"""By priority: ``{amount, unit}``."""

_LADDER: Final = (
    ASSIGNEE,
    Role.DESK_COORDINATOR.value,
    Role.SUPERVISOR.value,
    Role.MANAGER.value,
    Role.HEAD.value,
)
"""Source: design section 6."""
_SHARE: Final = 0.75
_EVERY: Final[Limits] = MappingProxyType(
    {
        P.BIASA: {"amount": 1, "unit": "working_days"},
        P.MENDESAK: {"amount": 8, "unit": "hours"},
        P.DARURAT: {"amount": 1, "unit": "hours"},
    }
)
_GRACE: Final[Limits] = MappingProxyType(
    {
        P.BIASA: {"amount": 2, "unit": "working_days"},
        P.MENDESAK: {"amount": 24, "unit": "hours"},
        P.DARURAT: {"amount": 4, "unit": "hours"},
    }
)


@dataclass(frozen=True, slots=True)
class Pace:
    reminder_share: float
    """Of the time that a clock gives, how much has run when the reminder comes."""
    every: Limit
    """Between one rung and the next."""
    grace: Limit
    """Between the due instant of a silent receiver and the end of its referral."""
    ladder: tuple[str, ...]
    """Rungs from the lowest; the secretariat, which is always there, stands behind the last."""


def pace_of(known: Knowledge, regency: str, priority: Priority) -> Pace:
    """Return the regency's pace for cases of that priority."""
    return Pace(
        reminder_share=float(known.policy_value(regency, "reminder_share", _SHARE)),
        every=_limit(known.policy_value(regency, "escalation_every", _EVERY), priority),
        grace=_limit(known.policy_value(regency, "acceptance_grace", _GRACE), priority),
        ladder=tuple(known.policy_value(regency, "escalation_ladder", _LADDER)),
    )


def _limit(limits: Limits, priority: Priority) -> Limit:
    row = limits[priority]
    # Nothing of an urgent case waits for office hours.
    urgent = priority in URGENT and row["unit"] == Unit.WORKING_DAYS
    return Limit(row["amount"], Unit.CALENDAR_DAYS if urgent else Unit(row["unit"]))
