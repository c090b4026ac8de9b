"""Exports as bytes: NDJSON part by part, and a workbook made of what was collected."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from app.integrations.list_books import ListBook


def json_lines(rows: Iterable[object]) -> bytes:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()


def rows_of(lines: bytes) -> Iterator[list[object]]:
    """Read back what :func:`json_lines` wrote."""
    return (json.loads(line) for line in lines.splitlines())


def workbook(parts: Iterable[bytes], heading: Sequence[str], folder: Path) -> Iterator[bytes]:
    """Give a workbook in pieces; *parts* are lines of JSON lists. See `list_books` for where it lies."""
    book = ListBook(folder)
    try:
        book.start_sheet("kasus", heading)
        for part in parts:
            book.add([str(cell) for cell in row] for row in rows_of(part))
    except BaseException:
        book.drop()
        raise
    yield from book.finish()
