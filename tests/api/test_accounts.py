from httpx import AsyncClient
from sqlalchemy import select

from app.api.deps import House
from app.db.session import transaction
from app.db.tables.access import Account, Client
from app.db.tables.events import Event
from app.domain.ids import parse_public_id
from tests.conftest import LogIn
from tests.support.factories import PASSWORD, account_body
from tests.support.http import Person, log_in


async def events_of(house: House, public: str) -> list[str]:
    found = parse_public_id(public)
    assert found is not None
    async with transaction(house.database.sessions) as tx:
        statement = select(Event.type).where(Event.stream_id == found.id).order_by(Event.n)
        return list(await tx.scalars(statement))


async def test_a_new_officer_can_come_in_and_the_chain_tells_it(
    login: LogIn, client: AsyncClient, house: House
) -> None:
    admin = await login("admin@1374")
    made = await admin.post("/v1/accounts", account_body("ani"))
    assert made.status_code == 201
    account = made.json()
    assert (account["login"], account["regency"], account["active"]) == ("ani@1374", "13.74", True)
    assert PASSWORD not in made.text
    assert (await admin.get(made.headers["location"])).json() == account
    assert await events_of(house, account["id"]) == ["account.created", "account.grant_given"]
    me = await (await log_in(client, "ani@1374", PASSWORD)).get("/v1/me")
    assert me.json()["grants"][0]["role"] == "desk_officer"
    async with transaction(house.database.sessions) as tx:
        stored = await tx.scalar(select(Account.password_hash).where(Account.login == "ani"))
    assert stored is not None
    assert stored.startswith("$argon2id$")


async def test_nobody_gives_more_than_his_own_area(login: LogIn) -> None:
    admin = await login("admin@1374")
    for grant in (
        {"role": "desk_officer", "region": "13.71.01.1001"},
        {"role": "manager", "region": "13"},
        {"role": "manager", "region": "ID"},
        {"role": "system_admin", "region": "13.74"},
        {"role": "agency_officer", "agency": "DINSOS-1371"},
        {"role": "agency_officer", "agency": "KEMENSOS"},
    ):
        answer = await admin.post("/v1/accounts", account_body("lebih", grants=[grant]))
        assert (answer.status_code, answer.json()["code"]) == (403, "beyond_own_area"), grant


async def test_a_grant_that_could_never_give_anything_is_refused(login: LogIn) -> None:
    admin = await login("admin@1374")
    for grant, pointer in (
        ({"role": "desk_officer"}, "/grants/0/region"),
        ({"role": "desk_officer", "region": "13.74", "agency": "DINSOS-1374"}, "/grants/0/agency"),
        ({"role": "agency_officer", "region": "13.74"}, "/grants/0/agency"),
        ({"role": "agency_officer", "agency": "NONE-1374"}, "/grants/0/agency"),
        ({"role": "resident", "region": "13.74"}, "/grants/0/role"),
        ({"role": "desk_officer", "region": "13.74", "desk_id": "1374-" + "a" * 32}, "/grants/0/desk_id"),
    ):
        answer = await admin.post("/v1/accounts", account_body("kosong", grants=[grant]))
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer), grant


async def test_other_tenants_accounts_do_not_exist_and_officers_have_no_business_here(login: LogIn) -> None:
    admin, other, siti = await login("admin@1374"), await login("admin@1371"), await login("siti@1374")
    mine = (await admin.get("/v1/me")).json()["id"]
    assert (await other.get(f"/v1/accounts/{mine}")).status_code == 404
    assert (await other.patch(f"/v1/accounts/{mine}", {"name": "x"}, etag='"1"')).status_code == 404
    assert (await other.get("/v1/accounts", regency="13.74")).status_code == 404
    assert (await other.post("/v1/accounts", account_body("x2", regency="13.74"))).status_code == 404
    for path in ("/v1/accounts", f"/v1/accounts/{mine}", "/v1/clients"):
        assert (await siti.get(path)).status_code == 403


async def test_the_systems_administrator_reaches_every_tenant(login: LogIn) -> None:
    system = await login("admin@0000")
    made = await system.post("/v1/accounts", account_body("jauh", regency="13.74"))
    assert made.status_code == 201
    assert made.json()["id"].startswith("1374-")
    assert (await system.get("/v1/accounts", regency="13.74")).json()["items"]


async def make(admin: Person, login: str) -> tuple[str, str]:
    made = await admin.post("/v1/accounts", account_body(login))
    return f"/v1/accounts/{made.json()['id']}", made.headers["etag"]


async def test_a_change_needs_the_version_that_was_read(login: LogIn) -> None:
    admin = await login("admin@1374")
    path, etag = await make(admin, "versi")
    assert (await admin.patch(path, {"name": "A"})).status_code == 428
    first = await admin.patch(path, {"name": "A"}, etag=etag)
    second = await admin.patch(path, {"name": "B"}, etag=etag)
    assert (first.status_code, second.status_code) == (200, 412)
    assert (await admin.get(path)).json()["name"] == "A"


