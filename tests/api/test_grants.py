"""One account with several grants: people here wear several hats, each where it was given and no further."""

from datetime import date, timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from tests.conftest import LogIn
from tests.support.desk import acted, open_case
from tests.support.factories import PASSWORD, account_body
from tests.support.http import Person, log_in

pytestmark = pytest.mark.commits
HERE, THERE, FAR = "13.74.01.1005", "13.74.02.1004", "13.74.02"
HATS = [
    {"role": "desk_officer", "region": HERE},
    {"role": "supervisor", "region": FAR},
    {"role": "agency_officer", "agency": "BAZNAS-1374"},
]


async def made(
    client: AsyncClient, admin: Person, login: str, grants: list[dict[str, Any]]
) -> tuple[str, Person]:
    answer = await admin.post("/v1/accounts", account_body(login, grants=grants))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"]), await log_in(client, f"{login}@1374", PASSWORD)


async def change(admin: Person, account: str, body: dict[str, Any]) -> dict[str, Any]:
    path = f"/v1/accounts/{account}"
    shown = await admin.get(path)
    answer = await admin.patch(path, body, etag=shown.headers["ETag"])
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def status_of(reader: Person, ticket: str) -> int:
    return (await reader.get(f"/v1/cases/{ticket}")).status_code


async def test_each_hat_is_worn_where_it_was_given(client: AsyncClient, login: LogIn) -> None:
    admin, siti, yulia = await login("admin@1374"), await login("siti@1374"), await login("yulia@1374")
    _, many = await made(client, admin, "topi.banyak", HATS)
    me = (await many.get("/v1/me")).json()
    assert sorted(one["role"] for one in me["grants"]) == sorted(str(one["role"]) for one in HATS)
    assert me["regions"] == [HERE, FAR]
    assert {"case:open", "case:restore", "referral:receive"} <= set(me["permissions"])

    here, there = await open_case(siti), await open_case(yulia, village=THERE)
    limited = await open_case(yulia, village=THERE, confidentiality="TERBATAS")
    narrow = await open_case(siti, confidentiality="TERBATAS")
    elsewhere = await open_case(await login("rini@1371"), village="13.71.02.1003")
    cases = (here, there, limited, narrow, elsewhere)
    assert [await status_of(many, one.ticket) for one in cases] == [200, 200, 200, 404, 404]
    listed = {one["ticket"] for one in (await many.get("/v1/cases?limit=200")).json()["items"]}
    assert [one.ticket in listed for one in cases] == [True, True, True, False, False]
    count = (await many.get("/v1/cases?limit=200&count=true")).json()["count"]
    assert count == len(listed)

    # A supervisor restores, a desk officer does not: the same person, two places.
    for desk, status in ((here, 403), (there, 200)):
        await desk.took("void", {"reason": "withdrawn"})
        assert (await desk.step("restore", {"reason": "Keliru."}, many)).status_code == status


async def test_an_agencys_hat_opens_its_referrals_and_not_their_cases(
    client: AsyncClient, login: LogIn
) -> None:
    admin, siti = await login("admin@1374"), await login("siti@1374")
    _, many = await made(client, admin, "topi.baznas", HATS)
    manager = await login("manajer@1374")
    desk = await open_case(siti, confidentiality="TERBATAS")
    await desk.read(manager)
    wanted = {"referrals": [{"program": "UMUM.BAZNAS-1374", "purpose": "INFORMATION"}]}
    referral = (await desk.took("refer", wanted, manager))["referrals"][0]["id"]
    assert await status_of(many, desk.ticket) == 404
    assert (await acted(many, referral, "accept"))["status"]["code"] == "accepted"
    # As the receiver she answers. The sender's part is not hers here, though at her desk she sends others.
    seen = {"If-Match": "*"}
    refused = await many.post(f"/v1/referrals/{referral}/revoke", {"reason": "other"}, headers=seen)
    assert refused.status_code == 403
    shown = (await many.get(f"/v1/referrals/{referral}")).json()
    assert "revoke" not in {one["code"] for one in shown["allowed_actions"]}


async def test_a_grant_that_ends_takes_along_its_place_alone(client: AsyncClient, login: LogIn) -> None:
    admin, siti, yulia = await login("admin@1374"), await login("siti@1374"), await login("yulia@1374")
    account, many = await made(client, admin, "topi.lepas", HATS[:2])
    here, there = await open_case(siti), await open_case(yulia, village=THERE)
    shown = (await admin.get(f"/v1/accounts/{account}")).json()
    ended = next(one["id"] for one in shown["grants"] if one["role"] == "supervisor")
    new = {"role": "facilitator", "region": HERE}
    await change(admin, account, {"end_grants": [ended], "add_grants": [new]})
    # Less a grant ends every session at once, so that nobody goes on with what he had.
    assert (await many.get("/v1/me")).status_code == 401
    again = await log_in(client, "topi.lepas@1374", PASSWORD)
    assert [await status_of(again, one.ticket) for one in (here, there)] == [200, 404]
    roles = {one["role"] for one in (await again.get("/v1/me")).json()["grants"]}
    assert roles == {"desk_officer", "facilitator"}


async def test_a_grant_counts_in_its_days_only(client: AsyncClient, login: LogIn) -> None:
    admin, yulia = await login("admin@1374"), await login("yulia@1374")
    there, today = await open_case(yulia, village=THERE), date.today()  # noqa: DTZ011  # days far off
    past = {"valid_from": str(today - timedelta(days=9)), "valid_to": str(today - timedelta(days=3))}
    later = {"valid_from": str(today + timedelta(days=3))}
    for n, days in enumerate((past, later, {})):
        hats = [HATS[0], {**HATS[1], **days}]
        _, many = await made(client, admin, f"topi.hari{n}", hats)
        assert await status_of(many, there.ticket) == (200 if not days else 404)
        assert len((await many.get("/v1/me")).json()["grants"]) == (2 if not days else 1)
