"""What happens to accounts, clients, persons, desks and programmes; each thing has its own chain."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from app.domain.events.base import Code, Event, Label, Region, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingEvent(Event):
    """An event of a thing that has no case; its id is the stream."""

    columns: ClassVar[frozenset[str]] = frozenset({"thing_id"})

    thing_id: UUID
    """The account, client, person, desk, or the stream of the programme."""

    @property
    def stream_id(self) -> UUID:
        return self.thing_id


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCreated(ThingEvent):
    type: ClassVar[str] = "account.created"
    label: ClassVar[Label] = Label("Akun dibuat", "Account created")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDisabled(ThingEvent):
    type: ClassVar[str] = "account.disabled"
    label: ClassVar[Label] = Label("Akun dinonaktifkan", "Account disabled")

    reason: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEnabled(ThingEvent):
    type: ClassVar[str] = "account.enabled"
    label: ClassVar[Label] = Label("Akun diaktifkan", "Account enabled")


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanged(ThingEvent):
    type: ClassVar[str] = "account.password_changed"
    label: ClassVar[Label] = Label("Kata sandi diganti", "Password changed")


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenReused(ThingEvent):
    """A refresh token came back after its successor was given out: every session of its family ended."""

    type: ClassVar[str] = "account.token_reused"
    label: ClassVar[Label] = Label("Token lama dipakai lagi", "Old token reused")

    family_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantGiven(ThingEvent):
    type: ClassVar[str] = "account.grant_given"
    label: ClassVar[Label] = Label("Wewenang diberikan", "Grant given")

    grant_id: UUID
    role: Code
    region: Region | None = None
    agency: Code | None = None
    desk_id: UUID | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantEnded(ThingEvent):
    type: ClassVar[str] = "account.grant_ended"
    label: ClassVar[Label] = Label("Wewenang diakhiri", "Grant ended")

    grant_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCreated(ThingEvent):
    type: ClassVar[str] = "client.created"
    label: ClassVar[Label] = Label("Klien instansi dibuat", "Agency client created")

    agency: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSecretReplaced(ThingEvent):
    type: ClassVar[str] = "client.secret_replaced"
    label: ClassVar[Label] = Label("Rahasia klien diganti", "Client secret replaced")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientDisabled(ThingEvent):
    type: ClassVar[str] = "client.disabled"
    label: ClassVar[Label] = Label("Klien instansi dinonaktifkan", "Agency client disabled")

    reason: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceKeyCreated(ThingEvent):
    type: ClassVar[str] = "client.key_created"
    label: ClassVar[Label] = Label("Kunci klien dibuat", "Client key created")

    key_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceKeyRevoked(ThingEvent):
    type: ClassVar[str] = "client.key_revoked"
    label: ClassVar[Label] = Label("Kunci klien dicabut", "Client key revoked")

    key_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DciPartnerSet(ThingEvent):
    """What a client may ask and be told by the DCI interface, and its keys, were set."""

    type: ClassVar[str] = "client.dci_set"
    label: ClassVar[Label] = Label("Akses registri klien ditetapkan", "Client's access to the registry set")

    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInLinked(ThingEvent):
    """The account was tied to somebody at the external issuer, or to somebody else than before."""

    type: ClassVar[str] = "account.sign_in_linked"
    label: ClassVar[Label] = Label("Akun ditautkan ke penyedia masuk", "Account tied to the sign-in issuer")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInUnlinked(ThingEvent):
    type: ClassVar[str] = "account.sign_in_unlinked"
    label: ClassVar[Label] = Label("Tautan penyedia masuk dilepas", "Account untied from the sign-in issuer")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRegistered(ThingEvent):
    type: ClassVar[str] = "person.registered"
    label: ClassVar[Label] = Label("Data orang dicatat", "Person recorded")

    provisional: bool
    """Without a NIK yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChanged(ThingEvent):
    type: ClassVar[str] = "person.changed"
    label: ClassVar[Label] = Label("Data orang diubah", "Person changed")

    changed: tuple[Code, ...]
    """Names of the fields, never values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskOpened(ThingEvent):
    type: ClassVar[str] = "desk.opened"
    label: ClassVar[Label] = Label("Puskesos dibuka", "Desk opened")

    village: Region


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskChanged(ThingEvent):
    type: ClassVar[str] = "desk.changed"
    label: ClassVar[Label] = Label("Data Puskesos diubah", "Desk changed")

    changed: tuple[Code, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilitySet(ThingEvent):
    type: ClassVar[str] = "program.availability_set"
    label: ClassVar[Label] = Label("Ketersediaan program diubah", "Programme availability changed")

    program: Code
    availability: Code
    """``open``, ``full`` or ``paused``."""
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllotmentSet(ThingEvent):
    """How many a regency may take in; the thing is the allotment."""

    type: ClassVar[str] = "program.allotment_set"
    label: ClassVar[Label] = Label("Kuota program ditetapkan", "Programme quota set")

    program: Code
    component: Code | None = None
    """None is the whole programme."""
    period: Version
    quota: int
    before: int | None = None
    """None where there was no allotment."""
    taken: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideEvent(ThingEvent):
    """A regency's changes to a programme; the thing is the override."""

    program: Code
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideDrafted(OverrideEvent):
    type: ClassVar[str] = "program.override_drafted"
    label: ClassVar[Label] = Label("Perubahan daerah disusun", "Regency's override drafted")


@dataclass(frozen=True, slots=True, kw_only=True)
class OverridePublished(OverrideEvent):
    type: ClassVar[str] = "program.override_published"
    label: ClassVar[Label] = Label("Perubahan daerah diterbitkan", "Regency's override published")


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideRetired(OverrideEvent):
    type: ClassVar[str] = "program.override_retired"
    label: ClassVar[Label] = Label("Perubahan daerah diakhiri", "Regency's override retired")


OTHER_EVENTS: tuple[type[ThingEvent], ...] = (
    AccountCreated,
    AccountDisabled,
    AccountEnabled,
    PasswordChanged,
    TokenReused,
    GrantGiven,
    GrantEnded,
    ClientCreated,
    ClientSecretReplaced,
    ClientDisabled,
    DciPartnerSet,
    ServiceKeyCreated,
    ServiceKeyRevoked,
    SignInLinked,
    SignInUnlinked,
    PersonRegistered,
    PersonChanged,
    DeskOpened,
    DeskChanged,
    AvailabilitySet,
    AllotmentSet,
    OverrideDrafted,
    OverridePublished,
    OverrideRetired,
)
