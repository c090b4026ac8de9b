"""The way out of aid: guidance, reviews of income, a suggestion by rule and a decision by a person."""

from app.domain.graduation.rule import Rule, suggest
from app.domain.graduation.states import (
    Decision,
    GraduationState,
    GraduationStep,
    Suggestion,
    require_active,
)
from app.domain.graduation.targets import Progress, progress

__all__ = [
    "Decision",
    "GraduationState",
    "GraduationStep",
    "Progress",
    "Rule",
    "Suggestion",
    "progress",
    "require_active",
    "suggest",
]
