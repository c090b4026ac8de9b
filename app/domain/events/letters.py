"""What happens to the letters of a case and to the links that open a referral; all in the case's chain."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.domain.events.base import Code, Hmac, Label
from app.domain.events.cases import CaseEvent
from app.domain.events.others import ThingEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterEvent(CaseEvent):
    letter_id: UUID
    letter_kind: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterDrafted(LetterEvent):
    type: ClassVar[str] = "letter.drafted"
    label: ClassVar[Label] = Label("Konsep surat dibuat", "Letter drafted")

    text_hmac: Hmac


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRedrafted(LetterEvent):
    type: ClassVar[str] = "letter.redrafted"
    label: ClassVar[Label] = Label("Konsep surat diperbaiki", "Letter drafted again")

    text_hmac: Hmac


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterInitialled(LetterEvent):
    type: ClassVar[str] = "letter.initialled"
    label: ClassVar[Label] = Label("Surat diparaf", "Letter initialled")


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterReturned(LetterEvent):
    type: ClassVar[str] = "letter.returned"
    label: ClassVar[Label] = Label("Surat dikembalikan untuk diperbaiki", "Letter returned for correction")

    text_hmac: Hmac
    account_id: UUID | None
    """Who drafted it and gets it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterSigned(LetterEvent):
    type: ClassVar[str] = "letter.signed"
    label: ClassVar[Label] = Label("Surat ditandatangani", "Letter signed")

    year: int
    number: int
    """Its place in the year of the regency, without gaps."""
    text_hmac: Hmac


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRevoked(LetterEvent):
    type: ClassVar[str] = "letter.revoked"
    label: ClassVar[Label] = Label("Surat dicabut", "Letter revoked")

    reason: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterLinkMade(LetterEvent):
    type: ClassVar[str] = "letter.link_made"
    label: ClassVar[Label] = Label("Tautan rujukan dibuat", "Link to the referral made")

    link_id: UUID
    linked_id: UUID
    """The referral that it opens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterLinkRevoked(LetterEvent):
    type: ClassVar[str] = "letter.link_revoked"
    label: ClassVar[Label] = Label("Tautan rujukan dicabut", "Link to the referral revoked")

    link_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterTemplateAdded(ThingEvent):
    type: ClassVar[str] = "letter_template.added"
    label: ClassVar[Label] = Label("Templat surat ditambahkan", "Letter template added")

    letter_kind: Code
    number: int


LETTER_EVENTS: tuple[type[CaseEvent | ThingEvent], ...] = (
    LetterDrafted,
    LetterRedrafted,
    LetterInitialled,
    LetterReturned,
    LetterSigned,
    LetterRevoked,
    LetterLinkMade,
    LetterLinkRevoked,
    LetterTemplateAdded,
)
