"""From what was counted to the cells of an answer: the largest, the others, and what it was before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from app.domain.documents import Words
from app.domain.errors import FieldError, Invalid
from app.domain.indicators import TOTAL, quantile
from app.domain.metrics_grammar import Question
from app.domain.months import Month

OTHER: Final = "other"
MOST: Final = 5_000
"""Cells of one answer: more, nobody reads."""


class Counted(Protocol):
    """One row of what was counted."""

    @property
    def value(self) -> str | None: ...
    @property
    def place(self) -> str | None: ...
    @property
    def month(self) -> str | None: ...
    @property
    def n(self) -> int: ...


class Key(NamedTuple):
    value: str | None
    place: str | None
    month: str | None


@dataclass(frozen=True, slots=True)
class Cell:
    key: Key
    n: int
    before: int | None = None


def arrange(question: Question, rows: Iterable[Counted], before: Iterable[Counted] | None) -> list[Cell]:
    """Return the cells in the order of months, then the largest first.

    *before*: what was counted in the period that it is compared with; None where it is not.

    Raises:
        Invalid: they are too many.
    """
    now = _summed(rows)
    then = None if before is None else _summed(in_this_period(question, before))
    if question.top is not None:
        kept = _largest(now, question.top)
        now = _folded(now, kept)
        then = None if then is None else _folded(then, kept)
    keys = {*now, *(then or ()), *_always(question)}
    if len(keys) > MOST:
        raise _too_many()
    cells = [Cell(key, now.get(key, 0), None if then is None else then.get(key, 0)) for key in keys]
    return sorted(cells, key=_order)


def _order(cell: Cell) -> tuple[str, bool, int, str, str]:
    key = cell.key
    return key.month or "", key.value == OTHER, -cell.n, key.value or "", key.place or ""


def _summed(rows: Iterable[Counted]) -> dict[Key, int]:
    found: dict[Key, int] = {}
    for row in rows:
        key = Key(None if row.value == TOTAL else row.value, row.place, row.month)
        found[key] = found.get(key, 0) + row.n
    return {key: n for key, n in found.items() if n}


def in_this_period(question: Question, rows: Iterable[Counted]) -> Iterable[Counted]:
    """Give the rows of the other period the months of this one."""
    if question.period is None or question.compared is None:
        return rows
    ahead = question.period.start.n - question.compared.start.n
    return [_Moved(row.value, row.place, _moved(row.month, ahead), row.n) for row in rows]


class _Moved(NamedTuple):
    value: str | None
    place: str | None
    month: str | None
    n: int


def _moved(month: str | None, ahead: int) -> str | None:
    read = Month.read(month) if month else None
    return read.plus(ahead).text if read else month


def _largest(counted: Mapping[Key, int], top: int) -> set[str | None]:
    totals: dict[str | None, int] = {}
    for key, n in counted.items():
        totals[key.value] = totals.get(key.value, 0) + n
    return set(sorted(totals, key=lambda value: (-totals[value], value or ""))[:top])


def _folded(counted: Mapping[Key, int], kept: set[str | None]) -> dict[Key, int]:
    found: dict[Key, int] = {}
    for key, n in counted.items():
        own = key if key.value in kept else key._replace(value=OTHER)
        found[own] = found.get(own, 0) + n
    return found


def _always(question: Question) -> list[Key]:
    """Return the cells that are told even where nothing is counted: of the whole, and of what was named."""
    if question.place is not None or (question.by is not None and question.values is None):
        return []
    months: Sequence[str | None] = [None]
    if question.by_month and question.period is not None:
        months = [month.text for month in question.period.months]
    return [Key(value, None, month) for value in question.values or (None,) for month in months]


class Spread(NamedTuple):
    """How long it took in one cell."""

    n: int
    median: float | None
    p90: float | None


def spreads(rows: Iterable[Counted]) -> dict[Key, Spread]:
    """Return the median and the ninth decile of each place and month; the values of the rows are bands."""
    bands: dict[Key, dict[int, int]] = {}
    for row in rows:
        own = bands.setdefault(Key(None, row.place, row.month), {})
        band = int(row.value or 0)
        own[band] = own.get(band, 0) + row.n
    return {
        key: Spread(sum(own.values()), quantile(own, 0.5), quantile(own, 0.9)) for key, own in bands.items()
    }


def _too_many() -> Invalid:
    words = Words(
        "Jawabannya terlalu panjang. Persempit wilayah atau periode, atau minta yang terbesar saja (top).",
        "The answer would be too long. Narrow the region or the period, or ask for the largest only (top).",
    )
    return Invalid(fields=(FieldError("/place", "too_many_cells", words.id, words.en),))
