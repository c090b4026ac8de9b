"""Likely duplicates: shown at intake as far as they may be, decided by the secretariat, taken back again."""

from typing import Any

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import select

from app.api.deps import House
from app.db.session import read_only
from app.db.tables.cases import Clock, DuplicatePair
from tests.conftest import LogIn
from tests.support.desk import Desk, acted
from tests.support.http import Person
from tests.support.secrecy import row_of, sees
from tests.support.twins import ELSEWHERE, all_groups, family, opened, person

pytestmark = pytest.mark.commits


@pytest.fixture
async def siti(login: LogIn) -> Person:
    return await login("siti@1374")


@pytest.fixture
async def yulia(login: LogIn) -> Person:
    return await login("yulia@1374")


@pytest.fixture
async def office(login: LogIn) -> Person:
    return await login("sekretariat@1374")


# The queue -----------------------------------------------------------------------------------------------


async def group_of(by: Person, ticket: str) -> dict[str, Any]:
    return next(g for g in await all_groups(by) if any(c["ticket"] == ticket for c in g["cases"]))


async def three(siti: Person, yulia: Person) -> list[Desk]:
    kk = family()
    return [(await opened(by, person(kk=kk)))[0] for by in (siti, yulia, siti)]


async def decide(by: Person, ticket: str, action: str, **more: Any) -> Response:
    return await by.post(f"/v1/duplicates/{ticket}/decide", {"action": action, **more})


async def test_pairs_that_hang_together_are_one_group_and_are_counted_once(
    siti: Person, yulia: Person, office: Person
) -> None:
    cases = await three(siti, yulia)
    group = await group_of(office, cases[1].ticket)
    assert group["ticket"] == cases[0].ticket
    assert [one["ticket"] for one in group["cases"]] == [case.ticket for case in cases]
    assert len(group["pairs"]) == 3
    groups = await all_groups(office)
    assert (await office.get("/v1/duplicates?count=true&limit=1")).json()["count"] == len(groups)
    tickets = [one["ticket"] for g in groups for one in g["cases"]]
    assert len(tickets) == len(set(tickets))


async def test_filters_narrow_the_queue(siti: Person, yulia: Person, office: Person) -> None:
    cases = await three(siti, yulia)
    for filters, found in (
        ({"reason": "same_household", "min_score": 70}, True),
        ({"reason": "same_phone"}, False),
        ({"min_score": 90}, False),
        ({"region": ELSEWHERE}, True),
        ({"region": "13.74.02.1003"}, False),
    ):
        assert (cases[0].ticket in str(await all_groups(office, **filters))) is found, filters
    for wrong in ("region=xx", "reason=xx", "min_score=101", "unknown=1"):
        assert (await office.get(f"/v1/duplicates?{wrong}")).status_code == 400


async def test_a_desk_neither_reads_nor_decides(siti: Person, yulia: Person) -> None:
    cases = await three(siti, yulia)
    assert (await siti.get("/v1/duplicates")).status_code == 403
    assert (await decide(siti, cases[0].ticket, "dismiss")).status_code == 403
    assert (await decide(siti, cases[1].ticket, "dismiss")).status_code == 404


# Deciding ------------------------------------------------------------------------------------------------


async def test_dismissed_is_gone_and_can_be_taken_back(siti: Person, yulia: Person, office: Person) -> None:
    cases = await three(siti, yulia)
    assert (await decide(office, cases[2].ticket, "dismiss")).status_code == 200
    assert cases[0].ticket not in str(await all_groups(office))
    again = await decide(office, cases[2].ticket, "dismiss")
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_decide")
    undone = await office.post(f"/v1/duplicates/{cases[0].ticket}/undo", {"other": cases[2].ticket})
    assert undone.status_code == 200, undone.text
    assert len((await group_of(office, cases[0].ticket))["cases"]) == 2


async def test_linked_cases_both_go_on_and_know_each_other(
    siti: Person, yulia: Person, office: Person
) -> None:
    first, second, _ = cases = await three(siti, yulia)
    linked = await decide(office, first.ticket, "link", tickets=[first.ticket, second.ticket])
    assert [one["status"]["code"] for one in linked.json()["cases"]] == ["registered", "registered"]
    links = (await office.get(f"/v1/cases/{second.ticket}/links")).json()["items"]
    assert [(one["ticket"], one["relation"]["code"]) for one in links] == [(first.ticket, "duplicate")]
    # The third still waits, together with both.
    assert len((await group_of(office, cases[2].ticket))["cases"]) == 3
    undone = await office.post(f"/v1/duplicates/{first.ticket}/undo", {"other": second.ticket})
    assert undone.status_code == 200, undone.text
    assert (await office.get(f"/v1/cases/{second.ticket}/links")).json()["items"] == []


