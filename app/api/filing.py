"""A scan or photo that belongs to no case: cleaned and put into the store before its row is written."""

import asyncio
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from fastapi import Response

from app.api.deps import House
from app.api.once import AccessCheck, Answer, Once
from app.api.uploading import refusal_of, stored_content
from app.db.session import transaction
from app.domain.attachments import ENDINGS, FileRefusedError, object_key
from app.integrations.sealed_files import seal_file

CSP = "default-src 'none'; sandbox; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True)
class Filed:
    """A file that lies in the store; its key opens it for *row* only."""

    object_key: str
    media_type: str
    sha256: bytes
    """Of the bytes as they came."""
    stored_sha256: bytes
    """Of the bytes as they are kept."""


async def put_file(house: House, tenant: str, row: UUID, key: Any, content: bytes) -> Filed:
    """Clean a file and store it, sealed by *key*; one whose row is never written is swept.

    Raises:
        DeskError: it is not taken, in the words of `SENTENCES`.
        Unavailable: a scanner or the store does not answer.
    """
    try:
        clean = await house.files.clean(content)
    except FileRefusedError as error:
        raise refusal_of(error.refusal) from error
    at = object_key(tenant, house.ids.new_id(house.clock()))
    sealed = await asyncio.to_thread(seal_file, house.vault, key, (row, at), clean.content)
    await house.files.store.put(at, sealed)
    return Filed(at, clean.media_type, sha256(content).digest(), sha256(clean.content).digest())


class _NotYetError(Exception):
    """This key has not been used."""


async def answered_before(house: House, once: Once, tenant: str, may_see: AccessCheck) -> Response | None:
    """Return the answer that was given under this key, if there is one: then nothing is stored again."""

    async def work() -> Answer:
        raise _NotYetError

    try:
        async with transaction(house.database.sessions) as tx:
            return await once(tx, tenant, work, may_see=may_see)
    except _NotYetError:
        return None


async def file_of(house: House, key: Any, row: UUID, at: tuple[str, str], name: str) -> Response:
    """Give a stored file (*at*: its object's key and media type) to be saved, under a name without persons.

    Raises:
        NotFound: the store has lost it.
    """
    content = await stored_content(house, key, (row, at[0]))
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.{ENDINGS.get(at[1], "bin")}"',
        "Content-Security-Policy": CSP,
    }
    return Response(content, media_type=at[1], headers=headers)
