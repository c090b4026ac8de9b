"""Handing a case over: who holds it changes and who sees it, and nothing else."""

from typing import Any

import pytest
from sqlalchemy import select

from app.api.deps import House
from app.db.session import read_only, transaction
from app.db.tables.cases import Case
from app.db.tables.hands import Assignment
from tests.conftest import LogIn
from tests.support.desk import Desk, open_case
from tests.support.http import Person

pytestmark = pytest.mark.commits
NOTE = "Mohon dilanjutkan."


async def desk_at(reader: Person, village: str) -> str:
    desks = (await reader.get("/v1/desks?region=13.74")).json()["items"]
    return str(next(one["id"] for one in desks if one["village"]["code"] == village))


async def hand(desk: Desk, to: str, by: Person) -> Any:
    return await desk.step("hand_over", {"to": to, "note": NOTE}, by)


async def test_a_case_goes_to_the_desk_of_another_village_which_works_on_it(login: LogIn) -> None:
    siti, yulia = await login("siti@1374"), await login("yulia@1374")
    desk = await open_case(siti)
    before = await desk.read()
    assert (await yulia.get(f"/v1/cases/{desk.ticket}")).status_code == 404
    to = await desk_at(siti, "13.74.02.1004")
    done = await hand(desk, to, siti)
    assert done.status_code == 200, done.text
    assert (done.json()["desk"]["id"], done.json()["still_seen"]) == (to, True)
    after = await desk.read(yulia)
    assert {name: after[name] for name in ("ticket", "status", "due", "due_at", "village")} == {
        name: before[name] for name in ("ticket", "status", "due", "due_at", "village")
    }
    assert (after["desk"]["id"], after["assignee"]) == (to, None)
    assert desk.ticket in [one["ticket"] for one in (await yulia.get("/v1/cases?limit=200")).json()["items"]]
    notes = (await yulia.get(f"/v1/cases/{desk.ticket}/notes")).json()["items"]
    assert [one["text"] for one in notes] == [NOTE]
    assert "handle" in {one["code"] for one in after["allowed_actions"]}
    await desk.took("handle", by=yulia)
    events = (await yulia.get(f"/v1/cases/{desk.ticket}/events?limit=200")).json()["items"]
    handed = next(one for one in events if one["type"] == "case.handed_over")
    assert (handed["data"]["from_holder"], handed["data"]["desk_id"]) == ("desk", to)
    # It is the other desk's now: only its people give it away again, or whoever works for the whole regency.
    await desk.read(siti)
    refused = await hand(desk, "secretariat", siti)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_the_holder")
    back = await hand(desk, await desk_at(siti, "13.74.01.1005"), yulia)
    assert (back.status_code, back.json()["still_seen"]) == (200, False)
    assert (await yulia.get(f"/v1/cases/{desk.ticket}")).status_code == 404


async def test_a_coordinator_no_longer_sees_a_limited_case_that_left_the_desk(login: LogIn) -> None:
    siti, hendra, rizal = await login("siti@1374"), await login("hendra@1374"), await login("rizal@1374")
    desk = await open_case(siti, confidentiality="TERBATAS")
    await desk.read(hendra)
    done = await hand(desk, await desk_at(siti, "13.74.02.1004"), hendra)
    assert (done.status_code, done.json()["still_seen"]) == (200, False)
    assert (await hendra.get(f"/v1/cases/{desk.ticket}")).status_code == 404
    assert await desk.status(rizal) == "registered"


async def test_a_repeated_hand_over_gives_the_first_answer_to_one_who_sees_it_no_more(login: LogIn) -> None:
    siti, hendra = await login("siti@1374"), await login("hendra@1374")
    desk = await open_case(siti, confidentiality="TERBATAS")
    await desk.read(hendra)
    body = {"to": "secretariat", "note": NOTE}
    asked: dict[str, Any] = {"key": "sekali-saja", "headers": {"If-Match": desk.etag}}
    first = await hendra.post(f"/v1/cases/{desk.ticket}/hand_over", body, **asked)
    twin = await hendra.post(f"/v1/cases/{desk.ticket}/hand_over", body, **asked)
    assert (first.status_code, first.json()["still_seen"]) == (200, False)
    assert (twin.status_code, twin.content) == (200, first.content)


async def test_the_secretariat_gives_back_what_it_got_and_a_desk_does_not_take_it(login: LogIn) -> None:
    siti, office = await login("siti@1374"), await login("sekretariat@1374")
    desk = await open_case(siti)
    assert (await hand(desk, "secretariat", siti)).json()["holder"] == "secretariat"
    await desk.read()
    own = await desk_at(siti, "13.74.01.1005")
    assert (await hand(desk, own, siti)).json()["code"] == "not_the_holder"
    assert (await hand(desk, "secretariat", office)).json()["code"] == "held_already"
    assert (await hand(desk, own, office)).status_code == 200
    assert (await desk.read())["holder"] == "desk"


async def test_the_assignment_ends_with_the_hand_over(login: LogIn, house: House) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    me = str((await siti.get("/v1/me")).json()["id"])
    async with transaction(house.database.sessions) as tx:
        case = await tx.scalar(select(Case).where(Case.ticket == desk.ticket))
        assert case is not None
        case.assignee_id = case.opened_by
        tx.add(
            Assignment(
                regency_code=case.regency_code,
                id=house.ids.new_id(house.clock()),
                case_id=case.id,
                account_id=case.opened_by,
                at=house.clock(),
            )
        )
    assert (await desk.read())["assignee"] == me
    assert (await hand(desk, "secretariat", siti)).status_code == 200
    assert (await desk.read())["assignee"] is None
    async with read_only(house.database.sessions) as tx:
        rows = (
            await tx.scalars(select(Assignment).where(Assignment.case_id == case.id).order_by(Assignment.at))
        ).all()
        assert [(one.account_id is None, one.queue, one.ended_as) for one in rows] == [
            (False, None, "handed_over"),
            (True, "secretariat", None),
        ]


@pytest.mark.parametrize(
    "to", ["1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b", "1371-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"]
)
async def test_an_unknown_desk_is_named(login: LogIn, to: str) -> None:
    siti = await login("siti@1374")
    answer = await hand(await open_case(siti), to, siti)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/to")


async def test_a_desk_of_another_regency_and_a_secret_case_are_refused(login: LogIn) -> None:
    siti, manager, rini = await login("siti@1374"), await login("manajer@1374"), await login("rini@1371")
    desks = (await rini.get("/v1/desks?region=13.71")).json()["items"]
    desk = await open_case(siti)
    assert (await hand(desk, desks[0]["id"], siti)).status_code == 422
    secret = await open_case(siti, confidentiality="RAHASIA")
    await secret.read(manager)
    refused = await hand(secret, await desk_at(siti, "13.74.01.1005"), manager)
    assert (refused.status_code, refused.json()["code"]) == (409, "closed_channel")
    await desk.took("void", {"reason": "invalid"})
    assert (await hand(desk, "secretariat", siti)).json()["code"] == "case_at_rest"
