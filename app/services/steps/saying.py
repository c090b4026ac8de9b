"""What a step says to whoever took it, and how it decides and is recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.db.queries.case_moves import Move, context_of, state_of
from app.domain.codes import Outcome
from app.domain.errors import FieldError, Invalid
from app.domain.knowledge import Knowledge
from app.domain.lifecycle import CaseAction, Step, check_records, decide


@dataclass(frozen=True, slots=True)
class Said:
    warnings: tuple[str, ...] = ()
    disputed: bool = False


NOTHING = Said()


async def decided(
    move: Move, action: CaseAction, records: Mapping[str, Any], *, outcome: Outcome | None = None
) -> Step:
    """Return the step, once its rules are met and its records complete.

    Raises:
        Conflict, Forbidden: see `lifecycle.decide`.
        Invalid: a record is absent or wrong.
    """
    context = await context_of(move, outcome=outcome, revoking=records.get("revoke_reason") is not None)
    step = decide(state_of(move.case, move.referrals), action, context)
    wrong = check_records(action, records, by=move.acting.actor.kind)
    if wrong:
        raise Invalid(fields=wrong)
    return step


def require_codes(known: Knowledge, set_name: str, codes: Mapping[str, str | None]) -> None:
    """Refuse codes that the list does not hold; *codes* is pointer to code."""
    wrong = tuple(
        FieldError(
            pointer,
            "unknown_code",
            "Kode ini tidak dikenal; lihat /v1/codes.",
            "Unknown code; see /v1/codes.",
        )
        for pointer, code in codes.items()
        if code is not None and not known.knows(set_name, code)
    )
    if wrong:
        raise Invalid(fields=wrong)


def require_past(move: Move, pointer: str, at: datetime) -> None:
    """Refuse to record as done what lies in the future."""
    if at > move.acting.now:
        raise Invalid(
            fields=(FieldError(pointer, "in_future", "Waktunya belum tiba.", "That time is still to come."),)
        )
