"""Bodies of letters, their templates, and their links."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from app.api.schemas.base import CodeText, In, Localised, NoteText, Out
from app.api.schemas.cases import Coded
from app.domain.letters import LONGEST_LINK_DAYS, LONGEST_VALIDITY_DAYS, LetterKind, Verdict

FieldText = Annotated[str, Field(min_length=1, max_length=4_000)]
LineText = Annotated[str, Field(min_length=1, max_length=200)]
FieldName = Literal["reason", "recommendation", "purpose", "addressee", "attachments"]


class TemplateIn(In):
    regency: CodeText | None = Field(default=None, description="Your own tenant when left out.")
    kind: LetterKind
    title: LineText
    body: NoteText = Field(description="Paragraphs parted by empty lines; `{identity}` alone in one of them.")
    number_format: LineText = Field(description="Of `{n}`, `{month}`, `{year}` and `{regency}`.")
    valid_days: Annotated[int, Field(ge=1, le=LONGEST_VALIDITY_DAYS)]


class TemplateOut(Out):
    id: str
    regency: str
    """``ID`` for the nation's."""
    kind: Coded
    n: int
    title: str
    body: str
    number_format: str
    valid_days: int
    fields: list[str]
    """What whoever drafts a letter of it must write."""
    in_force: bool
    created_at: datetime


class LetterIn(In):
    kind: LetterKind
    referral_id: CodeText | None = Field(default=None, description="Of a `rujukan`: what it hands over.")
    fields: dict[FieldName, FieldText] = Field(default_factory=dict)


class LetterPatchIn(In):
    fields: dict[FieldName, FieldText]


class LetterReturnIn(In):
    note: NoteText


class LetterRevokeIn(In):
    reason: CodeText = Field(description="Of the set `letter_revoke_reason`.")


class LetterRow(Out):
    id: str
    position: int
    """Its place among the letters of the case, from 1; an address takes it for the id."""
    kind: Coded
    state: Coded
    number: str | None
    referral: str | None
    drafted_at: datetime
    drafted_by: str | None
    initialled_at: datetime | None
    initialled_by: str | None
    signed_at: datetime | None
    signed_by: str | None
    valid_until: date | None
    revoked_at: datetime | None
    revoke_reason: Coded | None
    version: int


class LetterBrief(Out):
    """A letter among those of all cases; whom it is about its own page tells."""

    id: str
    ticket: str
    village: str
    village_name: str
    kind: Coded
    state: Coded
    number: str | None
    drafted_at: datetime
    drafted_by: str | None
    initialled_at: datetime | None
    signed_at: datetime | None


class LetterOut(LetterRow):
    title: str
    addressee: str
    paragraphs: list[str | None]
    """None where the table of who it is about stands. Numbers are masked here, whole in print."""
    identity: list[list[str]]
    fields: dict[str, str]
    attachments: str | None
    return_note: str | None
    code: str | None
    """What its QR code holds; from the signature on."""
    verify_url: str | None
    allowed_actions: list[Coded]
    warnings: list[str] = Field(default_factory=list)


class LinkIn(In):
    days: Annotated[int, Field(ge=1, le=LONGEST_LINK_DAYS)] = 14


class LinkRow(Out):
    id: str
    referral: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    uses: int
    used_at: datetime | None


class LinkOut(LinkRow):
    """A link with its token: shown in this answer and nowhere else."""

    token: str
    url: str
    """The token stands behind the ``#``, which no browser sends and no log holds."""
    qr_svg: str


class LinkOpenIn(In):
    token: Annotated[str, Field(min_length=1, max_length=100)]


class LinkTokenOut(Out):
    access_token: str
    token_type: str = "Bearer"  # noqa: S105  # the word of RFC 6750
    expires_in: int


class VerifiedOut(Out):
    verdict: Verdict
    label: Localised
    kind: Localised | None = None
    number: str | None = None
    signed_on: date | None = None
    valid_until: date | None = None
    office: str | None = None
    initials: str | None = None
    nik: str | None = None
    """Only the last four digits."""
