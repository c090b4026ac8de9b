import asyncio
import logging
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import StringIO

import pytest
import structlog
from httpx import AsyncClient, Response
from sqlalchemy import select

from app.api.deps import House
from app.db.queries import sessions as stored
from app.db.session import transaction
from app.db.tables.access import RefreshToken, Session
from app.db.tables.events import Event
from app.domain.ids import parse_public_id
from app.integrations.logs import set_up_logs
from app.services import bearers, sessions
from app.services.bearers import SessionCache
from app.services.seed import DEMO_PASSWORD, demo_secret
from app.services.sessions import LogIn, Refused
from tests.conftest import LogIn as Enter
from tests.support.factories import IDS, PASSWORD, make_account
from tests.support.http import log_in, serving

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


async def token(client: AsyncClient, **form: str) -> Response:
    return await client.post("/v1/oauth/token", data=form)


async def password(client: AsyncClient, username: str, secret: str = DEMO_PASSWORD) -> Response:
    return await token(
        client, grant_type="password", client_id="konsol@1374", username=username, password=secret
    )


async def test_a_password_gives_tokens_and_the_database_holds_only_digests(
    client: AsyncClient, house: House
) -> None:
    answer = await password(client, "Siti@1374")
    found = answer.json()
    assert answer.status_code == 200
    assert found["access_token"].startswith("pk_1374-")
    assert found["refresh_token"].startswith("pr_1374-")
    assert (found["token_type"], found["expires_in"]) == ("Bearer", 900)
    assert answer.headers["cache-control"] == "no-store"
    async with transaction(house.database.sessions) as tx:
        digests = {row.token_digest for row in await tx.scalars(select(Session))}
        refresh_digests = {row.token_digest for row in await tx.scalars(select(RefreshToken))}
    assert sha256(found["access_token"].encode()).digest() in digests
    assert sha256(found["refresh_token"].encode()).digest() in refresh_digests


