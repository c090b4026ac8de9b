"""Bodies of risk assessments."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.api.schemas.base import CodeText, In, Out
from app.api.schemas.cases import Coded


class RiskIn(In):
    """Answers by question of the list ``risk_question``; null where nobody could say."""

    answers: Annotated[dict[CodeText, bool | None], Field(min_length=1, max_length=50)]


class RiskAnswerOut(Out):
    question: Coded
    answer: bool | None


class RiskAssessmentOut(Out):
    id: str
    level: Coded
    answers: list[RiskAnswerOut]
    at: datetime
    by: str | None


class RiskOut(Out):
    """The assessments so far, oldest first, and the questions that may be asked."""

    items: list[RiskAssessmentOut]
    questions: list[Coded]
