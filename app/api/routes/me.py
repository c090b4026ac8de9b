"""Who am I here: account, roles, permissions, regions, and the limits a client must know."""

from app.api.deps import CurrentActor, HouseDep, Known, ReadTx
from app.api.paging import PAGE_LIMIT
from app.api.routing import AUTHENTICATED, make_router, operation
from app.api.schemas.access import MeGrant, MeLimits, MeOut
from app.api.schemas.base import Localised
from app.db.queries import sessions as stored
from app.domain.access import ROLE_PERMISSIONS, Grant, Permission
from app.domain.errors import Unauthenticated
from app.domain.ids import public_id, tenant_digits
from app.domain.knowledge import Knowledge

router = make_router("access")
IDEMPOTENCY_DAYS = 30

_EXAMPLE = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "login": "siti@1374",
    "name": "Siti Rahmah",
    "kind": "officer",
    "regency": "13.74",
    "grants": [
        {
            "role": "desk_officer",
            "region": "13.74.01.1005",
            "region_name": "Silaing Bawah",
            "agency": None,
            "agency_name": None,
            "desk_id": None,
            "permissions": ["case:open", "case:read"],
        }
    ],
    "permissions": ["case:open", "case:read"],
    "regions": ["13.74.01.1005"],
    "limits": {
        "requests_per_minute": 600,
        "max_body_bytes": 1000000,
        "max_upload_bytes": 20000000,
        "page_limit": 200,
        "idempotency_days": 30,
        "access_token_seconds": 900,
    },
}


@router.get("/v1/me", **operation("getMe", may=AUTHENTICATED, answers=MeOut, example=_EXAMPLE))
async def get_me(actor: CurrentActor, tx: ReadTx, known: Known, house: HouseDep) -> MeOut:
    """Tell who the token stands for and what it may do, with the grants that are in force today."""
    if actor.account_id is None:
        raise Unauthenticated
    account = await stored.find_account(tx, actor.tenant, actor.account_id)
    if account is None:
        raise Unauthenticated
    settings = house.settings
    return MeOut(
        id=public_id(actor.tenant, account.id),
        login=f"{account.login}@{tenant_digits(actor.tenant)}",
        name=account.name,
        kind="client" if account.kind == "client" else "officer",
        regency=actor.tenant,
        grants=[_grant(grant, actor.tenant, known) for grant in actor.grants],
        permissions=[item for item in Permission if actor.ever(item)],
        regions=sorted({grant.region for grant in actor.grants if grant.region}),
        limits=MeLimits(
            requests_per_minute=settings.requests_per_minute,
            max_body_bytes=settings.max_body_bytes,
            max_upload_bytes=settings.max_upload_bytes,
            page_limit=PAGE_LIMIT,
            idempotency_days=IDEMPOTENCY_DAYS,
            access_token_seconds=settings.access_minutes * 60,
        ),
    )


def _grant(grant: Grant, tenant: str, known: Knowledge) -> MeGrant:
    agency = known.agencies.get(grant.agency) if grant.agency else None
    held = ROLE_PERMISSIONS[grant.role]
    return MeGrant(
        role=grant.role,
        region=grant.region,
        region_name=known.regions.get(grant.region) if grant.region else None,
        agency=grant.agency,
        agency_name=Localised(id=agency.name.id, en=agency.name.en) if agency else None,
        desk_id=public_id(tenant, grant.desk_id) if grant.desk_id else None,
        permissions=[item for item in Permission if item in held],
    )
