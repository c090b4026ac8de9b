"""A report of a period as PDF, by typst, as letters are. The same page gives the same bytes."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import typst

_SOURCE: Final = (Path(__file__).parent / "report.typ").read_bytes()


def report_pdf(page: Mapping[str, Any]) -> bytes:
    """Return the PDF of a page; some 50 ms, more for a long tally. Call it outside the loop."""
    inputs = {"page": json.dumps(page, ensure_ascii=False)}
    made: bytes = typst.compile(_SOURCE, format="pdf", sys_inputs=inputs, ignore_system_fonts=True)
    return made
