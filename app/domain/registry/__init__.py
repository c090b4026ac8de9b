"""The integrated registry as lists of a source and period."""

from app.domain.registry.standing import OLD_AFTER_MONTHS, KnownSnapshot, Snapshots, newest
from app.domain.registry.states import (
    Change,
    ChangeReason,
    Decision,
    SnapshotState,
    is_period,
    newest_of,
    period_end,
)

__all__ = [
    "OLD_AFTER_MONTHS",
    "Change",
    "ChangeReason",
    "Decision",
    "KnownSnapshot",
    "SnapshotState",
    "Snapshots",
    "is_period",
    "newest",
    "newest_of",
    "period_end",
]
