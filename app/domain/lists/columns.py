"""Many rows at once: column by column where a row is plain, by `Tidier` where anything about it is not.

Nearly every row of a registry list is plain. Read so, a row costs a third of what it costs alone; a test
holds that it is read as the same.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from app.domain.lists.profile import Cells
from app.domain.lists.tidying import LISTED, Tidied, Tidier, is_blank, read_kk
from app.domain.lists.verdicts import Verdict
from app.domain.names import name_key

ODD: Final = object()
"""Stands for a value about which there is something to say."""
_NUMBER: Final = re.compile(r"[0-9]{12}(?!0000)[0-9]{4}")
_NAME: Final = re.compile(r"[A-Za-z]+(?: [A-Za-z]+)*")
_MOST: Final = 30_000
_LONGEST: Final = 200
Read = Callable[[Any], Any]


class Memo(dict[Any, Any]):
    """What was read of each text, so that it is read once."""

    def __init__(self, read: Read, most: int = _MOST) -> None:
        super().__init__()
        self._read, self._most = read, most

    def __missing__(self, value: Any) -> Any:
        if len(self) >= self._most:
            self.clear()
        found = self[value] = self._read(value) if _is_text(value) else ODD
        return found


def _is_text(value: Any) -> bool:
    parts = value if isinstance(value, tuple) else (value,)
    return all(type(part) is str for part in parts)


class Columns:
    """The columns of one list."""

    def __init__(self, tidier: Tidier) -> None:
        self._tidier, layout = tidier, tidier.layout
        self._width = layout.width
        self._odd_row = ("",) * self._width
        at = layout.at
        self._at = {name: at[name] for name in ("nik", "kk", "name", "born_on", "sex", "desil") if name in at}
        self._place_at = [at[name] for name in ("village_code", "village", "district") if name in at]
        self._mark_at = [place for _, place in tidier.marks]
        self._program_at = list(layout.programs.values())
        self._kk, self._name = Memo(_kk, 1_000), Memo(_name, 5_000)
        self._day = Memo(lambda six: ODD if len(set(six)) == 1 else tidier.is_good(six) or ODD)
        self._others = {
            name: Memo(self._alone(read))
            for name, read in (("born_on", tidier.born), ("sex", tidier.sexed), ("desil", tidier.ranked))
        }
        self._places = Memo(self._whole(self._place_at, tidier.village))
        self._marks = Memo(self._whole(self._mark_at, tidier.status))
        self._programs = Memo(self._whole(self._program_at, tidier.held))

    def read(self, rows: Sequence[Cells]) -> Iterator[Tidied | None]:
        """Give each row tidied, in order; None for a blank one."""
        if not rows:
            return
        width, odd, accepted, nothing = self._width, self._odd_row, Verdict.ACCEPTED, self._tidier.no_extra
        columns = list(zip(*(row if len(row) == width else odd for row in rows), strict=True))
        count = len(rows)
        found = zip(
            rows,
            self._niks(columns, count),
            self._column("kk", self._kk, columns, count),
            self._column("name", self._name, columns, count),
            *(self._column(name, memo, columns, count) for name, memo in self._others.items()),
            self._joined(self._place_at, self._places, columns, count, self._tidier.regency),
            self._joined(self._mark_at, self._marks, columns, count, LISTED),
            self._joined(self._program_at, self._programs, columns, count, ()),
            strict=True,
        )
        make, alone = tuple.__new__, self._alone_row
        for cells, nik, kk, named, born, sex, desil, village, status, programs in found:
            # Spelt out: a comparison of each with ODD takes a fifth of the time of `ODD in (…)`.
            if (
                nik is ODD or kk is ODD or named is ODD or born is ODD or sex is ODD or desil is ODD
                or village is ODD or status is ODD or programs is ODD or nothing is None or nik == kk
            ):  # fmt: skip
                yield alone(cells)
            else:
                name, key = named
                yield make(
                    Tidied,
                    (accepted, (), nik, kk, name, key, born, sex, village, desil, status, programs, nothing),
                )

    def _alone_row(self, cells: Cells) -> Tidied | None:
        return None if is_blank(cells) else self._tidier.tidy(cells)

    def _niks(self, columns: Sequence[Sequence[Any]], count: int) -> Sequence[Any]:
        place = self._at.get("nik")
        if place is None:
            return [ODD] * count
        is_number, day = _NUMBER.fullmatch, self._day
        try:
            return [
                value if is_number(value) and day[value[6:12]] is True else ODD for value in columns[place]
            ]
        except TypeError:
            # A workbook has numbers too.
            return [
                value if type(value) is str and is_number(value) and day[value[6:12]] is True else ODD
                for value in columns[place]
            ]

    def _column(self, name: str, memo: Memo, columns: Sequence[Sequence[Any]], count: int) -> Sequence[Any]:
        place = self._at.get(name)
        return [None] * count if place is None else [memo[value] for value in columns[place]]

    def _joined(
        self, at: list[int], memo: Memo, columns: Sequence[Sequence[Any]], count: int, none: object
    ) -> Sequence[Any]:
        if not at:
            return [none] * count
        return [memo[value] for value in zip(*(columns[place] for place in at), strict=True)]

    def _alone(self, read: Callable[[object, list[Any]], Any]) -> Read:
        def reading(value: object) -> Any:
            reasons: list[Any] = []
            found = read(value, reasons)
            return ODD if reasons else found

        return reading

    def _whole(self, at: list[int], read: Callable[[Cells, list[Any]], Any]) -> Read:
        """Read several columns together, given as the cells that they would be in a row."""
        blank = [""] * self._width

        def reading(values: tuple[str, ...]) -> Any:
            cells, reasons = list(blank), []  # type: tuple[list[object], list[Any]]
            for place, value in zip(at, values, strict=True):
                cells[place] = value
            found = read(cells, reasons)
            return ODD if reasons else found

        return reading


def _kk(value: str) -> Any:
    kk, reasons = read_kk(value)
    return ODD if reasons else kk


def _name(value: str) -> Any:
    if len(value) > _LONGEST or not _NAME.fullmatch(value):
        return ODD
    key = name_key(value)
    return (value, key) if key else ODD
