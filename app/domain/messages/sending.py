"""When a message may go out, when it is tried again, and what keeps it from going at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone
from enum import StrEnum
from typing import Any, Final

from app.domain.codes import Confidentiality, Priority
from app.domain.messages.topics import Audience, Channel

GIVE_UP_AFTER: Final = timedelta(days=3)
"""After this a message is no news any more. Ours."""
_FIRST_RETRY: Final = timedelta(seconds=30)
_LONGEST_RETRY: Final = timedelta(hours=6)
_JITTER: Final = 0.25
_BYTE: Final = 256


class Reason(StrEnum):
    """Why a message was not sent; labels are the code set ``message_reason``."""

    DO_NOT_CONTACT = "do_not_contact"
    DECEASED = "deceased"
    NO_CONSENT = "no_consent"
    NO_ADDRESS = "no_address"
    CLOSED_CASE = "closed_case"
    INACTIVE = "inactive"
    NO_GATEWAY = "no_gateway"
    NO_MAIL_SERVER = "no_mail_server"
    NO_TEMPLATE = "no_template"
    ERASED = "erased"
    REFUSED = "refused"
    """The provider will not take it, now or later."""
    GAVE_UP = "gave_up"


@dataclass(frozen=True, slots=True)
class Quiet:
    """The hours of the local night in which no phone rings; they may go over midnight."""

    begins: time
    ends: time

    def holds(self, at: time) -> bool:
        if self.begins <= self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends


NIGHT: Final = Quiet(time(20), time(7))


def read_quiet(value: Any) -> Quiet:
    """Read the policy ``quiet_hours``; what cannot be read is our night, never no night at all."""
    if not isinstance(value, Mapping):
        return NIGHT
    try:
        return Quiet(time.fromisoformat(value["from"]), time.fromisoformat(value["to"]))
    except (KeyError, TypeError, ValueError):
        return NIGHT


def not_before(at: datetime, zone: timezone, quiet: Quiet) -> datetime:
    """Return *at*, or the end of the quiet hours that it falls in."""
    local = at.astimezone(zone)
    if not quiet.holds(local.time()):
        return at
    end = datetime.combine(local.date(), quiet.ends, zone)
    return (end if end > local else end + timedelta(days=1)).astimezone(UTC)


def is_exempt(audience: Audience, priority: str) -> bool:
    """Tell whether the night does not count: an emergency wakes staff, never a resident."""
    return priority == Priority.DARURAT and audience in {Audience.OFFICER, Audience.RECEIVER}


def retry_at(now: datetime, attempts: int, salt: bytes) -> datetime:
    """Return when to try again after so many tries: twice as long each time, up to six hours.

    *salt* spreads those that failed together; the same message has the same share.
    """
    wait: timedelta = min(_FIRST_RETRY * 2 ** min(attempts - 1, 20), _LONGEST_RETRY)
    return now + wait + timedelta(seconds=wait.total_seconds() * _JITTER * salt[-1] / _BYTE)


class Verdict(StrEnum):
    """What a provider said."""

    TAKEN = "taken"
    REFUSED = "refused"
    """It will not take this message, however often it is asked."""
    LATER = "later"
    """It did not answer, or asks to come again."""


@dataclass(frozen=True, slots=True)
class Answer:
    verdict: Verdict
    provider_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """One message as a provider gets it; *id* is the same at each try, so that it can tell a second one."""

    id: str
    to: str
    subject: str
    text: str
    template: str


@dataclass(frozen=True, slots=True)
class Way:
    """How a message would go."""

    channel: Channel
    confidentiality: str
    """Of its case."""
    has_words: bool
    is_set: bool
    """Whether there is a gateway, or a mail server."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What is known of a message's reader when it is about to go."""

    address: str | None
    """Opened for this moment only."""
    active: bool = True
    erased: bool = False
    deceased: bool = False
    do_not_contact: bool = False
    agreed: bool = True


def hindrance(way: Way, reader: Reader) -> Reason | None:
    """Return why a message must not go; None when it may. The strictest reason comes first."""
    not_set = Reason.NO_GATEWAY if way.channel is Channel.PHONE else Reason.NO_MAIL_SERVER
    reasons = (
        # Whoever shares her phone must not learn of it, and mail leaves the house.
        (way.confidentiality == Confidentiality.RAHASIA, Reason.CLOSED_CASE),
        (reader.erased, Reason.ERASED),
        (reader.deceased, Reason.DECEASED),
        (reader.do_not_contact, Reason.DO_NOT_CONTACT),
        (not reader.agreed, Reason.NO_CONSENT),
        (not reader.active, Reason.INACTIVE),
        (not way.has_words, Reason.NO_TEMPLATE),
        (reader.address is None, Reason.NO_ADDRESS),
        (not way.is_set, not_set),
    )
    return next((reason for holds, reason in reasons if holds), None)
