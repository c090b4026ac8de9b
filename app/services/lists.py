"""Lists of persons that came as files, and how their columns are read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from app.db.queries import events
from app.db.queries import lists as stored
from app.db.queries.acting import Acting
from app.db.tables.lists import ListFile, ListProfile
from app.domain.access import Permission
from app.domain.access.actors import forbidden
from app.domain.errors import Invalid
from app.domain.events.registry import ListProfileSaved, ListReceived
from app.domain.lists import parse_profile
from app.domain.lists.files import ListKind

BRINGERS: Final = (
    Permission.REGISTRY_IMPORT,
    Permission.LIST_RECONCILE,
    Permission.ASSISTANCE_WRITE,
    Permission.CAMPAIGN_MANAGE,
)
"""Who may bring a list, and see that it is there: whoever can do anything with one."""


@dataclass(frozen=True, slots=True)
class New:
    """A list whose bytes are in the store already."""

    id: UUID
    wrapped_key: bytes
    name_sealed: bytes | None
    kind: ListKind
    encoding: str | None
    size: int
    sha256: bytes
    parts: list[list[Any]]


@dataclass(frozen=True, slots=True)
class Kept:
    row: ListFile
    is_new: bool
    """Otherwise the same bytes were there, and the new parts are nobody's."""


def require(acting: Acting, regency: str) -> None:
    """Let whoever may bring lists of a regency pass.

    Raises:
        Forbidden: the actor may not.
        Invalid: the place is no regency.
    """
    if not any(acting.actor.has(one, regency) for one in BRINGERS):
        raise forbidden(BRINGERS[0])
    if "." not in regency:
        raise Invalid(
            "needs_regency",
            "Pilih satu kabupaten/kota: daftar disimpan di sana.",
            "Choose one regency: that is where a list is kept.",
        )


async def keep(acting: Acting, regency: str, new: New) -> Kept:
    """Note a list that came, or find the one that it is.

    Raises:
        Forbidden: the actor may bring no lists there.
    """
    require(acting, regency)
    same = await stored.by_sha(acting.tx, regency, new.sha256)
    if same is not None:
        return Kept(same, is_new=False)
    key_id = await stored.add_key(acting, regency, new.wrapped_key)
    row = ListFile(
        regency_code=regency,
        id=new.id,
        data_key_id=key_id,
        name_sealed=new.name_sealed,
        kind=new.kind.value,
        encoding=new.encoding,
        size=new.size,
        sha256=new.sha256,
        parts=new.parts,
        created_at=acting.now,
        created_by=acting.actor.account_id,
        deleted_at=None,
    )
    acting.tx.add(row)
    await acting.tx.flush()
    await _tell(acting, row.regency_code, ListReceived(thing_id=row.id, kind=row.kind, bytes=row.size))
    return Kept(row, is_new=True)


async def get_list(acting: Acting, regency: str, list_id: UUID) -> ListFile:
    """Return a list, also one whose bytes were deleted.

    Raises:
        NotFound: there is none, or it is nothing of the actor's.
    """
    row = await stored.find(acting.tx, regency, list_id)
    if row is None or not any(acting.actor.has(one, regency) for one in BRINGERS):
        raise stored.no_list()
    return row


async def list_lists(
    acting: Acting, regency: str, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[ListFile]:
    require(acting, regency)
    return await stored.listed(acting.tx, regency, after, limit)


async def name_of(acting: Acting, row: ListFile) -> str | None:
    """Open what a list is called; None where nobody said, or it is gone."""
    if row.name_sealed is None:
        return None
    key = acting.vault.unwrap(await stored.wrapped_key(acting.tx, row.regency_code, row.data_key_id))
    return acting.vault.open(key, stored.TABLE, "name", row.id, row.name_sealed)


async def save_profile(acting: Acting, regency: str, name: str, columns: Mapping[str, Any]) -> ListProfile:
    """Keep a profile under a name; one that is there stays as it is, and the new one is its next version.

    Raises:
        Forbidden: the actor may bring no lists there.
        Invalid: a field that no list has, or words that are none.
    """
    require(acting, regency)
    profile = parse_profile(columns, "/columns")
    row = ListProfile(
        regency_code=regency,
        id=acting.new_id(),
        name=name,
        n=await stored.next_version(acting.tx, regency, name),
        columns=profile.to_json(),
        created_at=acting.now,
        created_by=acting.actor.account_id,
    )
    acting.tx.add(row)
    await acting.tx.flush()
    await _tell(acting, regency, ListProfileSaved(thing_id=row.id, n=row.n))
    return row


async def list_profiles(acting: Acting, regency: str) -> Sequence[ListProfile]:
    require(acting, regency)
    return await stored.profiles(acting.tx, regency)


async def _tell(acting: Acting, regency: str, happened: ListReceived | ListProfileSaved) -> None:
    stream = events.OtherStream(regency, happened.thing_id, "list")
    await events.append(
        acting.tx, stream, [happened], actor=acting.actor, now=acting.now, cause_id=acting.cause_id
    )
