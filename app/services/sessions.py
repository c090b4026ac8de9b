"""Coming in and going out: log-ins and tokens; who a token stands for is in `app.services.bearers`.

A log-in takes two transactions, because hashing must not hold one open: `begin_log_in` counts the try and
commits, the password is checked, `end_log_in` gives out the tokens. What a refusal must leave behind (a
counter, a revoked family) is returned as a value and so survives it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Final, Protocol
from uuid import UUID

from app.db.queries import attempts, events, sign_ins
from app.db.queries import sessions as stored
from app.db.session import Tx
from app.db.tables.access import Account, Client, RefreshToken, Session
from app.db.tables.papers import LetterLink
from app.domain.access import Actor, Permission
from app.domain.codes import ActorKind
from app.domain.events.others import TokenReused
from app.domain.ids import NATION
from app.domain.tokens import ACCESS, REFRESH, digest_of, tenant_of

RESIDENT_LIFETIME: Final = timedelta(minutes=15)

# Five tries of one account from one address, then a pause; many more from one address in all, since an
# office shares one, and from all addresses for one account. Ours; OWASP ASVS 5.0, 2.4.1 asks for such limits.
WINDOW: Final = timedelta(minutes=15)
TRIES_OF_PAIR: Final = 5
TRIES_OF_ADDRESS: Final = 100
TRIES_OF_ACCOUNT: Final = 100
KNOWN_FOR: Final = timedelta(days=30)
_PAIR: Final = "login.pair"
_ADDRESS: Final = "login.address"
_ACCOUNT: Final = "login.account"
_KNOWN: Final = "login.known"
_ALL: Final = frozenset(item.value for item in Permission)


class Tokens(Protocol):
    """Draws ids and tokens; `app.integrations.randomness.Ids` is one."""

    def new_id(self, now: datetime) -> UUID: ...
    def token(self, regency_code: str) -> str: ...


class Digests(Protocol):
    """Makes the keyed digests under which a login and an address are counted."""

    def digest(self, field_name: str, value: str) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Lifetimes:
    access: timedelta
    refresh: timedelta


@dataclass(frozen=True, slots=True)
class Issued:
    """What a client gets. The tokens stand here only, never in the database or a log."""

    access_token: str = field(repr=False)
    expires_in: timedelta
    actor_id: UUID | None
    tenant: str
    refresh_token: str | None = field(default=None, repr=False)
    scopes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """No log-in. ``retry_after`` is set when it was a limit that refused."""

    tenant: str
    account_id: UUID | None = None
    retry_after: timedelta | None = None
    beyond_scope: bool = False
    """Who it is was clear; it asked for more than it may do."""


@dataclass(frozen=True, slots=True)
class LogIn:
    """A password that wants in: *login* without its tenant, and where it comes from."""

    tenant: str
    login: str
    address: str
    client_row_id: UUID | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """The account that a log-in names, or nobody; the hash is checked outside any transaction."""

    account: Account | None

    @property
    def password_hash(self) -> str | None:
        return self.account.password_hash if self.account and self.account.active else None


async def begin_log_in(tx: Tx, request: LogIn, digests: Digests, now: datetime) -> Candidate | Refused:
    """Count the try before it is judged, so that parallel guesses cannot slip through.

    Whoever came in from this address with this login in the last 30 days is held to his own limit only:
    nobody can lock him out from elsewhere, nor by hammering at other accounts from the same office.
    """
    account = await stored.find_login(tx, request.tenant, request.login)
    keys = _keys(request, digests)
    counts = {
        bucket: await attempts.count_try(tx, request.tenant, bucket, keys[bucket], WINDOW, now)
        for bucket in (_PAIR, _ADDRESS, _ACCOUNT)
    }
    known = await attempts.find_count(tx, request.tenant, _KNOWN, keys[_KNOWN])
    limits = {_PAIR: TRIES_OF_PAIR}
    if known is None or known.since < now - KNOWN_FOR:
        limits |= {_ADDRESS: TRIES_OF_ADDRESS, _ACCOUNT: TRIES_OF_ACCOUNT}
    waits = [
        counts[name].since + WINDOW - now for name, limit in limits.items() if counts[name].tries > limit
    ]
    if waits:
        return Refused(request.tenant, account.id if account else None, max(waits))
    return Candidate(account)


async def end_log_in(  # two sources of digests and ids, two values, two times
    tx: Tx, request: LogIn, account: Account, tools: "Tools", newer_hash: str | None, now: datetime
) -> Issued:
    """Give the try back, remember the address, and give out the tokens."""
    keys = _keys(request, tools.digests)
    await attempts.forget(tx, request.tenant, _PAIR, keys[_PAIR])
    await attempts.give_back(tx, request.tenant, _ADDRESS, keys[_ADDRESS])
    await attempts.give_back(tx, request.tenant, _ACCOUNT, keys[_ACCOUNT])
    await attempts.remember(tx, request.tenant, _KNOWN, keys[_KNOWN], now)
    if newer_hash is not None:
        await stored.store_password_hash(tx, request.tenant, account.id, newer_hash)
    family = tools.ids.new_id(now)
    return await _issue(tx, Holder(request.tenant, account.id, request.client_row_id, family), tools, now)


def _keys(request: LogIn, digests: Digests) -> dict[str, bytes]:
    who = f"{request.login}@{request.tenant}"
    return {
        _PAIR: digests.digest("login", f"{who} {request.address}"),
        _KNOWN: digests.digest("login", f"{who} {request.address}"),
        _ADDRESS: digests.digest("address", request.address),
        _ACCOUNT: digests.digest("login", who),
    }


@dataclass(frozen=True, slots=True)
class Tools:
    ids: Tokens
    digests: Digests
    lifetimes: Lifetimes


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose tokens these are, and from which log-in they descend."""

    tenant: str
    account_id: UUID
    client_row_id: UUID | None
    family_id: UUID
    scopes: tuple[str, ...] | None = None


