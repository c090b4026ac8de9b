"""What is asked of a registry snapshot: that it be checked, taken in, compared, or withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from app.db.queries import events, jobs, lists
from app.db.queries import registry as stored
from app.db.queries.acting import Acting
from app.db.tables.jobs import Job
from app.db.tables.people import DataKey
from app.db.tables.registry import RegistrySnapshot
from app.domain.access import Permission
from app.domain.access.actors import forbidden
from app.domain.errors import Conflict, FieldError, Invalid, NotFound
from app.domain.events.others import ThingEvent
from app.domain.events.registry import SnapshotBegun, SnapshotCommitOrdered, SnapshotWithdrawn
from app.domain.ids import public_id
from app.domain.jobs import OPEN, JobKind, JobState
from app.domain.registry import SnapshotState, is_period

READERS: Final = (Permission.REGISTRY_IMPORT, Permission.REGISTRY_READ)


def sees(acting: Acting, regency: str) -> bool:
    """Whether the actor knows of the regency's snapshots: whoever reads the registry of a part of it does."""
    return any(acting.actor.has_within(one, regency) for one in READERS)


class KeyMaker(Protocol):
    """The part of the vault that makes data keys."""

    def new_data_key(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class NewSnapshot:
    regency: str
    list_id: UUID
    source: str
    period: str
    decree: str | None
    profile_id: UUID | None


async def order_check(acting: Acting, vault: KeyMaker, new: NewSnapshot) -> tuple[RegistrySnapshot, bool]:
    """Order the dry run of a list; tell also whether that was new.

    The same list for the same period again is the snapshot that is there.

    Raises:
        Forbidden: the actor imports nothing there.
        Invalid: a source or period that is none, or a list that is gone.
        Conflict: the period has another list, which counts or is being checked.
    """
    acting.actor.require(Permission.REGISTRY_IMPORT, new.regency)
    await _check(acting, new)
    found = await stored.of_period(acting.tx, new.regency, new.source, new.period)
    if found is not None:
        return _same_or_refused(found, new), False
    snapshot_id = acting.new_id()
    key_id = await lists.add_key(acting, new.regency, vault.new_data_key().wrapped)
    made = await stored.claim_period(
        acting,
        stored.New(
            id=snapshot_id,
            regency_code=new.regency,
            source=new.source,
            period=new.period,
            decree=new.decree,
            list_id=new.list_id,
            profile_id=new.profile_id,
            data_key_id=key_id,
            job_id=snapshot_id,
        ),
    )
    if not made:
        # Somebody was faster, by less than this request took.
        await acting.tx.delete(await acting.tx.get_one(DataKey, (new.regency, key_id)))
        found = await stored.of_period(acting.tx, new.regency, new.source, new.period)
        if found is None:
            raise _taken(None)
        return _same_or_refused(found, new), False
    snapshot = await _locked(acting, new.regency, snapshot_id)
    await _order(acting, snapshot, JobKind.REGISTRY_CHECK)
    await tell(
        acting,
        snapshot,
        SnapshotBegun(
            thing_id=snapshot.id, source=snapshot.source, period=snapshot.period, list_id=snapshot.list_id
        ),
    )
    return snapshot, True


async def take_in(acting: Acting, regency: str, snapshot_id: UUID) -> RegistrySnapshot:
    """Order that a checked list be taken in. Rows that still wait for a person stay outside.

    Raises:
        NotFound: there is none.
        Forbidden: the actor imports nothing there.
        Conflict: it is not checked, or is being taken in already.
    """
    snapshot = await _locked(acting, regency, snapshot_id)
    _require_state(snapshot, SnapshotState.CHECKED)
    snapshot.state, snapshot.version = SnapshotState.COMMITTING.value, snapshot.version + 1
    await _order(acting, snapshot, JobKind.REGISTRY_COMMIT, snapshot.counts.get("rows"))
    await tell(acting, snapshot, SnapshotCommitOrdered(thing_id=snapshot.id))
    return snapshot


async def withdraw(acting: Acting, regency: str, snapshot_id: UUID) -> RegistrySnapshot:
    """Give a list up that does not count yet; its period is free again.

    Raises:
        NotFound: there is none.
        Forbidden: the actor imports nothing there.
        Conflict: it counts, or is being taken in.
    """
    snapshot = await _locked(acting, regency, snapshot_id)
    _require_state(snapshot, SnapshotState.CHECKING, SnapshotState.CHECKED)
    snapshot.state, snapshot.version = SnapshotState.WITHDRAWN.value, snapshot.version + 1
    job = await jobs.lock(acting.tx, regency, snapshot.job_id)
    if job is not None and JobState(job.state) in OPEN:
        job.stop_requested, job.updated_at = True, acting.now
    await tell(acting, snapshot, SnapshotWithdrawn(thing_id=snapshot.id))
    return snapshot


async def compare(acting: Acting, regency: str, snapshot_id: UUID, against_id: UUID) -> Job:
    """Order the comparison of two snapshots that count or counted.

    Raises:
        NotFound: there is no such snapshot.
        Forbidden: the actor imports nothing there.
        Invalid: there is nothing to compare it with by that id.
        Conflict: one is not taken in, they are of two sources, or they are one.
    """
    snapshot = await _locked(acting, regency, snapshot_id)
    _require_state(snapshot, SnapshotState.COMMITTED)
    against = await stored.find(acting.tx, regency, against_id)
    if against is None:
        gone = stored.no_snapshot()
        raise Invalid(fields=(FieldError("/against", "unknown_snapshot", gone.id, gone.en),))
    _require_state(against, SnapshotState.COMMITTED)
    if snapshot.source != against.source or snapshot.id == against.id:
        raise Conflict(
            "not_comparable",
            "Bandingkan dua daftar yang berbeda dari sumber yang sama.",
            "Compare two different snapshots of one source.",
        )
    return await jobs.order(
        acting,
        jobs.Order(
            JobKind.REGISTRY_DIFF,
            regency,
            regency,
            Permission.REGISTRY_IMPORT,
            {"snapshot": snapshot.id.hex, "against": against.id.hex},
        ),
    )


async def get_snapshot(acting: Acting, regency: str, snapshot_id: UUID) -> RegistrySnapshot:
    """Return a snapshot.

    Raises:
        NotFound: there is none, or it is nothing of the actor's.
    """
    found = await stored.find(acting.tx, regency, snapshot_id)
    if found is None or not sees(acting, regency):
        raise stored.no_snapshot()
    return found


async def require_import(acting: Acting, regency: str, snapshot_id: UUID) -> None:
    """Let whoever imports lists there pass; whoever only reads the registry sees no rows.

    Raises:
        NotFound: there is no such snapshot, or it is nothing of the actor's.
        Forbidden: the actor imports nothing there.
    """
    await get_snapshot(acting, regency, snapshot_id)
    acting.actor.require(Permission.REGISTRY_IMPORT, regency)


async def require_whole(acting: Acting, regency: str, snapshot_id: UUID) -> None:
    """Let whoever reads the registry of the whole regency pass: changes name people of every village.

    Raises:
        NotFound: there is no such snapshot, or it is nothing of the actor's.
        Forbidden: the actor reads a part only.
    """
    await get_snapshot(acting, regency, snapshot_id)
    if not any(acting.actor.has(one, regency) for one in READERS):
        raise forbidden(Permission.REGISTRY_READ)


async def snapshots(
    acting: Acting, regency: str, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[RegistrySnapshot]:
    """List the snapshots of a regency, the newest first.

    Raises:
        Forbidden: the actor reads no registry there.
    """
    if not sees(acting, regency):
        raise forbidden(Permission.REGISTRY_READ)
    return await stored.listed(acting.tx, regency, after, limit)


async def job_of(acting: Acting, snapshot: RegistrySnapshot) -> Job | None:
    return await jobs.find(acting.tx, snapshot.regency_code, snapshot.job_id)


async def _check(acting: Acting, new: NewSnapshot) -> None:
    errors = []
    if not acting.known.knows("registry_source", new.source):
        errors.append(
            FieldError(
                "/source", "unknown_code", "Sumber ini tidak dikenal.", "No such source of the registry."
            )
        )
    if not is_period(new.period):
        errors.append(
            FieldError(
                "/period",
                "malformed",
                "Tulis periode seperti 2026-Q3, 2026-S1, 2026-09 atau 2026.",
                "Write the period like 2026-Q3, 2026-S1, 2026-09 or 2026.",
            )
        )
    try:
        await lists.live(acting.tx, new.regency, new.list_id)
    except NotFound as error:
        errors.append(FieldError("/list_id", "unknown_list", error.id, error.en))
    try:
        await lists.profile_of(acting.tx, new.regency, new.profile_id)
    except NotFound as error:
        errors.append(FieldError("/profile_id", "unknown_profile", error.id, error.en))
    if errors:
        raise Invalid(fields=tuple(errors))


def _same_or_refused(found: RegistrySnapshot, new: NewSnapshot) -> RegistrySnapshot:
    if found.list_id != new.list_id:
        raise _taken(found)
    return found


def _taken(found: RegistrySnapshot | None) -> Conflict:
    data: dict[str, object] = {}
    if found is not None:
        data = {"snapshot": public_id(found.regency_code, found.id), "state": found.state}
    return Conflict(
        "period_taken",
        "Periode ini sudah punya daftar lain yang berlaku atau sedang diperiksa. Tarik dahulu yang sedang "
        "diperiksa, atau kirim sebagai periode berikutnya.",
        "Another list of this period counts or is being checked. Withdraw the one that is being checked, "
        "or send this one as the next period.",
        data,
    )


async def _locked(acting: Acting, regency: str, snapshot_id: UUID) -> RegistrySnapshot:
    found = await stored.find(acting.tx, regency, snapshot_id, for_update=True)
    if found is None or not sees(acting, regency):
        raise stored.no_snapshot()
    acting.actor.require(Permission.REGISTRY_IMPORT, regency)
    return found


def _require_state(snapshot: RegistrySnapshot, *states: SnapshotState) -> None:
    if SnapshotState(snapshot.state) not in states:
        raise Conflict(
            "snapshot_state",
            "Keadaan daftar registri ini tidak mengizinkan tindakan itu.",
            "The snapshot is not in a state that allows this.",
            {"state": snapshot.state},
        )


async def _order(acting: Acting, snapshot: RegistrySnapshot, kind: JobKind, total: int | None = None) -> None:
    regency = snapshot.regency_code
    work = {"snapshot": snapshot.id.hex}
    job = await jobs.order(
        acting, jobs.Order(kind, regency, regency, Permission.REGISTRY_IMPORT, work, total)
    )
    snapshot.job_id = job.id


async def tell(acting: Acting, snapshot: RegistrySnapshot, happened: ThingEvent) -> None:
    stream = events.OtherStream(snapshot.regency_code, snapshot.id, "registry")
    await events.append(
        acting.tx, stream, [happened], actor=acting.actor, now=acting.now, cause_id=acting.cause_id
    )
