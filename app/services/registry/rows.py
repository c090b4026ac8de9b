"""The rows of a snapshot as people see them, and what they decide about those that wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from app.db.queries import lists
from app.db.queries import registry as stored
from app.db.queries.acting import Acting
from app.db.tables.registry import RegistryRow, RegistrySnapshot
from app.domain.access import Permission
from app.domain.errors import Conflict, FieldError, Invalid, NotFound
from app.domain.events.registry import SnapshotRowDecided
from app.domain.lists import Places, Tidied, Verdict, retidied
from app.domain.registry import Decision, SnapshotState
from app.integrations.bulk_sealing import row_id
from app.integrations.registry_child import SEPARATOR, TABLE
from app.services.registry.ordering import sees, tell


class Digests(Protocol):
    def digest(self, field_name: str, value: str) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Opened:
    """A row with what was sealed of it; all of it empty once the key is gone."""

    row: RegistryRow
    name: str = ""
    nik: str | None = None
    kk: str | None = None
    sex: str | None = None
    cells: tuple[str, ...] = ()
    """As they came; only of rows that were not just accepted."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person decides about a row, and the values that she gives by the names of fields."""

    decision: Decision
    fields: Mapping[str, object] = field(default_factory=dict)


async def look(
    acting: Acting, wanted: stored.Rows, after: int | None, limit: int
) -> tuple[RegistrySnapshot, list[Opened]]:
    """Return a snapshot with some of its rows, opened.

    Raises:
        NotFound: there is none, or it is nothing of the actor's.
    """
    snapshot = await stored.find(acting.tx, wanted.regency_code, wanted.snapshot_id)
    if snapshot is None or not sees(acting, wanted.regency_code):
        raise stored.no_snapshot()
    return snapshot, await opened_rows(acting, snapshot, await stored.rows(acting.tx, wanted, after, limit))


async def opened_rows(
    acting: Acting, snapshot: RegistrySnapshot, rows: Sequence[RegistryRow]
) -> list[Opened]:
    key = await _key(acting, snapshot)
    return [_opened(acting, snapshot, row, key) for row in rows]


async def decide(
    acting: Acting, digests: Digests, place: tuple[str, UUID, int], correction: Correction
) -> Opened:
    """Decide about a row that waits: take it as it is, drop it, or take it with other values.

    Raises:
        NotFound: there is no such row.
        Forbidden: the actor imports nothing there.
        Conflict: the snapshot is not open to decisions, the row does not wait, or its NIK enters already.
        Invalid: the values given do not make a row that may enter.
    """
    regency, snapshot_id, n = place
    snapshot = await stored.find(acting.tx, regency, snapshot_id, for_update=True)
    if snapshot is None or not sees(acting, regency):
        raise stored.no_snapshot()
    acting.actor.require(Permission.REGISTRY_IMPORT, regency)
    if snapshot.state != SnapshotState.CHECKED.value:
        raise _not_open({"state": snapshot.state})
    row = await stored.lock_row(acting.tx, snapshot, n)
    if row is None:
        raise NotFound(id="Baris ini tidak ada.", en="There is no such row.")
    if row.verdict != Verdict.PARKED.value:
        raise _not_open({"state": snapshot.state, "verdict": row.verdict})
    await _apply(acting, digests, snapshot, row, correction)
    row.decision, row.decided_at = correction.decision.value, acting.now
    row.decided_by = acting.actor.account_id
    snapshot.version += 1
    await acting.tx.flush()
    await tell(
        acting, snapshot, SnapshotRowDecided(thing_id=snapshot.id, n=n, decision=correction.decision.value)
    )
    (shown,) = await opened_rows(acting, snapshot, [row])
    return shown


def _not_open(data: dict[str, object]) -> Conflict:
    return Conflict(
        "row_not_open",
        "Hanya baris yang menunggu keputusan dari daftar yang selesai diperiksa dapat diputuskan.",
        "Only a parked row of a checked snapshot can be decided.",
        data,
    )


async def _apply(
    acting: Acting, digests: Digests, snapshot: RegistrySnapshot, row: RegistryRow, correction: Correction
) -> None:
    if correction.decision is Decision.DROP:
        row.enters = False
        return
    if correction.decision is Decision.CORRECT:
        await _correct(acting, digests, snapshot, row, correction.fields)
    if row.nik_digest is not None:
        twin = await stored.taken_twin(acting.tx, row, row.nik_digest)
        if twin is not None:
            raise Conflict(
                "nik_enters_already",
                f"NIK ini sudah masuk lewat baris {twin}. Putuskan baris itu dahulu, atau buang yang ini.",
                f"The NIK of this row enters by row {twin} already. Decide that one first, or drop this one.",
                {"row": twin},
            )
    row.enters = True


async def _correct(
    acting: Acting,
    digests: Digests,
    snapshot: RegistrySnapshot,
    row: RegistryRow,
    fields: Mapping[str, object],
) -> None:
    opened = _opened(acting, snapshot, row, await _key(acting, snapshot))
    before: dict[str, object] = {
        "nik": opened.nik or "",
        "kk": opened.kk or "",
        "name": opened.name,
        "born_on": row.born_on.isoformat() if row.born_on else "",
        "sex": opened.sex or "",
        "village_code": row.village_code if row.village_code.count(".") == 3 else "",  # noqa: PLR2004  # a village
        "desil": "" if row.desil is None else row.desil,
    }
    places = places_of(acting, snapshot.regency_code)
    found = retidied({**before, **fields}, places, acting.today(snapshot.regency_code))
    if found.verdict in {Verdict.PARKED, Verdict.REFUSED}:
        raise _still_wrong(acting, found)
    row.nik_digest = digests.digest("nik", found.nik) if found.nik else None
    row.kk_digest = digests.digest("kk", found.kk) if found.kk else None
    row.name_key, row.born_on = found.name_key, found.born_on
    row.village_code, row.desil = found.village, found.desil
    parts = (found.name, found.nik or "", found.kk or "", found.sex or "", *opened.cells)
    key = await _key(acting, snapshot)
    row.sealed = acting.vault.seal(key, TABLE, "sealed", row_id(snapshot.id, row.n), SEPARATOR.join(parts))


def _still_wrong(acting: Acting, found: Tidied) -> Invalid:
    known = acting.known
    return Invalid(
        fields=tuple(
            FieldError(
                "/fields",
                reason.value,
                known.label("list_reason", reason.value, "id"),
                known.label("list_reason", reason.value, "en"),
            )
            for reason in found.reasons
        )
    )


def places_of(acting: Acting, regency: str) -> Places:
    regions = acting.known.regions
    return Places(
        regency,
        {code: regions[code] for code in regions.villages(regency)},
        {code: regions[code] for code in regions.districts(regency)},
    )


async def _key(acting: Acting, snapshot: RegistrySnapshot) -> Any:
    try:
        wrapped = await lists.wrapped_key(acting.tx, snapshot.regency_code, snapshot.data_key_id)
    except NotFound:
        return None
    return acting.vault.unwrap(wrapped)


def _opened(acting: Acting, snapshot: RegistrySnapshot, row: RegistryRow, key: Any) -> Opened:
    if key is None:
        return Opened(row)
    text = acting.vault.open(key, TABLE, "sealed", row_id(snapshot.id, row.n), row.sealed)
    name, nik, kk, sex, *cells = text.split(SEPARATOR)
    return Opened(row, name, nik or None, kk or None, sex or None, tuple(cells))
