"""Who a token or a service key stands for, and what it may do."""

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.db.queries import service_keys
from app.db.queries import sessions as stored
from app.db.session import Tx
from app.domain.access import Actor, Grant, Role
from app.domain.codes import ActorKind
from app.domain.ids import public_id
from app.domain.service_keys import narrowed, tenant_of_key
from app.domain.sla import local_date
from app.domain.tokens import ACCESS, digest_of, tenant_of

CACHED_FOR: Final = timedelta(seconds=1)
"""How long a process may believe a session it has read: so revocation holds everywhere within a second."""
_KEY_SEEN: Final = timedelta(hours=1)
"""How exactly the last use of a service key is known, so that a busy one does not write at each request."""


@dataclass(frozen=True, slots=True)
class Known:
    """Who a token stands for, and until when."""

    actor: Actor
    expires_at: datetime
    unseen_key: UUID | None = None
    """A service key whose last use is to be noted anew."""


async def session_actor(tx: Tx, token: str, now: datetime) -> Known | None:
    """Return who *token* stands for, with the grants that are in force today; None for nobody."""
    tenant = tenant_of(token, ACCESS)
    if tenant is None:
        return await _key_actor(tx, token, now)
    found = await stored.find_session(tx, tenant, digest_of(token), now)
    if found is None:
        return None
    if found.link_id is not None:
        actor = Actor(
            ActorKind.RECEIVER,
            tenant,
            name_code="receiver",
            link_id=found.link_id,
            referral_id=found.referral_id,
        )
        return Known(actor, found.expires_at)
    if found.account_id is None:
        actor = Actor(ActorKind.RESIDENT, tenant, name_code="resident", case_id=found.case_id)
        return Known(actor, found.expires_at)
    kind = ActorKind.CLIENT if found.account_kind == "client" else ActorKind.OFFICER
    actor = await _account_actor(tx, kind, tenant, found.account_id, now)
    return Known(replace(actor, scopes=narrowed(found.scopes, found.client_scopes)), found.expires_at)


async def _key_actor(tx: Tx, token: str, now: datetime) -> Known | None:
    """Return the agency's system that a service key stands for."""
    tenant = tenant_of_key(token)
    if tenant is None:
        return None
    found = await service_keys.find_key(tx, tenant, digest_of(token), now)
    if found is None:
        return None
    actor = await _account_actor(tx, ActorKind.CLIENT, tenant, found.account_id, now)
    unseen = found.last_used_at is None or found.last_used_at <= now - _KEY_SEEN
    return Known(
        replace(actor, scopes=narrowed(found.scopes, found.client_scopes)),
        found.expires_at,
        found.id if unseen else None,
    )


async def _account_actor(tx: Tx, kind: ActorKind, tenant: str, account_id: UUID, now: datetime) -> Actor:
    rows = await stored.grants_in_force(tx, tenant, account_id, local_date(now, tenant))
    return Actor(
        kind,
        tenant,
        account_id,
        tuple(Grant(Role(row.role), row.region_code, row.agency_code, row.desk_id) for row in rows),
        public_id(tenant, account_id),
    )


class SessionCache:
    """What this process has read of sessions in the last second; the oldest leave first."""

    def __init__(self, size: int = 4096) -> None:
        self._size = size
        self._held: OrderedDict[bytes, tuple[Known, datetime]] = OrderedDict()

    def find(self, token: str, now: datetime) -> Actor | None:
        held = self._held.get(digest_of(token))
        if held is None:
            return None
        known, read_at = held
        # A clock that was set back must not make an old reading young again.
        fresh = timedelta(0) <= now - read_at < CACHED_FOR
        return known.actor if fresh and known.expires_at > now else None

    def hold(self, token: str, known: Known, now: datetime) -> None:
        self._held[digest_of(token)] = (known, now)
        self._held.move_to_end(digest_of(token))
        if len(self._held) > self._size:
            self._held.popitem(last=False)

    def clear(self) -> None:
        """Forget everything: something was revoked in this process."""
        self._held.clear()
