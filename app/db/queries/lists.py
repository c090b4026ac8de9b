"""Lists of persons as files, and the profiles by which they are read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on

from app.db.queries import attachments
from app.db.queries.acting import Acting
from app.db.session import Tx
from app.db.tables.lists import ListFile, ListProfile
from app.db.tables.people import DataKey
from app.db.tables.registry import RegistrySnapshot
from app.domain.errors import NotFound
from app.domain.lists import OWN_PROFILE, Profile, parse_profile

TABLE = "list_files"


def no_list() -> NotFound:
    return NotFound(
        id="Daftar ini tidak ada, atau sudah dihapus.", en="There is no such list, or it was deleted."
    )


async def find(tx: Tx, regency: str, list_id: UUID) -> ListFile | None:
    found: ListFile | None = await tx.scalar(
        select(ListFile).where(ListFile.regency_code == regency, ListFile.id == list_id)
    )
    return found


async def live(tx: Tx, regency: str, list_id: UUID) -> ListFile:
    """Return a list whose bytes are there.

    Raises:
        NotFound: there is none, or it was deleted.
    """
    found = await find(tx, regency, list_id)
    if found is None or found.deleted_at is not None:
        raise no_list()
    return found


async def by_sha(tx: Tx, regency: str, sha256: bytes) -> ListFile | None:
    """Return the list that holds the same bytes, unless it was deleted."""
    found: ListFile | None = await tx.scalar(
        select(ListFile).where(
            ListFile.regency_code == regency, ListFile.sha256 == sha256, ListFile.deleted_at.is_(None)
        )
    )
    return found


async def listed(tx: Tx, regency: str, after: tuple[datetime, UUID] | None, limit: int) -> Sequence[ListFile]:
    """Return the newest first."""
    statement = select(ListFile).where(ListFile.regency_code == regency)
    if after is not None:
        statement = statement.where(tuple_(ListFile.created_at, ListFile.id) < after)
    found = await tx.scalars(statement.order_by(ListFile.created_at.desc(), ListFile.id.desc()).limit(limit))
    return found.all()


async def counted(tx: Tx, regency: str) -> int:
    found = await tx.scalar(
        select(func.count()).select_from(ListFile).where(ListFile.regency_code == regency)
    )
    return found or 0


async def add_key(acting: Acting, regency: str, wrapped: bytes) -> UUID:
    """Keep a new data key; return its id."""
    id_ = acting.new_id()
    acting.tx.add(
        DataKey(
            regency_code=regency,
            id=id_,
            wrapped=wrapped,
            created_at=acting.now,
            destroyed_at=None,
            copy_of=None,
        )
    )
    await acting.tx.flush()
    return id_


async def wrapped_key(tx: Tx, regency: str, key_id: UUID) -> bytes:
    """Return a data key as it is stored.

    Raises:
        NotFound: it was destroyed.
    """
    found = await tx.scalar(
        select(DataKey.wrapped).where(DataKey.regency_code == regency, DataKey.id == key_id)
    )
    if found is None:
        raise no_list()
    return bytes(found)


async def profiles(tx: Tx, regency: str) -> Sequence[ListProfile]:
    """Return the newest version of each profile, by name."""
    statement = (
        select(ListProfile)
        .where(ListProfile.regency_code == regency)
        .ext(distinct_on(ListProfile.name))
        .order_by(ListProfile.name, ListProfile.n.desc())
    )
    return (await tx.scalars(statement)).all()


async def profile_of(tx: Tx, regency: str, profile_id: UUID | None) -> Profile:
    """Return how a list is read; without a profile by the words that we know ourselves.

    Raises:
        NotFound: there is no such profile.
    """
    if profile_id is None:
        return OWN_PROFILE
    columns = await tx.scalar(
        select(ListProfile.columns).where(ListProfile.regency_code == regency, ListProfile.id == profile_id)
    )
    if columns is None:
        raise NotFound(id="Profil kolom ini tidak ada.", en="There is no such column profile.")
    return parse_profile(columns)


async def next_version(tx: Tx, regency: str, name: str) -> int:
    last = await tx.scalar(
        select(func.max(ListProfile.n)).where(ListProfile.regency_code == regency, ListProfile.name == name)
    )
    return (last or 0) + 1


async def drop_old(tx: Tx, regency: str, before: datetime, now: datetime, limit: int) -> int:
    """Delete the bytes of up to *limit* older lists that no dry run still needs; return how many.

    The row stays, so that it can be told what was imported; its key is destroyed, and with it every copy.
    """
    needed = exists().where(
        RegistrySnapshot.regency_code == ListFile.regency_code,
        RegistrySnapshot.list_id == ListFile.id,
        RegistrySnapshot.state == "checking",
    )
    statement = (
        select(ListFile)
        .where(
            ListFile.regency_code == regency,
            ListFile.created_at < before,
            ListFile.deleted_at.is_(None),
            ~needed,
        )
        .order_by(ListFile.id)
        .limit(limit)
    )
    rows = (await tx.scalars(statement.with_for_update(skip_locked=True))).all()
    for row in rows:
        await attachments.delete_later(tx, regency, part_keys(row), due_at=now, reason="retention")
        row.parts, row.name_sealed, row.deleted_at = [], None, now
        await destroy_key(tx, regency, row.data_key_id, now)
    return len(rows)


async def destroy_key(tx: Tx, regency: str, key_id: UUID, now: datetime) -> None:
    key = await tx.scalar(select(DataKey).where(DataKey.regency_code == regency, DataKey.id == key_id))
    if key is not None:
        key.wrapped, key.destroyed_at = None, now


def part_keys(row: ListFile) -> list[str]:
    return [str(key) for key, _ in row.parts]


async def needed_parts(tx: Tx, regency: str, keys: set[str]) -> set[str]:
    """Return those of *keys* that a list names."""
    rows: Sequence[Any] = (
        await tx.scalars(
            select(ListFile.parts).where(ListFile.regency_code == regency, ListFile.deleted_at.is_(None))
        )
    ).all()
    return {str(key) for parts in rows for key, _ in parts} & keys
