"""Accounts of officers: who has one, and what it may do where."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response

from app.api.deps import CurrentActor, House, HouseDep, IfMatch, Now, ReadTx, WriteTx, etag
from app.api.once import Answer, OnceDep
from app.api.paging import Page
from app.api.routing import make_router, operation
from app.api.schemas.access import (
    AccountIn,
    AccountOut,
    AccountPatch,
    GrantIn,
    GrantOut,
    RegionText,
    SignInIn,
)
from app.api.schemas.base import Listed
from app.db.queries import accounts as stored
from app.db.tables.access import Grant
from app.domain.access import Actor, Permission
from app.domain.errors import FieldError, Invalid, NotFound
from app.domain.ids import is_tenant, parse_public_id, public_id, tenant_digits
from app.domain.sign_in import is_subject, named
from app.integrations.randomness import Ids
from app.services import accounts, sign_ins
from app.services.accounts import Act, Changes, NewAccount, NewGrant, Seen

router = make_router("access")

ACCOUNT_EXAMPLE = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "login": "siti@1374",
    "name": "Siti Rahmah",
    "kind": "officer",
    "email": None,
    "regency": "13.74",
    "active": True,
    "demo": False,
    "sign_in": False,
    "created_at": "2026-11-25T02:00:00Z",
    "grants": [
        {
            "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5c",
            "role": "desk_officer",
            "region": "13.74.01.1005",
            "agency": None,
            "desk_id": None,
            "valid_from": "2026-11-25",
            "valid_to": None,
        }
    ],
}
_NEW_EXAMPLE = {
    "login": "siti",
    "name": "Siti Rahmah",
    "password": "rahasia-yang-panjang",
    "grants": [{"role": "desk_officer", "region": "13.74.01.1005"}],
}
_MAY = Permission.ACCOUNT_MANAGE


@router.get(
    "/v1/accounts",
    **operation(
        "listAccounts",
        may=_MAY,
        answers=Listed[AccountOut],
        paged=True,
        example={"items": [ACCOUNT_EXAMPLE], "next": None, "count": 1},
    ),
)
async def list_accounts(
    actor: CurrentActor,
    tx: ReadTx,
    page: Page,
    regency: Annotated[RegionText | None, Query(description="The tenant; your own when left out.")] = None,
    active: Annotated[bool | None, Query()] = None,
) -> Listed[AccountOut]:
    """List the accounts of a tenant, by login."""
    tenant = regency or actor.tenant
    accounts.require_tenant(actor, tenant)
    after = (str(page.after[0]), UUID(page.after[1])) if page.after else None
    rows = await stored.list_accounts(tx, tenant, active=active, after=after, limit=page.limit + 1)
    shown = rows[: page.limit]
    seen = await accounts.with_grants(tx, tenant, shown)
    count = await stored.count_accounts(tx, tenant, active=active) if page.wants_count else None
    more = [shown[-1].login, shown[-1].id.hex] if len(rows) > page.limit else None
    return page.page([account_out(one) for one in seen], after=more, count=count)


@router.post(
    "/v1/accounts",
    **operation(
        "createAccount",
        may=_MAY,
        answers=AccountOut,
        status=201,
        once=True,
        example=ACCOUNT_EXAMPLE,
        body_example=_NEW_EXAMPLE,
    ),
)
async def create_account(
    body: AccountIn, actor: CurrentActor, tx: WriteTx, once: OnceDep, now: Now, house: HouseDep
) -> Response:
    """Make an officer's account with its first grants, in your own area."""
    tenant = tenant_from(body.regency, actor)
    accounts.require_tenant(actor, tenant)
    password_hash = await house.passwords.hash(body.password)

    async def work() -> Answer:
        new = NewAccount(
            tenant,
            house.ids.new_id(now),
            body.login,
            body.name,
            password_hash,
            new_grants(body.grants, tenant, house.ids, now, "/grants"),
            body.email,
        )
        act = Act(actor, now, house.ids.new_id(now))
        seen = await accounts.create_account(tx, act, new)
        shown = account_out(seen)
        return Answer(shown, headers={"ETag": etag(1), "Location": f"/v1/accounts/{shown.id}"})

    async def may_see() -> None:
        accounts.require_tenant(actor, tenant)

    return await once(tx, tenant, work, may_see=may_see)


@router.get(
    "/v1/accounts/{account_id}",
    **operation("getAccount", may=_MAY, answers=AccountOut, example=ACCOUNT_EXAMPLE),
)
async def get_account(account_id: str, actor: CurrentActor, tx: ReadTx, response: Response) -> AccountOut:
    """Show one account with all its grants, past ones too."""
    tenant, id_ = place_of(account_id)
    seen = await accounts.get_account(tx, actor, tenant, id_)
    response.headers["ETag"] = etag(seen.account.version)
    return account_out(seen)


@router.patch(
    "/v1/accounts/{account_id}",
    **operation(
        "changeAccount",
        may=_MAY,
        answers=AccountOut,
        if_match=True,
        example=ACCOUNT_EXAMPLE,
        body_example={"active": False},
    ),
)
async def change_account(
    account_id: str,
    body: AccountPatch,
    actor: CurrentActor,
    tx: WriteTx,
    expected: IfMatch,
    now: Now,
    house: HouseDep,
    response: Response,
) -> AccountOut:
    """Switch it on or off, rename it, set a password, add and end grants.

    Switching off, a new password and an ended grant end the account's sessions, in every process within a
    second.
    """
    tenant, id_ = place_of(account_id)
    account = await accounts.lock_account(tx, actor, tenant, id_)
    expected.check(account.version)
    changes = await _changes(body, tenant, house, now)
    act = Act(actor, now, house.ids.new_id(now))
    seen = await accounts.change_account(tx, act, account, changes)
    house.sessions.clear()
    response.headers["ETag"] = etag(seen.account.version)
    return account_out(seen)


