"""Where encrypted files lie: a folder by default. The five acts that every store has, and their contract.

Keys are made by the service (``object_key``) and never by a caller; another form is refused all the same.
"""

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Final, NamedTuple, Protocol, cast
from uuid import uuid4

from app.domain.errors import Unavailable

_KEY: Final = re.compile(r"[0-9]{4}/[0-9a-f]{2}/[0-9a-f]{32}", re.ASCII)
_FOLDER_MODE: Final = 0o700
_FILE_MODE: Final = 0o600
PAGE: Final = 500


class Missing(Exception):
    """The store has no such object."""


class Found(NamedTuple):
    key: str
    at: datetime
    """When it was written."""


class ObjectStore(Protocol):
    async def put(self, key: str, content: bytes) -> None:
        """Write an object whole; once this returns it outlives the machine's power.

        Raises:
            Unavailable: the store does not take it.
        """

    async def get(self, key: str) -> bytes:
        """Return an object.

        Raises:
            Missing: there is none.
            Unavailable: the store does not answer.
        """

    async def delete(self, key: str) -> None:
        """Take an object away; one that is not there is away already."""

    def older(self, before: datetime) -> AsyncIterator[list[Found]]:
        """Give the objects written before *before*, some hundreds at a time, in no order.

        What a writer that died has left half written by then is taken away on the way.
        """

    async def check(self) -> None:
        """Tell whether the store takes and gives back.

        Raises:
            Unavailable: it does not.
        """


class Secret(Protocol):
    def get_secret_value(self) -> str: ...


class StoreSettings(Protocol):
    """The part of the settings that says where files lie."""

    @property
    def data_dir(self) -> Path: ...
    @property
    def object_store_url(self) -> str | None: ...
    @property
    def object_store_options(self) -> Secret | None: ...


def require_key(key: str) -> str:
    """Return *key*.

    Raises:
        ValueError: it is none of ours, and might lead out of the store.
    """
    if not _KEY.fullmatch(key):
        raise ValueError("not a key of the object store")
    return key


def store_away() -> Unavailable:
    return Unavailable(
        "store_away",
        "Tempat penyimpanan berkas tidak menjawab. Kirim lagi sebentar lagi.",
        "The store of files does not answer. Send it again in a moment.",
        retry_after=timedelta(seconds=30),
    )


@dataclass(frozen=True, slots=True)
class Folder:
    """A store in a folder: 0600 files in 0700 folders, by tenant and by the random end of the key."""

    root: Path

    async def put(self, key: str, content: bytes) -> None:
        try:
            await asyncio.to_thread(self._put, require_key(key), content)
        except OSError as error:
            raise store_away() from error

    async def get(self, key: str) -> bytes:
        try:
            return await asyncio.to_thread((self.root / require_key(key)).read_bytes)
        except FileNotFoundError as error:
            raise Missing from error
        except OSError as error:
            raise store_away() from error

    async def delete(self, key: str) -> None:
        path = self.root / require_key(key)
        try:
            await asyncio.to_thread(path.unlink, missing_ok=True)
        except OSError as error:
            raise store_away() from error

    async def older(self, before: datetime) -> AsyncIterator[list[Found]]:
        for shard in await asyncio.to_thread(self._shards):
            found = await asyncio.to_thread(_older, shard, before)
            for at in range(0, len(found), PAGE):
                yield found[at : at + PAGE]

    async def check(self) -> None:
        try:
            await asyncio.to_thread(self._check)
        except OSError as error:
            raise store_away() from error

    def _put(self, key: str, content: bytes) -> None:
        path = self.root / key
        self._make_folder(path.parent)
        made = path.with_name(f".{uuid4().hex}")
        try:
            descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, _FILE_MODE)
            with os.fdopen(descriptor, "wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            made.rename(path)
        except OSError:
            with suppress(OSError):
                made.unlink(missing_ok=True)
            raise
        _sync(path.parent)

    def _make_folder(self, folder: Path) -> None:
        missing = []
        while not folder.is_dir():
            missing.append(folder)
            folder = folder.parent
        for one in reversed(missing):
            one.mkdir(mode=_FOLDER_MODE, exist_ok=True)
            _sync(one.parent)

    def _shards(self) -> list[Path]:
        return sorted(one for one in self.root.glob("*/*") if one.is_dir())

    def _check(self) -> None:
        self._make_folder(self.root)
        made = self.root / f".{uuid4().hex}"
        made.touch(mode=_FILE_MODE)
        made.unlink()


def _older(folder: Path, before: datetime) -> list[Found]:
    found = []
    for one in folder.iterdir():
        with suppress(FileNotFoundError):
            at = datetime.fromtimestamp(one.stat().st_mtime, UTC)
            if at >= before:
                continue
            if one.name.startswith("."):
                one.unlink()
            elif _KEY.fullmatch(key := "/".join(one.parts[-3:])):
                found.append(Found(key, at))
    return found


def _sync(folder: Path) -> None:
    """Make the names in a folder outlive the machine's power, not only the bytes."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def store_of(settings: StoreSettings) -> ObjectStore:
    """Return the store that is set: a bucket, or the folder ``objects`` in the data directory.

    Raises:
        ModuleNotFoundError: a bucket is set and the extra ``s3`` is not installed.
        ValueError: its address or its options cannot be read.
    """
    if settings.object_store_url is None:
        return Folder(settings.data_dir / "objects")
    options = settings.object_store_options
    # By name, so that a place without a bucket needs nothing of it.
    bucket = import_module("app.integrations.bucket")
    opened = bucket.open_bucket(
        settings.object_store_url, json.loads(options.get_secret_value()) if options else {}
    )
    return cast("ObjectStore", opened)
