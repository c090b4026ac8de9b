"""Bodies of desks that work offline: reserved tickets, batches of operations, what changed."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from app.api.schemas.access import PublicIdText
from app.api.schemas.base import CodeText, In, Instant, Out
from app.api.schemas.cases import VillageText
from app.services.reserving import MOST_AT_ONCE

OperationId = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")]
TicketText = Annotated[str, Field(min_length=1, max_length=40)]
MOST_OPERATIONS = 500

Kind = Literal[
    "open_case",
    "patch_case",
    "facts",
    "note",
    "contact",
    "told",
    "assign",
    "visit_plan",
    "visit_complete",
    "visit_cancel",
    "attach",
    "task",
    "hand_over",
    "step",
]
Verdict = Literal["applied", "replayed", "conflict", "rejected", "waiting"]


class ReserveIn(In):
    """``device``: made once by the device and kept."""

    device: UUID
    village: VillageText
    count: Annotated[int, Field(ge=1, le=MOST_AT_ONCE)]


class SlipOut(Out):
    ticket: str
    pin: str


class ReservedOut(Out):
    """The PINs are shown this once, and again only under the same ``Idempotency-Key``."""

    id: str
    device: UUID
    village: str
    reserved_at: datetime
    expires_at: datetime
    tickets: list[SlipOut]


class BlockOut(Out):
    id: str
    device: UUID
    village: str
    reserved_at: datetime
    expires_at: datetime
    expired: bool
    count: int
    used: int
    unused: list[str]


class DeviceIn(In):
    id: UUID
    sent_at: Instant = Field(description="Now, by the device's own clock: it shows how far that is off.")


class CaseRefIn(In):
    """Exactly one: its ticket, or the operation that opens it, of this batch or of an earlier one."""

    ticket: TicketText | None = None
    operation: OperationId | None = None


class VisitRefIn(In):
    """Exactly one: its id, or the operation that plans it."""

    id: PublicIdText | None = None
    operation: OperationId | None = None


class OperationIn(In):
    id: OperationId = Field(description="The client's own; its idempotency key. New for each operation.")
    kind: Kind
    action: CodeText | None = Field(default=None, description="Of kind `step`: which, as in the path.")
    case: CaseRefIn | None = Field(default=None, description="Of which case; not for `open_case`.")
    visit: VisitRefIn | None = Field(
        default=None, description="Which visit: `visit_complete`, `visit_cancel`."
    )
    after: Annotated[list[OperationId], Field(max_length=20)] = Field(
        default_factory=list, description="Operations that must be done before this one."
    )
    at: Instant = Field(description="When the officer did it, by the device's own clock.")
    base: dict[CodeText, Any] = Field(
        default_factory=dict,
        max_length=20,
        description="What the device showed of each field that this changes, as bare codes.",
    )
    body: dict[str, Any] = Field(
        default_factory=dict, description="Exactly the body of the single route of the kind."
    )


class SyncIn(In):
    device: DeviceIn
    operations: Annotated[list[OperationIn], Field(min_length=1, max_length=MOST_OPERATIONS)]


class ConflictOut(Out):
    """One field that somebody else changed since ``base`` was read."""

    field: str
    base: Any
    mine: Any
    theirs: Any


class ResultOut(Out):
    """What became of one operation; see the guide for what to do with each verdict."""

    id: str
    verdict: Verdict
    status: int | None = Field(default=None, description="Of the answer, or of the problem.")
    ticket: str | None = Field(default=None, description="Of the case that it was done to.")
    etag: str | None = None
    answer: Any = Field(default=None, description="As the single route answers.")
    problem: Any = Field(default=None, description="A problem document, as the single route refuses.")
    conflicts: list[ConflictOut] | None = None
    waiting_for: str | None = Field(default=None, description="The operation that must come first.")


class SyncOut(Out):
    results: list[ResultOut] = Field(description="One for each operation, in the order sent.")
    server_time: datetime
    clock_off_seconds: int = Field(description="How far the device's clock is behind the service's.")


# What changed -------------------------------------------------------------------------------------------


class HeldPlaceOut(Out):
    village: str
    address: str | None
    detail: str | None


class HeldCaseOut(Out):
    """A case as a device keeps it: bare codes. Members that `fields` leaves out are absent."""

    ticket: str
    version: int
    status: str | None = None
    kind: str | None = None
    category: str | None = None
    sector: str | None = None
    priority: str | None = None
    confidentiality: str | None = None
    holder: str | None = None
    desk: str | None = None
    assignee: str | None = None
    person: str | None = None
    opened_at: datetime | None = None
    updated_at: datetime | None = None
    due_at: datetime | None = None
    due_step: str | None = None
    allowed_actions: list[str] | None = None
    phone: str | None = None
    place: HeldPlaceOut | None = None
    chronology: str | None = None


class HeldPersonOut(Out):
    id: str
    name: str
    nik: str | None
    """Masked."""
    born_on: str | None
    sex: str | None


class HeldProgramOut(Out):
    code: str
    name: str
    agency: str
    level: str


class ChangesOut(Out):
    """Keep ``next`` in the same local transaction as the rest."""

    cases: list[HeldCaseOut]
    removed: list[str] = Field(description="Tickets to forget: you may not see these cases any more.")
    people: list[HeldPersonOut]
    codes: dict[str, dict[str, str]] | None = Field(description="All sets, when they changed; else null.")
    programs: list[HeldProgramOut] | None = Field(description="All of them, when they changed; else null.")
    next: str
    more: bool
