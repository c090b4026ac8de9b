"""Messages of the DCI interface about following somebody in the registry."""

from typing import Annotated, Literal

from pydantic import Field

from app.api.schemas.base import In, Instant
from app.api.schemas.dci import (
    DciBasis,
    DciHeader,
    DciIdQuery,
    LocaleText,
    MessageText,
    ShortText,
    SignatureText,
)


class DciFrequency(In):
    """Until when is followed; the hours between are ours."""

    start_time: Instant | None = None
    end_time: Instant | None = None
    frequency: ShortText | None = None


class DciSubscribeCriteria(In):
    version: ShortText = "1.0.0"
    reg_type: ShortText | None = None
    reg_event_type: ShortText = Field(description="Told back; every change of the record is told.")
    frequency: DciFrequency | None = Field(default=None, description="`end_time`: at most 366 days from now.")
    filter_type: Literal["idtype-value"] = "idtype-value"
    filter: DciIdQuery = Field(description="One person, by `NIK`.")
    notify_record_type: ShortText
    consent: DciBasis | Literal[""] | None = None
    authorize: DciBasis | Literal[""] | None = None


class DciSubscribeRequest(In):
    reference_id: MessageText
    timestamp: Instant
    subscribe_criteria: DciSubscribeCriteria
    locale: LocaleText | None = None


class DciSubscribeBody(In):
    transaction_id: MessageText
    subscribe_request: Annotated[list[DciSubscribeRequest], Field(min_length=1, max_length=200)]


class DciSubscribeIn(In):
    """A signed wish to be told of changes."""

    signature: SignatureText | None = None
    header: DciHeader
    message: DciSubscribeBody


class DciUnsubscribeBody(In):
    transaction_id: MessageText
    timestamp: Instant
    subscription_codes: Annotated[list[MessageText], Field(min_length=1, max_length=200)]


class DciUnsubscribeIn(In):
    """A signed wish to be told no more."""

    signature: SignatureText | None = None
    header: DciHeader
    message: DciUnsubscribeBody
