"""The master key changes: every stored key comes under the new one, once; what was destroyed stays gone."""

from base64 import b64encode
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from app.db.queries import rotation
from app.db.session import Database, read_only, transaction
from app.db.tables import Base
from app.db.tables.people import DataKey
from app.integrations.keyring import Keyring
from app.integrations.vault import CannotOpen, Vault
from app.services import key_rotation
from app.services.key_rotation import BATCH, parts, turn

OLD_TEXT, NEW_TEXT = (f"{n}:{b64encode(bytes([n]) * 32).decode()}" for n in (1, 2))
OLD, BOTH, NEW = (Vault(Keyring.parse(text)) for text in (OLD_TEXT, f"{NEW_TEXT},{OLD_TEXT}", NEW_TEXT))
KEYS = parts()[0]


async def store(database: Database, tenant: str, count: int) -> list[UUID]:
    ids = [uuid4() for _ in range(count)]
    async with transaction(database.sessions) as tx:
        tx.add_all(
            DataKey(
                regency_code=tenant,
                id=one,
                wrapped=OLD.new_data_key().wrapped,
                created_at=datetime.now(UTC),
                destroyed_at=None,
                copy_of=None,
            )
            for one in ids
        )
    return ids


async def wrapped(database: Database) -> list[bytes | None]:
    async with read_only(database.sessions) as tx:
        return list(await tx.scalars(select(DataKey.wrapped).order_by(DataKey.id)))


async def rotate(database: Database, vault: Vault, tenant: str) -> tuple[int, int]:
    after, renewed, batches = None, 0, 0
    while True:
        async with transaction(database.sessions) as tx:
            done = await turn(tx, vault, KEYS, tenant, after)
        after, renewed, batches = done.last, renewed + done.renewed, batches + 1
        if after is None:
            return renewed, batches


async def test_every_key_comes_under_the_first_one_and_a_second_run_changes_nothing(
    database: Database,
) -> None:
    await store(database, "13.74", BATCH + 3)
    await store(database, "13.71", 2)
    plain = [OLD.unwrap(one).mac for one in await wrapped(database) if one]
    assert await rotate(database, BOTH, "13.74") == (BATCH + 3, 2)
    assert await rotate(database, BOTH, "13.71") == (2, 1)
    after = await wrapped(database)
    assert [NEW.unwrap(one).mac for one in after if one] == plain
    assert await rotate(database, BOTH, "13.74") == (0, 2)
    assert await wrapped(database) == after


async def test_a_run_that_was_cut_off_goes_on(database: Database) -> None:
    await store(database, "13.74", BATCH + 3)
    async with transaction(database.sessions) as tx:
        await turn(tx, BOTH, KEYS, "13.74", None)
    assert await rotate(database, BOTH, "13.74") == (3, 2)


async def test_a_key_that_is_destroyed_meanwhile_does_not_come_back(database: Database) -> None:
    (only,) = await store(database, "13.74", 1)
    async with read_only(database.sessions) as tx:
        seen = await rotation.page(tx, rotation.KEYS, "13.74", None, BATCH)
    async with transaction(database.sessions) as tx:
        await tx.execute(
            update(DataKey).where(DataKey.regency_code == "13.74", DataKey.id == only).values(wrapped=None)
        )
    async with transaction(database.sessions) as tx:
        fresh = [BOTH.rewrap(one.value) for one in seen]
        assert await rotation.replace(tx, rotation.KEYS, "13.74", seen, fresh) == 0
    assert await wrapped(database) == [None]


async def test_a_key_of_no_master_in_the_ring_stops_it_and_changes_nothing(database: Database) -> None:
    await store(database, "13.74", 2)
    before = await wrapped(database)
    with pytest.raises(CannotOpen):
        await rotate(database, NEW, "13.74")
    assert await wrapped(database) == before


def test_a_box_moves_to_the_first_key_with_its_purpose_and_context() -> None:
    boxed = OLD.box("campaign device", b"secret", b"row")
    assert NEW.unbox("campaign device", BOTH.rebox("campaign device", boxed, b"row"), b"row") == b"secret"
    with pytest.raises(CannotOpen):
        BOTH.rebox("campaign device", boxed, b"another")


def test_every_box_that_is_stored_is_known_here() -> None:
    stored = {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("_boxed")
    }
    known = {(part.column.entity.__tablename__, part.column.name) for part in key_rotation.parts()}
    assert stored == known - {("data_keys", "wrapped")}
