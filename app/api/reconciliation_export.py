"""A reconciliation as a file: made a stretch at a time, each read in a transaction of its own."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date

from fastapi import Response
from fastapi.responses import StreamingResponse

from app.api.acts import acting_of
from app.api.reading import Reading
from app.api.schemas.reconciliations import ExportIn
from app.db.session import read_only
from app.domain.exports import ENDINGS, MEDIA_TYPES, ExportFormat
from app.domain.ids import tenant_digits
from app.integrations.list_books import ListBook, csv_piece
from app.services.reconciliations import exporting
from app.services.reconciliations.comparing import Comparing
from app.services.reconciliations.exporting import HEADS, NAMES, Part


async def export_answer(reading: Reading, at: Comparing, body: ExportIn) -> Response:
    """Return the file; a workbook is whole before the first byte leaves.

    Raises:
        Conflict: the reconciliation still runs, or was made anew.
        Invalid: no such purpose, or a CSV without saying what of.
    """
    async with read_only(reading.house.database.sessions) as tx:
        exporting.check_export(acting_of(reading, tx), at, body.purpose)
    name = _name(at, reading.now.date(), body.format)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    if body.format is ExportFormat.XLSX:
        book = await _book(reading, at)
        return StreamingResponse(book.finish(), media_type=MEDIA_TYPES[body.format], headers=headers)
    content = _lines(reading, at, exporting.part_of(body.part))
    return StreamingResponse(content, media_type=MEDIA_TYPES[ExportFormat.CSV], headers=headers)


def _name(at: Comparing, day: date, form: ExportFormat) -> str:
    ending = ENDINGS[ExportFormat.XLSX if form is ExportFormat.XLSX else ExportFormat.CSV]
    digits, program = tenant_digits(at.row.regency_code), at.row.program_code.lower()
    return f"rekonsiliasi-{digits}-{program}-{day:%Y%m%d}.{ending}"


async def _book(reading: Reading, at: Comparing) -> ListBook:
    book = await asyncio.to_thread(ListBook, reading.house.settings.data_dir / "exports")
    try:
        for part in Part:
            await asyncio.to_thread(book.start_sheet, NAMES[part], HEADS[part])
            async for rows in _stretches(reading, at, part):
                await asyncio.to_thread(book.add, rows)
    except BaseException:
        book.drop()
        raise
    return book


async def _lines(reading: Reading, at: Comparing, part: Part) -> AsyncIterator[bytes]:
    yield csv_piece([HEADS[part]], first=True)
    async for rows in _stretches(reading, at, part):
        yield await asyncio.to_thread(csv_piece, rows, first=False)


async def _stretches(reading: Reading, at: Comparing, part: Part) -> AsyncIterator[list[list[str]]]:
    after = None
    while True:
        async with read_only(reading.house.database.sessions) as tx:
            found = await exporting.stretch(acting_of(reading, tx), at, part, after)
        yield list(found.rows)
        if found.after is None:
            return
        after = found.after