async def test_unknown_login_wrong_password_and_inactive_account_look_alike(
    fresh_client: AsyncClient, fresh_house: House
) -> None:
    async with transaction(fresh_house.database.sessions) as tx:
        await make_account(tx, "pergi", active=False)
    answers = [
        await password(fresh_client, "siti@1374", "wrong"),
        await password(fresh_client, "nobody@1374", "wrong"),
        await password(fresh_client, "not a login at all", "wrong"),
        await password(fresh_client, "pergi@1374", PASSWORD),
    ]
    assert {(a.status_code, a.text) for a in answers} == {(400, answers[0].text)}
    assert answers[0].json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({}, 400, "invalid_request"),
        ({"grant_type": "implicit"}, 400, "unsupported_grant_type"),
        ({"grant_type": "password"}, 400, "invalid_request"),
        ({"grant_type": "password", "client_id": "nobody@1374"}, 401, "invalid_client"),
        ({"grant_type": "password", "client_id": "sistem-dinsos@1374"}, 400, "unauthorized_client"),
        ({"grant_type": "password", "client_id": "konsol@1374", "username": "x\0"}, 400, "invalid_request"),
        (
            {"grant_type": "client_credentials", "client_id": "konsol@1374", "client_secret": ""},
            401,
            "invalid_client",
        ),
        (
            {"grant_type": "refresh_token", "client_id": "konsol@1374", "refresh_token": "pr_1374-x"},
            400,
            "invalid_grant",
        ),
    ],
)
async def test_refusals_have_the_form_of_the_rfc(
    client: AsyncClient, form: dict[str, str], status: int, error: str
) -> None:
    answer = await token(client, **form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert set(answer.json()) == {"error", "error_description"}
    assert "password" not in answer.text.lower() or "x" not in form.get("username", "")


async def test_a_form_is_needed_and_nothing_may_stand_twice(client: AsyncClient) -> None:
    as_json = await client.post("/v1/oauth/token", json={"grant_type": "password"})
    twice = await client.post(
        "/v1/oauth/token",
        content="grant_type=password&grant_type=refresh_token",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert [(a.status_code, a.json()["error"]) for a in (as_json, twice)] == [(400, "invalid_request")] * 2


async def test_an_agency_logs_in_with_its_secret_in_the_form_or_by_basic(client: AsyncClient) -> None:
    name, secret = "sistem-dinsos@1374", demo_secret("sistem-dinsos", "13.74")
    in_form = await token(client, grant_type="client_credentials", client_id=name, client_secret=secret)
    basic = await client.post(
        "/v1/oauth/token", data={"grant_type": "client_credentials"}, auth=(name, secret)
    )
    wrong = await token(client, grant_type="client_credentials", client_id=name, client_secret="no")
    assert (in_form.status_code, basic.status_code, wrong.status_code) == (200, 200, 401)
    assert in_form.json()["refresh_token"] is None
    me = await client.get("/v1/me", headers={"Authorization": f"Bearer {basic.json()['access_token']}"})
    assert (me.json()["kind"], me.json()["grants"][0]["role"]) == ("client", "agency_client")


async def test_a_refresh_token_turns_once_and_its_return_ends_the_family(
    client: AsyncClient, house: House
) -> None:
    first = (await password(client, "yulia@1374")).json()

    async def refresh(value: str) -> Response:
        return await token(client, grant_type="refresh_token", client_id="konsol@1374", refresh_token=value)

    second = await refresh(first["refresh_token"])
    assert second.status_code == 200
    bearer = {"Authorization": f"Bearer {second.json()['access_token']}"}
    assert (await client.get("/v1/me", headers=bearer)).status_code == 200
    stolen = await refresh(first["refresh_token"])
    assert (stolen.status_code, stolen.json()["error"]) == (400, "invalid_grant")
    assert (await client.get("/v1/me", headers=bearer)).status_code == 401
    assert (await refresh(second.json()["refresh_token"])).status_code == 400
    async with transaction(house.database.sessions) as tx:
        kinds = list(await tx.scalars(select(Event.type).where(Event.type == "account.token_reused")))
    assert kinds == ["account.token_reused"]


async def test_two_at_once_with_one_refresh_token_never_both_get_in(client: AsyncClient) -> None:
    first = (await password(client, "rizal@1374")).json()
    form = {
        "grant_type": "refresh_token",
        "client_id": "konsol@1374",
        "refresh_token": first["refresh_token"],
    }
    answers = await asyncio.gather(*(token(client, **form) for _ in range(4)))
    assert sorted(a.status_code for a in answers) == [200, 400, 400, 400]


async def test_revocation_holds_in_another_process_within_a_second(
    fresh_client: AsyncClient, fresh_house: House
) -> None:
    person = await log_in(fresh_client, "siti@1374")
    other = SessionCache()
    now = datetime.now(UTC)
    async with transaction(fresh_house.database.sessions) as tx:
        known = await bearers.session_actor(tx, person.token, now)
    assert known is not None
    other.hold(person.token, known, now)
    assert (await fresh_client.post("/v1/oauth/revoke", data={"token": person.token})).status_code == 200
    assert (await person.get("/v1/me")).status_code == 401
    # The other process may believe what it read for less than a second, and asks again then.
    assert other.find(person.token, now + timedelta(milliseconds=999)) is not None
    assert other.find(person.token, now + timedelta(seconds=1)) is None
    async with transaction(fresh_house.database.sessions) as tx:
        assert await bearers.session_actor(tx, person.token, now) is None


async def test_revoking_tells_nothing_about_a_token(client: AsyncClient) -> None:
    answers = [await client.post("/v1/oauth/revoke", data={"token": t}) for t in ("x", "pk_1374-" + "a" * 43)]
    assert {(a.status_code, a.text) for a in answers} == {(200, "{}")}


async def test_six_guesses_are_stopped_and_the_office_next_door_is_not(
    fresh_client: AsyncClient, fresh_house: House
) -> None:
    answers = [await password(fresh_client, "siti@1374", f"guess{n}") for n in range(6)]
    assert [a.status_code for a in answers] == [400] * 5 + [429]
    assert 0 < int(answers[5].headers["retry-after"]) <= 900
    assert (await password(fresh_client, "siti@1374")).status_code == 429
    assert (await password(fresh_client, "yulia@1374")).status_code == 200
    async with serving(fresh_house, address="203.0.113.99") as elsewhere:
        assert (await password(elsewhere, "siti@1374")).status_code == 200


async def test_parallel_guesses_cannot_slip_past_the_count(fresh_client: AsyncClient) -> None:
    answers = await asyncio.gather(*(password(fresh_client, "siti@1374", f"g{n}") for n in range(16)))
    assert sorted(a.status_code for a in answers) == [400] * 5 + [429] * 11


async def test_a_right_password_gives_the_tries_back(fresh_client: AsyncClient) -> None:
    for _ in range(3):
        assert [(await password(fresh_client, "siti@1374", "no")).status_code for _ in range(4)] == [400] * 4
        assert (await password(fresh_client, "siti@1374")).status_code == 200


async def begin(house: House, login: str, address: str) -> object:
    async with transaction(house.database.sessions) as tx:
        return await sessions.begin_log_in(
            tx, LogIn("13.74", login, address, None), house.session_tools.digests, NOW
        )


async def test_a_known_address_gets_in_while_others_hammer(fresh_house: House) -> None:
    async with transaction(fresh_house.database.sessions) as tx:
        account_id = await make_account(tx, "dewi")
        account = await stored.find_account(tx, "13.74", account_id)
        assert account is not None
        home = LogIn("13.74", "dewi", "198.51.100.1", None)
        await sessions.end_log_in(tx, home, account, fresh_house.session_tools, None, NOW)
    for n in range(sessions.TRIES_OF_ACCOUNT + 1):
        await begin(fresh_house, "dewi", f"203.0.113.{n}")
    assert isinstance(await begin(fresh_house, "dewi", "203.0.113.250"), Refused)
    assert not isinstance(await begin(fresh_house, "dewi", "198.51.100.1"), Refused)


async def test_hammering_from_a_shared_office_does_not_lock_out_who_is_known_there(
    fresh_house: House,
) -> None:
    async with transaction(fresh_house.database.sessions) as tx:
        account_id = await make_account(tx, "dewi")
        account = await stored.find_account(tx, "13.74", account_id)
        assert account is not None
        home = LogIn("13.74", "dewi", "198.51.100.1", None)
        await sessions.end_log_in(tx, home, account, fresh_house.session_tools, None, NOW)
    for n in range(sessions.TRIES_OF_ADDRESS + 1):
        await begin(fresh_house, f"guess{n}", "198.51.100.1")
    assert isinstance(await begin(fresh_house, "new", "198.51.100.1"), Refused)
    assert not isinstance(await begin(fresh_house, "dewi", "198.51.100.1"), Refused)


async def test_a_grant_counts_from_its_first_to_its_last_day_in_the_regions_zone(fresh_house: House) -> None:
    # 17:30 UTC on the 25th is 00:30 on the 26th in Padang Panjang.
    late = datetime(2026, 11, 25, 17, 30, tzinfo=UTC)
    async with transaction(fresh_house.database.sessions) as tx:
        for login, first, last in (("a", 26, 26), ("b", 27, None), ("c", 20, 25)):
            day = late.date()
            until = day.replace(day=last) if last else None
            await make_account(tx, login, valid_from=day.replace(day=first), valid_to=until)
        found = {}
        for login in "abc":
            account = await stored.find_login(tx, "13.74", login)
            assert account is not None
            home = LogIn("13.74", login, "198.51.100.1", None)
            issued = await sessions.end_log_in(tx, home, account, fresh_house.session_tools, None, late)
            known = await bearers.session_actor(tx, issued.access_token, late)
            found[login] = bool(known and known.actor.grants)
    assert found == {"a": True, "b": False, "c": False}


async def test_a_residents_token_opens_tracking_only(client: AsyncClient, house: House) -> None:
    async with transaction(house.database.sessions) as tx:
        now = datetime.now(UTC)
        issued = await sessions.open_resident_session(tx, "13.74", IDS.new_id(now), house.ids, now)
    bearer = {"Authorization": f"Bearer {issued.access_token}"}
    for path in ("/v1/me", "/v1/accounts", f"/v1/accounts/1374-{IDS.new_id(now).hex}"):
        assert (await client.get(path, headers=bearer)).status_code == 403


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer x", "Basic abc", "Bearer pk_1374-" + "a" * 43, "Bearer pk_9999-" + "a" * 43, "é"],
)
async def test_a_token_that_stands_for_nobody_is_401(client: AsyncClient, header: str) -> None:
    answer = await client.get("/v1/me", headers={b"Authorization": header.encode("latin-1")})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_no_token_and_no_password_reaches_the_log(fresh_client: AsyncClient) -> None:
    out, root = StringIO(), logging.getLogger()
    before = root.handlers[:], root.level
    set_up_logs("DEBUG", out)
    try:
        found = (await password(fresh_client, "siti@1374")).json()
        await password(fresh_client, "siti@1374", "typed-by-mistake")
        await fresh_client.get(f"/v1/me?x={found['access_token']}")
    finally:
        structlog.reset_defaults()
        root.handlers[:], level = before
        root.setLevel(level)
    text = out.getvalue()
    assert text.count('"event": "request"') == 3
    for secret in (found["access_token"], found["refresh_token"], DEMO_PASSWORD, "typed-by-mistake"):
        assert secret not in text


async def test_me_tells_roles_permissions_regions_and_limits(login: Enter) -> None:
    me = (await (await login("hendra@1374")).get("/v1/me")).json()
    assert {grant["role"] for grant in me["grants"]} == {"desk_officer", "desk_coordinator"}
    assert me["regions"] == ["13.74.01.1005"]
    assert "case:assign" in me["permissions"]
    assert me["limits"]["page_limit"] == 200
    assert parse_public_id(me["id"]) is not None
