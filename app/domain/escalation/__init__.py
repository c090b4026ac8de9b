"""What the service does about a clock by itself: remind, put it before somebody higher, end the silence.

Pure: when the worker looks at a clock, what it does then, and who stands on each rung of the ladder.
"""

from app.domain.escalation.ladder import (
    ASSIGNEE,
    SECRETARIAT,
    Put,
    Roster,
    climb,
    is_last,
    landing,
)
from app.domain.escalation.offers import discloses_no_more, is_automatic, next_program
from app.domain.escalation.pace import Pace, pace_of
from app.domain.escalation.schedule import (
    Deed,
    Watched,
    deed_at,
    ending_of,
    next_look,
    reminder_at,
    wants_nudge,
)

__all__ = [
    "ASSIGNEE",
    "SECRETARIAT",
    "Deed",
    "Pace",
    "Put",
    "Roster",
    "Watched",
    "climb",
    "deed_at",
    "discloses_no_more",
    "ending_of",
    "is_automatic",
    "is_last",
    "landing",
    "next_look",
    "next_program",
    "pace_of",
    "reminder_at",
    "wants_nudge",
]
