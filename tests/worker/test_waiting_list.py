"""The waiting list: in order and without gaps, read in scope; a free place is offered to the first in it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import select, update

from app.api.deps import House
from app.db.queries import work
from app.db.queries.work import Claim, Wanted
from app.db.session import transaction
from app.db.tables.events import Event
from app.db.tables.places import Allotment
from app.services.knowledge import KnowledgeSource
from app.services.waiting import offer_one
from app.worker.jobs.places import offer_places
from app.worker.tools import Tools
from tests.support.desk import Desk, act, acted, open_case
from tests.support.http import Person, log_in, serving
from tests.support.working import make_tools

pytestmark = pytest.mark.commits
BLT = {"program": "BLT_KOTA", "purpose": "AID"}
LIST = "/v1/programs/BLT_KOTA/waiting-list"


@dataclass
class Waiting:
    desk: Desk
    referral: str


@dataclass
class Ground:
    house: House
    client: AsyncClient
    siti: Person
    dinsos: Person
    manager: Person
    tools: Tools

    async def leave(self, places: int) -> None:
        async with transaction(self.house.database.sessions) as tx:
            await tx.execute(
                update(Allotment)
                .where(Allotment.regency_code == "13.74", Allotment.program_code == "BLT_KOTA")
                .values(taken=Allotment.quota - places)
            )

    async def waiting(self, **body: Any) -> Waiting:
        desk = await open_case(self.siti)
        (referral,) = await desk.refer(BLT)
        await acted(self.dinsos, referral, "accept", body or {"waitlist": True})
        return Waiting(desk, referral)

    async def standing(self, by: Person | None = None, **more: Any) -> list[tuple[str, int]]:
        answer = await (by or self.dinsos).get(LIST, region="13.74", **more)
        assert answer.status_code == 200, answer.text
        return [(one["id"], one["waiting"]["position"]) for one in answer.json()["items"]]

    async def claim(self) -> Claim | None:
        async with transaction(self.house.database.sessions) as tx:
            wanted = Wanted((work.OFFER_PLACE,), timedelta(seconds=10))
            found = await work.claim(tx, "13.74", self.tools.now(), wanted)
        return found[0] if found else None

    async def work(self) -> int:
        """Do the errands that are due; return how many there were."""
        done = 0
        while held := await self.claim():
            await offer_places(self.tools, held)
            async with transaction(self.house.database.sessions) as tx:
                await work.settle(tx, held, done_at=self.tools.now())
            done += 1
        return done

    async def offered(self) -> list[str]:
        items = (await self.dinsos.get(LIST, region="13.74")).json()["items"]
        return [one["id"] for one in items if one["waiting"]["offered_at"]]


@pytest.fixture
async def ground(fresh_house: House, tmp_path: Path) -> AsyncIterator[Ground]:
    async with serving(fresh_house) as client:
        people = [await log_in(client, f"{name}@1374") for name in ("siti", "dinsos", "manajer")]
        tools = make_tools(fresh_house.database, fresh_house.clock, tmp_path)
        made = Ground(
            fresh_house,
            client,
            *people,
            replace(tools, knowledge=KnowledgeSource(fresh_house.database)),
        )
        await made.leave(0)
        yield made


async def test_positions_have_no_gap_and_everybody_moves_up(ground: Ground) -> None:
    # The receiver's own numbers order the list; where one stands is counted.
    late = await ground.waiting(waitlist_position=70)
    first = await ground.waiting(waitlist_position=12)
    last = await ground.waiting()
    assert await ground.standing() == [(first.referral, 1), (late.referral, 2), (last.referral, 3)]
    shown = (await ground.siti.get(f"/v1/referrals/{last.referral}")).json()
    assert (shown["waiting"]["position"], shown["waiting"]["of"], shown["waitlist_position"]) == (3, 3, 71)
    await acted(ground.siti, first.referral, "revoke", {"reason": "withdrawn"})
    assert await ground.standing() == [(late.referral, 1), (last.referral, 2)]
    tracked = await _tracked(ground, last)
    assert tracked["programs"][0]["waiting"] == {"position": 2, "of": 2}
    gone = (await ground.siti.get(f"/v1/referrals/{first.referral}")).json()
    assert gone["waiting"] is None


async def _tracked(ground: Ground, one: Waiting) -> dict[str, Any]:
    entered = await ground.client.post("/v1/track", json={"ticket": one.desk.ticket, "pin": one.desk.pin})
    resident = Person(ground.client, entered.json()["access_token"], "resident")
    return dict((await resident.get("/v1/track")).json())


async def test_the_list_is_read_page_by_page_and_only_in_scope(ground: Ground) -> None:
    made = [await ground.waiting() for _ in range(5)]
    wanted = [(one.referral, n) for n, one in enumerate(made, 1)]
    read, path = [], f"{LIST}?region=13.74&limit=2&count=true"
    while path:
        page = (await ground.dinsos.get(path)).json()
        read += [(one["id"], one["waiting"]["position"]) for one in page["items"]]
        path = f"{LIST}?cursor={page['next']}&limit=2" if page["next"] else ""
    assert read == wanted
    # A desk sees its own people, at their places in the whole list; another village's desk sees none.
    assert await ground.standing(ground.siti) == wanted
    yulia = await log_in(ground.client, "yulia@1374")
    assert await ground.standing(yulia) == []
    elsewhere = await log_in(ground.client, "dinsos@1371")
    assert await ground.standing(elsewhere) == []
    assert (await ground.dinsos.get(LIST, region="13")).status_code == 400
    assert (await ground.dinsos.get("/v1/programs/NOPE/waiting-list", region="13.74")).status_code == 404


async def test_a_freed_place_is_offered_to_the_first_and_taken_by_nobody_else(ground: Ground) -> None:
    await ground.leave(1)
    served = await open_case(ground.siti)
    (holder,) = await served.refer(BLT)
    await acted(ground.dinsos, holder, "accept")
    first, second = await ground.waiting(), await ground.waiting()
    assert await ground.work() == 0
    await acted(ground.dinsos, holder, "fail", {"reason": "not_collected"})
    assert await ground.work() == 1
    assert await ground.offered() == [first.referral]
    # It is offered, not given: her receiver begins the service, and only then the place is taken.
    assert (await ground.siti.get(f"/v1/referrals/{first.referral}")).json()["status"]["code"] == "waitlisted"
    async with transaction(ground.house.database.sessions) as tx:
        told = list(await tx.scalars(select(Event).where(Event.type == "referral.place_offered")))
    assert [one.data["program"] for one in told] == ["BLT_KOTA"]
    assert await ground.work() == 0
    await acted(ground.dinsos, first.referral, "start")
    assert (await act(ground.dinsos, second.referral, "start")).json()["code"] == "allotment_full"
    assert await ground.offered() == []


async def test_whoever_goes_without_her_place_leaves_it_to_the_next(ground: Ground) -> None:
    first, second = await ground.waiting(), await ground.waiting()
    await ground.leave(1)
    answer = await ground.manager.put(
        "/v1/programs/BLT_KOTA/allotments", {"region": "13.74", "period": "2026", "quotas": {"*": 301}}
    )
    assert answer.status_code == 200, answer.text
    await ground.work()
    assert await ground.offered() == [first.referral, second.referral]
    await ground.leave(0)
    third = await ground.waiting()
    await ground.leave(2)
    await acted(ground.dinsos, first.referral, "fail", {"reason": "not_collected"})
    assert await ground.work() == 1
    assert await ground.offered() == [second.referral, third.referral]


async def test_more_is_never_offered_than_is_free(ground: Ground) -> None:
    made = [await ground.waiting() for _ in range(3)]
    await ground.leave(0)
    await ground.manager.put(
        "/v1/programs/BLT_KOTA/allotments", {"region": "13.74", "period": "2026", "quotas": {"*": 302}}
    )
    await ground.work()
    assert await ground.offered() == [made[0].referral, made[1].referral]


async def test_a_worker_that_dies_between_two_offers_is_followed_by_one_that_goes_on(
    ground: Ground,
) -> None:
    made = [await ground.waiting() for _ in range(2)]
    await ground.leave(0)
    await ground.manager.put(
        "/v1/programs/BLT_KOTA/allotments", {"region": "13.74", "period": "2026", "quotas": {"*": 302}}
    )
    assert await ground.claim() is not None
    known = await ground.tools.knowledge.current(ground.tools.now())
    async with transaction(ground.house.database.sessions) as tx:
        assert await offer_one(ground.tools.acting(tx, known), "13.74", "BLT_KOTA")
    # It is dead: nothing was settled, and a minute later the errand is claimed again.
    later = ground.tools.now() + timedelta(minutes=2)
    ground.tools = replace(ground.tools, now=lambda: later)
    assert await ground.work() == 1
    assert await ground.offered() == [one.referral for one in made]
    async with transaction(ground.house.database.sessions) as tx:
        told = list(await tx.scalars(select(Event).where(Event.type == "referral.place_offered")))
    assert len(told) == 2
