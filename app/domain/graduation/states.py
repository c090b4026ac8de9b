"""The states of a way out of aid, and which step leads where."""

from enum import StrEnum
from typing import Final

from app.domain.errors import Conflict


class GraduationState(StrEnum):
    """The set ``graduation_state``."""

    ACTIVE = "active"
    """She is guided, and reviewed again and again."""
    GRADUATED = "graduated"
    """A person decided that she lives without the aid."""
    ENDED = "ended"
    """Guidance ended without graduation."""


class GraduationStep(StrEnum):
    """What a participant has reached on her way; the set ``graduation_step``."""

    BUSINESS_PLAN = "business_plan"
    TRAINING = "training"
    CAPITAL_RECEIVED = "capital_received"
    BUSINESS_STARTED = "business_started"
    BOOKKEEPING = "bookkeeping"
    SAVINGS = "savings"
    MARKET_LINKED = "market_linked"


class Suggestion(StrEnum):
    """What the rule says; the set ``graduation_suggestion``. A person decides."""

    EXIT = "exit"
    CONTINUE = "continue"
    HELP = "help"
    """Her income fell below what it was before."""


class Decision(StrEnum):
    """The set ``graduation_decision``."""

    GRADUATE = "graduate"
    CONTINUE = "continue"
    END = "end"


OPEN: Final = frozenset({GraduationState.ACTIVE})


def require_active(state: GraduationState) -> None:
    """Refuse what only a running guidance takes.

    Raises:
        Conflict: it has ended.
    """
    if state not in OPEN:
        raise Conflict(
            "graduation_not_active",
            "Pendampingan graduasi ini sudah berakhir.",
            "This guidance to graduation has ended.",
            {"state": state.value},
        )
