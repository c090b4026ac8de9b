"""Exports of case lists: asked for, watched, fetched."""

from collections.abc import AsyncIterator
from dataclasses import fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from app.api.acts import CallDep, acting_of
from app.api.case_filter_parts import Codes, check, check_end, check_person
from app.api.deps import ReadTx
from app.api.notes import Noted, note
from app.api.once import Answer
from app.api.paging import Page
from app.api.presenters.words import coded
from app.api.public_ids import read_id
from app.api.reading import Reading, ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.base import Listed
from app.api.schemas.exports import ExportFilterIn, ExportIn, ExportOut
from app.db.queries import exports as stored
from app.db.queries import jobs, lists
from app.db.session import read_only
from app.db.tables.exports import Export
from app.db.tables.jobs import Job
from app.domain.access import Permission
from app.domain.errors import FieldError, Invalid
from app.domain.exports import ENDINGS, MEDIA_TYPES, ExportFormat
from app.domain.ids import parse_public_id, public_id, tenant_digits
from app.domain.knowledge import Knowledge
from app.integrations.sealed_files import open_file
from app.services import exports

router = make_router("exports")

_MAY: Final = Permission.CASE_READ
_BODY: Final = {"format": "xlsx", "purpose": "service", "filter": {"status": ["handling"], "region": "13.74"}}
_EXAMPLE: Final = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "job": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5c",
    "state": {"code": "queued", "label": "Menunggu giliran"},
    "format": "xlsx",
    "purpose": {"code": "service", "label": "Mengurus layanan warga"},
    "full_nik": False,
    "rows": 0,
    "bytes": 0,
    "created_at": "2026-11-25T02:00:00Z",
    "expires_at": "2026-11-26T02:00:00Z",
}


@router.get(
    "/v1/exports",
    **operation(
        "listExports",
        may=_MAY,
        answers=Listed[ExportOut],
        paged=True,
        example={"items": [_EXAMPLE], "next": None, "count": None},
    ),
)
async def list_exports(reading: ReadingDep, tx: ReadTx, page: Page) -> Listed[ExportOut]:
    """List the exports that you asked for, the newest first."""
    tenant, account = reading.actor.tenant, reading.actor.account_id
    if account is None:
        return page.page([], after=None, count=0 if page.wants_count else None)
    after = (datetime.fromisoformat(str(page.after[0])), UUID(page.after[1])) if page.after else None
    rows = await stored.listed(tx, tenant, account, after, page.limit + 1)
    shown = rows[: page.limit]
    more = [shown[-1].created_at.isoformat(), shown[-1].id.hex] if len(rows) > page.limit else None
    count = await stored.counted(tx, tenant, account) if page.wants_count else None
    states = await jobs.by_id(tx, tenant, [row.job_id for row in shown])
    items = [_export_out(reading, row, states[row.job_id]) for row in shown]
    return page.page(items, after=more, count=count)


@router.post(
    "/v1/exports",
    **operation(
        "orderExport",
        may=_MAY,
        answers=ExportOut,
        status=202,
        once=True,
        example=_EXAMPLE,
        body_example=_BODY,
    ),
)
async def order_export(body: ExportIn, request: Request, call: CallDep) -> Response:
    """Take a list of cases out, as CSV, XLSX or NDJSON: the same cases that the list shows, and no other.

    It is made in the background with the rights that you have then, and can be fetched for a day. Who asked,
    for what and when stays on record.
    """
    reading = call.reading
    _check_codes(reading.known, body.filter)
    filtered = body.filter.model_dump(mode="json", exclude_none=True)
    wanted = exports.Wanted(body.format, body.purpose, filtered, reading.lang, body.full_nik)

    async def work() -> Answer:
        made = reading.house.vault.new_data_key()
        row, job = await exports.order_export(call.acting(), wanted, made.wrapped)
        noted = Noted("orderExport", "export", "ok", row.id, row.regency_code, body.purpose)
        note(request, noted, reading.now)
        headers = {"Location": f"/v1/exports/{public_id(row.regency_code, row.id)}"}
        return Answer(_export_out(reading, row, job), 202, headers=headers)

    async def may_see() -> None:
        reading.actor.require_ever(_MAY)

    return await call.once(call.tx, reading.actor.tenant, work, may_see=may_see)


@router.get(
    "/v1/exports/{export_id}",
    **operation("getExport", may=_MAY, answers=ExportOut, example=_EXAMPLE),
)
async def get_export(export_id: str, reading: ReadingDep, tx: ReadTx) -> ExportOut:
    """Show how far an export of yours is."""
    place = read_id(export_id)
    row, job = await exports.get_export(acting_of(reading, tx), place.tenant, place.id)
    return _export_out(reading, row, job)


@router.get(
    "/v1/exports/{export_id}/content",
    **operation(
        "getExportContent",
        may=_MAY,
        refuses=(409, 410),
        reads_person=True,
        extra={"x-media": " ".join(one.partition(";")[0] for one in MEDIA_TYPES.values())},
    ),
)
async def get_export_content(export_id: str, reading: ReadingDep) -> Response:
    """Fetch an export, within a day of asking for it; each time leaves an entry."""
    place, house = read_id(export_id), reading.house
    # A transaction of its own: the file may take minutes on a bad link.
    async with read_only(house.database.sessions) as tx:
        row = await exports.fetch_export(acting_of(reading, tx), place.tenant, place.id)
        wrapped = await lists.wrapped_key(tx, place.tenant, row.data_key_id)
    form = ExportFormat(row.format)
    name = f"kasus-{tenant_digits(row.regency_code)}-{row.created_at:%Y%m%d-%H%M}.{ENDINGS[form]}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(row.size),
        "Cache-Control": "no-store",
    }
    content = _content(reading, row, house.vault.unwrap(wrapped))
    return StreamingResponse(content, media_type=MEDIA_TYPES[form], headers=headers)


async def _content(reading: Reading, row: Export, key: Any) -> AsyncIterator[bytes]:
    house = reading.house
    for part, _ in row.parts:
        stored_part = await house.files.store.get(str(part))
        yield open_file(house.vault, key, (row.id, str(part)), stored_part)


def _check_codes(known: Knowledge, wanted: ExportFilterIn) -> None:
    """A code that nobody knows would only make an empty list."""
    codes = Codes(**{one.name: getattr(wanted, one.name) for one in fields(Codes)})
    wrong = [
        *check(known, codes, "/filter"),
        *check_person(wanted.age_band, "/filter"),
        *check_end(known, wanted.outcome, wanted.outcome_reason, "/filter"),
    ]
    if wanted.assignee is not None and parse_public_id(wanted.assignee) is None:
        wrong.append(
            FieldError("/filter/assignee", "unknown_code", "Id ini tidak dikenal.", "This id is not known.")
        )
    if wrong:
        raise Invalid(fields=tuple(wrong))


def _export_out(reading: Reading, row: Export, job: Job) -> ExportOut:
    known, lang = reading.known, reading.lang
    return ExportOut(
        id=public_id(row.regency_code, row.id),
        job=public_id(job.regency_code, job.id),
        state=coded(known, "job_state", job.state, lang),
        format=ExportFormat(row.format),
        purpose=coded(known, "reveal_purpose", row.purpose, lang),
        full_nik=row.full_nik,
        rows=row.rows,
        bytes=row.size,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
