"""What an emergency brings: who was called out, and the households of a disaster."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.domain.events.base import Code, Label
from app.domain.events.cases import CaseEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDutyCalled(CaseEvent):
    """One event for each that was called; for nobody on duty, one that names the queue instead."""

    type: ClassVar[str] = "case.duty_called"
    label: ClassVar[Label] = Label("Petugas piket dipanggil", "Duty called out")

    duty: Code
    account_id: UUID | None = None
    cadre_id: UUID | None = None
    """A volunteer without an account: somebody must phone."""
    queue: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHouseholdsOpened(CaseEvent):
    type: ClassVar[str] = "case.households_opened"
    label: ClassVar[Label] = Label("Kasus keluarga dibuka dari bencana", "Household cases opened under it")

    opened: int
    """How many; each is linked, and none is named here: not all may know of each."""


EMERGENCY_EVENTS: tuple[type[CaseEvent], ...] = (CaseDutyCalled, CaseHouseholdsOpened)
