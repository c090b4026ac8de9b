"""What a registry entry is worth today: it always says where it comes from, and whether it still counts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from app.domain.registry.states import period_end

OLD_AFTER_MONTHS: Final = 6
"""Ours, and the policy ``registry_old_months``: DTSEN is refreshed about every three months (F 21)."""
_FIRST: Final = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class KnownSnapshot:
    """A snapshot that counts: the newest of its source in its regency."""

    regency: str
    source: str
    period: str

    @property
    def ends(self) -> date:
        return period_end(self.period) or _FIRST


Snapshots = Mapping[str, Sequence[KnownSnapshot]]
"""By regency, the newest of each source."""
Entries = Iterable[Mapping[str, Any]]


def newest(entries: Entries, regencies: Snapshots, today: date, old_after: int) -> dict[str, Any]:
    """Return the entry that counts for a person, with what it is worth; {} where she is in none.

    Adds ``dropped_in``, the period of a newer list of the same source and regency that does not name her, and
    ``old``, when the period ended more than *old_after* months ago. Of two sources the later period counts.
    """
    best = max(entries, key=_age, default=None)
    if not best:
        return {}
    later = next(
        (
            one.period
            for one in regencies.get(str(best.get("regency")), ())
            if one.source == best["source"] and one.ends > _ends(best)
        ),
        None,
    )
    return {**best, "dropped_in": later, "old": _months_since(_ends(best), today) > old_after}


def _age(entry: Mapping[str, Any]) -> tuple[date, str]:
    return _ends(entry), str(entry["period"])


def _ends(entry: Mapping[str, Any]) -> date:
    return period_end(str(entry["period"])) or _FIRST


def _months_since(end: date, today: date) -> int:
    return (today.year - end.year) * 12 + today.month - end.month
