"""How much danger somebody is in: answers to the questions of the list ``risk_question``, weighed.

An answer that decides makes it high by itself. A question that nobody could answer counts half: what is not
known about somebody's safety is no comfort. Questions, weights and bounds are ours until the protection unit
sets its own (domain.md 7.4: its intake asks for risk criteria, and must act within three working days).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain.codes import Priority
from app.domain.lifecycle import URGENT


class RiskLevel(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class RiskQuestion:
    code: str
    weight: int
    decides: bool


@dataclass(frozen=True, slots=True)
class Bounds:
    """From which sum of weights on it is medium, and high."""

    medium: int = 3
    high: int = 8


DEFAULT_BOUNDS: Final = Bounds()
Answers = Mapping[str, bool | None]
"""By question; None where it could not be answered. A question that is absent was not asked."""


def level_of(
    questions: Iterable[RiskQuestion], answers: Answers, bounds: Bounds = DEFAULT_BOUNDS
) -> RiskLevel:
    """Weigh the answers."""
    total = 0.0
    for question in questions:
        answered = answers.get(question.code, False)
        if answered and question.decides:
            return RiskLevel.HIGH
        total += question.weight * (0.5 if answered is None else float(answered))
    if total >= bounds.high:
        return RiskLevel.HIGH
    return RiskLevel.MEDIUM if total >= bounds.medium else RiskLevel.LOW


def priority_for(level: RiskLevel, now: Priority) -> Priority:
    """Return how urgent the case is now: high is an emergency, and nothing is ever made less urgent."""
    if level is RiskLevel.HIGH:
        return Priority.DARURAT
    if level is RiskLevel.MEDIUM and now not in URGENT:
        return Priority.MENDESAK
    return now
