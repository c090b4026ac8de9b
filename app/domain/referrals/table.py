"""The life of a referral, as one table. To add a step, add a row; nothing else writes a status."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from app.domain.access import Permission


class ReferralStatus(StrEnum):
    SENT = "sent"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    WAITLISTED = "waitlisted"
    IN_SERVICE = "in_service"
    FULFILLED = "fulfilled"
    UNFULFILLED = "unfulfilled"
    REFUSED = "refused"
    NOT_OURS = "not_ours"
    EXPIRED = "expired"
    REVOKED = "revoked"


S = ReferralStatus
LIVE: Final = frozenset({S.SENT, S.ACCEPTED, S.RETURNED, S.WAITLISTED, S.IN_SERVICE})
ENDED: Final = frozenset(S) - LIVE
BLOCKING: Final = LIVE - {S.WAITLISTED}
"""While one of these stands, the case is neither resolved nor voided without revoking it."""
HOLDING: Final = frozenset({S.ACCEPTED, S.IN_SERVICE, S.FULFILLED})
"""While it stands here an aid referral has a place in the allotment and lines in the ledger."""


class ReferralAction(StrEnum):
    ACCEPT = "accept"
    RETURN = "return"
    RESEND = "resend"
    REFUSE = "refuse"
    NOT_OURS = "not_ours"
    EXPIRE = "expire"
    WAITLIST = "waitlist"
    START = "start"
    DELIVER = "deliver"
    PROGRESS = "progress"
    """A registry proposal reached its next stage (`RegistryStage`)."""
    FULFIL = "fulfil"
    FAIL = "fail"
    REVOKE = "revoke"
    REOPEN = "reopen"
    QUESTION = "question"
    NOTE = "note"
    EXTERNAL_REFERENCE = "external_reference"
    SUBMITTED_EXTERNAL = "submitted_external"
    ANSWER = "answer"


class Party(StrEnum):
    """As whom an actor acts on a referral."""

    RECEIVER = "receiver"
    PROXY = "proxy"
    """Answers for a receiver without an account; stored as "recorded on behalf"."""
    SENDER = "sender"
    """The sender or the sender's line."""
    SYSTEM = "system"


PARTY_PERMISSION: Final[Mapping[Party, Permission | None]] = MappingProxyType(
    {
        Party.RECEIVER: Permission.REFERRAL_RECEIVE,
        Party.PROXY: Permission.REFERRAL_PROXY,
        Party.SENDER: Permission.REFERRAL_SEND,
        Party.SYSTEM: None,
    }
)


@dataclass(frozen=True, slots=True)
class ReferralStep:
    source: ReferralStatus
    action: ReferralAction
    target: ReferralStatus
    who: frozenset[Party]


A = ReferralAction
_RECEIVING: Final = frozenset({Party.RECEIVER, Party.PROXY})
# The face of a referral to an open receiver is a need card: what donors do there follows here by the system.
_OPEN: Final = _RECEIVING | {Party.SYSTEM}
_SENDING: Final = frozenset({Party.SENDER})
_SYSTEM: Final = frozenset({Party.SYSTEM})
_ALIVE: Final = tuple(status for status in S if status in LIVE)
_SERVED: Final = (S.ACCEPTED, S.WAITLISTED, S.IN_SERVICE)


def _rows(
    sources: tuple[ReferralStatus, ...],
    action: ReferralAction,
    target: ReferralStatus | None,
    who: frozenset[Party],
) -> tuple[ReferralStep, ...]:
    """One row per source; without *target* the status stays."""
    return tuple(ReferralStep(source, action, target or source, who) for source in sources)


STEPS: Final = (
    *_rows((S.SENT,), A.ACCEPT, S.ACCEPTED, _OPEN),
    *_rows((S.WAITLISTED,), A.ACCEPT, S.ACCEPTED, _SYSTEM),
    *_rows((S.SENT, S.ACCEPTED, S.IN_SERVICE), A.RETURN, S.RETURNED, _RECEIVING),
    *_rows((S.RETURNED,), A.RESEND, S.SENT, _SENDING),
    *_rows((S.SENT, S.ACCEPTED), A.REFUSE, S.REFUSED, _RECEIVING),
    *_rows((S.SENT, S.ACCEPTED), A.NOT_OURS, S.NOT_OURS, _RECEIVING),
    *_rows((S.SENT, S.RETURNED), A.EXPIRE, S.EXPIRED, _SYSTEM),
    *_rows((S.ACCEPTED,), A.WAITLIST, S.WAITLISTED, _OPEN),
    *_rows((S.ACCEPTED, S.WAITLISTED), A.START, S.IN_SERVICE, _RECEIVING),
    *_rows((S.ACCEPTED, S.IN_SERVICE), A.DELIVER, S.IN_SERVICE, _OPEN),
    *_rows((S.ACCEPTED, S.IN_SERVICE), A.PROGRESS, S.IN_SERVICE, _RECEIVING),
    *_rows(_SERVED, A.FULFIL, S.FULFILLED, _OPEN),
    *_rows(_SERVED, A.FAIL, S.UNFULFILLED, _RECEIVING),
    # The system revokes when a person has died or a case moves to another regency.
    *_rows(_ALIVE, A.REVOKE, S.REVOKED, _SENDING | _SYSTEM),
    *_rows((S.FULFILLED, S.UNFULFILLED), A.REOPEN, S.IN_SERVICE, _SENDING),
    *_rows(_ALIVE, A.QUESTION, None, _RECEIVING),
    *_rows(_ALIVE, A.NOTE, None, _RECEIVING),
    *_rows(_ALIVE, A.EXTERNAL_REFERENCE, None, _RECEIVING),
    *_rows(_ALIVE, A.SUBMITTED_EXTERNAL, None, _RECEIVING | _SENDING),
    *_rows(_ALIVE, A.ANSWER, None, _SENDING),
)

BY_KEY: Final[Mapping[tuple[ReferralStatus, ReferralAction], ReferralStep]] = MappingProxyType(
    {(step.source, step.action): step for step in STEPS}
)


class Sight(StrEnum):
    """What the receiver still sees of a referral."""

    FULL = "full"
    OWN_RECORD = "own_record"
    """Ids, dates, status, what it gave, its reference; nothing of the person."""
    ID_ONLY = "id_only"


def sight(status: ReferralStatus) -> Sight:
    if status in LIVE:
        return Sight.FULL
    return Sight.ID_ONLY if status in {S.REVOKED, S.EXPIRED} else Sight.OWN_RECORD


def all_ended(statuses: tuple[ReferralStatus, ...]) -> bool:
    """Tell whether a case waits for no receiver: it has referrals, each ended or waitlisted."""
    return bool(statuses) and not BLOCKING.intersection(statuses)
