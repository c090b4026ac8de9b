"""Proposals as files: a workbook whose cells are all text, and CSV for machines.

A spreadsheet that opens the CSV turns a NIK into a number and loses its end; whoever looks at it takes the
workbook.
"""

import csv
import io
from collections.abc import Sequence
from typing import Final

import xlsxwriter

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv; charset=utf-8"
_SHEET: Final = "usulan"
_NO_GUESSING: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def workbook(head: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Return a workbook; some milliseconds for a village. Call it outside the loop."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, dict(_NO_GUESSING)) as book:
        text = book.add_format({"num_format": "@"})
        bold = book.add_format({"bold": True, "num_format": "@"})
        sheet = book.add_worksheet(_SHEET)
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(head):
            sheet.write_string(0, column, name, bold)
        for line, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                sheet.write_string(line, column, cell, text)
    return out.getvalue()


def comma_separated(head: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Return CSV with every cell in quotes, in UTF-8 with its mark."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")
