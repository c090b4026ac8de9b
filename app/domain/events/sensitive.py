"""What happens to a case that only some may know of, and to cases that may be one matter."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.domain.events.base import Code, Label
from app.domain.events.cases import CaseEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAboutNamed(CaseEvent):
    type: ClassVar[str] = "case.about_named"
    label: ClassVar[Label] = Label("Pihak yang diadukan ditetapkan", "Named whom the complaint is about")

    kinds: tuple[Code, ...]
    """Account, cadre, desk, village office …: never who it is."""
    confidentiality: Code
    closed_to: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRiskAssessed(CaseEvent):
    type: ClassVar[str] = "case.risk_assessed"
    label: ClassVar[Label] = Label("Risiko dinilai", "Risk assessed")

    assessment_id: UUID
    priority: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDuplicateDecided(CaseEvent):
    """The other case is not named here: whoever sees this one may perhaps not know of it."""

    type: ClassVar[str] = "case.duplicate_decided"
    label: ClassVar[Label] = Label("Dugaan ganda diputuskan", "Likely duplicate decided")

    decision: Code
    pair_count: int


SENSITIVE_EVENTS: tuple[type[CaseEvent], ...] = (CaseAboutNamed, CaseRiskAssessed, CaseDuplicateDecided)
