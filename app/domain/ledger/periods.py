"""The periods that aid is counted in: ``2026-03``, ``2026-Q1``, ``2026``, or ``once``."""

import re
from datetime import date, timedelta
from typing import Final

from app.domain.programs import Per

ONCE: Final = "once"
_MONTHS: Final = 12
_QUARTER: Final = 3
_FORM: Final = re.compile(r"(?P<year>\d{4})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?")


def period_of(day: date, per: Per) -> str:
    match per:
        case Per.MONTH:
            return f"{day:%Y-%m}"
        case Per.QUARTER:
            return f"{day.year}-Q{(day.month - 1) // _QUARTER + 1}"
        case Per.YEAR:
            return str(day.year)
        case Per.ONCE:
            return ONCE


def period_at(first: date, per: Per, n: int) -> str:
    """Name the *n*-th period, from 1, counted from that of *first*.

    Months and quarters follow each other; the instalments of a year, or of an aid given once, share theirs.
    """
    step = {Per.MONTH: 1, Per.QUARTER: _QUARTER}.get(per, 0)
    year, month = divmod(first.year * _MONTHS + first.month - 1 + step * (n - 1), _MONTHS)
    return period_of(date(year, month + 1, 1), per)


def is_period(text: str) -> bool:
    """Tell whether *text* names a year, a quarter, a month, or ``once``."""
    return text == ONCE or _FORM.fullmatch(text) is not None


def last_day(period: str, given_on: date) -> date:
    """Return the last day of a period; of one that we cannot read, of the year in which it was given."""
    found = _FORM.fullmatch(period)
    if found is None:
        return date(given_on.year, _MONTHS, 31)
    year, month = int(found["year"]), _MONTHS
    if found["quarter"]:
        month = int(found["quarter"]) * _QUARTER
    if found["month"]:
        month = int(found["month"])
    after = date(year + month // _MONTHS, month % _MONTHS + 1, 1)
    return after - timedelta(days=1)
