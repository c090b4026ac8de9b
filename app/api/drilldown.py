"""From a cell of figures to the list of what it counts: the same cases, and exactly as many.

One table says which list a measure leads to, what narrows it, and which of the list's times is the measure's.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from app.db.queries.cases import AT_REST
from app.domain.lifecycle import CaseStatus
from app.domain.months import Month, Period

Pairs = tuple[tuple[str, str], ...]
OTHER: Final = "other"
_OPEN: Final[Pairs] = tuple(("status", one.value) for one in CaseStatus if one.value not in AT_REST)
_COUNTED: Final[Pairs] = tuple(("status", one.value) for one in CaseStatus if one is not CaseStatus.VOID)
_ENDED: Final[Pairs] = (("status", "resolved"), ("status", "closed"))
_CLOSED: Final[Pairs] = (("status", "closed"),)


@dataclass(frozen=True, slots=True)
class Door:
    list: str
    """``cases`` or ``referrals``."""
    time: str | None
    """The list's filter by the time of the measure, without ``_from`` and ``_to``; None: as things stand."""
    narrowed: Pairs = ()


DOORS: Final = {
    "opened": Door("cases", "opened", _COUNTED),
    "open": Door("cases", None, _OPEN),
    "escalated": Door("cases", None, (*_OPEN, ("escalated", "true"))),
    "resolved": Door("cases", "resolved", _ENDED),
    "closed_confirmed": Door(
        "cases", "closed", (*_CLOSED, ("confirmed_by", "resident"), ("confirmed_by", "desk"))
    ),
    "closed_unconfirmed": Door("cases", "closed", (*_CLOSED, ("confirmed_by", "silence"))),
    "disputed": Door("cases", "opened", (*_COUNTED, ("disputed", "true"))),
    "reopened": Door("cases", "opened", (*_COUNTED, ("reopened", "true"))),
    "bounced": Door("cases", "opened", (*_COUNTED, ("bounced", "true"))),
    "rated": Door("cases", "opened", (*_COUNTED, ("rated", "true"))),
    "referred": Door("referrals", "sent"),
    "accepted": Door("referrals", "accepted"),
    "refused": Door("referrals", "ended", (("status", "refused"), ("status", "not_ours"))),
    "fulfilled": Door("referrals", "ended", (("status", "fulfilled"),)),
    "expired": Door("referrals", "ended", (("status", "expired"),)),
}
_NAMES: Final = {"program": "named_program"}
"""How the list of cases calls a dimension: its own `program` also finds cases that were referred to it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which cell it is."""

    by: str | None
    value: str | None
    region: str | None
    month: Month | None
    period: Period | None


def filter_of(measure: str, cell: Place) -> str | None:
    """Return the query of the list that holds what the cell counts; None where no list does."""
    door = DOORS.get(measure)
    if door is None or cell.value == OTHER:
        return None
    pairs = list(door.narrowed)
    if cell.by is not None and cell.value is not None:
        pairs = [pair for pair in pairs if pair[0] != cell.by]
        name = _NAMES.get(cell.by, cell.by) if door.list == "cases" else cell.by
        pairs.append((name, cell.value))
    if cell.region is not None:
        pairs.append(("region", cell.region))
    span = Period(cell.month, cell.month) if cell.month else cell.period
    if span is not None and door.time is not None:
        first, after = span.days
        pairs += [(f"{door.time}_from", first.isoformat()), (f"{door.time}_to", after.isoformat())]
    return urlencode(pairs)
