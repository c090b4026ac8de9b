"""What happens to the files of a case: ids and codes; what a file shows is not told."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.domain.events.base import Code, Label
from app.domain.events.cases import CaseEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentAdded(CaseEvent):
    type: ClassVar[str] = "attachment.added"
    label: ClassVar[Label] = Label("Lampiran ditambahkan", "File attached")

    attachment_id: UUID
    format: Code
    paper: Code | None = None
    visit_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentDeleted(CaseEvent):
    type: ClassVar[str] = "attachment.deleted"
    label: ClassVar[Label] = Label("Lampiran dihapus", "Attached file deleted")

    attachment_id: UUID
    reason: Code
    paper: Code | None = None


ATTACHMENT_EVENTS: tuple[type[CaseEvent], ...] = (AttachmentAdded, AttachmentDeleted)