async def test_a_merge_leaves_one_case_that_counts_and_the_slips_lead_to_it(
    siti: Person, yulia: Person, office: Person, client: AsyncClient, house: House
) -> None:
    first, second, third = await three(siti, yulia)
    before = await waiting(office)
    merged = await decide(office, second.ticket, "merge", keep=first.ticket, note="Satu keluarga.")
    assert merged.status_code == 200, merged.text
    assert [one["status"]["code"] for one in merged.json()["cases"]] == ["registered", "void", "void"]
    assert await waiting(office) == before - 2
    for desk in (second, third):
        entered = await client.post("/v1/track", json={"ticket": desk.ticket, "pin": desk.pin})
        token = Person(client, entered.json()["access_token"], "resident")
        assert (await token.get("/v1/track")).json()["ticket"] == first.ticket
        case = await row_of(house, desk.ticket)
        assert (case.void_reason, case.duplicate_of, case.due_at) == ("duplicate", first.ticket, None)
        assert await running_clocks(house, desk.ticket) == 0
    assert await running_clocks(house, first.ticket) == 1
    assert first.ticket not in str(await all_groups(office))


async def waiting(by: Person) -> int:
    queue = (await by.get("/v1/dashboards/queue")).json()
    counted = (await by.get("/v1/cases?count=true&limit=1&status=registered")).json()["count"]
    registered = next(cell["count"] for cell in queue["by_status"] if cell["value"] == "registered")
    assert registered == counted
    return int(counted)


async def running_clocks(house: House, ticket: str) -> int:
    case = await row_of(house, ticket)
    async with read_only(house.database.sessions) as tx:
        rows = await tx.scalars(
            select(Clock.id).where(
                Clock.regency_code == "13.74", Clock.case_id == case.id, Clock.state == "running"
            )
        )
        return len(rows.all())


async def test_a_merge_can_be_taken_back(siti: Person, yulia: Person, office: Person, house: House) -> None:
    first, second, third = await three(siti, yulia)
    await decide(office, first.ticket, "merge", keep=first.ticket)
    wrong = await office.post(f"/v1/duplicates/{second.ticket}/undo", {"other": third.ticket})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "not_under_each_other")
    undone = await office.post(f"/v1/duplicates/{second.ticket}/undo", {"other": first.ticket})
    assert undone.status_code == 200, undone.text
    case = await row_of(house, second.ticket)
    assert (case.status, case.void_reason, case.duplicate_of) == ("registered", None, None)
    assert case.due_at is not None
    assert await running_clocks(house, second.ticket) == 1
    group = await group_of(office, second.ticket)
    assert [one["ticket"] for one in group["cases"]] == [first.ticket, second.ticket]


async def test_the_first_one_is_kept_so_that_no_merge_sets_a_clock_back(
    siti: Person, yulia: Person, office: Person
) -> None:
    first, second, _ = await three(siti, yulia)
    refused = await decide(office, first.ticket, "merge", keep=second.ticket)
    assert (refused.status_code, refused.json()["code"]) == (409, "keep_another")
    assert refused.json()["data"] == {"keep": first.ticket}
    assert (await decide(office, first.ticket, "merge")).status_code == 409


async def test_what_an_agency_works_on_is_kept_and_what_was_only_sent_is_sent_anew(
    siti: Person, office: Person, login: LogIn
) -> None:
    kk = family()
    first, _ = await opened(siti, person(kk=kk))
    second, _ = await opened(siti, person(kk=kk))
    dinsos = await login("dinsos@1374")
    (only_sent,) = await first.refer({"program": "SEMBAKO_LANSIA", "purpose": "AID"})
    (taken,) = await second.refer({"program": "BLT_KOTA", "purpose": "AID"})
    await acted(dinsos, taken, "accept")
    merged = await decide(office, first.ticket, "merge", keep=second.ticket)
    assert merged.status_code == 200, merged.text
    assert (await dinsos.get(f"/v1/referrals/{taken}")).json()["status"]["code"] == "accepted"
    revoked = (await office.get(f"/v1/cases/{first.ticket}")).json()["referrals"]
    assert [(one["id"], one["status"]["code"]) for one in revoked] == [(only_sent, "revoked")]
    tasks = (await office.get(f"/v1/cases/{second.ticket}")).json()["tasks"]
    assert "todo" in {task["kind"]["code"] for task in tasks}


