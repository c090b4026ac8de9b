"""A stored file as an answer: to be saved, never shown in a page of ours."""

from typing import Any, Final

from fastapi import Response

from app.api.reading import Reading
from app.api.uploading import stored_content
from app.db.tables.cases import Case
from app.db.tables.papers import Attachment
from app.domain.attachments import ENDINGS

ATTACHMENT_EXAMPLE: Final = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "state": {"code": "stored", "label": "Tersimpan"},
    "paper": {"code": "KTP", "label": "KTP elektronik"},
    "visit_id": None,
    "name": "ktp ibu.jpg",
    "media_type": "image/jpeg",
    "bytes": 412345,
    "received_bytes": 2345678,
    "width": 2400,
    "height": 1800,
    "pages": None,
    "refusal": None,
    "created_at": "2026-11-25T03:00:00Z",
    "created_by": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5c",
    "stored_at": "2026-11-25T03:00:01Z",
    "deleted_at": None,
}
MEDIA: Final = {"x-media": "image/jpeg application/pdf"}
_CSP: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"


async def file_answer(reading: Reading, case: Case, row: Attachment, key: Any) -> Response:
    """Give a file; its name tells the ticket, never what its sender called it."""
    content = await stored_content(reading.house, key, (row.id, row.object_key or ""))
    media = row.media_type or ""
    name = f"{case.ticket}-{row.id.hex[-8:]}.{ENDINGS.get(media, 'bin')}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": _CSP,
    }
    return Response(content, media_type=media, headers=headers)
