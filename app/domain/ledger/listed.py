"""What a row of a list of aid becomes, after it was read: a new line, one that was planned, or nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from app.domain.codes import LedgerState
from app.domain.lists.verdicts import Verdict


class AidReason(StrEnum):
    """The set ``aid_reason``."""

    NOT_ON_RECORD = "not_on_record"
    """Nobody on record has the NIK: the line is found by it all the same."""
    ON_RECORD = "on_record"
    """An earlier list said the same."""
    WAS_PLANNED = "was_planned"
    TWICE = "twice"
    """The list has the NIK above already."""
    THROUGH_REFERRAL = "through_referral"
    OTHER_SOURCE = "other_source"
    """The same aid for the period came in through another door."""
    EXCLUDED = "excluded"
    TAKEN_BACK = "taken_back"
    """The line was stopped or reversed; a list does not bring it back."""
    DECEASED = "deceased"
    AMOUNT_UNREADABLE = "amount_unreadable"


VERDICT_OF_AID: Final[Mapping[AidReason, Verdict]] = MappingProxyType(
    {
        AidReason.NOT_ON_RECORD: Verdict.ACCEPTED,
        AidReason.ON_RECORD: Verdict.ACCEPTED,
        AidReason.WAS_PLANNED: Verdict.ACCEPTED,
        AidReason.TWICE: Verdict.CORRECTED,
        AidReason.THROUGH_REFERRAL: Verdict.PARKED,
        AidReason.OTHER_SOURCE: Verdict.PARKED,
        AidReason.EXCLUDED: Verdict.PARKED,
        AidReason.TAKEN_BACK: Verdict.PARKED,
        AidReason.DECEASED: Verdict.PARKED,
        AidReason.AMOUNT_UNREADABLE: Verdict.PARKED,
    }
)


class Act(StrEnum):
    WRITE = "write"
    SETTLE = "settle"
    """Turn the planned line into given."""
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Stands:
    """A line of this very aid and period that is there already."""

    state: LedgerState
    same_key: bool
    """Written by a list before."""
    through_referral: bool


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of a row whose NIK could be read."""

    twice: bool = False
    on_record: bool = True
    deceased: bool = False
    live_referral: bool = False
    excluded: bool = False
    stands: Stands | None = None


def weigh(state: LedgerState, row: Row) -> tuple[Act, AidReason | None]:
    """Say what to do with a row of a list of *state*, and what there is to say about it."""
    if row.twice:
        return Act.NOTHING, AidReason.TWICE
    if row.live_referral or (row.stands is not None and row.stands.through_referral):
        return Act.NOTHING, AidReason.THROUGH_REFERRAL
    if row.stands is not None:
        return _beside(state, row.stands)
    if state is LedgerState.PLANNED and row.deceased:
        return Act.NOTHING, AidReason.DECEASED
    if state is LedgerState.PLANNED and row.excluded:
        return Act.NOTHING, AidReason.EXCLUDED
    return Act.WRITE, None if row.on_record else AidReason.NOT_ON_RECORD


def _beside(state: LedgerState, stands: Stands) -> tuple[Act, AidReason]:
    match stands.state:
        case LedgerState.PLANNED if state is LedgerState.GIVEN:
            return Act.SETTLE, AidReason.WAS_PLANNED
        case LedgerState.PLANNED | LedgerState.GIVEN if stands.same_key:
            return Act.NOTHING, AidReason.ON_RECORD
        case LedgerState.PLANNED | LedgerState.GIVEN:
            return Act.NOTHING, AidReason.OTHER_SOURCE
        case LedgerState.STOPPED | LedgerState.REVERSED:
            return Act.NOTHING, AidReason.TAKEN_BACK


_AMOUNT: Final = re.compile(
    r"(?:rp\.?)?\s*(\d{1,3}(?:[.,]\d{3})+|\d{1,15})(?:[.,]\d{1,2})?(?:,-)?", re.IGNORECASE
)


def read_amount(value: object) -> int | None:
    """Read whole rupiah as lists have them: ``300000``, ``300.000``, ``Rp300.000,00``; None if it is none."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return int(value) if 0 <= value <= 10**12 and value == int(value) else None
    found = _AMOUNT.fullmatch(str(value).strip())
    return int(re.sub(r"\D", "", found[1])) if found else None
