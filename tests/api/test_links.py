"""Links between cases: seen from both sides, by whoever sees both, and by nobody else."""

import pytest

from tests.conftest import LogIn
from tests.support.desk import Desk, open_case
from tests.support.http import Person

pytestmark = pytest.mark.commits


async def linked(reader: Person, ticket: str) -> list[tuple[str, str]]:
    answer = await reader.get(f"/v1/cases/{ticket}/links")
    assert answer.status_code == 200, answer.text
    return [(one["relation"]["code"], one["ticket"]) for one in answer.json()["items"]]


async def told(reader: Person, ticket: str) -> list[str]:
    items = (await reader.get(f"/v1/cases/{ticket}/events?limit=200")).json()["items"]
    return [one["type"] for one in items if one["type"].startswith("case.link")]


async def link(by: Person, first: Desk, second: Desk, relation: str) -> str:
    answer = await by.post(f"/v1/cases/{first.ticket}/links", {"ticket": second.ticket, "relation": relation})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["items"][-1]["id"])


@pytest.mark.parametrize(
    ("relation", "other_side"),
    [
        ("duplicate", "duplicate"),
        ("same_event", "same_event"),
        ("follow_up", "followed_up_by"),
        ("spawned", "spawned_by"),
    ],
)
async def test_a_link_reads_from_both_sides_and_is_undone_from_either(
    login: LogIn, relation: str, other_side: str
) -> None:
    siti = await login("siti@1374")
    first, second = await open_case(siti), await open_case(siti)
    named = await link(siti, first, second, relation)
    assert await linked(siti, first.ticket) == [(relation, second.ticket)]
    assert await linked(siti, second.ticket) == [(other_side, first.ticket)]
    assert await link(siti, first, second, relation) == named
    assert await told(siti, first.ticket) == await told(siti, second.ticket) == ["case.linked"]
    for _ in range(2):
        undone = await siti.post(f"/v1/cases/{second.ticket}/links/{named}/undo", {})
        assert (undone.status_code, undone.json()["items"]) == (200, [])
    assert await linked(siti, first.ticket) == []
    assert await told(siti, first.ticket) == ["case.linked", "case.link_undone"]


async def test_a_link_to_a_case_out_of_sight_is_not_there(login: LogIn) -> None:
    siti, manager, office = (
        await login("siti@1374"),
        await login("manajer@1374"),
        await login("sekretariat@1374"),
    )
    open_one = await open_case(siti)
    secret = await open_case(siti, confidentiality="RAHASIA")
    limited = await open_case(siti, confidentiality="TERBATAS")
    refused = await siti.post(
        f"/v1/cases/{open_one.ticket}/links", {"ticket": secret.ticket, "relation": "same_event"}
    )
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/ticket")
    hidden = await link(manager, open_one, secret, "follow_up")
    await link(office, open_one, limited, "same_event")
    assert await linked(manager, secret.ticket) == [("followed_up_by", open_one.ticket)]
    assert await linked(siti, open_one.ticket) == []
    assert await linked(office, open_one.ticket) == [("same_event", limited.ticket)]
    # Not even that there is a link: the ordinary case's own history is silent about more secret ones.
    assert await told(siti, open_one.ticket) == []
    assert await told(manager, secret.ticket) == ["case.linked"]
    undo = await siti.post(f"/v1/cases/{open_one.ticket}/links/{hidden}/undo", {})
    assert undo.status_code == 404
    assert await linked(manager, secret.ticket) != []


async def test_only_another_case_of_the_same_regency_can_be_linked(login: LogIn) -> None:
    siti, rini = await login("siti@1374"), await login("rini@1371")
    mine, elsewhere = await open_case(siti), await open_case(rini, village="13.71.02.1003")
    for ticket in (mine.ticket, elsewhere.ticket, "1374-0000-0000-0", "apa saja dan lain"):
        answer = await siti.post(
            f"/v1/cases/{mine.ticket}/links", {"ticket": ticket, "relation": "duplicate"}
        )
        assert answer.status_code == 422, ticket
    gone = await siti.post(f"/v1/cases/{mine.ticket}/links/bukan-id/undo", {})
    assert gone.status_code == 404
