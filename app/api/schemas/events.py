"""Bodies of the feed and of a case's timeline."""

from datetime import datetime
from typing import Any

from app.api.schemas.base import Localised, Out
from app.domain.codes import ActorKind


class EventActorOut(Out):
    kind: ActorKind
    id: str | None
    """The account; absent for the system and for a resident with a slip."""


class EventOut(Out):
    """One thing that happened to one thing. Codes and ids only: what they stand for is asked for by id."""

    id: str
    """Never twice the same: a reader that keeps it drops what comes again."""
    n: int
    """In the feed its number in the tenant, without gaps; in a timeline its number in the case."""
    regency: str
    type: str
    label: Localised
    words: Localised
    """The label with what the codes say, for people."""
    at: datetime
    actor: EventActorOut
    cause_id: str
    """The same for everything that one act changed."""
    case_id: str | None
    ticket: str | None
    referral_id: str | None
    data: dict[str, Any]


class FeedOut(Out):
    """A page of the feed. ``next`` is always there: it is where the next question starts, now or later."""

    items: list[EventOut]
    next: str
    more: bool
    """Whether to ask on at once; otherwise a second later is soon enough."""
