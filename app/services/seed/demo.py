"""Log-ins of the demo: officers, agencies' systems and their grants. Never in a real installation.

All share one password, which is no secret; ``serve`` refuses to run with a database where they are.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from app.db.queries import knowledge, seed
from app.db.session import Tx, transaction
from app.domain.access import Role
from app.domain.emergencies import PROTECTION, TAGANA
from app.domain.ids import tenant_digits
from app.integrations.passwords import Passwords
from app.services.seed.tools import Tools, shipped

DEMO_PASSWORD: Final = "demo-puskesos"  # noqa: S105  # public by purpose
Row = dict[str, Any]
Place = Mapping[str, Any]
_GRANT: Final = ("regency_code", "account_id", "role", "region_code", "agency_code")
_TURN: Final = ("regency_code", "duty", "account_id")
_ON_CALL: Final = timedelta(days=31)
"""How long the demo's first turn of duty lasts."""
_AT_A_DESK: Final = frozenset({Role.DESK_OFFICER, Role.DESK_COORDINATOR})


def demo_secret(client_id: str, regency: str) -> str:
    """The secret of a demo client such as ``sistem-dinsos`` of ``13.74``: as public as the password."""
    return f"demo-secret-{client_id}-{tenant_digits(regency)}"


async def seed_demo_accounts(tools: Tools, passwords: Passwords) -> int:
    """One transaction for each tenant; what is there stays."""
    shipped_places = shipped("places")
    places: list[Place] = [*shipped_places["places"], *shipped_places["above"]]
    # One hash for all: the password is public, and sixscore hashes would take six seconds.
    known_hash = await passwords.hash(DEMO_PASSWORD)
    touched = 0
    for done, place in enumerate(places, 1):
        async with transaction(tools.database.sessions) as tx:
            touched += await _seed_tenant(tx, tools, place, known_hash)
        tools.say("accounts", done, len(places))
    return touched


async def _seed_tenant(tx: Tx, tools: Tools, place: Place, known_hash: str) -> int:
    tenant = place["region"]
    systems = [one for one in place["clients"] if one["agency"]]
    accounts = [_account(tools, tenant, one["login"], one["name"], known_hash) for one in place["accounts"]]
    accounts += [_account(tools, tenant, _acts_as(one), one["name"], None) for one in systems]
    new = await seed.put_missing(tx, "accounts", accounts, ["regency_code", "login"])
    ids: dict[str, UUID] = dict(await seed.keys(tx, "accounts", tenant, ["login", "id"]))
    desks: dict[str, UUID] = dict(await seed.keys(tx, "desks", tenant, ["village_code", "id"]))
    granted = await seed.put_missing(tx, "grants", _grants(tools, place, ids, desks), _GRANT)
    clients = [_client(tools, tenant, one, ids) for one in systems]
    joined = await seed.put_missing(tx, "clients", clients, ["regency_code", "client_id"])
    seated = await seed.put_missing(
        tx, "desk_officers", _officers(place, ids, desks), ["regency_code", "desk_id", "account_id"]
    )
    on_duty = await seed.put_missing(tx, "duty_shifts", _roster(tools, place, ids), _TURN)
    if new and "settings" in place:
        login = place["settings"]["inspectorate_contact"]["login"]
        await seed.name_inspectorate(tx, tenant, ids[login])
        await knowledge.bump(tx, ["settings"])
    return sum(map(len, (new, granted, joined, seated, on_duty)))


def _account(tools: Tools, tenant: str, login: str, name: str, known_hash: str | None) -> Row:
    return {
        "regency_code": tenant,
        "id": tools.ids.new_id(tools.now),
        "login": login,
        "name": name,
        "kind": "officer" if known_hash else "client",
        "password_hash": known_hash,
        "demo": True,
        "active": True,
        "created_at": tools.now,
        "version": 1,
    }


def _acts_as(client: Mapping[str, Any]) -> str:
    """The log-in of the account that a client acts as, named as `accounts.create_client` names it."""
    return f"client.{client['client_id']}"


def _grants(tools: Tools, place: Place, ids: Mapping[str, UUID], desks: Mapping[str, UUID]) -> list[Row]:
    given = [(one["login"], grant) for one in place["accounts"] for grant in one["grants"]]
    for one in place["clients"]:
        if one["agency"]:
            role = {"role": Role.AGENCY_CLIENT.value, "region": None, "agency": one["agency"]}
            given.append((_acts_as(one), role))
    return [
        {
            "regency_code": place["region"],
            "id": tools.ids.new_id(tools.now),
            "account_id": ids[login],
            "role": grant["role"],
            "region_code": grant["region"],
            "agency_code": grant["agency"],
            "desk_id": desks.get(grant["region"]) if grant["role"] in _AT_A_DESK else None,
            "valid_from": tools.now.date(),
            "valid_to": None,
        }
        for login, grant in given
    ]


def _client(tools: Tools, tenant: str, one: Mapping[str, Any], ids: Mapping[str, UUID]) -> Row:
    secret = demo_secret(one["client_id"], tenant)
    return {
        "regency_code": tenant,
        "id": tools.ids.new_id(tools.now),
        "client_id": one["client_id"],
        "name": one["name"],
        "secret_digest": sha256(secret.encode()).digest(),
        "first_party": False,
        "account_id": ids[_acts_as(one)],
        "active": True,
        "created_at": tools.now,
    }


def _roster(tools: Tools, place: Place, ids: Mapping[str, UUID]) -> list[Row]:
    """A first turn of duty: a cadre for disasters, the protection unit for children and women.

    Nobody receives for the hospital, so that the demo shows what falls to the secretariat.
    """
    return [
        {
            "regency_code": place["region"],
            "id": tools.ids.new_id(tools.now),
            "duty": duty,
            "account_id": ids[one["login"]],
            "cadre_id": None,
            "starts_at": tools.now,
            "ends_at": tools.now + _ON_CALL,
            "created_at": tools.now,
            "created_by": None,
        }
        for one in place["accounts"]
        if (duty := _duty_of(one["grants"])) is not None
    ]


def _duty_of(grants: Sequence[Mapping[str, Any]]) -> str | None:
    if any((grant["agency"] or "").startswith(PROTECTION) for grant in grants):
        return PROTECTION
    # A facilitator who is a cadre as well goes her rounds.
    return TAGANA if [grant["role"] for grant in grants] == [Role.CADRE.value] else None


def _officers(place: Place, ids: Mapping[str, UUID], desks: Mapping[str, UUID]) -> list[Row]:
    return [
        {
            "regency_code": place["region"],
            "desk_id": desks[desk["village"]],
            "account_id": ids[officer["login"]],
            "duties": officer["duties"],
        }
        for desk in place.get("desks", ())
        for officer in desk["officers"]
    ]
