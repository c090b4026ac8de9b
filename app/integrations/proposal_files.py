"""Proposals as files: a workbook whose cells are all text, and CSV for machines.

A spreadsheet that opens the CSV turns a NIK into a number and loses its end; whoever looks at it takes the
workbook.
"""

import csv
import io
from collections.abc import Sequence
from typing import Final

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv; charset=utf-8"


def comma_separated(head: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Return CSV with every cell in quotes, in UTF-8 with its mark."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")
