"""What may be asked of the figures: a closed grammar. Outside it everything is refused in words.

A question has one dimension at most, so that no answer can be cut down to one person by crossing several.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.domain.documents import Words
from app.domain.errors import FieldError, Invalid
from app.domain.indicators import INDICATORS, Indicator, Kind
from app.domain.months import Month, Period

LONGEST: Final = 60
"""Months of one period."""


@dataclass(frozen=True, slots=True)
class Asked:
    """As it came in, each part in its form."""

    measures: Sequence[str]
    by: str | None = None
    place: str | None = None
    by_month: bool = False
    start: str | None = None
    end: str | None = None
    region: str | None = None
    values: Sequence[str] | None = None
    top: int | None = None
    compare: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, sound."""

    measures: tuple[Indicator, ...]
    by: str | None
    place: str | None
    by_month: bool
    period: Period | None
    compared: Period | None
    region: str | None
    values: tuple[str, ...] | None
    top: int | None


def read(asked: Asked, books: Mapping[str, Container[str]], now: Month) -> Question:
    """Return the question.

    *books*: the values that each dimension has. *now*: the month that it is.

    Raises:
        Invalid: names each part that lies outside the grammar, and says what may be asked.
    """
    measures, wrong = _measures(asked)
    wrong += _dimension(asked, measures)
    wrong += _values(asked, books)
    period, late = _period(asked, now)
    wrong += [*late, *_time(asked, measures, period)]
    if wrong:
        raise Invalid(fields=tuple(wrong))
    return Question(
        tuple(measures),
        asked.by,
        asked.place,
        asked.by_month,
        period,
        _compared(asked, period),
        asked.region,
        tuple(asked.values) if asked.values is not None else None,
        asked.top,
    )


def _measures(asked: Asked) -> tuple[list[Indicator], list[FieldError]]:
    found: list[Indicator] = []
    wrong: list[FieldError] = []
    for n, code in enumerate(asked.measures):
        measure = INDICATORS.get(code)
        if measure is None:
            wrong.append(_fault(f"/measures/{n}", "unknown_measure", _NO_MEASURE))
        elif measure in found:
            wrong.append(_fault(f"/measures/{n}", "twice", _TWICE))
        else:
            found.append(measure)
    return found, wrong


def _dimension(asked: Asked, measures: Sequence[Indicator]) -> list[FieldError]:
    if asked.by is None:
        missing = [name for name in ("values", "top") if getattr(asked, name) is not None]
        return [_fault(f"/{name}", "no_dimension", _NO_DIMENSION) for name in missing]
    common = (
        [one for one in measures[0].dimensions if all(one in m.dimensions for m in measures)]
        if measures
        else []
    )
    if not measures or asked.by in common:
        return []
    named = ", ".join(common) or "-"
    words = Words(
        f"Rincian ini tidak ada pada semua ukuran yang diminta. Yang ada: {named}.",
        f"Not every measure asked for has this dimension. They have: {named}.",
    )
    return [_fault("/by", "unknown_dimension", words)]


def _values(asked: Asked, books: Mapping[str, Container[str]]) -> list[FieldError]:
    if asked.by is None or asked.values is None:
        return []
    book = books.get(asked.by, ())
    found = [
        _fault(f"/values/{n}", "unknown_value", _NO_VALUE)
        for n, value in enumerate(asked.values)
        if value not in book
    ]
    if asked.top is not None:
        found.append(_fault("/top", "values_or_top", _VALUES_OR_TOP))
    return found


def _period(asked: Asked, now: Month) -> tuple[Period | None, list[FieldError]]:
    if asked.start is None and asked.end is None:
        return None, []
    if asked.start is None or asked.end is None:
        missing = "/from" if asked.start is None else "/to"
        return None, [_fault(missing, "missing", _BOTH)]
    ends = {"/from": Month.read(asked.start), "/to": Month.read(asked.end)}
    wrong = [_fault(place, "month", _MONTH) for place, month in ends.items() if month is None]
    start, end = ends.values()
    if start is None or end is None:
        return None, wrong
    if end > now:
        return None, [_fault("/to", "future", _FUTURE)]
    if start > end or len(Period(start, end)) > LONGEST:
        return None, [_fault("/from", "period", _LONG)]
    return Period(start, end), []


def _time(asked: Asked, measures: Sequence[Indicator], period: Period | None) -> list[FieldError]:
    timeless = [one for one in measures if one.kind is Kind.STOCK]
    timed = asked.start is not None or asked.end is not None
    parts = {"/from": timed, "/grain": asked.by_month, "/compare": asked.compare is not None}
    if timeless:
        return [_fault(place, "stock", _STOCK) for place, is_asked in parts.items() if is_asked]
    del parts["/from"]
    if timed:
        return []
    return [
        _fault(place, "no_period", _NO_PERIOD) for place, is_asked in parts.items() if is_asked and not period
    ]


def _compared(asked: Asked, period: Period | None) -> Period | None:
    if period is None or asked.compare is None:
        return None
    return period.previous if asked.compare == "previous_period" else period.year_before


def _fault(pointer: str, code: str, words: Words) -> FieldError:
    return FieldError(pointer, code, words.id, words.en)


_CODES: Final = ", ".join(INDICATORS)
_NO_MEASURE: Final = Words(
    f"Ukuran ini tidak ada. Yang ada: {_CODES}.", f"There is no such measure. There are: {_CODES}."
)
_TWICE: Final = Words("Sebut setiap ukuran sekali saja.", "Name each measure once.")
_NO_DIMENSION: Final = Words(
    "Pilih dahulu satu rincian di `by`; tanpa itu tidak ada nilai untuk dipilih.",
    "Choose one dimension in `by` first; without it there are no values to choose.",
)
_NO_VALUE: Final = Words(
    "Nilai ini bukan dari rincian yang diminta. Kode yang ada: /v1/codes.",
    "This value is not one of the dimension asked for. The codes that there are: /v1/codes.",
)
_VALUES_OR_TOP: Final = Words(
    "Pilih `values` atau `top`, tidak keduanya.", "Choose `values` or `top`, not both."
)
_BOTH: Final = Words(
    "Sebut bulan pertama dan bulan terakhir, keduanya atau tidak sama sekali.",
    "Name the first month and the last, both or neither.",
)
_MONTH: Final = Words("Isi bulan seperti 2026-01.", "Give a month such as 2026-01.")
_FUTURE: Final = Words(
    "Bulan ini belum tiba. Minta paling jauh sampai bulan berjalan.",
    "This month has not come yet. Ask up to the current month.",
)
_LONG: Final = Words(
    f"Periode dimulai sebelum berakhir dan paling panjang {LONGEST} bulan.",
    f"A period begins before it ends and is {LONGEST} months long at most.",
)
_STOCK: Final = Words(
    "Ukuran ini menunjukkan keadaan sekarang. Minta tanpa from, to, grain, dan compare, terpisah dari ukuran "
    "per bulan.",
    "This measure tells how things stand now. Ask for it without from, to, grain and compare, apart from "
    "those of a month.",
)
_NO_PERIOD: Final = Words("Sebut periodenya: from dan to.", "Name the period: from and to.")
