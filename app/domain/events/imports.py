"""Lists of aid that are brought into the ledger; each line that they make has an event of its own."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.domain.events.base import Code, Label
from app.domain.events.others import ThingEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistanceImportOrdered(ThingEvent):
    """The thing is the import."""

    type: ClassVar[str] = "assistance.import_ordered"
    label: ClassVar[Label] = Label("Impor daftar bantuan diminta", "Import of a list of aid ordered")

    list_id: UUID
    job_id: UUID
    program: Code
    dry_run: bool


IMPORT_EVENTS: tuple[type[ThingEvent], ...] = (AssistanceImportOrdered,)