@router.put(
    "/v1/accounts/{account_id}/sign-in",
    **operation(
        "setSignIn",
        may=_MAY,
        answers=AccountOut,
        if_match=True,
        refuses=(409,),
        example={**ACCOUNT_EXAMPLE, "sign_in": True},
        body_example={"issuer": "https://masuk.example.go.id/realms/dinsos", "subject": "f81d4fae-7dec-11d0"},
    ),
)
async def set_sign_in(
    account_id: str,
    body: SignInIn,
    actor: CurrentActor,
    tx: WriteTx,
    expected: IfMatch,
    now: Now,
    house: HouseDep,
    response: Response,
) -> AccountOut:
    """Tie an account to somebody at the outside sign-in issuer, or with ``null`` to nobody.

    Only a keyed digest of issuer and subject is kept. Untied, or tied to somebody else, its sessions end.
    """
    tenant, id_ = place_of(account_id)
    account = await accounts.lock_account(tx, actor, tenant, id_)
    expected.check(account.version)
    by = sign_ins.By(actor, now, house.ids.new_id(now))
    if body.subject is None:
        await sign_ins.untie(tx, by, account)
    else:
        issuer = _issuer_of(body, house)
        await sign_ins.tie(tx, by, account, house.blind.digests("sign_in", named(issuer, body.subject)))
    house.sessions.clear()
    seen = await accounts.get_account(tx, actor, tenant, id_)
    response.headers["ETag"] = etag(account.version)
    return account_out(seen)


def _issuer_of(body: SignInIn, house: House) -> str:
    if body.issuer is None or (house.issuer is not None and body.issuer != house.issuer.url):
        raise Invalid(
            fields=(
                FieldError(
                    "/issuer",
                    "another_issuer",
                    "Isi penyedia masuk yang dipakai layanan ini, persis seperti ia menulis dirinya.",
                    "Give the issuer that this service uses, exactly as it writes itself.",
                ),
            )
        )
    if not is_subject(body.subject):
        raise Invalid(
            fields=(
                FieldError(
                    "/subject",
                    "not_a_subject",
                    "Isi nilai sub dari penyedia masuk: huruf dan angka tanpa tanda khusus daerah.",
                    "Give the sub of the issuer: characters of ASCII.",
                ),
            )
        )
    return body.issuer


async def _changes(body: AccountPatch, tenant: str, house: House, now: Now) -> Changes:
    return Changes(
        name=body.name,
        email=body.email,
        active=body.active,
        password_hash=await house.passwords.hash(body.password) if body.password else None,
        add=new_grants(body.add_grants, tenant, house.ids, now, "/add_grants"),
        end=tuple(_id_in(tenant, text, f"/end_grants/{n}") for n, text in enumerate(body.end_grants)),
    )


def tenant_from(regency: str | None, actor: Actor) -> str:
    tenant = regency or actor.tenant
    if not is_tenant(tenant):
        raise Invalid(
            fields=(
                FieldError(
                    "/regency",
                    "not_a_tenant",
                    "Isi kode kabupaten/kota, provinsi, atau ID.",
                    "Give the code of a regency, a province, or ID.",
                ),
            )
        )
    return tenant


def place_of(text: str) -> tuple[str, UUID]:
    """Read a public id of a path; whatever is none names nothing."""
    found = parse_public_id(text)
    if found is None:
        raise NotFound
    return found.tenant, found.id


def _id_in(tenant: str, text: str, pointer: str) -> UUID:
    found = parse_public_id(text)
    if found is None or found.tenant != tenant:
        raise Invalid(fields=(FieldError(pointer, "unknown", "Tidak dikenal.", "It is not known."),))
    return found.id


def new_grants(given: list[GrantIn], tenant: str, ids: Ids, now: Now, pointer: str) -> tuple[NewGrant, ...]:
    return tuple(
        NewGrant(
            ids.new_id(now),
            one.role,
            one.region,
            one.agency,
            _id_in(tenant, one.desk_id, f"{pointer}/{n}/desk_id") if one.desk_id else None,
            one.valid_from,
            one.valid_to,
        )
        for n, one in enumerate(given)
    )


def _grant_out(grant: Grant) -> GrantOut:
    tenant = grant.regency_code
    return GrantOut.model_validate(
        {
            "id": public_id(tenant, grant.id),
            "role": grant.role,
            "region": grant.region_code,
            "agency": grant.agency_code,
            "desk_id": public_id(tenant, grant.desk_id) if grant.desk_id else None,
            "valid_from": grant.valid_from,
            "valid_to": grant.valid_to,
        }
    )


def account_out(seen: Seen) -> AccountOut:
    account = seen.account
    shown: dict[str, Any] = {
        "id": public_id(account.regency_code, account.id),
        "login": f"{account.login}@{tenant_digits(account.regency_code)}",
        "name": account.name,
        "kind": account.kind,
        "email": account.email,
        "regency": account.regency_code,
        "active": account.active,
        "demo": account.demo,
        "sign_in": account.sign_in_digest is not None,
        "created_at": account.created_at,
        "grants": [_grant_out(grant) for grant in seen.grants],
    }
    return AccountOut.model_validate(shown)
