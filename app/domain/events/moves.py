"""What happens when a case goes elsewhere, when cases belong together, and when a person has died."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from app.domain.events.base import Code, Event, Hmac, Label, Region, Ticket
from app.domain.events.cases import CaseEvent
from app.domain.events.others import ThingEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHandedOver(CaseEvent):
    type: ClassVar[str] = "case.handed_over"
    label: ClassVar[Label] = Label("Kasus diserahkan", "Case handed over")

    from_holder: Code
    from_desk_id: UUID | None = None
    holder: Code
    desk_id: UUID | None = None
    text_hmac: Hmac


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTransferred(CaseEvent):
    """The other regency has it: from now on the old ticket tracks on to the new one."""

    type: ClassVar[str] = "case.transferred"
    label: ClassVar[Label] = Label("Kasus dibuka di daerah tujuan", "Case opened in the other regency")

    to_place: Region
    to_ticket: Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReceived(CaseEvent):
    type: ClassVar[str] = "case.received"
    label: ClassVar[Label] = Label("Kasus pindahan diterima", "Case received from another regency")

    from_ticket: Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLinked(CaseEvent):
    """The other case is not named: whoever may not know of it would learn of it here."""

    type: ClassVar[str] = "case.linked"
    label: ClassVar[Label] = Label("Kasus ditautkan", "Case linked")

    link_id: UUID
    relation: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLinkUndone(CaseEvent):
    type: ClassVar[str] = "case.link_undone"
    label: ClassVar[Label] = Label("Tautan kasus dilepas", "Link of cases undone")

    link_id: UUID
    relation: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDeathReported(CaseEvent):
    """A closed case does not end with the person: whoever handles it decides."""

    type: ClassVar[str] = "case.death_reported"
    label: ClassVar[Label] = Label("Warga dilaporkan meninggal", "Resident reported dead")

    undone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDied(ThingEvent):
    type: ClassVar[str] = "person.died"
    label: ClassVar[Label] = Label("Kematian dicatat", "Death recorded")

    death_id: UUID
    source: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDeathUndone(ThingEvent):
    type: ClassVar[str] = "person.death_undone"
    label: ClassVar[Label] = Label("Catatan kematian dibatalkan", "Record of a death taken back")

    death_id: UUID
    recorded_on: date


MOVE_EVENTS: tuple[type[Event], ...] = (
    CaseHandedOver,
    CaseTransferred,
    CaseReceived,
    CaseLinked,
    CaseLinkUndone,
    CaseDeathReported,
    PersonDied,
    PersonDeathUndone,
)
