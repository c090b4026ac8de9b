"""The stores of files: one contract, three stores; and a folder that nobody leads out of."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from obstore.store import LocalStore, MemoryStore
from pydantic import SecretStr

from app.domain.attachments import object_key
from app.domain.errors import Unavailable
from app.integrations.bucket import Bucket
from app.integrations.keyring import Keyring
from app.integrations.object_store import Folder, Missing, ObjectStore, store_of
from app.integrations.sealed_files import open_file, seal_file
from app.integrations.vault import CannotOpen, Vault
from app.settings import Settings
from tests.support.http import TEST_KEYS

Make = Callable[[Path], ObjectStore]
STORES: dict[str, Make] = {
    "folder": lambda path: Folder(path / "objects"),
    "bucket in memory": lambda _: Bucket(MemoryStore()),
    "bucket on disk": lambda path: Bucket(LocalStore(path)),
}
KEY = object_key("13.74", UUID("0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"))
LATER = datetime.now(UTC) + timedelta(hours=1)


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    return STORES[request.param](tmp_path)


async def keys_of(store: ObjectStore, before: datetime = LATER) -> list[str]:
    return sorted([one.key async for page in store.older(before) for one in page])


async def test_what_is_put_is_given_back_and_can_be_taken_away(store: ObjectStore) -> None:
    await store.check()
    assert await keys_of(store) == []
    await store.put(KEY, b"one")
    await store.put(KEY, b"two")
    assert await store.get(KEY) == b"two"
    assert await keys_of(store) == [KEY]
    assert await keys_of(store, datetime.now(UTC) - timedelta(hours=1)) == []
    await store.delete(KEY)
    await store.delete(KEY)
    assert await keys_of(store) == []
    with pytest.raises(Missing):
        await store.get(KEY)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "a",
        "../1374/5b/x",
        f"/{KEY}",
        f"{KEY}/..",
        f"{KEY}\x00",
        KEY.upper(),
        f"{KEY}\n",
        "1374/../" + "a" * 32,
    ],
)
async def test_a_key_of_another_form_is_refused(store: ObjectStore, key: str) -> None:
    for act in (store.put(key, b""), store.get(key), store.delete(key)):
        with pytest.raises(ValueError, match="not a key"):
            await act


async def test_a_folder_is_its_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        await Folder(tmp_path / "objects").put(KEY, b"x")
    finally:
        os.umask(before)
    path = tmp_path / "objects" / KEY
    assert path.stat().st_mode & 0o777 == 0o600
    assert {one.stat().st_mode & 0o777 for one in list(path.parents)[:3]} == {0o700}


async def test_what_a_dead_writer_left_half_is_taken_away_later(tmp_path: Path) -> None:
    store = Folder(tmp_path)
    await store.put(KEY, b"x")
    half = (tmp_path / KEY).with_name(f".{uuid4().hex}")
    half.write_bytes(b"half")
    assert await keys_of(store, datetime.now(UTC) - timedelta(days=1)) == []
    assert half.exists()
    old = time.time() - 2 * 86_400
    os.utime(half, (old, old))
    assert await keys_of(store, datetime.now(UTC) - timedelta(days=1)) == []
    assert not half.exists()


async def test_a_link_in_place_of_a_file_is_not_written_through(tmp_path: Path) -> None:
    store = Folder(tmp_path / "objects")
    victim = tmp_path / "victim"
    victim.write_bytes(b"safe")
    path = tmp_path / "objects" / KEY
    path.parent.mkdir(parents=True)
    path.symlink_to(victim)
    await store.put(KEY, b"new")
    assert victim.read_bytes() == b"safe"
    assert not path.is_symlink()


async def test_a_store_that_takes_nothing_says_so(tmp_path: Path) -> None:
    (tmp_path / "objects").write_bytes(b"a file where the folder should be")
    store = Folder(tmp_path / "objects")
    for act in (store.put(KEY, b"x"), store.check()):
        with pytest.raises(Unavailable):
            await act


async def test_a_bucket_that_is_away_says_so() -> None:
    options = SecretStr(
        '{"endpoint": "http://127.0.0.1:9", "region": "x", "access_key_id": "a", "secret_access_key": "b"}'
    )
    settings = Settings.model_validate(
        {"object_store_url": "s3://berkas/satu", "object_store_options": options}
    )
    store = store_of(settings)
    assert isinstance(store, Bucket)


def test_without_an_address_files_lie_in_the_data_folder(tmp_path: Path) -> None:
    assert store_of(Settings(data_dir=tmp_path)) == Folder(tmp_path / "objects")


@pytest.mark.parametrize(
    "changes", [{"object_store_url": "nix://x"}, {"object_store_options": SecretStr("{")}]
)
def test_an_address_that_cannot_be_read_stops_the_start(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # JSON's own or ours
        store_of(Settings.model_validate({"object_store_url": "s3://x", **changes}))


# Sealed -----------------------------------------------------------------------------------------------

VAULT = Vault(Keyring.parse(TEST_KEYS))
PLACE = (UUID(int=1), KEY)


def test_a_file_opens_in_its_place_with_its_key_only() -> None:
    mine, other = VAULT.new_data_key().key, VAULT.new_data_key().key
    sealed = seal_file(VAULT, mine, PLACE, b"KTP" * 1000)
    assert b"KTP" not in sealed
    assert open_file(VAULT, mine, PLACE, sealed) == b"KTP" * 1000
    assert sealed != seal_file(VAULT, mine, PLACE, b"KTP" * 1000)
    elsewhere = KEY[:-1] + "c"
    for key, place, stored in (
        (other, PLACE, sealed),
        (mine, (UUID(int=2), KEY), sealed),
        (mine, (UUID(int=1), elsewhere), sealed),
        (mine, PLACE, sealed[:-1]),
        (mine, PLACE, sealed[:40]),
        (mine, PLACE, b""),
        (mine, PLACE, b"\x02" + sealed[1:]),
        (mine, PLACE, sealed[:-30] + bytes([sealed[-30] ^ 1]) + sealed[-29:]),
    ):
        with pytest.raises(CannotOpen):
            open_file(VAULT, key, place, stored)
