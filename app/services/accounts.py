"""Giving out accounts, grants and clients: nobody gives beyond his own area, and nobody gives to himself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from app.db.queries import accounts as stored
from app.db.queries import events, sessions
from app.db.session import Tx
from app.db.tables.access import Account, Client, Grant
from app.domain.access import Actor, Permission, Role, covers
from app.domain.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from app.domain.events.base import Event
from app.domain.events.others import (
    AccountCreated,
    AccountDisabled,
    AccountEnabled,
    ClientCreated,
    ClientDisabled,
    ClientSecretReplaced,
    GrantEnded,
    GrantGiven,
    PasswordChanged,
    SignInUnlinked,
)
from app.domain.ids import NATION, tenant_of
from app.domain.sla import local_date

MANAGE: Final = Permission.ACCOUNT_MANAGE
_AT_AGENCY: Final = frozenset({Role.AGENCY_OFFICER, Role.AGENCY_CLIENT, Role.DONOR})


@dataclass(frozen=True, slots=True)
class Act:
    """Who does it, when, and the id that ties the events of one act."""

    actor: Actor
    now: datetime
    cause_id: UUID


@dataclass(frozen=True, slots=True)
class NewGrant:
    id: UUID
    role: Role
    region: str | None
    agency: str | None
    desk_id: UUID | None
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class NewAccount:
    tenant: str
    id: UUID
    login: str
    name: str
    password_hash: str = field(repr=False)
    grants: tuple[NewGrant, ...] = ()
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What a PATCH of an account asks for; None leaves a thing as it is."""

    name: str | None = None
    email: str | None = None
    """Empty: no mail any more."""
    active: bool | None = None
    password_hash: str | None = field(default=None, repr=False)
    add: tuple[NewGrant, ...] = ()
    end: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class NewClient:
    tenant: str
    id: UUID
    account_id: UUID
    client_id: str
    name: str
    agency: str
    secret: str = field(repr=False)
    grants: tuple[NewGrant, ...] = ()
    scopes: tuple[Permission, ...] | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """An account with all its grants."""

    account: Account
    grants: tuple[Grant, ...]


def require_tenant(actor: Actor, tenant: str) -> None:
    """Raise `NotFound` unless the actor manages *tenant*: other tenants' accounts do not exist for him."""
    actor.require_ever(MANAGE)
    if not actor.has(MANAGE, tenant):
        raise NotFound


async def get_account(tx: Tx, actor: Actor, tenant: str, account_id: UUID) -> Seen:
    require_tenant(actor, tenant)
    account = await stored.find_account(tx, tenant, account_id)
    if account is None:
        raise NotFound
    return Seen(account, tuple(await stored.grants_of(tx, tenant, [account_id])))


async def with_grants(tx: Tx, tenant: str, accounts: Sequence[Account]) -> list[Seen]:
    rows = await stored.grants_of(tx, tenant, [account.id for account in accounts])
    return [Seen(a, tuple(row for row in rows if row.account_id == a.id)) for a in accounts]


async def create_account(tx: Tx, act: Act, new: NewAccount) -> Seen:
    """Make an officer's account with its first grants.

    Raises:
        Conflict: the login is taken.
        Forbidden, Invalid: a grant reaches beyond the actor's area, or lacks what its role needs.
    """
    require_tenant(act.actor, new.tenant)
    await check_grants(tx, act.actor, new.tenant, new.grants, "/grants")
    account = await _add_account(tx, act, new, kind="officer")
    happened: list[Event] = [AccountCreated(thing_id=account.id)]
    grants = await _give(tx, act, account, new.grants, happened)
    await _record(tx, act, account, happened)
    return Seen(account, tuple(grants))


async def _add_account(tx: Tx, act: Act, new: NewAccount, *, kind: str) -> Account:
    if await stored.login_taken(tx, new.tenant, new.login):
        raise Conflict(code="login_taken", id="Nama masuk ini sudah dipakai.", en="This login is taken.")
    account = Account(
        regency_code=new.tenant,
        id=new.id,
        login=new.login,
        name=new.name,
        kind=kind,
        password_hash=new.password_hash or None,
        email=new.email,
        demo=False,
        active=True,
        created_at=act.now,
        version=1,
    )
    await stored.add(tx, account)
    return account


async def lock_account(tx: Tx, actor: Actor, tenant: str, account_id: UUID) -> Account:
    """Return the account for changing; the caller's version is checked after this and before the change."""
    require_tenant(actor, tenant)
    account = await stored.find_account(tx, tenant, account_id, for_update=True)
    if account is None:
        raise NotFound
    return account


