"""What happens between a case and another system; its number there is read with the case."""

from dataclasses import dataclass
from typing import ClassVar

from app.domain.events.base import Code, Event, Hmac, Label
from app.domain.events.cases import CaseEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOutsideNumbered(CaseEvent):
    """It is known elsewhere by a number of that system."""

    type: ClassVar[str] = "case.outside_numbered"
    label: ClassVar[Label] = Label("Nomor di sistem lain dicatat", "Number of another system recorded")

    system: Code
    direction: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOutsideOrdered(CaseEvent):
    type: ClassVar[str] = "case.outside_ordered"
    label: ClassVar[Label] = Label("Penyerahan ke sistem lain diminta", "Hand-over to another system ordered")

    system: Code
    kind: Code
    text_hmac: Hmac


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOutsideEnded(CaseEvent):
    type: ClassVar[str] = "case.outside_ended"
    label: ClassVar[Label] = Label("Penyerahan ke sistem lain berakhir", "Hand-over to another system ended")

    system: Code
    kind: Code
    state: Code
    reason: Code | None = None


OUTSIDE_EVENTS: tuple[type[Event], ...] = (CaseOutsideNumbered, CaseOutsideOrdered, CaseOutsideEnded)
