"""Giving a case to somebody: who may, whom, and what is looked at before."""

from typing import Any

import pytest

from app.api.deps import House
from app.db.session import transaction
from app.db.tables.cases import CaseReader
from app.domain.ids import parse_public_id
from tests.conftest import LogIn
from tests.support.desk import open_case
from tests.support.hands import account_of, made
from tests.support.http import Person

pytestmark = pytest.mark.commits


async def give(by: Person, ticket: str, **body: Any) -> Any:
    return await by.post(f"/v1/cases/{ticket}/assignments", body)


async def refused(by: Person, ticket: str, **body: Any) -> tuple[int, str, str]:
    answer = await give(by, ticket, **body)
    problem = answer.json()
    fields = problem.get("errors") or [{"pointer": "", "code": problem["code"]}]
    return answer.status_code, fields[0]["pointer"], fields[0]["code"]


async def test_a_case_goes_from_hand_to_hand_and_the_history_stays(login: LogIn) -> None:
    siti, hendra = await login("siti@1374"), await login("hendra@1374")
    desk = await open_case(siti)
    sitis, hendras = await account_of(siti), await account_of(hendra)
    before = desk.etag
    taken = await made(siti, f"/v1/cases/{desk.ticket}/assignments", {"self": True})
    assert [one["account"] for one in taken["items"]] == [sitis]
    shown = await desk.read()
    assert shown["assignee"] == sitis
    assert desk.etag != before
    await made(
        hendra,
        f"/v1/cases/{desk.ticket}/assignments",
        {"account_id": hendras, "instruction": "Tanya RT dahulu."},
    )
    await made(hendra, f"/v1/cases/{desk.ticket}/assignments", {"queue": "desk"})
    items = (await siti.get(f"/v1/cases/{desk.ticket}/assignments")).json()["items"]
    assert [(one["account"], one["queue"] and one["queue"]["code"]) for one in items] == [
        (sitis, None),
        (hendras, None),
        (None, "desk"),
    ]
    assert [one["ended_as"] and one["ended_as"]["code"] for one in items] == ["reassigned"] * 2 + [None]
    assert items[1]["instruction"] == "Tanya RT dahulu."
    assert items[1]["name"] == "Hendra Saputra"
    assert (await desk.read())["assignee"] is None
    events = (await siti.get(f"/v1/cases/{desk.ticket}/events")).json()["items"]
    told = [one for one in events if one["type"] == "case.assigned"]
    assert [one["data"].get("assignee_id") for one in told] == [sitis, hendras, None]
    assert "Tanya RT" not in str(events)
    assert "Antrean meja Puskesos" in told[2]["words"]["id"]


async def test_an_officer_takes_what_nobody_has_and_no_more(login: LogIn) -> None:
    siti, hendra = await login("siti@1374"), await login("hendra@1374")
    desk = await open_case(siti)
    hendras = await account_of(hendra)
    assert await refused(siti, desk.ticket, account_id=hendras) == (403, "", "forbidden")
    assert await refused(siti, desk.ticket, queue="desk") == (403, "", "forbidden")
    assert (await give(hendra, desk.ticket, self=True)).status_code == 201
    assert await refused(siti, desk.ticket, self=True) == (409, "", "already_assigned")
    # A coordinator may take it away again.
    assert (await give(hendra, desk.ticket, account_id=await account_of(siti))).status_code == 201
    assert (await give(hendra, desk.ticket, self=True)).status_code == 201


@pytest.mark.parametrize(
    ("login_of", "code"),
    [
        ("yulia@1374", "outside_area"),
        ("lurah.guguk@1374", "outside_area"),
        ("admin@1374", "outside_area"),
    ],
)
async def test_nobody_is_given_what_is_not_in_their_area(login: LogIn, login_of: str, code: str) -> None:
    hendra = await login("hendra@1374")
    desk = await open_case(await login("siti@1374"))
    account = await account_of(await login(login_of))
    assert await refused(hendra, desk.ticket, account_id=account) == (422, "/account_id", code)


async def test_one_target_and_one_that_exists(login: LogIn) -> None:
    hendra = await login("hendra@1374")
    desk = await open_case(await login("siti@1374"))
    mine, other = await account_of(hendra), await account_of(await login("rini@1371"))
    for body in ({}, {"self": True, "queue": "desk"}, {"account_id": mine, "self": True}):
        assert await refused(hendra, desk.ticket, **body) == (422, "", "one_target")
    assert await refused(hendra, desk.ticket, account_id=other) == (422, "/account_id", "other_regency")
    nobody = "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"
    assert await refused(hendra, desk.ticket, account_id=nobody) == (422, "/account_id", "inactive")
    assert await refused(hendra, desk.ticket, queue="heaven") == (422, "/queue", "unknown_code")
    await desk.took("void", {"reason": "withdrawn"})
    assert await refused(hendra, desk.ticket, self=True) == (409, "", "case_at_rest")


