"""Need cards and what donors promise on them. The thing is the card: a pledge has no chain of its own."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from app.domain.events.base import Code, Label, Region
from app.domain.events.others import ThingEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedDrafted(ThingEvent):
    type: ClassVar[str] = "need.drafted"
    label: ClassVar[Label] = Label("Kartu kebutuhan disusun", "Need drafted")

    source: Code
    kind: Code
    quantity: int
    estimated_idr: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedPublished(ThingEvent):
    type: ClassVar[str] = "need.published"
    label: ClassVar[Label] = Label("Kartu kebutuhan diterbitkan", "Need published")

    region: Region
    """What is shown of the place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedWithdrawn(ThingEvent):
    type: ClassVar[str] = "need.withdrawn"
    label: ClassVar[Label] = Label("Kartu kebutuhan ditarik", "Need withdrawn")

    reason: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeMade(ThingEvent):
    type: ClassVar[str] = "pledge.made"
    label: ClassVar[Label] = Label("Kebutuhan dipesan donatur", "Need reserved by a donor")

    pledge_id: UUID
    quantity: int
    remaining: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeMoved(ThingEvent):
    type: ClassVar[str] = "pledge.moved"
    label: ClassVar[Label] = Label("Janji donatur berubah", "A donor's pledge moved")

    pledge_id: UUID
    action: Code
    from_state: Code
    to_state: Code
    quantity: int
    remaining: int
    """Of the need, to be promised."""
    given: int
    reason: Code | None = None
    on: date | None = None
    """When the donor handed it over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeProofAdded(ThingEvent):
    type: ClassVar[str] = "pledge.proof_added"
    label: ClassVar[Label] = Label("Bukti penyerahan diunggah", "Proof of a delivery uploaded")

    pledge_id: UUID
    proof_id: UUID
    kind: Code


NEED_EVENTS: tuple[type[ThingEvent], ...] = (
    NeedDrafted,
    NeedPublished,
    NeedWithdrawn,
    PledgeMade,
    PledgeMoved,
    PledgeProofAdded,
)
