"""The states of a case, who moves it, and what must be recorded.

Every change of status in the product goes through `decide`; the new state is what `after` returns.
"""

from app.domain.lifecycle.requirements import (
    BY_OTHER_ACTS,
    check_records,
    needs_telling,
    required_records,
)
from app.domain.lifecycle.rules import (
    URGENT,
    CaseContext,
    CaseState,
    after,
    allowed_actions,
    decide,
    follow_up,
)
from app.domain.lifecycle.table import STEPS, CaseAction, CaseStatus, Effect, Step

__all__ = [
    "BY_OTHER_ACTS",
    "STEPS",
    "URGENT",
    "CaseAction",
    "CaseContext",
    "CaseState",
    "CaseStatus",
    "Effect",
    "Step",
    "after",
    "allowed_actions",
    "check_records",
    "decide",
    "follow_up",
    "needs_telling",
    "required_records",
]
