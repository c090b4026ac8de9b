"""Giving out keys to agencies' systems: with an end, the fewest rights, and never more than a few at once."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from app.db.queries import events
from app.db.queries import service_keys as stored
from app.db.session import Tx
from app.db.tables.access import Client, ServiceKey
from app.domain.access import Actor, Permission
from app.domain.errors import Conflict, FieldError, Invalid, NotFound
from app.domain.events.base import Event
from app.domain.events.others import ServiceKeyCreated, ServiceKeyRevoked
from app.domain.service_keys import LONGEST, MOST_LIVE, SHOWN, within

LISTED: Final = 50
"""How many keys a list shows, the newest first: more than a client of ten years has had."""


@dataclass(frozen=True, slots=True)
class NewKey:
    id: UUID
    name: str
    scopes: tuple[Permission, ...]
    expires_at: datetime
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class By:
    """Who does it, when, and the id that ties the events of one act."""

    actor: Actor
    now: datetime
    cause_id: UUID


async def create_key(tx: Tx, by: By, client: Client, new: NewKey) -> ServiceKey:
    """Make a key of a locked client; the caller shows it, once.

    An old key lives on beside it until it is revoked or ends, so that a system changes over without a gap.

    Raises:
        Conflict: the client is off, is a frontend, or has as many keys as it may.
        Invalid: the end is past or too far away, or the scopes go beyond the client's.
    """
    if not client.active or client.account_id is None:
        raise Conflict(code="no_keys", id="Klien ini tidak memakai kunci.", en="This client takes no keys.")
    _check(client, new, by.now)
    if await stored.count_live(tx, client.regency_code, client.id, by.now) >= MOST_LIVE:
        raise Conflict(
            code="too_many_keys",
            id=f"Klien ini sudah mempunyai {MOST_LIVE} kunci. Cabut satu dahulu.",
            en=f"This client has {MOST_LIVE} keys. Revoke one first.",
        )
    key = ServiceKey(
        regency_code=client.regency_code,
        id=new.id,
        client_row_id=client.id,
        name=new.name,
        key_digest=sha256(new.key.encode()).digest(),
        begins=new.key[:SHOWN],
        scopes=[item.value for item in new.scopes],
        created_at=by.now,
        expires_at=new.expires_at,
        revoked_at=None,
        last_used_at=None,
    )
    await stored.add(tx, key)
    await _record(tx, by, client, ServiceKeyCreated(thing_id=client.id, key_id=key.id))
    return key


async def revoke_key(tx: Tx, by: By, client: Client, key_id: UUID) -> ServiceKey:
    """End a key of *client*, in every process within a second; one that has ended stays as it is.

    Raises:
        NotFound: the client has no such key.
    """
    key = await stored.find_for_update(tx, client.regency_code, client.id, key_id)
    if key is None:
        raise NotFound
    if key.revoked_at is None:
        key.revoked_at = by.now
        await _record(tx, by, client, ServiceKeyRevoked(thing_id=client.id, key_id=key.id))
    return key


def _check(client: Client, new: NewKey, now: datetime) -> None:
    wrong = []
    if not now < new.expires_at <= now + LONGEST:
        wrong.append(
            FieldError(
                "/expires_at",
                "out_of_range",
                f"Isi waktu sesudah sekarang, paling lama {LONGEST.days} hari lagi.",
                f"Give an instant after now, at most {LONGEST.days} days from now.",
            )
        )
    if not within(new.scopes, client.scopes):
        wrong.append(
            FieldError(
                "/scopes",
                "beyond_client",
                "Kunci tidak boleh lebih luas dari kliennya.",
                "A key may do no more than its client.",
            )
        )
    if wrong:
        raise Invalid(fields=tuple(wrong))


async def _record(tx: Tx, by: By, client: Client, happened: Event) -> None:
    stream = events.OtherStream(client.regency_code, client.id, "client")
    await events.append(tx, stream, [happened], actor=by.actor, now=by.now, cause_id=by.cause_id)
