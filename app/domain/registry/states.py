"""A registry snapshot: its states, what people decide about its rows, and what it changed."""

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Final, Protocol, TypeVar

_FIRST: Final = date(1900, 1, 1)
_PERIOD: Final = re.compile(r"(20[0-9]{2})(?:-(?:Q([1-4])|S([12])|(0[1-9]|1[0-2])))?", re.ASCII)


class SnapshotState(StrEnum):
    """The set ``snapshot_state``."""

    CHECKING = "checking"
    CHECKED = "checked"
    """The dry run has ended: rows can be looked at and decided, and the whole committed or withdrawn."""
    COMMITTING = "committing"
    COMMITTED = "committed"
    WITHDRAWN = "withdrawn"


class Decision(StrEnum):
    """What a person decides about a parked row; the set ``row_decision``."""

    TAKE = "take"
    DROP = "drop"
    CORRECT = "correct"


class Change(StrEnum):
    """The set ``registry_change``."""

    NEW = "new"
    DROPPED = "dropped"
    DESIL = "desil"


class ChangeReason(StrEnum):
    """Why, as far as the service can tell; the set ``registry_change_reason``."""

    FIRST_LISTED = "first_listed"
    CAME_BACK = "came_back"
    """An older list of the source had her."""
    MOVED_IN = "moved_in"
    """Another regency's list had her."""
    NOT_LISTED = "not_listed"
    ROW_PARKED = "row_parked"
    """Her row in the newer list waits for a person, or could not be used."""
    DECEASED = "deceased"
    MOVED_OUT = "moved_out"
    """Another regency's list of that period or a later one has her."""
    RANKED_UP = "ranked_up"
    """A higher decile: better off than before."""
    RANKED_DOWN = "ranked_down"
    RANKED_FIRST = "ranked_first"
    RANK_LOST = "rank_lost"


def is_period(text: str) -> bool:
    """Whether *text* names a period: ``2026``, ``2026-S1``, ``2026-Q3`` or ``2026-09``."""
    return _PERIOD.fullmatch(text) is not None


def period_end(text: str) -> date | None:
    """The last day of a period; None for what names none."""
    match = _PERIOD.fullmatch(text)
    if match is None:
        return None
    year, quarter, half, month = match.groups()
    last = int(month or int(quarter or 0) * 3 or int(half or 0) * 6 or 12)
    return date(int(year), last, monthrange(int(year), last)[1])


class Dated(Protocol):
    """What has a period."""

    @property
    def period(self) -> str: ...


D = TypeVar("D", bound=Dated)


def newest_of(found: Iterable[D]) -> D | None:
    """The one whose period ends last."""
    return max(found, key=lambda one: (period_end(one.period) or _FIRST, one.period), default=None)
