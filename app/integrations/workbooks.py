"""Tables as an XLSX workbook: what looks like a number of a person stays text, and nothing is a formula."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from xlsxwriter import Workbook

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    """At most 31 characters, none of ``[]:*?/\\``."""
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """Return the workbook. The same sheets give the same bytes but for the archive's own times."""
    out = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False}
    with Workbook(out, {**options, "strings_to_urls": False}) as book:
        text = book.add_format({"num_format": "@"})
        bold = book.add_format({"bold": True, "num_format": "@"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            page.freeze_panes(1, 0)
            for column, title in enumerate(sheet.head):
                page.write_string(0, column, title, bold)
            for line, row in enumerate(sheet.rows, 1):
                for column, value in enumerate(row):
                    if isinstance(value, int | float):
                        page.write_number(line, column, value)
                    elif value is not None:
                        page.write_string(line, column, value, text)
            page.autofit()
    return out.getvalue()
