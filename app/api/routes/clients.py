"""Clients: the systems of agencies, which log in with a secret of their own."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from app.api.deps import CurrentActor, HouseDep, Now, ReadTx, WriteTx
from app.api.once import Answer, OnceDep
from app.api.paging import Page
from app.api.routing import make_router, operation
from app.api.schemas.access import ClientIn, ClientOut, ClientSecretOut, RegionText
from app.api.schemas.base import Listed
from app.db.queries import accounts as stored
from app.db.tables.access import Client
from app.domain.access import Permission, Role
from app.domain.errors import FieldError, Invalid, NotFound
from app.domain.ids import is_tenant, parse_public_id, public_id, tenant_digits
from app.services import accounts
from app.services.accounts import Act, NewClient, NewGrant

router = make_router("access")

_EXAMPLE = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "client_id": "baznas@1374",
    "name": "Sistem Baznas Padang Panjang",
    "regency": "13.74",
    "first_party": False,
    "scopes": ["referral:read", "referral:receive"],
    "active": True,
    "account_id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5c",
    "created_at": "2026-11-25T02:00:00Z",
}
_SECRET_EXAMPLE = {**_EXAMPLE, "client_secret": "pc_1374-YSBsb25nIHJhbmRvbSBzZWNyZXQgc2hvd24gb25jZS4uLi4"}
_MAY = Permission.ACCOUNT_MANAGE


@router.get(
    "/v1/clients",
    **operation(
        "listClients",
        may=_MAY,
        answers=Listed[ClientOut],
        paged=True,
        example={"items": [_EXAMPLE], "next": None, "count": 1},
    ),
)
async def list_clients(
    actor: CurrentActor,
    tx: ReadTx,
    page: Page,
    regency: Annotated[RegionText | None, Query(description="The tenant; your own when left out.")] = None,
) -> Listed[ClientOut]:
    """List the clients of a tenant, by client id."""
    tenant = regency or actor.tenant
    accounts.require_tenant(actor, tenant)
    after = (str(page.after[0]), UUID(page.after[1])) if page.after else None
    rows = await stored.list_clients(tx, tenant, after=after, limit=page.limit + 1)
    shown = rows[: page.limit]
    count = await stored.count_clients(tx, tenant) if page.wants_count else None
    more = [shown[-1].client_id, shown[-1].id.hex] if len(rows) > page.limit else None
    return page.page([_out(one) for one in shown], after=more, count=count)


@router.post(
    "/v1/clients",
    **operation(
        "createClient",
        may=_MAY,
        answers=ClientSecretOut,
        status=201,
        once=True,
        example=_SECRET_EXAMPLE,
        body_example={
            "client_id": "baznas",
            "name": "Sistem Baznas",
            "agency": "BAZNAS-1374",
            "scopes": ["referral:read", "referral:receive"],
        },
    ),
)
async def create_client(
    body: ClientIn, actor: CurrentActor, tx: WriteTx, once: OnceDep, now: Now, house: HouseDep
) -> Response:
    """Make a client that acts for an agency. Its secret is in this answer and nowhere else."""
    tenant = body.regency or actor.tenant
    if not is_tenant(tenant):
        raise Invalid(
            fields=(FieldError("/regency", "not_a_tenant", "Bukan kode tenant.", "It is no tenant's code."),)
        )
    accounts.require_tenant(actor, tenant)

    async def work() -> Answer:
        ids = house.ids
        secret = f"pc_{ids.token(tenant)}"
        grant = NewGrant(ids.new_id(now), Role.AGENCY_CLIENT, body.region, body.agency, None, None, None)
        new = NewClient(
            tenant=tenant,
            id=ids.new_id(now),
            account_id=ids.new_id(now),
            client_id=body.client_id,
            name=body.name,
            agency=body.agency,
            secret=secret,
            grants=(grant,),
            scopes=tuple(body.scopes) if body.scopes is not None else None,
        )
        client = await accounts.create_client(tx, Act(actor, now, ids.new_id(now)), new)
        shown = ClientSecretOut(**_out(client).model_dump(), client_secret=secret)
        return Answer(shown, headers={"Location": f"/v1/clients/{shown.id}"})

    async def may_see() -> None:
        accounts.require_tenant(actor, tenant)

    return await once(tx, tenant, work, may_see=may_see)


@router.get(
    "/v1/clients/{client_row_id}", **operation("getClient", may=_MAY, answers=ClientOut, example=_EXAMPLE)
)
async def get_client(client_row_id: str, actor: CurrentActor, tx: ReadTx) -> ClientOut:
    """Show one client, without its secret."""
    found = parse_public_id(client_row_id)
    if found is None:
        raise NotFound
    accounts.require_tenant(actor, found.tenant)
    client = await stored.find_client(tx, found.tenant, found.id)
    if client is None:
        raise NotFound
    return _out(client)


@router.post(
    "/v1/clients/{client_row_id}/rotate",
    **operation("rotateClientSecret", may=_MAY, answers=ClientSecretOut, once=True, example=_SECRET_EXAMPLE),
)
async def rotate_client_secret(
    client_row_id: str, actor: CurrentActor, tx: WriteTx, once: OnceDep, now: Now, house: HouseDep
) -> Response:
    """Replace the secret; the old one and its sessions end at once."""
    found = parse_public_id(client_row_id)
    if found is None:
        raise NotFound
    tenant = found.tenant
    accounts.require_tenant(actor, tenant)

    async def work() -> Answer:
        client = await accounts.lock_client(tx, actor, tenant, found.id)
        secret = f"pc_{house.ids.token(tenant)}"
        await accounts.rotate_secret(tx, Act(actor, now, house.ids.new_id(now)), client, secret)
        return Answer(ClientSecretOut(**_out(client).model_dump(), client_secret=secret), status=200)

    async def may_see() -> None:
        accounts.require_tenant(actor, tenant)

    answer = await once(tx, tenant, work, may_see=may_see)
    house.sessions.clear()
    return answer


@router.post(
    "/v1/clients/{client_row_id}/disable",
    **operation(
        "disableClient", may=_MAY, answers=ClientOut, once=True, example={**_EXAMPLE, "active": False}
    ),
)
async def disable_client(
    client_row_id: str, actor: CurrentActor, tx: WriteTx, once: OnceDep, now: Now, house: HouseDep
) -> Response:
    """Switch a client off; its sessions end at once."""
    found = parse_public_id(client_row_id)
    if found is None:
        raise NotFound
    tenant = found.tenant
    accounts.require_tenant(actor, tenant)

    async def work() -> Answer:
        client = await accounts.lock_client(tx, actor, tenant, found.id)
        await accounts.disable_client(tx, Act(actor, now, house.ids.new_id(now)), client)
        return Answer(_out(client), status=200)

    async def may_see() -> None:
        accounts.require_tenant(actor, tenant)

    answer = await once(tx, tenant, work, may_see=may_see)
    house.sessions.clear()
    return answer


def _out(client: Client) -> ClientOut:
    tenant = client.regency_code
    return ClientOut(
        id=public_id(tenant, client.id),
        client_id=f"{client.client_id}@{tenant_digits(tenant)}",
        name=client.name,
        regency=tenant,
        first_party=client.first_party,
        scopes=None if client.scopes is None else [Permission(name) for name in client.scopes],
        active=client.active,
        account_id=public_id(tenant, client.account_id) if client.account_id else None,
        created_at=client.created_at,
    )
