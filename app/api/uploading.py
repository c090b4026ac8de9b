"""How a file comes in: rights first, then its bytes, then cleaning and the store, and last the transaction.

No transaction is open while bytes come, while they are cleaned, or while the store is written. The object
comes first and the row second: what breaks in between leaves an object that nobody names, and it is swept.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any, Final, Protocol
from uuid import UUID

from fastapi import Depends, Header, Request, Response

from app.api.acts import acting_of
from app.api.deps import CurrentActor, House
from app.api.errors import TooLarge, WrongType
from app.api.forms import Form
from app.api.once import Answer, Once, digest_of, read_key, route_of
from app.api.reading import Reading
from app.db.queries.acting import Acting
from app.db.session import read_only, transaction
from app.db.tables.cases import Case
from app.db.tables.papers import Attachment
from app.domain.attachments import SENTENCES, FileRefusedError, Refusal, object_key
from app.domain.errors import DeskError, FieldError, Invalid, NotFound
from app.domain.ids import parse_public_id
from app.integrations.object_store import Missing
from app.integrations.sealed_files import open_file, seal_file
from app.services import attachments
from app.services.attachments import Given, New, Part, Ready


class Find(Protocol):
    """Finds the case, locked or not, and checks that the actor may bring files to it."""

    async def __call__(self, acting: Acting, *, lock: bool) -> Case: ...


Tell = Callable[[Acting, Case, Attachment], Awaitable[Answer]]

_TOO_MUCH: Final = frozenset({Refusal.TOO_LARGE, Refusal.TOO_MANY_PIXELS, Refusal.TOO_MANY_PAGES})


class _NotYetError(Exception):
    """This key has not been used."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who brings a file to which case."""

    reading: Reading
    find: Find

    @property
    def house(self) -> House:
        return self.reading.house

    async def admitted(self) -> None:
        """Ask for the rights before a byte of the body is read."""
        async with read_only(self.house.database.sessions) as tx:
            await self.find(acting_of(self.reading, tx), lock=False)

    async def ready(self, given: Given) -> Ready:
        async with read_only(self.house.database.sessions) as tx:
            acting = acting_of(self.reading, tx)
            return await attachments.ready(acting, await self.find(acting, lock=False), given)

    async def stored(self, ready: Ready, content: bytes, row_id: UUID | None = None) -> New:
        """Clean a file and put it into the store, for the row *row_id* or a new one.

        Raises:
            FileRefusedError: it is not taken.
            Unavailable: a scanner or the store does not answer.
        """
        clean = await self.house.files.clean(content)
        id_ = self.house.ids.new_id(self.reading.now)
        key = object_key(ready.tenant, id_)
        await self.put(ready, (row_id or id_, key), clean.content)
        return New(id_, key, sha256(clean.content).digest(), clean, len(clean.content))

    async def put(self, ready: Ready, place: tuple[UUID, str], content: bytes) -> None:
        sealed = await asyncio.to_thread(seal_file, self.house.vault, ready.key, place, content)
        await self.house.files.store.put(place[1], sealed)


async def take_whole(sender: Sender, given: Given, content: bytes, once: Once, tell: Tell) -> Response:
    """Take one file under an ``Idempotency-Key``: sent again, it gives the first answer without any work."""
    tenant = (ready := await sender.ready(given)).tenant
    answered = await _before(sender, once, tenant)
    if answered is not None:
        return answered
    new = await _stored(sender, ready, content)
    kept: list[Attachment] = []
    async with transaction(sender.house.database.sessions) as tx:
        acting = acting_of(sender.reading, tx)

        async def work() -> Answer:
            case = await sender.find(acting, lock=True)
            kept.append(await attachments.keep(acting, case, given, new))
            return await tell(acting, case, kept[-1])

        response = await once(tx, tenant, work, may_see=_seen)
    await _drop_unless(sender, new.object_key, [row.object_key for row in kept])
    return response


async def take(sender: Sender, given: Given, content: bytes) -> Attachment:
    """Take one file without a key; what shows the same is kept once, so it may be sent again."""
    new = await _stored(sender, await sender.ready(given), content)
    async with transaction(sender.house.database.sessions) as tx:
        acting = acting_of(sender.reading, tx)
        row = await attachments.keep(acting, await sender.find(acting, lock=True), given, new)
    await _drop_unless(sender, new.object_key, [row.object_key])
    return row