async def change_account(tx: Tx, act: Act, account: Account, changes: Changes) -> Seen:
    """Change a locked account; switched off, with a new password or less a grant, its sessions end."""
    if account.id == act.actor.account_id and (changes.add or changes.end or changes.active is False):
        raise Forbidden(
            code="own_account",
            id="Wewenang akun sendiri diubah oleh admin lain.",
            en="Another administrator changes the rights of your own account.",
        )
    await check_grants(tx, act.actor, account.regency_code, changes.add, "/add_grants")
    happened: list[Event] = []
    account.name = changes.name or account.name
    if changes.email is not None:
        account.email = changes.email or None
    if changes.active is not None and changes.active != account.active:
        happened += _switch(account, active=changes.active)
    if changes.password_hash is not None:
        account.password_hash = changes.password_hash
        happened.append(PasswordChanged(thing_id=account.id))
    await _give(tx, act, account, changes.add, happened)
    await _end(tx, act, account, changes.end, happened)
    account.version += 1
    if changes.active is False or changes.password_hash is not None or changes.end:
        await sessions.revoke_account(tx, account.regency_code, account.id, act.now)
    await _record(tx, act, account, happened)
    return Seen(account, tuple(await stored.grants_of(tx, account.regency_code, [account.id])))


def _switch(account: Account, *, active: bool) -> list[Event]:
    """Switch it on or off; off, nobody at the outside issuer is this account any more."""
    account.active = active
    if active:
        return [AccountEnabled(thing_id=account.id)]
    happened: list[Event] = [AccountDisabled(thing_id=account.id, reason="by_admin")]
    if account.sign_in_digest is not None:
        account.sign_in_digest = None
        happened.append(SignInUnlinked(thing_id=account.id))
    return happened


async def _give(
    tx: Tx, act: Act, account: Account, wanted: Iterable[NewGrant], happened: list[Event]
) -> list[Grant]:
    given = []
    for new in wanted:
        grant = Grant(
            regency_code=account.regency_code,
            id=new.id,
            account_id=account.id,
            role=new.role.value,
            region_code=new.region,
            agency_code=new.agency,
            desk_id=new.desk_id,
            valid_from=new.valid_from or local_date(act.now, account.regency_code),
            valid_to=new.valid_to,
        )
        await stored.add(tx, grant)
        given.append(grant)
        happened.append(
            GrantGiven(
                thing_id=account.id,
                grant_id=grant.id,
                role=new.role.value,
                region=new.region,
                agency=new.agency,
                desk_id=new.desk_id,
                valid_from=grant.valid_from,
                valid_to=grant.valid_to,
            )
        )
    return given


async def _end(tx: Tx, act: Act, account: Account, ended: Iterable[UUID], happened: list[Event]) -> None:
    """End grants as of yesterday, so that they are not in force today any more."""
    grants = {g.id: g for g in await stored.grants_of(tx, account.regency_code, [account.id])}
    today = local_date(act.now, account.regency_code)
    for n, id_ in enumerate(ended):
        grant = grants.get(id_)
        if grant is None:
            raise Invalid(fields=(_wrong(f"/end_grants/{n}", "unknown", "wewenang", "grant"),))
        _require_area(act.actor, grant.region_code or account.regency_code, f"/end_grants/{n}")
        if grant.valid_to is None or grant.valid_to >= today:
            grant.valid_to = date.fromordinal(today.toordinal() - 1)
            happened.append(GrantEnded(thing_id=account.id, grant_id=grant.id))


async def _record(tx: Tx, act: Act, account: Account, happened: list[Event]) -> None:
    stream = events.OtherStream(account.regency_code, account.id, "account")
    await events.append(tx, stream, happened, actor=act.actor, now=act.now, cause_id=act.cause_id)


async def check_grants(tx: Tx, actor: Actor, tenant: str, wanted: Sequence[NewGrant], place: str) -> None:
    """Refuse grants that reach beyond the actor's area, or that could never give anything.

    Raises:
        Forbidden: beyond the area, or a role above the actor's.
        Invalid: the role needs a region or an agency, or names one that does not exist.
    """
    agencies = await stored.agency_regions(tx, [g.agency for g in wanted if g.agency])
    desks = await stored.desk_villages(tx, tenant, [g.desk_id for g in wanted if g.desk_id])
    for n, grant in enumerate(wanted):
        here = f"{place}/{n}"
        _check_shape(grant, agencies, desks, here)
        if grant.role is Role.SYSTEM_ADMIN and not _holds(actor, Role.SYSTEM_ADMIN):
            raise _beyond(f"{here}/role")
        if grant.region is not None:
            _require_area(actor, grant.region, f"{here}/region")
            _require_tenant_of(tenant, grant.region, actor, here)
        if grant.agency is not None:
            _require_area(actor, agencies[grant.agency], f"{here}/agency")


