"""What happens on the way out of aid, in the chain of its case; and what a regency aims at."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from app.domain.events.base import Code, Event, Hmac, Label
from app.domain.events.cases import CaseEvent
from app.domain.events.others import ThingEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class GraduationEvent(CaseEvent):
    graduation_id: UUID
    program: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class GraduationStarted(GraduationEvent):
    type: ClassVar[str] = "graduation.started"
    label: ClassVar[Label] = Label("Pendampingan graduasi dimulai", "Guidance to graduation begun")

    started_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class GraduationStepReached(GraduationEvent):
    type: ClassVar[str] = "graduation.step_reached"
    label: ClassVar[Label] = Label("Langkah graduasi tercapai", "Step towards graduation reached")

    step: Code
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class GraduationReviewed(GraduationEvent):
    """Incomes stand on the review only."""

    type: ClassVar[str] = "graduation.reviewed"
    label: ClassVar[Label] = Label("Graduasi ditinjau", "Graduation reviewed")

    review_id: UUID
    suggestion: Code
    review_due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class GraduationReviewDue(GraduationEvent):
    type: ClassVar[str] = "graduation.review_due"
    label: ClassVar[Label] = Label("Tinjauan graduasi jatuh tempo", "Review of a graduation is due")

    review_due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class GraduationDecided(GraduationEvent):
    type: ClassVar[str] = "graduation.decided"
    label: ClassVar[Label] = Label("Graduasi diputuskan", "Graduation decided")

    decision: Code
    suggestion: Code | None = None
    exits: tuple[Code, ...] = ()
    text_hmac: Hmac | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GraduationUndone(GraduationEvent):
    type: ClassVar[str] = "graduation.undone"
    label: ClassVar[Label] = Label("Graduasi dibatalkan", "Graduation taken back")

    text_hmac: Hmac | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSet(ThingEvent):
    """The thing is the target's row."""

    type: ClassVar[str] = "target.set"
    label: ClassVar[Label] = Label("Target kemiskinan ditetapkan", "Poverty target set")

    year: int
    points_hundredths: int
    households: int


GRADUATION_EVENTS: tuple[type[Event], ...] = (
    GraduationStarted,
    GraduationStepReached,
    GraduationReviewed,
    GraduationReviewDue,
    GraduationDecided,
    GraduationUndone,
    TargetSet,
)
