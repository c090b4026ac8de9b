"""Bodies of the trail of who saw and who changed what, and of the seals."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from app.api.schemas.access import RegionText
from app.api.schemas.base import In, Localised, Out
from app.api.schemas.cases import Coded
from app.domain.codes import ActorKind


class TrailKind(StrEnum):
    CHANGE = "change"
    READ = "read"
    REFUSAL = "refusal"
    """Somebody was not let in, or not let do it."""
    LOGIN = "login"


class TrailActorOut(Out):
    kind: ActorKind
    id: str | None = Field(
        description="The account; null for the system, a resident, and whoever is of another province."
    )
    name: str | None


class TrailSubjectOut(Out):
    kind: Coded = Field(description="Of the set `access_subject`.")
    id: str | None


class TrailRowOut(Out):
    at: datetime
    kind: TrailKind
    action: str = Field(description="The event's type, or the operation that was called.")
    words: Localised
    actor: TrailActorOut
    ticket: str | None
    subject: TrailSubjectOut | None = Field(description="What was read, where it is not a change.")
    result: str | None = Field(description="`ok`, or the code of the refusal; null for a change.")
    purpose: Coded | None = Field(description="What whoever read it said it was for.")
    event: str | None = Field(description="The event of a change.")
    request: str | None = Field(description="The request that read; it stands in the service's log too.")


class VerifyIn(In):
    region: RegionText | None = Field(default=None, description="The regency; your own when left out.")


class SealOut(Out):
    n: int = Field(description="From 1 in each regency, without gaps.")
    at: datetime
    feed_n: int = Field(description="Up to which number of the feed it covers.")
    digest: str = Field(description="SHA-256 of the body, hexadecimal.")
    previous: str = Field(description="The digest of the seal before.")
    key_id: str
    signature: str = Field(description="Ed25519 over the body, Base64.")

    body: str | None = Field(
        description="The canonical JSON that was signed, if asked for: each chain, its length and its head."
    )
