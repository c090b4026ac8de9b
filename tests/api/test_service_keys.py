"""Keys of agencies' systems: one look, an end, few rights, and gone within a second when they are revoked."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from httpx import AsyncClient
from sqlalchemy import select

from app.api.deps import House
from app.db.session import transaction
from app.db.tables.access import ServiceKey
from app.domain.access import Permission
from app.domain.service_keys import MOST_LIVE, make_key, narrowed, tenant_of_key
from tests.conftest import LogIn
from tests.support.factories import IDS
from tests.support.http import Person, serving
from tests.support.service_keys import a_service_key, key_body

SCANNER = re.compile(r"psk_[0-9]{4}-[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}")


async def a_client(admin: Person, name: str, **changes: object) -> dict[str, str]:
    body = {"client_id": name, "name": name, "agency": "BAZNAS-1374", **changes}
    answer = await admin.post("/v1/clients", body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_a_key_is_found_by_a_scanner_and_a_typing_error_by_its_check() -> None:
    key = make_key(IDS.token("13.74"))
    assert SCANNER.fullmatch(key)
    assert tenant_of_key(key) == "13.74"
    for n in range(len(key)):
        wrong = key[:n] + ("A" if key[n] != "A" else "B") + key[n + 1 :]
        assert tenant_of_key(wrong) is None, n
    assert [tenant_of_key(text) for text in ("", "psk_", key[:-1], key + "0", key.replace("psk", "pk"))] == [
        None
    ] * 5


def test_bounds_only_narrow() -> None:
    read, receive = Permission.REFERRAL_READ, Permission.REFERRAL_RECEIVE
    assert narrowed(None, None) is None
    assert narrowed([read], None) == {read}
    assert narrowed([read, receive], [receive, "gone:long_ago"]) == {receive}
    assert narrowed([read], [receive]) == frozenset()


async def test_a_key_works_as_it_is_and_is_stored_as_a_digest(
    login: LogIn, client: AsyncClient, house: House
) -> None:
    admin = await login("admin@1374")
    made = await a_client(admin, "kunci-satu")
    shown = await a_service_key(admin, made["id"])
    system = Person(client, shown["key"], "system")
    inbox, me = await system.get("/v1/referrals"), (await system.get("/v1/me")).json()
    listed = (await admin.get(f"/v1/clients/{made['id']}/keys")).json()["items"]
    async with transaction(house.database.sessions) as tx:
        row = (await tx.scalars(select(ServiceKey).where(ServiceKey.begins == shown["begins"]))).one()
    assert inbox.status_code == 200, inbox.text
    assert (me["kind"], me["permissions"]) == ("client", ["referral:read"])
    assert row.key_digest == sha256(shown["key"].encode()).digest()
    assert row.last_used_at is not None
    assert listed[0]["last_used_at"] is not None
    assert "key" not in listed[0]
    assert shown["key"].startswith(listed[0]["begins"])


async def test_a_key_does_what_it_was_made_for_and_nothing_else(login: LogIn, client: AsyncClient) -> None:
    admin = await login("admin@1374")
    made = await a_client(admin, "kunci-dua", scopes=["referral:read", "need:read"])
    system = Person(client, (await a_service_key(admin, made["id"]))["key"], "system")
    refused = await system.get("/v1/needs")
    beyond = await admin.post(f"/v1/clients/{made['id']}/keys", key_body(scopes=["availability:set"]))
    assert (await system.get("/v1/referrals")).status_code == 200
    assert (refused.status_code, refused.json()["code"]) == (403, "insufficient_scope")
    assert (beyond.status_code, beyond.json()["errors"][0]["pointer"]) == (422, "/scopes")


async def test_a_token_is_asked_for_with_the_fewest_scopes(login: LogIn, client: AsyncClient) -> None:
    admin = await login("admin@1374")
    made = await a_client(admin, "cakupan", scopes=["referral:read", "dashboard:read"])
    form = {
        "grant_type": "client_credentials",
        "client_id": made["client_id"],
        "client_secret": made["client_secret"],
    }
    whole = (await client.post("/v1/oauth/token", data=form)).json()
    few = (await client.post("/v1/oauth/token", data={**form, "scope": "dashboard:read"})).json()
    beyond = await client.post("/v1/oauth/token", data={**form, "scope": "dashboard:read availability:set"})
    invented = await client.post("/v1/oauth/token", data={**form, "scope": "all"})
    system = Person(client, few["access_token"], "system")
    assert (whole["scope"], few["scope"]) == ("referral:read dashboard:read", "dashboard:read")
    assert [(a.status_code, a.json()["error"]) for a in (beyond, invented)] == [(400, "invalid_scope")] * 2
    assert (await system.get("/v1/referrals")).status_code == 403
    shown = await system.get("/v1/dashboards/queue")
    assert shown.status_code == 200, shown.text
    # What shows cases without a permission of its own shows none to a token that may read none.
    assert (await system.get("/v1/events")).json()["items"] == []


async def test_a_revoked_key_an_ended_key_and_one_of_a_client_that_is_off_open_nothing(
    login: LogIn, client: AsyncClient, house: House
) -> None:
    admin = await login("admin@1374")
    made = await a_client(admin, "kunci-tiga")
    path = f"/v1/clients/{made['id']}"
    old, new = await a_service_key(admin, made["id"]), await a_service_key(admin, made["id"], name="baru")
    systems = [Person(client, key["key"], "system") for key in (old, new)]
    both = [(await one.get("/v1/me")).status_code for one in systems]
    revoked = await admin.post(f"{path}/keys/{old['id']}/revoke")
    after = [(await one.get("/v1/me")).status_code for one in systems]
    late = replace(house, clock=lambda: datetime.now(UTC) + timedelta(days=31))
    async with serving(late) as later:
        ended = await Person(later, new["key"], "system").get("/v1/me")
    await admin.post(f"{path}/disable")
    off = await systems[1].get("/v1/me")
    again = await admin.post(f"{path}/keys", key_body())
    assert (both, after) == ([200, 200], [401, 200])
    assert revoked.json()["revoked_at"] is not None
    assert (ended.status_code, off.status_code) == (401, 401)
    assert (again.status_code, again.json()["code"]) == (409, "no_keys")


@pytest.mark.parametrize("days", [-1, 0, 367, 4000])
async def test_a_key_ends_within_a_year(login: LogIn, days: int) -> None:
    admin = await login("admin@1374")
    made = await a_client(admin, f"kunci-{days + 1}")
    until = (datetime.now(UTC) + timedelta(days=days)).isoformat()
    answer = await admin.post(f"/v1/clients/{made['id']}/keys", key_body(expires_at=until))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/expires_at")


async def test_a_client_has_a_few_keys_and_another_office_none_of_them(login: LogIn) -> None:
    admin, other = await login("admin@1374"), await login("admin@1371")
    made = await a_client(admin, "kunci-banyak")
    path = f"/v1/clients/{made['id']}/keys"
    keys = [await a_service_key(admin, made["id"]) for _ in range(MOST_LIVE)]
    one_more = await admin.post(path, key_body())
    await admin.post(f"{path}/{keys[0]['id']}/revoke")
    room = await admin.post(path, key_body())
    assert (one_more.status_code, one_more.json()["code"]) == (409, "too_many_keys")
    assert room.status_code == 201
    assert (await other.get(path)).status_code == 404
    assert (await other.post(f"{path}/{keys[1]['id']}/revoke")).status_code == 404