def _check_shape(grant: NewGrant, agencies: dict[str, str], desks: dict[UUID, str], here: str) -> None:
    if grant.role is Role.RESIDENT:
        raise Invalid(fields=(_wrong(f"{here}/role", "not_grantable", "peran", "role"),))
    if (grant.role in _AT_AGENCY) != (grant.agency is not None):
        raise Invalid(fields=(_wrong(f"{here}/agency", "mismatch", "instansi", "agency"),))
    if grant.agency is not None and grant.agency not in agencies:
        raise Invalid(fields=(_wrong(f"{here}/agency", "unknown", "instansi", "agency"),))
    if grant.agency is None and grant.region is None:
        raise Invalid(fields=(_wrong(f"{here}/region", "missing", "wilayah", "region"),))
    if grant.desk_id is not None and desks.get(grant.desk_id) != grant.region:
        raise Invalid(fields=(_wrong(f"{here}/desk_id", "unknown", "meja", "desk"),))


def _wrong(pointer: str, code: str, id_: str, en: str) -> FieldError:
    return FieldError(
        pointer,
        code,
        f"Bagian {id_} tidak cocok dengan peran atau tidak ada.",
        f"The {en} does not fit the role or does not exist.",
    )


def _holds(actor: Actor, role: Role) -> bool:
    return any(grant.role is role for grant in actor.grants)


def _require_area(actor: Actor, region: str, pointer: str) -> None:
    if not actor.has(MANAGE, region):
        raise _beyond(pointer)


def _require_tenant_of(tenant: str, region: str, actor: Actor, here: str) -> None:
    """An account of a regency holds grants in it; only the system's administrator crosses that line."""
    if region != NATION and covers(tenant, region) and tenant_of(region) == tenant:
        return
    if not _holds(actor, Role.SYSTEM_ADMIN):
        raise _beyond(f"{here}/region")


def _beyond(pointer: str) -> Forbidden:
    return Forbidden(
        code="beyond_own_area",
        id="Anda tidak dapat memberi wewenang di luar wilayah Anda sendiri.",
        en="You cannot give rights beyond your own area.",
        data={"pointer": pointer},
    )


async def create_client(tx: Tx, act: Act, new: NewClient) -> Client:
    """Make an agency's client with the account it acts as; the secret is shown by the caller, once."""
    require_tenant(act.actor, new.tenant)
    await check_grants(tx, act.actor, new.tenant, new.grants, "/grants")
    if await stored.client_id_taken(tx, new.tenant, new.client_id):
        raise Conflict(
            code="client_id_taken", id="Nama klien ini sudah dipakai.", en="This client id is taken."
        )
    owner = NewAccount(new.tenant, new.account_id, f"client.{new.client_id}", new.name, "")
    account = await _add_account(tx, act, owner, kind="client")
    happened: list[Event] = [AccountCreated(thing_id=account.id)]
    await _give(tx, act, account, new.grants, happened)
    await _record(tx, act, account, happened)
    client = Client(
        regency_code=new.tenant,
        id=new.id,
        client_id=new.client_id,
        name=new.name,
        secret_digest=sha256(new.secret.encode()).digest(),
        first_party=False,
        scopes=None if new.scopes is None else [item.value for item in new.scopes],
        account_id=account.id,
        active=True,
        created_at=act.now,
    )
    await stored.add(tx, client)
    await _record_client(tx, act, client, ClientCreated(thing_id=client.id, agency=new.agency))
    return client


async def lock_client(tx: Tx, actor: Actor, tenant: str, client_row_id: UUID) -> Client:
    require_tenant(actor, tenant)
    client = await stored.find_client(tx, tenant, client_row_id, for_update=True)
    if client is None:
        raise NotFound
    return client


async def rotate_secret(tx: Tx, act: Act, client: Client, secret: str) -> None:
    """Replace the secret; the old one and every session it opened end at once.

    Raises:
        Conflict: a first-party frontend has no secret.
    """
    if client.first_party or client.account_id is None:
        raise Conflict(
            code="no_secret", id="Klien ini tidak memakai rahasia.", en="This client has no secret."
        )
    client.secret_digest = sha256(secret.encode()).digest()
    await sessions.revoke_account(tx, client.regency_code, client.account_id, act.now)
    await _record_client(tx, act, client, ClientSecretReplaced(thing_id=client.id))


async def disable_client(tx: Tx, act: Act, client: Client) -> None:
    if not client.active:
        return
    client.active = False
    if client.account_id is not None:
        await sessions.revoke_account(tx, client.regency_code, client.account_id, act.now)
    await _record_client(tx, act, client, ClientDisabled(thing_id=client.id, reason="by_admin"))


async def _record_client(tx: Tx, act: Act, client: Client, happened: Event) -> None:
    stream = events.OtherStream(client.regency_code, client.id, "client")
    await events.append(tx, stream, [happened], actor=act.actor, now=act.now, cause_id=act.cause_id)