async def take_part(sender: Sender, id_: UUID, offset: int, content: bytes) -> Attachment:
    """Add a part to an upload; the last one ends it.

    Raises:
        Conflict: it does not join what came.
        Invalid: it goes over the end; or the whole file is not taken.
    """
    async with read_only(sender.house.database.sessions) as tx:
        acting = acting_of(sender.reading, tx)
        case = await sender.find(acting, lock=False)
        row = await attachments.upload_of(acting, case, id_)
        ready = await attachments.opened(acting, case)
    part_id = sender.house.ids.new_id(sender.reading.now)
    part = Part(offset, len(content), object_key(ready.tenant, part_id))
    if content:
        await sender.put(ready, (id_, part.object_key), content)
    async with transaction(sender.house.database.sessions) as tx:
        acting = acting_of(sender.reading, tx)
        case = await sender.find(acting, lock=False)
        row, needed = await attachments.add_part(acting, case, id_, part)
    if content and not needed:
        await sender.house.files.store.delete(part.object_key)
    if row.state == "uploading" and row.received_bytes == row.declared_bytes:
        return await _end(sender, ready, row)
    return row


async def _end(sender: Sender, ready: Ready, row: Attachment) -> Attachment:
    try:
        new = await sender.stored(ready, await _joined(sender, ready, row), row.id)
    except FileRefusedError as error:
        async with transaction(sender.house.database.sessions) as tx:
            acting = acting_of(sender.reading, tx)
            await attachments.refuse(acting, await sender.find(acting, lock=True), row.id, error.refusal)
        raise refusal_of(error.refusal) from error
    async with transaction(sender.house.database.sessions) as tx:
        acting = acting_of(sender.reading, tx)
        case = await sender.find(acting, lock=True)
        ended, needed = await attachments.end(acting, case, row.id, new)
    if not needed:
        await sender.house.files.store.delete(new.object_key)
    return ended


async def _joined(sender: Sender, ready: Ready, row: Attachment) -> bytes:
    pieces = []
    for key, _ in row.parts:
        pieces.append(await stored_content(sender.house, ready.key, (row.id, key)))
    return b"".join(pieces)


async def stored_content(house: House, key: Any, place: tuple[UUID, str]) -> bytes:
    """Return the content of an object, opened.

    Raises:
        NotFound: the store has lost it.
    """
    try:
        sealed = await house.files.store.get(place[1])
    except Missing as error:
        raise NotFound(
            code="file_missing",
            id="Isi berkas ini tidak ada di penyimpanan. Hubungi pengelola sistem.",
            en="The store does not have the content of this file. Turn to whoever runs the system.",
        ) from error
    return await asyncio.to_thread(open_file, house.vault, key, place, sealed)


async def _stored(sender: Sender, ready: Ready, content: bytes) -> New:
    try:
        return await sender.stored(ready, content)
    except FileRefusedError as error:
        raise refusal_of(error.refusal) from error


async def _before(sender: Sender, once: Once, tenant: str) -> Response | None:
    """Return the answer that was given under this key, if there is one."""

    async def work() -> Answer:
        raise _NotYetError

    try:
        async with transaction(sender.house.database.sessions) as tx:
            return await once(tx, tenant, work, may_see=_seen)
    except _NotYetError:
        return None


async def _drop_unless(sender: Sender, key: str, kept: list[str | None]) -> None:
    """Take an object away that no row names; only after the commit, which says that none does."""
    if key not in kept:
        await sender.house.files.store.delete(key)


async def _seen() -> None:
    """The case was found in the caller's sight before the key was looked at."""


def refusal_of(refusal: Refusal) -> DeskError:
    """Turn a refused file into what its sender reads."""
    said = SENTENCES[refusal]
    if refusal in _TOO_MUCH:
        return TooLarge(refusal.value, said.id, said.en)
    kind = WrongType if refusal is Refusal.UNKNOWN_TYPE else Invalid
    return kind(refusal.value, said.id, said.en)


def given_of(form: Form, tenant: str) -> Given:
    """Read a form's fields.

    Raises:
        Invalid: the visit's id is none of the case's regency.
    """
    return Given(
        size=len(form.content),
        paper=form.fields.get("paper"),
        visit_id=visit_of(form.fields.get("visit_id"), tenant),
        name=form.name,
    )


def visit_of(text: str | None, tenant: str) -> UUID | None:
    if text is None:
        return None
    found = parse_public_id(text)
    if found is None or found.tenant != tenant:
        raise Invalid(
            fields=(
                FieldError(
                    "/visit_id",
                    "unknown_visit",
                    "Kunjungan ini bukan dari kasus ini.",
                    "This visit is none of this case.",
                ),
            )
        )
    return found.id


async def _key(
    _actor: CurrentActor,
    idempotency_key: Annotated[
        str | None,
        Header(alias="Idempotency-Key", description="New for each request, the same each time it is sent."),
    ] = None,
) -> str:
    return read_key(idempotency_key)


KeyDep = Annotated[str, Depends(_key)]


def once_of(request: Request, reading: Reading, key: str, form: Form) -> Once:
    """Return the key's guard. A form is the same if its file and fields are: its frame differs each time."""
    named = repr((form.name, sorted(form.fields.items()))).encode()
    digest = digest_of(request, sha256(form.content).digest() + named)
    account = reading.actor.account_id
    if account is None:
        raise ValueError("Only accounts send under a key.")
    return Once(reading.house, account, route_of(request), key, digest, reading.now)
