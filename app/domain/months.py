"""Whole months: how figures are counted over time, and what a period is compared with."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

_YEAR: Final = 12
_TEXT: Final = re.compile(r"(2\d{3})-(\d{2})", re.ASCII)
"""No case is older than this service; a month of another millennium is a typing error."""


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """Counted from the first month of the year 0, so that months can be added."""

    n: int

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.year * _YEAR + day.month - 1)

    @classmethod
    def read(cls, text: str) -> "Month | None":
        """Return the month that ``2026-01`` is; None if it is none."""
        found = _TEXT.fullmatch(text)
        number = int(found[2]) if found else 0
        return cls(int(found[1]) * _YEAR + number - 1) if found and 1 <= number <= _YEAR else None

    @property
    def first(self) -> date:
        return date(self.n // _YEAR, self.n % _YEAR + 1, 1)

    @property
    def text(self) -> str:
        return f"{self.n // _YEAR:04}-{self.n % _YEAR + 1:02}"

    def plus(self, months: int) -> "Month":
        return Month(self.n + months)


@dataclass(frozen=True, slots=True)
class Period:
    """From a month to another, both within."""

    start: Month
    end: Month

    def __len__(self) -> int:
        return self.end.n - self.start.n + 1

    @property
    def days(self) -> tuple[date, date]:
        """The first day, and the first day after it."""
        return self.start.first, self.end.plus(1).first

    @property
    def months(self) -> tuple[Month, ...]:
        return tuple(Month(n) for n in range(self.start.n, self.end.n + 1))

    def moved(self, months: int) -> "Period":
        return Period(self.start.plus(months), self.end.plus(months))

    @property
    def previous(self) -> "Period":
        """As many months, just before."""
        return self.moved(-len(self))

    @property
    def year_before(self) -> "Period":
        return self.moved(-_YEAR)