async def _issue(tx: Tx, holder: Holder, tools: Tools, now: datetime, *, renewable: bool = True) -> Issued:
    access = ACCESS + tools.ids.token(holder.tenant)
    await stored.add_session(
        tx,
        Session(
            regency_code=holder.tenant,
            token_digest=digest_of(access),
            account_id=holder.account_id,
            case_id=None,
            client_row_id=holder.client_row_id,
            scopes=None if holder.scopes is None else list(holder.scopes),
            family_id=holder.family_id,
            issued_at=now,
            expires_at=now + tools.lifetimes.access,
            revoked_at=None,
        ),
    )
    refresh = None
    if renewable:
        refresh = REFRESH + tools.ids.token(holder.tenant)
        await stored.add_refresh_token(
            tx,
            RefreshToken(
                regency_code=holder.tenant,
                token_digest=digest_of(refresh),
                account_id=holder.account_id,
                client_row_id=holder.client_row_id,
                family_id=holder.family_id,
                issued_at=now,
                expires_at=now + tools.lifetimes.refresh,
                used_at=None,
                revoked_at=None,
            ),
        )
    return Issued(access, tools.lifetimes.access, holder.account_id, holder.tenant, refresh, holder.scopes)


@dataclass(frozen=True, slots=True)
class ClientLogIn:
    """A client that wants in; *client* is None when the id is not known: counted and refused alike."""

    client: Client | None
    secret: str = field(repr=False)
    address: str
    scopes: tuple[str, ...] | None = None
    """What it asks for; None: all that it may do."""


async def log_in_client(tx: Tx, asked: ClientLogIn, tools: Tools, now: datetime) -> Issued | Refused:
    """Client credentials: a long random secret, so one SHA-256 is enough; an address has a limit."""
    client, secret, address = asked.client, asked.secret, asked.address
    tenant = client.regency_code if client else "ID"
    key = tools.digests.digest("address", address)
    tried = await attempts.count_try(tx, tenant, _ADDRESS, key, WINDOW, now)
    if not secret_matches(client, secret) or client is None or client.account_id is None:
        wait = tried.since + WINDOW - now if tried.tries > TRIES_OF_ADDRESS else None
        return Refused(tenant, client.account_id if client else None, wait)
    account = await stored.find_account(tx, tenant, client.account_id)
    if account is None or not account.active:
        return Refused(tenant, client.account_id)
    await attempts.give_back(tx, tenant, _ADDRESS, key)
    if asked.scopes is not None and not set(asked.scopes) <= set(client.scopes or _ALL):
        return Refused(tenant, client.account_id, beyond_scope=True)
    most = asked.scopes if asked.scopes is not None else client.scopes
    scopes = None if most is None else tuple(most)
    holder = Holder(tenant, client.account_id, client.id, tools.ids.new_id(now), scopes)
    return await _issue(tx, holder, tools, now, renewable=False)


@dataclass(frozen=True, slots=True)
class OutsideLogIn:
    """Somebody for whom the outside issuer vouches: his digests by each live key, the primary's first."""

    digests: Sequence[bytes] = field(repr=False)
    address: str
    frontend: str
    """The first-party client, without its tenant: which one that is shows when he is found."""


async def begin_outside(tx: Tx, address: str, digests: Digests, now: datetime) -> timedelta | None:
    """Count a try of an address, as those with a password are counted; return how long it has to wait."""
    tried = await attempts.count_try(tx, NATION, _ADDRESS, digests.digest("address", address), WINDOW, now)
    return tried.since + WINDOW - now if tried.tries > TRIES_OF_ADDRESS else None


