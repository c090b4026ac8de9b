"""Somebody of every role in every place that matters, seen from one village of Padang Panjang."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from httpx import AsyncClient

from app.api.deps import House
from app.db.session import transaction
from app.db.tables.access import Grant
from app.domain.access import Role
from tests.support.factories import IDS, PASSWORD, make_account
from tests.support.http import Person, log_in

HOME: Final = "13.74.01.1005"
PLACES: Final = {
    "own": HOME,
    "other_village": "13.74.01.1006",
    "other_district": "13.74.02.1004",
    "other_regency": "13.71.02.1003",
    "other_province": "63.03.05.2052",
}
"""Relation to the things of the matrix, which are in `HOME`."""
DEPTH: Final = {
    Role.DESK_OFFICER: 4,
    Role.DESK_COORDINATOR: 4,
    Role.VILLAGE_HEAD: 4,
    Role.CADRE: 4,
    Role.FACILITATOR: 3,
    Role.SUPERVISOR: 2,
    Role.SECRETARIAT_OFFICER: 2,
    Role.APPROVER: 2,
    Role.MANAGER: 2,
    Role.HEAD: 2,
    Role.AUDITOR: 2,
    Role.DONOR: 2,
    Role.REGENCY_ADMIN: 2,
    Role.SYSTEM_ADMIN: 0,
}
"""How deep in the tree a role usually sits; in another village or district it is granted just that."""
_REGENCIES: Final = ("own", "other_regency", "other_province")
AGENCIES: Final = {
    "receiver": "DINSOS-1374",
    "other_agency": "BAZNAS-1374",
    "other_regency": "DINSOS-1371",
}
RECEIVERS: Final = (Role.AGENCY_OFFICER, Role.AGENCY_CLIENT)


@dataclass(frozen=True)
class Kind:
    """Which role in which relation; the key of a cell."""

    role: str
    relation: str

    def __str__(self) -> str:
        return f"{self.role}@{self.relation}"


ANONYMOUS: Final = Kind("anonymous", "none")
REVOKED: Final = Kind("revoked", "own")
EXPIRED: Final = Kind("expired_grant", "own")
RESIDENT: Final = Kind("resident", "own")
LINK_HOLDER: Final = Kind("link_holder", "own")
"""A receiver without an account, who opened the link of a letter."""


def kinds() -> Iterator[Kind]:
    for role in Role:
        if role in RECEIVERS:
            yield from (Kind(role, relation) for relation in AGENCIES)
        elif role is Role.SYSTEM_ADMIN:
            yield Kind(role, "nation")
        elif role is not Role.RESIDENT:
            # A book of accounts is a regency's: nobody keeps that of a village.
            places = [place for place in PLACES if role is not Role.REGENCY_ADMIN or place in _REGENCIES]
            yield from (Kind(role, place) for place in places)
    yield from (RESIDENT, LINK_HOLDER, ANONYMOUS, REVOKED, EXPIRED)


def region_of(kind: Kind) -> str:
    """Where the grant of *kind* lies."""
    if kind.relation == "nation":
        return "ID"
    place = PLACES[kind.relation]
    if kind.relation in {"other_village", "other_district"}:
        return place
    return ".".join(place.split(".")[: DEPTH[Role(kind.role)]])


async def settle(house: House, client: AsyncClient) -> dict[Kind, Person]:
    """Make an account for each kind and log it in, but for those who come through a case."""
    found = {ANONYMOUS: Person(client, "", "")}
    for n, kind in enumerate(kinds()):
        if kind in {ANONYMOUS, RESIDENT, LINK_HOLDER}:
            continue
        login = f"peran.{n}"
        tenant, digits = await _settle(house, kind, login)
        found[kind] = await log_in(client, f"{login}@{digits}", PASSWORD)
        if kind == REVOKED:
            admin = await log_in(client, "admin@1374")
            account = (await found[kind].get("/v1/me")).json()["id"]
            shown = await admin.get(f"/v1/accounts/{account}")
            changed = await admin.patch(
                f"/v1/accounts/{account}", {"active": False}, etag=shown.headers["ETag"]
            )
            assert changed.status_code == 200, changed.text
        assert tenant
    return found


async def _settle(house: House, kind: Kind, login: str) -> tuple[str, str]:
    agency = AGENCIES[kind.relation] if kind.role in RECEIVERS else None
    if agency:
        tenant, region, role = f"{agency[-4:-2]}.{agency[-2:]}", None, Role(kind.role)
    elif kind in {REVOKED, EXPIRED}:
        tenant, region, role = "13.74", HOME, Role.DESK_OFFICER
    else:
        role, region = Role(kind.role), region_of(kind)
        tenant = region[:5] if region != "ID" else "ID"
    now = datetime.now(UTC)
    over = now.date() - timedelta(days=2) if kind == EXPIRED else None
    async with transaction(house.database.sessions) as tx:
        account = await make_account(tx, login, tenant=tenant, role=None)
        tx.add(
            Grant(
                regency_code=tenant,
                id=IDS.new_id(now),
                account_id=account,
                role=role.value,
                region_code=region,
                agency_code=agency,
                desk_id=None,
                valid_from=now.date() - timedelta(days=9),
                valid_to=over,
            )
        )
    return tenant, "0000" if tenant == "ID" else tenant.replace(".", "")