async def test_a_limited_case_opens_to_whoever_it_is_given(login: LogIn) -> None:
    siti, office = await login("siti@1374"), await login("sekretariat@1374")
    desk = await open_case(siti, confidentiality="TERBATAS")
    assert (await siti.get(f"/v1/cases/{desk.ticket}")).status_code == 404
    assert await refused(siti, desk.ticket, self=True) == (404, "", "not_found")
    assert (await give(office, desk.ticket, account_id=await account_of(siti))).status_code == 201
    assert (await siti.get(f"/v1/cases/{desk.ticket}")).status_code == 200
    assert (await give(office, desk.ticket, queue="secretariat")).status_code == 201
    assert (await siti.get(f"/v1/cases/{desk.ticket}")).status_code == 404


async def test_a_closed_case_goes_only_to_persons_named_on_it(login: LogIn) -> None:
    siti, manager = await login("siti@1374"), await login("manajer@1374")
    desk = await open_case(siti, confidentiality="RAHASIA")
    account = await account_of(await login("supervisor@1374"))
    assert await refused(manager, desk.ticket, account_id=account) == (422, "/account_id", "not_named")
    named = await manager.post(f"/v1/cases/{desk.ticket}/readers", {"account": account})
    assert named.status_code == 201
    assert (await give(manager, desk.ticket, account_id=account)).status_code == 201


async def test_whoever_it_is_about_is_never_given_the_case(login: LogIn, house: House) -> None:
    hendra = await login("hendra@1374")
    desk = await open_case(await login("siti@1374"))
    siti = await account_of(await login("siti@1374"))
    account = parse_public_id(siti)
    assert account is not None
    shown = (await hendra.get("/v1/cases?limit=200")).json()["items"]
    assert desk.ticket in {one["ticket"] for one in shown}
    async with transaction(house.database.sessions) as tx:
        case = await tx.connection()
        row = (
            await case.exec_driver_sql(
                "SELECT id, opened_at FROM cases WHERE regency_code = '13.74' AND ticket = $1", (desk.ticket,)
            )
        ).one()
        tx.add(
            CaseReader(
                regency_code="13.74",
                case_id=row.id,
                account_id=account.id,
                standing="kept_out",
                opened_at=row.opened_at,
            )
        )
    assert await refused(hendra, desk.ticket, account_id=siti) == (422, "/account_id", "kept_out")
    load = (await hendra.get("/v1/team/caseload", ticket=desk.ticket)).json()
    (her,) = [one for one in load["items"] if one["account"] == siti]
    assert her["unfit"]["code"] == "kept_out"
    assert load["suggestion"]["account"] != siti


async def test_the_caseload_says_what_each_has_and_whom_to_choose(login: LogIn) -> None:
    siti, hendra = await login("siti@1374"), await login("hendra@1374")
    desk = await open_case(siti)
    before = (await hendra.get("/v1/team/caseload", ticket=desk.ticket)).json()
    people = {one["login"]: one for one in before["items"]}
    assert {"siti@1374", "hendra@1374", "psm.guguk@1374", "supervisor@1374"} <= set(people)
    assert not {"yulia@1374", "lurah.guguk@1374", "admin@1374", "dinsos@1374"} & set(people)
    assert people["siti@1374"]["nearness"]["code"] == "same_village"
    assert people["supervisor@1374"]["nearness"]["code"] == "same_regency"
    assert people["psm.guguk@1374"]["works"] is False
    assert people["siti@1374"]["load"]["capacity"] == 60
    chosen = before["suggestion"]["account"]
    (best,) = [one for one in before["items"] if one["account"] == chosen]
    assert before["items"][0] == best
    assert {one["code"] for one in before["suggestion"]["reasons"]} >= {"same_village", "has_room"}
    await made(hendra, f"/v1/cases/{desk.ticket}/assignments", {"account_id": chosen})
    after = (await hendra.get("/v1/team/caseload", ticket=desk.ticket)).json()
    (again,) = [one for one in after["items"] if one["account"] == chosen]
    assert again["load"]["open"] == best["load"]["open"] + 1


async def test_the_caseload_is_a_coordinators(login: LogIn) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    assert (await siti.get("/v1/team/caseload", ticket=desk.ticket)).status_code == 403
    rizal = await login("rizal@1374")
    assert (await rizal.get("/v1/team/caseload", ticket=desk.ticket)).status_code == 404
    assert (await rizal.get("/v1/team/caseload")).status_code == 400
