"""The frame of every message: header, statuses and reason codes as they were published."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from app.domain.chain import instant_text
from app.domain.documents import Words
from app.domain.ids import tenant_digits

VERSION: Final = "1.0.0"
SEARCH: Final = "search"
ON_SEARCH: Final = "on-search"
ENROLLED: Final = "enrolled"
MOST: Final = 50
"""Requests in one message."""
LONGEST: Final = timedelta(hours=24)
"""How old a message may be when it comes in."""


class Status(StrEnum):
    RCVD = "rcvd"
    PDNG = "pdng"
    SUCC = "succ"
    RJCT = "rjct"


class MessageState(StrEnum):
    """How far a message is that was taken."""

    ANSWERED = "answered"
    """In the same exchange."""
    ASKED = "asked"
    """Waits to be answered by the worker."""
    READY = "ready"
    """Answered; the answer is on its way."""
    DELIVERED = "delivered"
    FAILED = "failed"
    """The sender's endpoint did not take the answer."""


class HeaderReason(StrEnum):
    """Why a whole message is turned away."""

    VERSION = "rjct.version.invalid"
    DUPLICATE = "rjct.message_id.duplicate"
    TIME = "rjct.message_ts.invalid"
    ACTION = "rjct.action.not_supported"
    COUNT = "rjct.total_count.invalid"
    TOO_MANY = "rjct.total_count.limit_exceeded"


class Reason(StrEnum):
    """Why one request of a message is turned away."""

    REFERENCE = "rjct.reference_id.duplicate"
    CRITERIA = "rjct.search_criteria.invalid"
    FILTER = "rjct.filter.invalid"
    SORT = "rjct.sort.invalid"
    PAGE = "rjct.pagination.invalid"
    NOTIFY_DETAILS = "rjct.notify_details.invalid"
    PERSON = "rjct.person_id.invalid"
    SUBSCRIBED = "rjct.event.already_subscribed"


@dataclass(frozen=True, slots=True)
class Reply:
    """What an answer's header says of itself."""

    action: str
    message_id: str
    tenant: str
    receiver: str
    at: datetime
    total: int
    status: Status = Status.SUCC
    reason: HeaderReason | None = None
    words: Words | None = None


def receiver_of(tenant: str) -> str:
    """Return what this service is called in messages of a tenant's clients: ``puskesos@1374``."""
    return f"puskesos@{tenant_digits(tenant)}"


def answer_header(reply: Reply, language: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "version": VERSION,
        "message_id": reply.message_id,
        "message_ts": instant_text(reply.at),
        "action": reply.action,
        "status": reply.status.value,
        "total_count": reply.total,
        "completed_count": reply.total if reply.status is Status.SUCC else 0,
        "sender_id": receiver_of(reply.tenant),
        "receiver_id": reply.receiver,
        "is_msg_encrypted": False,
    }
    return found | refusal(reply.reason, reply.words, language)


def response_item(
    reference_id: str, at: datetime, status: Status, more: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "reference_id": reference_id,
        "timestamp": instant_text(at),
        "status": status.value,
        **(more or {}),
    }


def refusal(reason: Reason | HeaderReason | None, words: Words | None, language: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if reason is not None:
        found["status_reason_code"] = reason.value
    if words is not None:
        found["status_reason_message"] = words.en if language == "en" else words.id
    return found
