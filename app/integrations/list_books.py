"""Tables with personal numbers as files: a workbook of several sheets, or CSV. All cells are text.

A workbook is written row by row in constant memory; meanwhile it lies in a folder that only the service can
read, and is gone once it was read. Everything here blocks: it runs in a thread.
"""

import csv
import io
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import xlsxwriter

from app.domain.cells import harmless

_OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
_PIECE: Final = 1 << 20
_BOM: Final = b"\xef\xbb\xbf"


class ListBook:
    """A workbook in the making: a sheet at a time, its rows in their order."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._place = Path(tempfile.mkdtemp(dir=folder))
        self._path = self._place / "daftar.xlsx"
        self._book = xlsxwriter.Workbook(str(self._path), {**_OPTIONS, "tmpdir": str(self._place)})
        self._text = self._book.add_format({"num_format": "@"})
        self._bold = self._book.add_format({"bold": True, "num_format": "@"})
        self._line = 0

    def start_sheet(self, name: str, head: Sequence[str]) -> None:
        self._sheet = self._book.add_worksheet(name)
        self._sheet.freeze_panes(1, 0)
        self._line = 0
        self._write(head, self._bold)

    def add(self, rows: Iterable[Sequence[str]]) -> None:
        for row in rows:
            self._write(row, self._text)

    def _write(self, row: Sequence[str], shape: object) -> None:
        for column, cell in enumerate(row):
            self._sheet.write_string(self._line, column, cell, shape)
        self._line += 1

    def finish(self) -> Iterator[bytes]:
        """Close it and give it in pieces; with the last one, or when nobody wants more, it is gone."""
        try:
            self._book.close()
            with self._path.open("rb") as made:
                while piece := made.read(_PIECE):
                    yield piece
        finally:
            self.drop()

    def drop(self) -> None:
        shutil.rmtree(self._place, ignore_errors=True)


def csv_piece(rows: Iterable[Sequence[str]], *, first: bool) -> bytes:
    """Return rows as CSV in which no cell is a formula; *first*: with the mark of UTF-8."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([harmless(cell) for cell in row] for row in rows)
    return (_BOM if first else b"") + out.getvalue().encode()
