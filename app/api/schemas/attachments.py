"""Bodies of attached files and of the checklist of papers."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.api.schemas.base import CodeText, In, NameText, Out
from app.api.schemas.cases import Coded


class AttachmentOut(Out):
    id: str
    state: Coded
    paper: Coded | None
    visit_id: str | None
    name: str | None
    """What its sender called it."""
    media_type: str | None
    bytes: int
    """Of what is stored; of an upload that goes on, what was declared."""
    received_bytes: int
    """Where an upload in parts goes on."""
    width: int | None
    height: int | None
    pages: int | None
    refusal: Coded | None
    created_at: datetime
    created_by: str | None
    stored_at: datetime | None
    deleted_at: datetime | None


class UploadIn(In):
    bytes: Annotated[int, Field(ge=1, le=100_000_000)]
    paper: CodeText | None = None
    visit_id: CodeText | None = None
    name: NameText | None = None


class DeleteIn(In):
    reason: CodeText


class WishOut(Out):
    asker: Coded
    code: str
    name: str
    required: bool


class PaperLineOut(Out):
    paper: Coded
    required: bool
    held: bool
    seen: bool
    """An officer noted that the resident had it in hand."""
    attachments: list[str]
    needed_for: str | None
    """The step that needs it, where none before does."""
    asked_by: list[WishOut]


class PapersOut(Out):
    items: list[PaperLineOut]
    missing: list[Coded]
    """Required and not held."""


class TrackPaperOut(Out):
    paper: Coded
    received: bool


class TrackPapersOut(Out):
    papers: list[TrackPaperOut]
