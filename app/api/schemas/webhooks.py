"""Bodies of webhooks: endpoints, what was sent to them, and their secrets."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.api.schemas.base import CodeText, In, Out
from app.domain.webhooks import DeliveryState, Stopped, WebhookState

UrlText = Annotated[str, Field(min_length=1, max_length=500)]
Codes = Annotated[list[CodeText], Field(max_length=200)]


class WebhookIn(In):
    """An endpoint. Without ``types`` it gets all that you may see; the other filters narrow that further."""

    url: UrlText
    description: Annotated[str, Field(max_length=200)] = ""
    types: Codes = Field(default_factory=list)
    regencies: Codes = Field(default_factory=list)
    programs: Codes = Field(default_factory=list)


class WebhookPatch(In):
    url: UrlText | None = None
    description: Annotated[str, Field(max_length=200)] | None = None
    types: Codes | None = None
    regencies: Codes | None = None
    programs: Codes | None = None
    active: bool | None = None


class WebhookOut(Out):
    id: str
    url: str
    description: str
    types: list[str]
    regencies: list[str]
    programs: list[str]
    owner: str | None
    """The agency client's account; absent: the regency's secretariat."""
    state: WebhookState
    stopped: Stopped | None
    """Why it is disabled."""
    waiting: int
    """Events on their way."""
    failures: int
    """Rounds without a good answer since the last one."""
    last_success_at: datetime | None
    old_secret_until: datetime | None
    """Until then the secret before signs too."""
    created_at: datetime


class WebhookMadeOut(Out):
    webhook: WebhookOut
    secret: str
    """Shown this once."""


class DeliveryOut(Out):
    n: int
    """Its place in the endpoint's order."""
    event_id: str
    """The ``webhook-id``."""
    type: str
    state: DeliveryState
    attempts: int
    status: int | None
    """What the receiver answered last."""
    problem: str | None
    """Why there was no answer: ``timeout``, ``no_connection``, ``unknown_name``, ``not_public``, …"""
    due_at: datetime
    attempted_at: datetime | None
    created_at: datetime


class ReplayIn(In):
    """From where: ``next`` of an answer of ``GET /v1/events``; absent: from the start of the feed."""

    after: Annotated[str, Field(min_length=1, max_length=20_000)] | None = None
