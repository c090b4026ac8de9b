"""A stored list as tidied rows, some at a time and in constant memory (a workbook is held packed, whole).

Everything here blocks: it runs in a thread. The same bytes give the same rows, so whoever was killed reads
them again and leaves out what is stored.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from typing import Any, Final

from app.domain.lists import (
    Cells,
    Layout,
    NoHeaderError,
    Places,
    Profile,
    Reason,
    Tidied,
    Tidier,
    find_layout,
    is_blank,
    verdict_of,
)
from app.domain.lists.files import FileFault, ListFaultError, ListKind
from app.domain.lists.profile import HEADER_WITHIN
from app.integrations.list_files import CsvRows, Encoding, xlsx_rows

Numbered = tuple[int, Tidied]
_LOOK: Final = HEADER_WITHIN + 2


@dataclass(frozen=True, slots=True)
class ListText:
    """The bytes of a list, and how they are read."""

    pieces: Iterator[bytes]
    kind: ListKind
    encoding: str | None
    profile: Profile


class ListRows:
    """Iterate it once; ``layout`` is known from the start."""

    def __init__(self, text: ListText, places: Places, today: date) -> None:
        """Read as far as the header.

        Raises:
            ListFaultError: it cannot be read as a list.
        """
        self._csv = (
            CsvRows(text.pieces, Encoding(text.encoding or "utf-8")) if text.kind is ListKind.CSV else None
        )
        rows: Iterator[Sequence[Any]] = (
            iter(self._csv) if self._csv is not None else xlsx_rows(b"".join(text.pieces))
        )
        top = list(islice(rows, _LOOK))
        try:
            self.layout: Layout = find_layout(top, text.profile)
        except NoHeaderError as error:
            fault = FileFault.NO_HEADER if any(not is_blank(row) for row in top) else FileFault.EMPTY
            raise ListFaultError(fault) from error
        self._tidier = Tidier(self.layout, places, today)
        self._rows = enumerate(chain(top, rows), 1)
        self._numbered = self._all()

    def take(self, count: int) -> list[Numbered]:
        """Return the next rows that say something, with their places in the file; none at the end.

        Raises:
            ListFaultError: what follows cannot be read.
        """
        return list(islice(self._numbered, count))

    def skip_to(self, n: int) -> None:
        """Leave out the rows up to the *n*-th of the file, itself too."""
        while n > 0:
            got = next(self._rows, None)
            if got is None or got[0] >= n:
                return

    def _all(self) -> Iterator[Numbered]:
        waiting: tuple[int, Cells] | None = None
        for n, cells in self._rows:
            if n <= self.layout.skip or is_blank(cells):
                continue
            if waiting is not None:
                yield waiting[0], self._tidier.tidy(waiting[1])
            waiting = (n, cells)
        if waiting is not None:
            yield waiting[0], self._last(waiting[1])

    def _last(self, cells: Cells) -> Tidied:
        """The last row of a text that was cut off is shorter than the others, and no line ends it."""
        row = self._tidier.tidy(cells)
        if self._csv is None or self._csv.ends_with_line or len(cells) >= self.layout.width:
            return row
        reasons = (*row.reasons, Reason.CUT_OFF)
        return row._replace(reasons=reasons, verdict=verdict_of(reasons))
