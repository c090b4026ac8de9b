"""What a case lacks before it is sent to a programme."""

from app.api.schemas.base import Out
from app.api.schemas.cases import Coded


class ObstacleOut(Out):
    """Why it would be refused: the code that ``refer`` would answer with, in the caller's language."""

    code: str
    detail: str


class ReadinessOut(Out):
    """What sending would ask for; ``complete`` when nothing is left."""

    ticket: str
    program: str | None
    purpose: Coded
    agency: str | None
    """Who would get it."""
    complete: bool
    papers_missing: list[Coded]
    fields_missing: list[str]
    """Fields that the referral would disclose and the case does not know."""
    facts_missing: list[Coded]
    """Facts that the programme's rules ask for and nobody answered."""
    obstacles: list[ObstacleOut]
