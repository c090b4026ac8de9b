"""What one set of eyes sees is the same in every list, count, search, feed and queue."""

import pytest

from tests.authorization.conftest import Ground
from tests.support.desk import open_case
from tests.support.http import Person
from tests.support.personas import EXPIRED, PLACES, Kind, kinds
from tests.support.rights import COUNTERS, OFFICE, SEERS, R

pytestmark = pytest.mark.commits
KINDS = list(kinds())


async def all_of(reader: Person, path: str, name: str) -> set[str]:
    found: set[str] = set()
    cursor = ""
    while True:
        answer = await reader.get(f"{path}{cursor}")
        assert answer.status_code == 200, answer.text
        found |= {str(one[name]) for one in answer.json()["items"]}
        if not answer.json()["next"]:
            return found
        cursor = f"&cursor={answer.json()['next']}"


@pytest.fixture(scope="module")
async def everywhere(ground: Ground) -> dict[str, str]:
    """A case in each place, and one of each secrecy at home: ticket to place."""
    found = {}
    for relation, village in PLACES.items():
        for secrecy in ("BIASA", "TERBATAS", "RAHASIA") if relation == "own" else ("BIASA",):
            maker = ground.people[Kind(R.DESK_OFFICER, relation)]
            desk = await open_case(maker, village=village, confidentiality=secrecy)
            found[desk.ticket] = f"{relation} {secrecy}"
    return found


OPEN = ("registered", "incomplete", "verifying", "handling", "awaiting_decision", "referred")
READING = [kind for kind in KINDS if kind.role in SEERS and kind != EXPIRED]


@pytest.mark.parametrize("kind", READING, ids=str)
async def test_list_get_count_search_and_queue_agree(
    kind: Kind, ground: Ground, everywhere: dict[str, str]
) -> None:
    reader = ground.people[kind]
    listed = await all_of(reader, "/v1/cases?limit=50", "ticket")
    counted = (await reader.get("/v1/cases?count=true&limit=1")).json()["count"]
    assert counted == len(listed)
    for ticket, place in everywhere.items():
        got = await reader.get(f"/v1/cases/{ticket}")
        searched = await reader.post("/v1/cases/search", {"q": ticket})
        assert got.status_code == (200 if ticket in listed else 404), place
        assert [one["ticket"] for one in searched.json()["items"]] == ([ticket] if ticket in listed else [])
    if kind.role in COUNTERS:
        queue = (await reader.get("/v1/dashboards/queue")).json()
        wanted = "".join(f"&status={one}" for one in OPEN)
        waiting = await all_of(reader, f"/v1/cases?limit=50{wanted}", "ticket")
        assert sum(cell["count"] for cell in queue["by_status"]) == len(waiting)
    fed = {
        one["ticket"] for one in (await reader.get("/v1/events?limit=200")).json()["items"] if one["ticket"]
    }
    assert fed <= listed
    assert {place for ticket, place in everywhere.items() if ticket in listed} == visible(kind)


def visible(kind: Kind) -> set[str]:
    """The places of ``everywhere`` that a kind must see, and no more."""
    if kind.relation != "own":
        near = {"other_village": "other_village BIASA", "other_district": "other_district BIASA"}
        return {near.get(kind.relation, f"{kind.relation} BIASA")}
    seen = {"own BIASA"}
    if kind.role in OFFICE:
        seen |= {"own TERBATAS", "other_village BIASA", "other_district BIASA"}
    if kind.role == R.AUDITOR:
        seen |= {"other_village BIASA", "other_district BIASA"}
    if kind.role == R.FACILITATOR:
        seen |= {"other_village BIASA"}
    if kind.role == R.MANAGER:
        seen |= {"own RAHASIA"}
    return seen
