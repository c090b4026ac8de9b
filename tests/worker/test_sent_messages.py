"""The list of a regency's messages: of one's own sight by ticket; of ordinary cases for administrators."""

from typing import Any

import pytest

from app.api.deps import House
from tests.conftest import LogIn
from tests.support.desk import Desk, open_case
from tests.support.http import Person
from tests.support.office import a_clerk
from tests.support.posts import GatewayServer
from tests.support.telling import Hands, reachable

pytestmark = pytest.mark.commits
NAME, PHONE = "Rahma Rahasia", "81234567890"


async def told(hands: Hands, siti: Person, **more: Any) -> Desk:
    desk = await open_case(siti, subject=reachable(name=NAME), **more)
    await hands.tell()
    return desk


async def listed(by: Person, **query: Any) -> list[dict[str, Any]]:
    answer = await by.get("/v1/messages", **query)
    assert answer.status_code == 200, answer.text
    assert NAME not in answer.text
    assert PHONE not in answer.text
    return list(answer.json()["items"])


async def test_each_sees_the_messages_of_the_cases_she_sees(login: LogIn, hands: Hands) -> None:
    siti, office = await login("siti@1374"), await login("sekretariat@1374")
    desk = await told(hands, siti)
    secret = await told(hands, siti, confidentiality="RAHASIA")
    tickets = {one["ticket"] for one in await listed(office, limit=200)}
    assert desk.ticket in tickets
    assert secret.ticket not in tickets
    first = (await listed(office, limit=1))[0]
    assert (first["ticket"], first["to"]["code"]) == (desk.ticket, "resident")
    assert desk.ticket in {one["ticket"] for one in await listed(siti, limit=200)}
    elsewhere = await login("sekretariat@1371")
    assert desk.ticket not in {one["ticket"] for one in await listed(elsewhere, region="13.74")}


async def test_an_administrator_sees_that_it_went_but_not_about_which_case(
    login: LogIn, hands: Hands
) -> None:
    siti, admin = await login("siti@1374"), await login("admin@1374")
    before = len(await listed(admin, limit=200))
    await told(hands, siti)
    assert len(await listed(admin, limit=200)) == before + 1
    await told(hands, siti, confidentiality="RAHASIA")
    now = await listed(admin, limit=200)
    assert len(now) == before + 1, "nothing of a closed case, not even a number"
    assert {one["ticket"] for one in now} == {None}
    assert (await admin.get("/v1/messages", region="13.71")).status_code == 403


async def test_it_is_filtered_and_paged(login: LogIn, hands: Hands, there: GatewayServer) -> None:
    siti, office = await login("siti@1374"), await login("sekretariat@1374")
    for _ in range(3):
        await told(hands, siti)
    assert len(await listed(office, state="waiting", to="resident")) == 3
    await hands.send()
    assert await listed(office, state="waiting") == []
    first = (await office.get("/v1/messages", state="sent", limit=2)).json()
    then = (await office.get("/v1/messages", state="sent", limit=2, cursor=first["next"])).json()
    ids = [one["id"] for one in (*first["items"], *then["items"])]
    assert len(set(ids)) == len(ids) >= 3
    assert len(there.got) == 3
    for wrong in ({"state": "apa"}, {"to": "siapa"}, {"region": "99.99"}):
        assert (await office.get("/v1/messages", **wrong)).status_code in {400, 422}


async def test_the_console_shows_them_to_both(house: House, login: LogIn, hands: Hands) -> None:
    desk = await told(hands, await login("siti@1374"))
    async with a_clerk(house, "sekretariat@1374") as office, a_clerk(house, "admin@1374", "en") as admin:
        assert "/konsol/pesan/terkirim" in await office.reads("/konsol/kantor")
        page = await office.reads("/konsol/pesan/terkirim?state=waiting&to=resident")
        assert f"/konsol/kasus/{desk.ticket}" in page
        assert 'value="waiting" selected' in page
        theirs = await admin.reads("/konsol/pesan/terkirim")
        assert "New case" in theirs
        assert desk.ticket not in theirs
        wrong = await office.client.get("/konsol/pesan/terkirim?state=apa")
        assert wrong.status_code in {400, 422}
        assert 'role="alert"' in wrong.text
