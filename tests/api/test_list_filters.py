"""Each filter of the lists of cases and referrals: what it lets through, and what it refuses."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.api.deps import House
from app.db.session import transaction
from app.db.tables.cases import Case
from app.db.tables.people import Person as PersonRow
from app.db.tables.referrals import Referral
from tests.conftest import LogIn
from tests.support.desk import Desk, a_person, acted, open_case
from tests.support.http import Person
from tests.worker.test_exports import Ground as Exporting

pytestmark = pytest.mark.commits
TOLD = {"told": {"at": "2026-01-06T03:00:00Z", "method": "phone", "by": "Siti"}}
BY_DESK = {"method": "in_person", "witness": "Ketua RT 001"}


@dataclass
class Lists:
    house: House
    office: Person
    nation: Person
    ordinary: Desk
    ended: Desk
    referred: Desk
    island: Desk
    """In another zone."""

    async def tickets(self, query: str, by: Person | None = None) -> set[str]:
        answer = await (by or self.office).get(f"/v1/cases?limit=200&count=true&{query}")
        assert answer.status_code == 200, answer.text
        found = {one["ticket"] for one in answer.json()["items"]}
        assert answer.json()["count"] == len(found)
        return found

    async def sent(self, query: str) -> int:
        answer = await self.office.get(f"/v1/referrals?limit=200&count=true&{query}")
        assert answer.status_code == 200, answer.text
        assert answer.json()["count"] == len(answer.json()["items"])
        return int(answer.json()["count"])

    async def at(self, desk: Desk, **columns: Any) -> None:
        statement = update(Case).where(Case.regency_code == tenant_of(desk), Case.ticket == desk.ticket)
        async with transaction(self.house.database.sessions) as tx:
            await tx.execute(statement.values(**columns))


def tenant_of(desk: Desk) -> str:
    return f"{desk.ticket[:2]}.{desk.ticket[2:4]}"


@pytest.fixture(scope="module")
async def lists(house: House, login: LogIn) -> Lists:
    siti, office = await login("siti@1374"), await login("sekretariat@1374")
    ordinary = await open_case(siti, ppks="LUT", channel="TELEPON")
    boy = {**a_person(), "sex": "L", "born_on": "2012-03-04"}
    ended = await open_case(siti, subject=boy)
    await ended.took("resolve", {"outcome": "information_given", **TOLD}, office)
    await ended.took("confirm", {"received": [], "by_desk": BY_DESK}, siti)
    referred = await open_case(siti, subject={"kind": "place"})
    (one,) = await referred.refer({"program": "BLT_KOTA", "purpose": "AID"})
    await acted(await login("dinsos@1374"), one, "refuse", {"reason": "decile_too_high"})
    island = await open_case(await login("norhayati@6303"), village="63.03.05.2052")
    return Lists(house, office, await login("auditor@0000"), ordinary, ended, referred, island)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("ppks=LUT", "ordinary"),
        ("ppks=none", "ended referred"),
        ("channel=TELEPON", "ordinary"),
        ("sex=P", "ordinary"),
        ("sex=L", "ended"),
        ("sex=none", "referred"),
        ("age_band=anak", "ended"),
        ("age_band=dewasa", "ordinary"),
        ("age_band=lansia", ""),
        ("age_band=none", "referred"),
        ("sex=L&age_band=dewasa", ""),
        ("outcome=information_given", "ended"),
        ("outcome=aid_received", ""),
        ("outcome_reason=decile_too_high", ""),
        ("confirmed_by=desk", "ended"),
        ("confirmed_by=resident&confirmed_by=silence", ""),
        ("resolved_from=2020-01-01&resolved_to=2099-01-01", "ended"),
        ("resolved_to=2020-01-01", ""),
        ("closed_from=2020-01-01T00:00:00Z", "ended"),
        ("closed_to=2020-01-01", ""),
        ("rated=true", ""),
        ("rated=false", "ordinary ended referred"),
        ("reopened=true", ""),
        ("disputed=false", "ordinary ended referred"),
        ("escalated_to=manager", ""),
        ("due_from=2099-01-01", ""),
        ("opened_from=0001-01-01&opened_to=9999-12-31", "ordinary ended referred"),
    ],
)
async def test_a_filter_lets_through_what_it_names(lists: Lists, query: str, names: str) -> None:
    wanted = {getattr(lists, name).ticket for name in names.split()}
    assert await lists.tickets(query) == wanted


async def test_the_moved_on_case_is_found_by_its_counts(lists: Lists) -> None:
    await lists.at(lists.ended, rating=4, disputed_count=1, reopened_count=2)
    for name in ("rated", "disputed", "reopened"):
        assert await lists.tickets(f"{name}=true") == {lists.ended.ticket}
        assert await lists.tickets(f"{name}=false") == {lists.ordinary.ticket, lists.referred.ticket}


async def test_a_day_is_a_day_where_the_case_lies(lists: Lists) -> None:
    # Before midnight in the west, after it where the clock is an hour ahead.
    late = datetime(2026, 10, 31, 16, 30, tzinfo=UTC)
    await lists.at(lists.ordinary, opened_at=late, due_at=late)
    await lists.at(lists.island, opened_at=late, due_at=late)
    for name in ("opened", "due"):
        october = f"{name}_from=2026-10-01&{name}_to=2026-11-01"
        november = f"{name}_from=2026-11-01&{name}_to=2026-11-02"
        assert await lists.tickets(october, lists.nation) == {lists.ordinary.ticket}
        assert await lists.tickets(november, lists.nation) == {lists.island.ticket}


async def test_the_age_is_that_of_the_day_of_opening(lists: Lists) -> None:
    async with transaction(lists.house.database.sessions) as tx:
        who = await tx.scalar(
            select(Case.person_id).where(Case.regency_code == "13.74", Case.ticket == lists.ordinary.ticket)
        )
    await lists.at(lists.ordinary, opened_at=datetime(2026, 3, 4, 16, 59, tzinfo=UTC))
    for born, band in ((datetime(2008, 3, 4), "dewasa"), (datetime(2008, 3, 5), "anak")):  # noqa: DTZ001
        await born_on(lists.house, who, born)
        assert lists.ordinary.ticket in await lists.tickets(f"age_band={band}")
    # A minute later it is the next day there.
    await lists.at(lists.ordinary, opened_at=datetime(2026, 3, 4, 17, 0, tzinfo=UTC))
    assert lists.ordinary.ticket in await lists.tickets("age_band=dewasa")


async def born_on(house: House, person: UUID | None, day: datetime) -> None:
    statement = update(PersonRow).where(PersonRow.regency_code == "13.74", PersonRow.id == person)
    async with transaction(house.database.sessions) as tx:
        await tx.execute(statement.values(born_on=day.date()))


@pytest.mark.parametrize(
    "query",
    [
        "ppks=NONE",
        "channel=KURIR",
        "sex=X",
        "age_band=tua",
        "outcome=menang",
        "outcome_reason=entah",
        "confirmed_by=me",
        "resolved_from=kemarin",
        "resolved_from=2026-11-25T00:00:00",
        "due_from=1700000000",
        "opened_from=2026-13-01",
        "escalated_to=bupati",
        "rated=maybe",
    ],
)
async def test_an_unknown_code_or_time_is_refused(lists: Lists, query: str) -> None:
    answer = await lists.office.get(f"/v1/cases?{query}")
    assert answer.status_code == 400, answer.text
    assert [one["pointer"].split("/")[2] for one in answer.json()["errors"]] == [query.partition("=")[0]]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("program=BLT_KOTA", 1),
        ("agency=DINSOS-1374", 1),
        ("agency=BAZNAS-1374", 0),
        ("level=KAB_KOTA", 1),
        ("level=PUSAT", 0),
        ("reason=decile_too_high", 1),
        ("reason=none", 0),
        ("status=refused&status=expired", 1),
        ("sent_from=2020-01-01&sent_to=2099-01-01", 1),
        ("sent_to=2020-01-01T00:00:00Z", 0),
        ("accepted_from=2020-01-01", 0),
        ("ended_from=2020-01-01&ended_to=2099-01-01", 1),
        ("ended_to=2020-01-01", 0),
    ],
)
async def test_a_filter_of_referrals_lets_through_what_it_names(lists: Lists, query: str, count: int) -> None:
    assert await lists.sent(query) == count


@pytest.mark.parametrize(
    "query", ["program=APA", "agency=APA", "level=RT", "reason=apa", "ended_from=kini", "region=99.99"]
)
async def test_an_unknown_code_of_referrals_is_refused(lists: Lists, query: str) -> None:
    answer = await lists.office.get(f"/v1/referrals?{query}")
    assert answer.status_code == 400, answer.text


async def test_a_day_of_referrals_is_a_day_there(lists: Lists) -> None:
    async with transaction(lists.house.database.sessions) as tx:
        await tx.execute(
            update(Referral)
            .where(Referral.regency_code == "13.74")
            .values(sent_at=datetime(2026, 10, 31, 16, 30, tzinfo=UTC))
        )
    assert await lists.sent("sent_from=2026-10-31&sent_to=2026-11-01") == 1
    assert await lists.sent("sent_from=2026-11-01") == 0


async def test_an_export_holds_what_the_list_of_the_same_filter_holds(lists: Lists) -> None:
    exporting = Exporting(lists.house, lists.office.client)
    wanted: dict[str, Any] = {
        "sex": "L",
        "age_band": "anak",
        "confirmed_by": ["desk", "resident"],
        "outcome": "information_given",
        "resolved_from": "2020-01-01",
        "closed_to": "2099-01-01T00:00:00Z",
    }
    taken = await exporting.taken(lists.office, format="ndjson", filter=wanted)
    assert taken.count(b"\n") == 1
    assert lists.ended.ticket.encode() in taken
    none = await exporting.taken(lists.office, format="ndjson", filter={**wanted, "sex": "P"})
    assert none == b""
    for wrong in ({"age_band": "tua"}, {"channel": "KURIR"}, {"outcome_reason": "entah"}):
        answer = await lists.office.post(
            "/v1/exports", {"format": "csv", "purpose": "service", "filter": wrong}
        )
        assert answer.status_code == 422, answer.text