async def test_two_cases_that_agencies_work_on_are_linked_not_merged(
    siti: Person, office: Person, login: LogIn
) -> None:
    kk = family()
    cases = [(await opened(siti, person(kk=kk)))[0] for _ in range(2)]
    dinsos = await login("dinsos@1374")
    for case, program in zip(cases, ("BLT_KOTA", "SEMBAKO_LANSIA"), strict=True):
        (sent,) = await case.refer({"program": program, "purpose": "AID"})
        await acted(dinsos, sent, "accept")
    refused = await decide(office, cases[0].ticket, "merge", keep=cases[0].ticket)
    assert (refused.status_code, refused.json()["code"]) == (409, "both_worked_on")
    assert (await decide(office, cases[0].ticket, "link")).status_code == 200


async def test_cases_of_unequal_secrecy_are_not_merged_and_no_mark_tells_of_the_other(
    siti: Person, yulia: Person, login: LogIn
) -> None:
    kk = family()
    secret, _ = await opened(siti, person(kk=kk), confidentiality="RAHASIA")
    plain, _ = await opened(yulia, person(kk=kk))
    manager = await login("manajer@1374")
    refused = await decide(manager, plain.ticket, "merge", keep=secret.ticket)
    assert (refused.status_code, refused.json()["code"]) == (409, "other_secrecy")
    before = (await yulia.get(f"/v1/cases/{plain.ticket}/events")).json()
    assert (await decide(manager, plain.ticket, "dismiss")).status_code == 200
    assert (await yulia.get(f"/v1/cases/{plain.ticket}/events")).json() == before
    assert not await sees(yulia, secret.ticket)


async def test_a_settled_case_is_not_merged(siti: Person, yulia: Person, office: Person) -> None:
    first, second, _ = await three(siti, yulia)
    await first.took("resolve", {"outcome": "information_given"})
    refused = await decide(office, second.ticket, "merge", keep=first.ticket)
    assert (refused.status_code, refused.json()["code"]) == (409, "case_at_rest")


async def test_an_open_pair_with_a_case_outside_passes_on_to_the_one_that_is_kept(
    siti: Person, yulia: Person, office: Person, house: House
) -> None:
    first, second, third = await three(siti, yulia)
    async with house.database.sessions() as session, session.begin():
        key = ("13.74", (await row_of(house, third.ticket)).id, (await row_of(house, first.ticket)).id)
        known = await session.get(DuplicatePair, key)
        assert known is not None
        await session.delete(known)
    await decide(office, first.ticket, "merge", keep=first.ticket, tickets=[first.ticket, second.ticket])
    group = await group_of(office, third.ticket)
    assert [one["ticket"] for one in group["cases"]] == [first.ticket, third.ticket]


async def test_what_was_told_apart_does_not_come_back_by_a_merge(
    siti: Person, yulia: Person, office: Person
) -> None:
    first, second, third = await three(siti, yulia)
    await decide(office, first.ticket, "dismiss", tickets=[first.ticket, third.ticket])
    await decide(office, first.ticket, "merge", keep=first.ticket, tickets=[first.ticket, second.ticket])
    assert first.ticket not in str(await all_groups(office))


@pytest.mark.parametrize(
    "tickets", [["1374-0000-0000-0"], ["x"], ["1371-3F7K-9QX2-M"]], ids=["unknown", "none", "elsewhere"]
)
async def test_tickets_of_no_such_group_are_refused(
    siti: Person, yulia: Person, office: Person, tickets: list[str]
) -> None:
    cases = await three(siti, yulia)
    answer = await decide(office, cases[0].ticket, "dismiss", tickets=[*tickets, cases[0].ticket])
    assert answer.status_code == 422


async def test_a_decision_sent_twice_is_one(siti: Person, yulia: Person, office: Person) -> None:
    cases = await three(siti, yulia)
    path, body = f"/v1/duplicates/{cases[0].ticket}/decide", {"action": "merge", "keep": cases[0].ticket}
    first = await office.post(path, body, key="gabung-sekali")
    again = await office.post(path, body, key="gabung-sekali")
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert again.headers["Idempotency-Replayed"] == "true"
