"""What one set of eyes sees is the same in every list, count, search, feed and queue."""

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from app.api.deps import House
from app.db.queries import work
from app.db.session import transaction
from app.db.tables.cases import Case, DuplicatePair
from app.worker.loop import JOBS, work_once
from tests.authorization.conftest import Ground
from tests.support.desk import CASE, a_person, open_case
from tests.support.http import Person
from tests.support.offline import Device, Store
from tests.support.personas import EXPIRED, PLACES, Kind, kinds
from tests.support.proof import LONG
from tests.support.rights import COUNTERS, OFFICE, ROUTES, SEERS, R
from tests.support.working import make_tools

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
async def everywhere(
    ground: Ground, house: House, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """A case in each place, one of each secrecy at home, and one about a handler: ticket to place.

    At home each is referred, has a task, and one of them twins with each other one; the worker has numbered,
    and told whom it may.
    """
    found = {}
    for relation, village in PLACES.items():
        for secrecy in ("BIASA", "TERBATAS", "RAHASIA") if relation == "own" else ("BIASA",):
            maker = ground.people[Kind(R.DESK_OFFICER, relation)]
            desk = await open_case(maker, village=village, confidentiality=secrecy)
            found[desk.ticket] = f"{relation} {secrecy}"
    found[await complain(ground)] = "own HANDLER"
    for ticket, place in found.items():
        if place.startswith("own"):
            await leave_traces(ground, ticket)
    await twin(house, list(found))
    tools = make_tools(house.database, lambda: datetime.now(UTC), tmp_path_factory.mktemp("work"))
    async with transaction(house.database.sessions) as tx:
        await work.ensure_periodic(tx, tools.now())
    for _ in range(3):
        await work_once(tools)
    return found


async def complain(ground: Ground) -> str:
    """Complain about a desk officer at home, from a desk elsewhere."""
    accused = (await ground.people[Kind(R.DESK_OFFICER, "own")].get("/v1/me")).json()["id"]
    typist = ground.people[Kind(R.DESK_OFFICER, "other_village")]
    body = {
        **CASE,
        "kind": "PENGADUAN",
        "category": "LAYANAN_PETUGAS",
        "subject": a_person(),
        "about": [{"kind": "account", "ref": accused}],
    }
    answer = await typist.post("/v1/cases", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["ticket"])


async def leave_traces(ground: Ground, ticket: str) -> None:
    manager = ground.people[Kind(R.MANAGER, "own")]
    path = f"/v1/cases/{ticket}"
    etag = (await manager.get(path)).headers["ETag"]
    sent = {"referrals": [{"program": "UMUM.DINKES-1374", "purpose": "INFORMATION"}]}
    referred = await manager.post(f"{path}/refer", sent, headers={"If-Match": etag})
    assert referred.status_code == 200, referred.text
    made = await manager.post(f"{path}/tasks", {"text": "Telepon warga."})
    assert made.status_code == 201, made.text


async def twin(house: House, tickets: list[str]) -> None:
    """Put each case of the regency before the secretariat as a likely duplicate of the first one."""
    async with transaction(house.database.sessions) as tx:
        rows = await tx.scalars(
            select(Case.id).where(Case.regency_code == "13.74", Case.ticket.in_(tickets)).order_by(Case.id)
        )
        first, *others = rows.all()
        for other in others:
            tx.add(
                DuplicatePair(
                    regency_code="13.74",
                    case_id=other,
                    other_case_id=first,
                    at=datetime.now(UTC),
                    score=70,
                    reasons=["same_household", "same_matter"],
                    state="open",
                )
            )


OPEN = ("registered", "incomplete", "verifying", "handling", "awaiting_decision", "referred")
# In the short form every place of one role of each depth, and of the others home and another regency.
DEEP, SHORT = {R.DESK_OFFICER, R.FACILITATOR, R.MANAGER}, {"own", "other_regency"}
READING = [
    kind
    for kind in KINDS
    if kind.role in SEERS and kind != EXPIRED and (LONG or kind.role in DEEP or kind.relation in SHORT)
]


@pytest.fixture(scope="module")
async def exported(ground: Ground, house: House, everywhere: dict[str, str]) -> dict[Kind, set[str]]:
    """What each reader took out, by the tickets in it."""
    assert everywhere
    made: dict[Kind, str] = {}
    for kind in READING:
        answer = await ground.people[kind].post("/v1/exports", {"format": "ndjson", "purpose": "service"})
        assert answer.status_code == 202, answer.text
        made[kind] = answer.json()["id"]
    tools = make_tools(house.database, lambda: datetime.now(UTC), house.settings.data_dir)
    long = {work.RUN_JOB: JOBS[work.RUN_JOB]}
    for _ in made:
        await work_once(tools, long)
    found = {}
    for kind, export in made.items():
        answer = await ground.people[kind].get(f"/v1/exports/{export}/content")
        assert answer.status_code == 200, answer.text
        found[kind] = {json.loads(line)["ticket"] for line in answer.text.splitlines()}
    return found


@pytest.mark.parametrize("kind", READING, ids=str)
async def test_list_get_count_search_queue_and_export_agree(
    kind: Kind, ground: Ground, everywhere: dict[str, str], exported: dict[Kind, set[str]]
) -> None:
    reader = ground.people[kind]
    listed = await all_of(reader, "/v1/cases?limit=50", "ticket")
    counted = (await reader.get("/v1/cases?count=true&limit=1")).json()["count"]
    assert counted == len(listed)
    assert exported[kind] == listed
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
    kept = Store(Device(reader))
    assert set((await kept.follow(limit=50)).cases) == listed
    assert not kept.removed
    fed = await fed_to(reader)
    assert fed <= listed
    assert fed & set(everywhere) == listed & set(everywhere)
    assert {place for ticket, place in everywhere.items() if ticket in listed} == visible(kind)


async def fed_to(reader: Person) -> set[str]:
    """Follow the feed to its end."""
    found: set[str] = set()
    after = ""
    while True:
        page = (await reader.get(f"/v1/events?limit=200{after}")).json()
        found |= {one["ticket"] for one in page["items"] if one["ticket"]}
        if not page["more"]:
            return found
        after = f"&after={page['next']}"


PARTS = sorted(
    (name, route.path)
    for name, route in ROUTES.items()
    if route.methods == {"GET"} and re.findall(r"{(\w+)}", route.path) == ["ticket"]
)


@pytest.mark.parametrize("kind", READING, ids=str)
async def test_every_part_of_a_case_and_every_other_list_agree_with_the_list(
    kind: Kind, ground: Ground, everywhere: dict[str, str]
) -> None:
    reader = ground.people[kind]
    listed = await all_of(reader, "/v1/cases?limit=50", "ticket")
    for ticket, place in everywhere.items():
        for name, path in PARTS:
            got = (await reader.get(path.format(ticket=ticket))).status_code
            assert got in ({200, 403} if ticket in listed else {404}), (name, place)
    for path in ("/v1/referrals?limit=50", "/v1/tasks?mine=false&limit=50"):
        answer = await reader.get(f"{path}&count=true")
        if answer.status_code == 403:
            continue
        tickets = [one["ticket"] async for one in items_of(reader, path)]
        assert answer.json()["count"] == len(tickets), path
        assert set(tickets) <= listed, path
        traced = {ticket for ticket, place in everywhere.items() if place.startswith("own")}
        assert set(tickets) & set(everywhere) == listed & traced, path
    for path in ("/v1/notifications?limit=50", "/v1/visits?limit=50"):
        if (await reader.get(path)).status_code == 200:
            assert {one["ticket"] async for one in items_of(reader, path) if one["ticket"]} <= listed, path
    if (await reader.get("/v1/duplicates")).status_code == 200:
        grouped = [
            case["ticket"]
            async for group in items_of(reader, "/v1/duplicates?limit=50")
            for case in group["cases"]
        ]
        assert set(grouped) <= listed
        assert len(grouped) == len(set(grouped))


async def items_of(reader: Person, path: str) -> AsyncIterator[dict[str, Any]]:
    cursor = ""
    while True:
        page = (await reader.get(f"{path}{cursor}")).json()
        for one in page["items"]:
            yield one
        if not page["next"]:
            return
        cursor = f"&cursor={page['next']}"


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
        seen |= {"own RAHASIA", "own HANDLER"}
    return seen
