"""What happens to the rules of a programme; the thing is the programme's stream in its owner's tenant."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from app.domain.events.base import Code, Hmac, Label
from app.domain.events.others import ThingEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionEvent(ThingEvent):
    program: Code
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionDrafted(VersionEvent):
    type: ClassVar[str] = "program.version_drafted"
    label: ClassVar[Label] = Label("Naskah aturan program dibuat", "Draft of programme rules made")

    digest: Hmac
    new_program: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionEdited(VersionEvent):
    type: ClassVar[str] = "program.version_edited"
    label: ClassVar[Label] = Label("Naskah aturan program diubah", "Draft of programme rules changed")

    digest: Hmac


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionHandedIn(VersionEvent):
    type: ClassVar[str] = "program.version_handed_in"
    label: ClassVar[Label] = Label("Naskah aturan program diajukan", "Draft of programme rules handed in")

    digest: Hmac


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionReturned(VersionEvent):
    type: ClassVar[str] = "program.version_returned"
    label: ClassVar[Label] = Label("Naskah aturan program dikembalikan", "Draft of programme rules returned")


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionPublished(VersionEvent):
    type: ClassVar[str] = "program.version_published"
    label: ClassVar[Label] = Label("Aturan program diterbitkan", "Programme rules published")

    digest: Hmac
    valid_from: date
    supersedes: tuple[int, ...] = ()
    """The versions that end the day before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRetired(VersionEvent):
    type: ClassVar[str] = "program.version_retired"
    label: ClassVar[Label] = Label("Aturan program diakhiri", "Programme rules retired")

    last_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionWithdrawn(VersionEvent):
    type: ClassVar[str] = "program.version_withdrawn"
    label: ClassVar[Label] = Label("Naskah aturan program dibatalkan", "Draft of programme rules withdrawn")


PROGRAM_EVENTS: tuple[type[ThingEvent], ...] = (
    VersionDrafted,
    VersionEdited,
    VersionHandedIn,
    VersionReturned,
    VersionPublished,
    VersionRetired,
    VersionWithdrawn,
)
