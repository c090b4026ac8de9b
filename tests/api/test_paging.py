import pytest

from app.api.deps import House
from app.db.session import transaction
from tests.conftest import LogIn
from tests.support.factories import make_account
from tests.support.http import Person


@pytest.fixture(scope="module")
async def admin(login: LogIn, house: House) -> Person:
    async with transaction(house.database.sessions) as tx:
        for n in range(7):
            await make_account(tx, f"off{n}", role=None, active=False)
    return await login("admin@1374")


async def test_pages_give_each_row_once_and_end(admin: Person) -> None:
    seen: list[str] = []
    path = "/v1/accounts?active=false&limit=3&count=true"
    while path:
        answer = await admin.get(path)
        assert answer.status_code == 200
        seen += [item["login"] for item in answer.json()["items"]]
        link = answer.headers.get("link", "")
        assert bool(link) == bool(answer.json()["next"])
        path = link[1:].partition(">")[0]
    assert seen == [f"off{n}@1374" for n in range(7)]


async def test_count_is_exact_and_only_on_request(admin: Person) -> None:
    asked = (await admin.get("/v1/accounts", active="false", limit=2, count="true")).json()
    unasked = (await admin.get("/v1/accounts", active="false", limit=2)).json()
    assert (asked["count"], unasked["count"]) == (7, None)


async def test_a_cursor_carries_its_filters_and_no_others(admin: Person) -> None:
    first = (await admin.get("/v1/accounts", active="false", limit=2)).json()
    again = await admin.get("/v1/accounts", cursor=first["next"], active="false", limit=5)
    other = await admin.get("/v1/accounts", cursor=first["next"], active="true")
    assert again.json()["items"][0]["login"] == "off2@1374"
    assert (other.status_code, other.json()["code"]) == (400, "bad_cursor")


async def test_a_cursor_opens_in_its_own_list_only_and_not_when_altered(admin: Person) -> None:
    cursor = (await admin.get("/v1/accounts", active="false", limit=2)).json()["next"]
    assert "off1" not in cursor
    elsewhere = await admin.get("/v1/clients", cursor=cursor)
    altered = await admin.get("/v1/accounts", cursor=cursor[:-3] + ("AAA" if cursor[-3:] != "AAA" else "BBB"))
    twice = await admin.get(f"/v1/accounts?cursor={cursor}&cursor={cursor}")
    for answer in (elsewhere, altered, twice):
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")
