"""Keys of agencies' systems: made, listed, revoked. A system sends one as its bearer token."""

from uuid import UUID

from fastapi import Response

from app.api.deps import CurrentActor, HouseDep, Now, ReadTx, WriteTx
from app.api.once import Answer, OnceDep
from app.api.routing import make_router, operation
from app.api.schemas.access import ServiceKeyIn, ServiceKeyMadeOut, ServiceKeyOut, ServiceKeysOut
from app.db.queries import accounts as clients
from app.db.queries import service_keys as stored
from app.db.session import Tx
from app.db.tables.access import Client, ServiceKey
from app.domain.access import Actor, Permission
from app.domain.errors import NotFound
from app.domain.ids import PublicId, parse_public_id, public_id
from app.domain.service_keys import make_key
from app.services import accounts, service_keys
from app.services.service_keys import By, NewKey

router = make_router("access")

_EXAMPLE = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "name": "Server antrean Baznas",
    "begins": "psk_1374-YSBs",
    "scopes": ["referral:read", "referral:receive"],
    "created_at": "2026-11-25T02:00:00Z",
    "expires_at": "2027-05-25T02:00:00Z",
    "revoked_at": None,
    "last_used_at": "2026-11-25T02:10:00Z",
}
_MADE_EXAMPLE = {
    **_EXAMPLE,
    "last_used_at": None,
    "key": "psk_1374-YSBsb25nIHJhbmRvbSBrZXkgc2hvd24gb25jZS4uLi43s0aQzK",
}
_MAY = Permission.ACCOUNT_MANAGE


@router.get(
    "/v1/clients/{client_row_id}/keys",
    **operation("listServiceKeys", may=_MAY, answers=ServiceKeysOut, example={"items": [_EXAMPLE]}),
)
async def list_service_keys(client_row_id: str, actor: CurrentActor, tx: ReadTx) -> ServiceKeysOut:
    """List the client's keys, those that ended among them; never the keys themselves."""
    place = _place(client_row_id, actor)
    if await clients.find_client(tx, place.tenant, place.id) is None:
        raise NotFound
    rows = await stored.list_keys(tx, place.tenant, place.id, service_keys.LISTED)
    return ServiceKeysOut(items=[_out(row) for row in rows])


@router.post(
    "/v1/clients/{client_row_id}/keys",
    **operation(
        "createServiceKey",
        may=_MAY,
        answers=ServiceKeyMadeOut,
        status=201,
        once=True,
        refuses=(409,),
        example=_MADE_EXAMPLE,
        body_example={
            "name": "Server antrean Baznas",
            "scopes": ["referral:read", "referral:receive"],
            "expires_at": "2027-05-25T02:00:00Z",
        },
    ),
)
async def create_service_key(
    client_row_id: str,
    body: ServiceKeyIn,
    actor: CurrentActor,
    tx: WriteTx,
    once: OnceDep,
    now: Now,
    house: HouseDep,
) -> Response:
    """Make a key with an end and with scopes. It is in this answer and nowhere else.

    To change over without a gap: make the new one, put it in place, then revoke the old one.
    """
    place = _place(client_row_id, actor)

    async def work() -> Answer:
        client = await _locked(tx, actor, place)
        new = NewKey(
            house.ids.new_id(now),
            body.name,
            tuple(dict.fromkeys(body.scopes)),
            body.expires_at,
            make_key(house.ids.token(place.tenant)),
        )
        key = await service_keys.create_key(tx, By(actor, now, house.ids.new_id(now)), client, new)
        return Answer(ServiceKeyMadeOut(**_out(key).model_dump(), key=new.key))

    async def may_see() -> None:
        accounts.require_tenant(actor, place.tenant)

    return await once(tx, place.tenant, work, may_see=may_see)


@router.post(
    "/v1/clients/{client_row_id}/keys/{key_id}/revoke",
    **operation(
        "revokeServiceKey",
        may=_MAY,
        answers=ServiceKeyOut,
        once=True,
        example={**_EXAMPLE, "revoked_at": "2026-11-26T02:00:00Z"},
    ),
)
async def revoke_service_key(
    client_row_id: str,
    key_id: str,
    actor: CurrentActor,
    tx: WriteTx,
    once: OnceDep,
    now: Now,
    house: HouseDep,
) -> Response:
    """End a key, in every process within a second."""
    place = _place(client_row_id, actor)

    async def work() -> Answer:
        client = await _locked(tx, actor, place)
        by = By(actor, now, house.ids.new_id(now))
        return Answer(
            _out(await service_keys.revoke_key(tx, by, client, _key_id(key_id, place.tenant))), status=200
        )

    async def may_see() -> None:
        accounts.require_tenant(actor, place.tenant)

    answer = await once(tx, place.tenant, work, may_see=may_see)
    house.sessions.clear()
    return answer


async def _locked(tx: Tx, actor: Actor, place: PublicId) -> Client:
    return await accounts.lock_client(tx, actor, place.tenant, place.id)


def _place(client_row_id: str, actor: Actor) -> PublicId:
    found = parse_public_id(client_row_id)
    if found is None:
        raise NotFound
    accounts.require_tenant(actor, found.tenant)
    return found


def _key_id(text: str, tenant: str) -> UUID:
    found = parse_public_id(text)
    if found is None or found.tenant != tenant:
        raise NotFound
    return found.id


def _out(key: ServiceKey) -> ServiceKeyOut:
    return ServiceKeyOut(
        id=public_id(key.regency_code, key.id),
        name=key.name,
        begins=key.begins,
        scopes=[Permission(name) for name in key.scopes],
        created_at=key.created_at,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
        last_used_at=key.last_used_at,
    )
