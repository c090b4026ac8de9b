"""Which clients may ask the registry by the DCI interface, for what, and with which keys."""

from typing import Final

from fastapi import Response

from app.api.acts import CallDep, acting_of
from app.api.deps import ReadTx
from app.api.once import Answer
from app.api.public_ids import read_id
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.dci import DciPartnerIn, DciPartnerOut
from app.db.queries import accounts as clients
from app.db.tables.access import Client
from app.db.tables.dci import DciPartner
from app.domain.access import Permission
from app.domain.dci import receiver_of
from app.domain.errors import NotFound
from app.domain.ids import tenant_digits
from app.services import accounts, dci

router = make_router("access")

_MAY: Final = Permission.ACCOUNT_MANAGE
_X: Final = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
_SET: Final = {
    "purposes": ["eligibility"],
    "fields": ["status", "poverty_score", "period"],
    "callback_url": "https://sistem.baznas.contoh.go.id/registry",
    "active": True,
}
_EXAMPLE: Final = {
    **_SET,
    "sender_id": "baznas@1374",
    "receiver_id": "puskesos@1374",
    "keys": [{"kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", "x": _X}],
    "created_at": "2026-11-25T02:00:00Z",
    "updated_at": "2026-11-25T02:00:00Z",
}


@router.get(
    "/v1/clients/{client_row_id}/registry-access",
    **operation("getRegistryAccess", may=_MAY, answers=DciPartnerOut, example=_EXAMPLE),
)
async def get_registry_access(client_row_id: str, reading: ReadingDep, tx: ReadTx) -> DciPartnerOut:
    """Show what a client may ask the registry; absent where nobody has registered it."""
    place = read_id(client_row_id)
    accounts.require_tenant(reading.actor, place.tenant)
    client = await clients.find_client(tx, place.tenant, place.id)
    if client is None:
        raise NotFound
    return _out(client, await dci.get_partner(acting_of(reading, tx), client))


@router.post(
    "/v1/clients/{client_row_id}/registry-access",
    **operation(
        "setRegistryAccess",
        may=_MAY,
        answers=DciPartnerOut,
        once=True,
        example=_EXAMPLE,
        body_example={**_SET, "keys": [{"kty": "OKP", "crv": "Ed25519", "x": _X}]},
    ),
)
async def set_registry_access(client_row_id: str, body: DciPartnerIn, call: CallDep) -> Response:
    """Register a client to ask the registry, or change what it may; the body takes the place of the former.

    Its token also needs the scope `registry:ask`. `active: false` ends it at once.
    """
    place, actor = read_id(client_row_id), call.reading.actor
    accounts.require_tenant(actor, place.tenant)

    async def may_see() -> None:
        accounts.require_tenant(actor, place.tenant)

    async def work() -> Answer:
        client = await accounts.lock_client(call.tx, actor, place.tenant, place.id)
        wanted = dci.Setting(
            [key.x for key in body.keys],
            list(dict.fromkeys(body.purposes)),
            body.fields,
            body.callback_url,
            body.active,
        )
        loopback = call.reading.house.settings.webhook_loopback
        return Answer(
            _out(client, await dci.set_partner(call.acting(), client, wanted, loopback=loopback)), 200
        )

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


def _out(client: Client, row: DciPartner) -> DciPartnerOut:
    tenant = row.regency_code
    return DciPartnerOut.model_validate(
        {
            "sender_id": f"{client.client_id}@{tenant_digits(tenant)}",
            "receiver_id": receiver_of(tenant),
            "keys": row.keys,
            "purposes": row.purposes,
            "fields": row.fields,
            "callback_url": row.callback_url,
            "active": row.active,
            "created_at": row.created_at,
            "updated_at": row.updated_at,
        }
    )
