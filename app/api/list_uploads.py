"""How a list comes in: rights first, then its bytes in parts that go sealed to the store, then its row.

Never more than one part is in memory, and nothing is written to a disk in the clear. What breaks in between
leaves objects that nobody names, and they are swept.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from hashlib import sha256
from typing import Final
from urllib.parse import unquote
from uuid import UUID

from fastapi import Request, Response
from starlette.requests import ClientDisconnect

from app.api.acts import acting_of
from app.api.errors import BadRequest, TooSlow, WrongType
from app.api.once import Answer, Once, digest_of, route_of
from app.api.presenters.lists import list_out
from app.api.reading import Reading
from app.api.strict_json import clean
from app.db.queries import lists as stored
from app.db.session import read_only, transaction
from app.domain.attachments import clean_name, object_key
from app.domain.errors import DeskError, FieldError, Unavailable
from app.domain.lists.files import ListFaultError, ListKind, refusal_of
from app.integrations.list_files import HEAD, EncodingScan, kind_of
from app.integrations.sealed_files import seal_file
from app.services import lists

PART: Final = 1 << 20
"""Bytes of one object."""
LONGEST: Final = 3600
"""Seconds for one list."""
TYPES: Final = (
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/octet-stream",
)


async def take_list(request: Request, reading: Reading, key: str, regency: str, name: str | None) -> Response:
    """Take a list under an ``Idempotency-Key``. The same bytes are kept once, whoever sends them.

    Raises:
        Forbidden: the caller may bring no lists there.
        WrongType, Invalid: it is nothing that can be a list.
        TooSlow: it stood still, or broke off.
    """
    async with read_only(reading.house.database.sessions) as tx:
        lists.require(acting_of(reading, tx), regency)
    _check_type(request)
    coming = _Coming(reading, regency)
    try:
        new = await coming.take(
            _pieces(request, reading.house.settings.upload_idle_seconds), _read_name(name)
        )
    except ListFaultError as error:
        await coming.drop()
        raise refusal_of(error.fault) from error
    except BaseException:
        await coming.drop()
        raise
    try:
        response, kept = await _keep(reading, _once(request, reading, key, new), regency, new)
    except Unavailable:
        # Whether the row is there is not known; what nobody names is swept.
        raise
    except DeskError:
        await coming.drop()
        raise
    if not kept:
        await coming.drop()
    return response


async def _keep(reading: Reading, once: Once, regency: str, new: lists.New) -> tuple[Response, bool]:
    """Note the list; tell also whether its parts are needed."""
    kept = False
    async with transaction(reading.house.database.sessions) as tx:
        acting = acting_of(reading, tx)

        async def work() -> Answer:
            nonlocal kept
            found = await lists.keep(acting, regency, new)
            kept = found.is_new
            shown = list_out(reading, found.row, await lists.name_of(acting, found.row))
            return Answer(shown, 201 if found.is_new else 200)

        async def may_see() -> None:
            lists.require(acting, regency)

        return await once(tx, regency, work, may_see=may_see), kept


class _Coming:
    """One list on its way in."""

    def __init__(self, reading: Reading, regency: str) -> None:
        self._house, self._now, self._regency = reading.house, reading.now, regency
        self._made = reading.house.vault.new_data_key()
        self._id = reading.house.ids.new_id(reading.now)
        self._parts: list[list[object]] = []
        self._sha, self._size, self._scan = sha256(), 0, EncodingScan()
        self._kind: ListKind | None = None

    async def take(self, pieces: AsyncIterator[bytes], name: str | None) -> lists.New:
        waiting = bytearray()
        async for piece in pieces:
            waiting += piece
            if self._kind is None and len(waiting) >= HEAD:
                self._kind = kind_of(bytes(waiting[:HEAD]))
            while len(waiting) >= PART:
                await self._put(bytes(waiting[:PART]))
                del waiting[:PART]
        if self._kind is None:
            self._kind = kind_of(bytes(waiting))
        if waiting:
            await self._put(bytes(waiting))
        vault = self._house.vault
        return lists.New(
            id=self._id,
            wrapped_key=self._made.wrapped,
            name_sealed=vault.seal(self._made.key, stored.TABLE, "name", self._id, name) if name else None,
            kind=self._kind,
            encoding=self._scan.found().value if self._kind is ListKind.CSV else None,
            size=self._size,
            sha256=self._sha.digest(),
            parts=self._parts,
        )

    async def drop(self) -> None:
        """Take away what was stored; what cannot be reached now is swept later."""
        for key, _ in self._parts:
            with suppress(Exception):
                await self._house.files.store.delete(str(key))

    async def _put(self, piece: bytes) -> None:
        place = (self._id, object_key(self._regency, self._house.ids.new_id(self._now)))
        sealed = await asyncio.to_thread(self._sealed, place, piece)
        await self._house.files.store.put(place[1], sealed)
        self._parts.append([place[1], len(piece)])

    def _sealed(self, place: tuple[UUID, str], piece: bytes) -> bytes:
        self._sha.update(piece)
        self._size += len(piece)
        if self._kind is ListKind.CSV:
            self._scan.update(piece)
        return seal_file(self._house.vault, self._made.key, place, piece)


async def _pieces(request: Request, idle_seconds: float) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    stream = request.stream()
    ends = loop.time() + LONGEST
    try:
        while True:
            async with asyncio.timeout_at(min(loop.time() + idle_seconds, ends)):
                piece = await anext(stream, None)
            if piece is None:
                return
            yield piece
    except (TimeoutError, ClientDisconnect) as error:
        raise TooSlow from error


def _check_type(request: Request) -> None:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in TYPES:
        raise WrongType(
            id="Daftar tidak terkirim dengan benar. Pilih berkas CSV atau .xlsx lagi.",
            en="Send the file itself as the body: text/csv, the type of .xlsx, or application/octet-stream.",
        )


def _read_name(text: str | None) -> str | None:
    if text is None:
        return None
    name = unquote(text, errors="replace")
    if not clean(name) or "\ufffd" in name:
        raise BadRequest(
            fields=(
                FieldError(
                    "/header/File-Name",
                    "malformed",
                    "Nama berkas memuat karakter yang tidak sah.",
                    "Send the file's name in UTF-8, percent-encoded.",
                ),
            )
        )
    return clean_name(name) or None


def _once(request: Request, reading: Reading, key: str, new: lists.New) -> Once:
    account = reading.actor.account_id
    if account is None:
        raise ValueError("Only accounts send under a key.")
    digest = digest_of(request, new.sha256)
    return Once(reading.house, account, route_of(request), key, digest, reading.now)
