"""What happens to lists of persons and to registry snapshots; each has a chain of its own."""

import re
from dataclasses import dataclass
from typing import Annotated, ClassVar
from uuid import UUID

from app.domain.events.base import Code, Form, Label
from app.domain.events.others import ThingEvent

Period = Annotated[str, Form("period", re.compile(r"20[0-9]{2}(-[QS0-9][0-9]?)?", re.ASCII))]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListReceived(ThingEvent):
    type: ClassVar[str] = "list.received"
    label: ClassVar[Label] = Label("Berkas daftar diterima", "List received")

    kind: Code
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListProfileSaved(ThingEvent):
    type: ClassVar[str] = "list.profile_saved"
    label: ClassVar[Label] = Label("Profil kolom disimpan", "Column profile saved")

    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotBegun(ThingEvent):
    type: ClassVar[str] = "registry.snapshot_begun"
    label: ClassVar[Label] = Label("Daftar registri diperiksa", "Registry list being checked")

    source: Code
    period: Period
    list_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotRowDecided(ThingEvent):
    type: ClassVar[str] = "registry.row_decided"
    label: ClassVar[Label] = Label("Baris daftar registri diputuskan", "Row of a registry list decided")

    n: int
    decision: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotCommitOrdered(ThingEvent):
    type: ClassVar[str] = "registry.commit_ordered"
    label: ClassVar[Label] = Label("Daftar registri akan dimasukkan", "Registry list to be taken in")


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotCommitted(ThingEvent):
    type: ClassVar[str] = "registry.snapshot_committed"
    label: ClassVar[Label] = Label("Daftar registri dimasukkan", "Registry list taken in")

    entered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotWithdrawn(ThingEvent):
    type: ClassVar[str] = "registry.snapshot_withdrawn"
    label: ClassVar[Label] = Label("Daftar registri ditarik", "Registry list withdrawn")


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotsCompared(ThingEvent):
    type: ClassVar[str] = "registry.snapshots_compared"
    label: ClassVar[Label] = Label("Dua daftar registri dibandingkan", "Two registry lists compared")

    against_id: UUID


REGISTRY_EVENTS: tuple[type[ThingEvent], ...] = (
    ListReceived,
    ListProfileSaved,
    SnapshotBegun,
    SnapshotRowDecided,
    SnapshotCommitOrdered,
    SnapshotCommitted,
    SnapshotWithdrawn,
    SnapshotsCompared,
)