async def test_switching_off_ends_its_sessions_and_on_again_lets_in(
    login: LogIn, client: AsyncClient, house: House
) -> None:
    admin = await login("admin@1374")
    path, etag = await make(admin, "sementara")
    person = await log_in(client, "sementara@1374", PASSWORD)
    off = await admin.patch(path, {"active": False}, etag=etag)
    assert (await person.get("/v1/me")).status_code == 401
    form = {
        "grant_type": "password",
        "client_id": "konsol@1374",
        "username": "sementara@1374",
        "password": PASSWORD,
    }
    assert (await client.post("/v1/oauth/token", data=form)).status_code == 400
    await admin.patch(path, {"active": True}, etag=off.headers["etag"])
    assert (await client.post("/v1/oauth/token", data=form)).status_code == 200
    assert (await events_of(house, path.rpartition("/")[2]))[2:] == ["account.disabled", "account.enabled"]


async def test_a_new_password_ends_the_sessions_of_the_old_one(login: LogIn, client: AsyncClient) -> None:
    admin = await login("admin@1374")
    path, etag = await make(admin, "sandi")
    person = await log_in(client, "sandi@1374", PASSWORD)
    changed = await admin.patch(path, {"password": "another-long-password"}, etag=etag)
    assert (changed.status_code, "password" in changed.text) == (200, False)
    assert (await person.get("/v1/me")).status_code == 401
    assert (await log_in(client, "sandi@1374", "another-long-password")).token != person.token


async def test_grants_are_added_and_ended(login: LogIn, client: AsyncClient, house: House) -> None:
    admin = await login("admin@1374")
    path, etag = await make(admin, "topi")
    old = (await admin.get(path)).json()["grants"][0]["id"]
    body = {"add_grants": [{"role": "supervisor", "region": "13.74"}], "end_grants": [old]}
    changed = await admin.patch(path, body, etag=etag)
    assert changed.status_code == 200
    me = (await (await log_in(client, "topi@1374", PASSWORD)).get("/v1/me")).json()
    assert [grant["role"] for grant in me["grants"]] == ["supervisor"]
    assert (await events_of(house, path.rpartition("/")[2]))[2:] == [
        "account.grant_given",
        "account.grant_ended",
    ]


async def test_nobody_changes_his_own_rights(login: LogIn) -> None:
    admin = await login("admin@1374")
    mine = await admin.get(f"/v1/accounts/{(await admin.get('/v1/me')).json()['id']}")
    path, etag = f"/v1/accounts/{mine.json()['id']}", mine.headers["etag"]
    body = {"add_grants": [{"role": "manager", "region": "13.74"}]}
    answer = await admin.patch(path, body, etag=etag)
    assert (answer.status_code, answer.json()["code"]) == (403, "own_account")
    assert (await admin.patch(path, {"active": False}, etag=etag)).status_code == 403


async def test_a_clients_secret_is_shown_once_and_turning_it_ends_the_old_one(
    login: LogIn, client: AsyncClient, house: House
) -> None:
    admin = await login("admin@1374")
    body = {"client_id": "mitra", "name": "Sistem mitra", "agency": "BAZNAS-1374"}
    made = (await admin.post("/v1/clients", body)).json()
    path = f"/v1/clients/{made['id']}"
    assert "client_secret" not in (await admin.get(path)).json()
    form = {"grant_type": "client_credentials", "client_id": "mitra@1374"}
    issued = await client.post("/v1/oauth/token", data={**form, "client_secret": made["client_secret"]})
    bearer = {"Authorization": f"Bearer {issued.json()['access_token']}"}
    assert (await client.get("/v1/me", headers=bearer)).json()["grants"][0]["agency"] == "BAZNAS-1374"
    turned = (await admin.post(f"{path}/rotate")).json()
    assert (await client.get("/v1/me", headers=bearer)).status_code == 401
    old = await client.post("/v1/oauth/token", data={**form, "client_secret": made["client_secret"]})
    new = await client.post("/v1/oauth/token", data={**form, "client_secret": turned["client_secret"]})
    assert (old.status_code, new.status_code) == (401, 200)
    assert (await admin.post(f"{path}/disable")).json()["active"] is False
    gone = await client.post("/v1/oauth/token", data={**form, "client_secret": turned["client_secret"]})
    assert gone.status_code == 401
    async with transaction(house.database.sessions) as tx:
        digest = await tx.scalar(select(Client.secret_digest).where(Client.client_id == "mitra"))
    assert digest is not None
    assert turned["client_secret"].encode() not in digest
