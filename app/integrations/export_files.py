"""Exports as bytes: lines of CSV and NDJSON part by part, and a workbook made of what was collected."""

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import xlsxwriter

from app.domain.exports import harmless

Row = Sequence[object]
PART: Final = 4 << 20
"""Bytes of one object."""
_BOM: Final = b"\xef\xbb\xbf"
_OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def csv_lines(rows: Iterable[Row], heading: Row | None = None) -> bytes:
    """Return lines that a spreadsheet opens: UTF-8 with its mark before the heading, no cell a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    if heading is not None:
        writer.writerow(heading)
    writer.writerows([harmless(str(cell)) for cell in row] for row in rows)
    return (_BOM if heading is not None else b"") + out.getvalue().encode()


def json_lines(rows: Iterable[object]) -> bytes:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()


def rows_of(lines: bytes) -> Iterator[list[object]]:
    """Read back what :func:`json_lines` wrote."""
    return (json.loads(line) for line in lines.splitlines())


def workbook(parts: Iterable[bytes], heading: Row, folder: Path) -> Iterator[bytes]:
    """Give a workbook in pieces, its cells all text, so that no NIK becomes a number.

    *parts* are lines of JSON lists. Memory stays constant; meanwhile the sheet lies in *folder*, which only
    the service can read, and is gone with the last piece.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        path = Path(place) / "kasus.xlsx"
        with xlsxwriter.Workbook(str(path), {**_OPTIONS, "tmpdir": place}) as book:
            _fill(book, parts, heading)
        with path.open("rb") as made:
            while piece := made.read(PART):
                yield piece


def _fill(book: xlsxwriter.Workbook, parts: Iterable[bytes], heading: Row) -> None:
    text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "num_format": "@"})
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, 0, len(heading) - 1)
    for column, cell in enumerate(heading):
        sheet.write_string(0, column, str(cell), bold)
    line = 0
    for part in parts:
        for row in rows_of(part):
            line += 1
            for column, cell in enumerate(row):
                sheet.write_string(line, column, str(cell), text)