async def end_outside(tx: Tx, asked: OutsideLogIn, tools: Tools, now: datetime) -> Issued | Refused:
    """Give tokens to the one account that is tied to him, and the try back."""
    found = await sign_ins.accounts_of(tx, asked.digests)
    if len(found) != 1:
        return Refused(NATION)
    account, tenant = found[0], found[0].regency_code
    if not await sign_ins.hold_account(tx, account, asked.digests):
        return Refused(tenant, account.id)
    client = await stored.find_client(tx, tenant, asked.frontend)
    open_to_him = client is not None and client.first_party and client.secret_digest is None
    if client is None or not open_to_him or not account.active or account.kind != "officer":
        return Refused(tenant, account.id)
    account.sign_in_digest = asked.digests[0]
    await attempts.give_back(tx, NATION, _ADDRESS, tools.digests.digest("address", asked.address))
    return await _issue(tx, Holder(tenant, account.id, client.id, tools.ids.new_id(now)), tools, now)


def secret_matches(client: Client | None, secret: str) -> bool:
    """Compare in constant time; a first-party frontend that has no secret never matches one."""
    expected = client.secret_digest if client and client.secret_digest else b"\0" * 32
    same = compare_digest(expected, digest_of(secret))
    return same and client is not None and client.secret_digest is not None


async def refresh(
    tx: Tx, token: str, client_row_id: UUID | None, tools: Tools, now: datetime
) -> Issued | Refused:
    """Exchange a refresh token for a new pair. One that comes back a second time ends its whole family."""
    tenant = tenant_of(token, REFRESH)
    if tenant is None:
        return Refused("ID")
    row = await stored.get_refresh_token_for_update(tx, tenant, digest_of(token))
    if row is None or row.client_row_id != client_row_id:
        return Refused(tenant)
    if row.used_at is not None and row.revoked_at is None:
        await stored.revoke_family(tx, tenant, row.family_id, now)
        await events.append(
            tx,
            events.OtherStream(tenant, row.account_id, "account"),
            [TokenReused(thing_id=row.account_id, family_id=row.family_id)],
            actor=Actor(ActorKind.SYSTEM, tenant),
            now=now,
            cause_id=tools.ids.new_id(now),
        )
        return Refused(tenant, row.account_id)
    account = await stored.find_account(tx, tenant, row.account_id)
    if row.revoked_at is not None or row.expires_at <= now or account is None or not account.active:
        return Refused(tenant, row.account_id)
    row.used_at = now
    holder = Holder(tenant, row.account_id, row.client_row_id, row.family_id)
    return await _issue(tx, holder, tools, now)


async def revoke(tx: Tx, token: str, now: datetime) -> tuple[str, UUID] | None:
    """End the log-in that *token* belongs to; return its tenant and family, or None for an unknown token."""
    tenant = tenant_of(token, ACCESS) or tenant_of(token, REFRESH)
    if tenant is None:
        return None
    family = await stored.family_of(tx, tenant, digest_of(token))
    if family is None:
        return None
    await stored.revoke_family(tx, tenant, family, now)
    return tenant, family


async def open_resident_session(
    tx: Tx, regency_code: str, case_id: UUID, ids: Tokens, now: datetime
) -> Issued:
    """Give a resident who showed ticket and PIN fifteen minutes with her one case."""
    token = ACCESS + ids.token(regency_code)
    await stored.add_session(
        tx,
        Session(
            regency_code=regency_code,
            token_digest=digest_of(token),
            account_id=None,
            case_id=case_id,
            client_row_id=None,
            scopes=None,
            family_id=ids.new_id(now),
            issued_at=now,
            expires_at=now + RESIDENT_LIFETIME,
            revoked_at=None,
        ),
    )
    return Issued(token, RESIDENT_LIFETIME, None, regency_code)


async def open_link_session(tx: Tx, link: LetterLink, ids: Tokens, now: datetime) -> Issued:
    """Give a receiver who showed a letter's link fifteen minutes with that one referral.

    The family is the link itself: whoever revokes the link ends every session that it opened.
    """
    token = ACCESS + ids.token(link.regency_code)
    until = min(now + RESIDENT_LIFETIME, link.expires_at)
    await stored.add_session(
        tx,
        Session(
            regency_code=link.regency_code,
            token_digest=digest_of(token),
            account_id=None,
            case_id=None,
            link_id=link.id,
            client_row_id=None,
            scopes=None,
            family_id=link.id,
            issued_at=now,
            expires_at=until,
            revoked_at=None,
        ),
    )
    return Issued(token, until - now, None, link.regency_code)
