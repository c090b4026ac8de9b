"""Households with their members: joined, moved, left, with the history kept; and two who lead one card."""

from itertools import count
from typing import Any

import pytest

from tests.conftest import LogIn
from tests.support.desk import VILLAGE, a_person, open_case
from tests.support.http import Person

pytestmark = pytest.mark.commits
_CARDS = count(1)


def a_kk() -> str:
    return f"137401010120{next(_CARDS):04}"


async def somebody(by: Person) -> str:
    return str((await (await open_case(by)).read())["subject"]["person"]["id"])


async def formed(by: Person, **more: Any) -> dict[str, Any]:
    answer = await by.post("/v1/households", {"village": VILLAGE, **more})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_household_is_formed_once_and_shown_masked(login: LogIn) -> None:
    siti, kk = await login("siti@1374"), a_kk()
    head, wife = await somebody(siti), await somebody(siti)
    members = [{"person": head, "relation": "KEPALA_KELUARGA"}, {"person": wife, "relation": "ISTRI"}]
    home = await formed(siti, kk=kk, members=members, facts={"household.pregnant": True})
    assert home["kk"] == f"************{kk[-4:]}"
    assert {one["person"]["id"]: one["relation"]["code"] for one in home["members"]} == {
        head: "KEPALA_KELUARGA",
        wife: "ISTRI",
    }
    again = await siti.post("/v1/households", {"village": VILLAGE, "kk": kk})
    assert (again.status_code, again.json()["data"]) == (409, {"household": home["id"]})
    assert kk not in again.text
    shown = (await siti.get(f"/v1/people/{head}")).json()
    assert (shown["household"], shown["households"][0]["relation"]["code"]) == (home["id"], "KEPALA_KELUARGA")
    listed = (await siti.get(f"/v1/households?region={VILLAGE}&limit=1&count=true")).json()
    assert (listed["items"][0]["id"], listed["items"][0]["members"]) == (home["id"], 2)


async def test_who_moves_leaves_a_history(login: LogIn) -> None:
    siti = await login("siti@1374")
    person = await somebody(siti)
    first = await formed(siti, kk=a_kk(), members=[{"person": person, "relation": "ANAK"}])
    second = await formed(siti, kk=a_kk())
    path = f"/v1/households/{second['id']}/members"
    moved = await siti.post(path, {"person": person, "relation": "KEPALA_KELUARGA"})
    assert moved.status_code == 201, moved.text
    twice = await siti.post(path, {"person": person, "relation": "ANAK"})
    assert (twice.status_code, twice.json()["code"]) == (409, "member_already")
    before = (await siti.get(f"/v1/households/{first['id']}")).json()
    assert (before["members"], [one["end_reason"]["code"] for one in before["former"]]) == ([], ["moved"])
    changed = await siti.post(f"{path}/{person}/relation", {"relation": "SUAMI"})
    assert changed.json()["members"][0]["relation"]["code"] == "SUAMI"
    left = await siti.post(f"{path}/{person}/leave", {"reason": "divorced"})
    assert (left.status_code, left.json()["members"]) == (200, [])
    gone = await siti.post(f"{path}/{person}/leave", {"reason": "divorced"})
    assert gone.status_code == 404
    history = (await siti.get(f"/v1/people/{person}")).json()["households"]
    assert {one["end_reason"]["code"] for one in history} == {"moved", "relation_changed", "divorced"}


async def test_two_heads_of_one_card_are_shown_and_nobody_is_overwritten(login: LogIn) -> None:
    siti, office = await login("siti@1374"), await login("sekretariat@1374")
    one, two = await somebody(siti), await somebody(siti)
    home = await formed(siti, kk=a_kk(), members=[{"person": one, "relation": "KEPALA_KELUARGA"}])
    added = await siti.post(
        f"/v1/households/{home['id']}/members", {"person": two, "relation": "KEPALA_KELUARGA"}
    )
    assert [m["relation"]["code"] for m in added.json()["members"]] == ["KEPALA_KELUARGA"] * 2
    listed = (await office.get("/v1/identity-conflicts?kind=kk_two_heads")).json()["items"]
    (mine,) = [item for item in listed if item["person"]["id"] == two]
    assert mine["other"]["id"] == one
    stays = await office.post(f"/v1/identity-conflicts/{mine['id']}/decide", {"decision": "stays"})
    assert stays.status_code == 200, stays.text


async def test_a_card_that_is_not_her_households_waits_for_a_decision(login: LogIn) -> None:
    siti, office = await login("siti@1374"), await login("sekretariat@1374")
    subject, kk = {**a_person(), "kk": a_kk()}, a_kk()
    first = await open_case(siti, subject=subject)
    person = (await first.read())["subject"]["person"]["id"]
    home = (await siti.get(f"/v1/people/{person}")).json()["household"]
    second = await open_case(siti, subject={**subject, "kk": kk}, category="PERMOHONAN_PANGAN")
    assert (await siti.get(f"/v1/people/{person}")).json()["household"] == home
    listed = (await office.get("/v1/identity-conflicts?kind=kk_differs")).json()["items"]
    (mine,) = [item for item in listed if item["person"]["id"] == person]
    assert (mine["ticket"], mine["claim"]["kk"]) == (second.ticket, f"************{kk[-4:]}")
    moved = await office.post(f"/v1/identity-conflicts/{mine['id']}/decide", {"decision": "moved"})
    assert moved.status_code == 200, moved.text
    shown = (await siti.get(f"/v1/people/{person}")).json()
    assert shown["household"] not in {home, None}
    assert shown["households"][0]["household"] == shown["household"]


async def test_facts_of_a_household_are_those_of_the_dictionary(login: LogIn) -> None:
    siti = await login("siti@1374")
    home = await formed(siti, facts={"household.pregnant": True})
    path = f"/v1/households/{home['id']}/facts"
    kept = await siti.post(path, {"facts": {"household.pregnant": None, "household.owns_land": False}})
    assert kept.json()["facts"] == {"household.owns_land": False}
    for wrong in ({"person.age": 3}, {"household.pregnant": "perhaps"}, {"nonsense": 1}):
        assert (await siti.post(path, {"facts": wrong})).status_code == 422


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"kk": "12"}, "/kk"),
        ({"members": [{"person": "1371-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"}]}, "/members/0/person"),
        ({"members": [{"person": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"}]}, "/members/0/person"),
        ({"village": "13.74.01.9999"}, "/village"),
    ],
)
async def test_what_is_wrong_is_named(login: LogIn, body: dict[str, Any], pointer: str) -> None:
    siti = await login("sekretariat@1374")
    refused = await siti.post("/v1/households", {"village": VILLAGE, **body})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_another_regency_does_not_know_it(login: LogIn) -> None:
    siti, other = await login("siti@1374"), await login("rini@1371")
    home = await formed(siti)
    assert (await other.get(f"/v1/households/{home['id']}")).status_code == 404
    assert (await (await login("donatur@1371")).get("/v1/households")).status_code == 403
    unknown = await other.post(
        f"/v1/households/{home['id']}/members", {"person": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"}
    )
    assert unknown.status_code == 404
