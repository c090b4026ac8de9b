"""What a check-in counts for, when it arrives: the rule that no entitlement is given twice.

The first to **arrive** counts and stays. Clocks of devices are wrong, and a line of the ledger that was
written is not taken away by a later message. Whatever arrives after it is a duplicate and is told where and
when the first was; when both say that the aid was handed out, a person must find out what happened.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from app.domain.campaigns.states import RecipientState

AHEAD: Final = timedelta(minutes=10)
"""How much a device's clock may go before ours, and before the list was made. Ours."""


class Outcome(StrEnum):
    """What the device says happened; the set ``checkin_outcome``."""

    GIVEN = "given"
    TURNED_AWAY = "turned_away"
    """She came, and got nothing."""


class CheckinVerdict(StrEnum):
    """What it counts for; the set ``checkin_verdict``."""

    GIVEN = "given"
    DUPLICATE = "duplicate"
    NOTED = "noted"
    """Turned away: kept, and changes nothing."""
    REFUSED = "refused"


class CheckinRefusal(StrEnum):
    """Why it counts for nothing; the set ``checkin_refusal``."""

    NOT_ON_LIST = "not_on_list"
    BAD_SIGNATURE = "bad_signature"
    LIST_EXPIRED = "list_expired"
    """It happened after the list's end, by the device's own clock."""
    BEFORE_LIST = "before_list"
    CLOCK_AHEAD = "clock_ahead"
    NOT_ENTITLED = "not_entitled"
    """She dropped out, and the reserve has her place."""
    PROXY_INCOMPLETE = "proxy_incomplete"
    CLIENT_ID_REUSED = "client_id_reused"


@dataclass(frozen=True, slots=True)
class Span:
    """When the list may be used."""

    issued_at: datetime
    expires_at: datetime


def refusal_of_time(at: datetime, span: Span, now: datetime) -> CheckinRefusal | None:
    """Judge the device's time *at*; a batch may come long after the list's end, what it tells may not."""
    if at > now + AHEAD:
        return CheckinRefusal.CLOCK_AHEAD
    if at >= span.expires_at:
        return CheckinRefusal.LIST_EXPIRED
    return CheckinRefusal.BEFORE_LIST if at < span.issued_at - AHEAD else None


def verdict_of(state: RecipientState, outcome: Outcome) -> CheckinVerdict:
    """Judge a check-in that is in order against where its recipient stands now."""
    if state is RecipientState.GIVEN:
        return CheckinVerdict.DUPLICATE
    if state is not RecipientState.SELECTED:
        return CheckinVerdict.REFUSED
    return CheckinVerdict.GIVEN if outcome is Outcome.GIVEN else CheckinVerdict.NOTED
