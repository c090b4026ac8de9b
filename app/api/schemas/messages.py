"""Bodies of notices, messages, and the words for them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from app.api.schemas.access import RegionText
from app.api.schemas.base import CodeText, In, Instant, Localised, Out
from app.domain.messages import Audience, Channel, Topic


class NoticeOut(Out):
    id: str
    kind: Topic
    words: Localised
    at: datetime
    read_at: datetime | None
    ticket: str | None
    referral_id: str | None
    report_id: str | None = Field(description="Of `GET /v1/periodic-reports/{id}`.")


class NoticesReadIn(In):
    """Name notices, or the instant up to which all are read."""

    ids: Annotated[list[CodeText], Field(max_length=200, default_factory=list)]
    up_to: Instant | None = None


class UnreadOut(Out):
    unread: int


class CodeOut(Out):
    code: str
    label: Localised


class MessageOut(Out):
    """One message of a case. Where it went is not kept; ``to`` is who it was for."""

    id: str
    event: CodeOut
    to: CodeOut
    channel: CodeOut
    language: str
    state: CodeOut
    reason: CodeOut | None
    attempts: int
    created_at: datetime
    due_at: datetime
    settled_at: datetime | None
    provider_ref: str | None


Language = Literal["id", "en"]


class SentMessageOut(MessageOut):
    ticket: str | None = Field(description="The case that it is about; null for whoever reads no cases.")


class MessageTemplateIn(In):
    """``active`` false: nothing is sent. The subject is for mail only."""

    region: RegionText | None = None
    event: Topic
    audience: Audience
    channel: Channel
    language: Language = "id"
    subject: Annotated[str, Field(max_length=200)] = ""
    body: Annotated[str, Field(min_length=1, max_length=4000)]
    active: bool = True


class MessageTemplateOut(Out):
    region: str
    """Whose words they are; ``ID``: the nation's."""
    event: Topic
    audience: Audience
    channel: Channel
    language: Language
    subject: str
    body: str
    active: bool
    version: int


class ContactPreferenceIn(In):
    do_not_contact: bool


class ContactPreferenceOut(Out):
    person: str
    do_not_contact: bool
