"""Reports of a period: every number is that of a recount, a version never changes, and two people sign."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from httpx import AsyncClient

from app.api.deps import House
from app.db.queries.metrics import Ask
from app.db.queries.scope import Sight
from app.db.session import read_only
from app.domain.access import RegionBranch, Scope
from app.domain.codes import Confidentiality
from app.domain.figure_words import words_of
from app.domain.indicators import INDICATORS, TOTAL
from app.domain.periodic_reports import digest
from app.services.periodic_reports.figures import agency_sight, office_sight
from tests.conftest import LogIn
from tests.support.figured import lived
from tests.support.figures import by_looking
from tests.support.http import Person
from tests.support.periodic_reports import BODY, LAST, TENANT, made, signed, table
from tests.support.personas import Kind, settle

pytestmark = pytest.mark.commits
ALL = "/v1/periodic-reports"
MONTHS = [LAST.plus(-back) for back in range(4)]


@pytest.fixture(scope="module")
async def people(
    house: House, client: AsyncClient, tmp_path_factory: pytest.TempPathFactory
) -> dict[Kind, Person]:
    people = await settle(house, client)
    await lived(house, people, tmp_path_factory.mktemp("work"))
    return people


@pytest.fixture
async def office(people: dict[Kind, Person], login: LogIn) -> Person:
    assert people
    return await login("sekretariat@1374")


@pytest.fixture
async def manager(people: dict[Kind, Person], login: LogIn) -> Person:
    assert people
    return await login("manajer@1374")


async def looked(house: House, agency: str | None = None) -> dict[Ask, dict[tuple[Any, ...], int]]:
    """Count by looking at every case and referral that the report may hold."""
    known = await house.knowledge.current(datetime.now(UTC))
    sight = agency_sight(known, TENANT, agency) if agency else office_sight(known, TENANT)
    levels = {code: one.level.value for code, one in known.agencies.items()}
    async with read_only(house.database.sessions) as tx:
        return await by_looking(tx, sight, levels)


async def looked_by_system(house: House) -> dict[Ask, dict[tuple[Any, ...], int]]:
    known = await house.knowledge.current(datetime.now(UTC))
    sight = Sight(Scope((RegionBranch((TENANT,), Confidentiality.RAHASIA),)), known.regions.tenants)
    async with read_only(house.database.sessions) as tx:
        return await by_looking(tx, sight, {})


async def expected(
    house: House, cells: dict[Ask, dict[tuple[Any, ...], int]], measure: str, by: str, month: str
) -> dict[str, int]:
    """Return a column of a table as it must be: by what each value is called."""
    known = await house.knowledge.current(datetime.now(UTC))
    found: Counter[str] = Counter()
    for (value, at), n in cells[Ask(measure, by, by_month=True)].items():
        if at == month:
            found[words_of(known, INDICATORS[measure], by, value).en] += n
    return dict(found)


async def test_every_column_of_a_month_is_a_recount(office: Person, house: House) -> None:
    cells = await looked(house)
    told = 0
    for month in MONTHS:
        report = await made(office, **{"from": month.text})
        for section in report["sections"]:
            by = section["columns"][0]["code"]
            for n, column in enumerate(section["columns"][1:], 1):
                if column["code"] not in INDICATORS or by in {"name", "village", "month"}:
                    continue
                wanted = await expected(house, cells, column["code"], by, month.text)
                shown = {row[0]: row[n] for row in section["rows"] if row[n] and row[0] != "All"}
                assert shown == wanted, (section["code"], column["code"], month.text)
                assert section["rows"][-1][n] == sum(wanted.values())
                told += sum(wanted.values())
    assert told > 20


async def test_the_whole_of_a_month_is_a_recount_and_beside_it_the_month_before(
    office: Person, house: House
) -> None:
    cells = await looked(house)
    seen = 0
    for month in MONTHS[:3]:
        summary = table(await made(office, **{"from": month.text}), "summary")
        for measure in ("opened", "resolved", "closed_confirmed", "referred", "refused", "fulfilled"):
            whole = cells[Ask(measure, TOTAL, by_month=True)]
            wanted = [whole.get((TOTAL, one.text), 0) for one in (month, month.plus(-1))]
            assert summary[INDICATORS[measure].name.en] == wanted
            seen += sum(wanted)
        open_now = cells[Ask("open", TOTAL)].get((TOTAL, None), 0)
        assert summary[f"{INDICATORS['open'].name.en} (when the report was made)"] == [open_now, None]
    assert seen > 5


async def test_what_only_some_may_see_is_in_no_report(office: Person, house: House) -> None:
    cells = await looked(house)
    everything = await looked_by_system(house)
    opened, all_opened = (found[Ask("opened", TOTAL, by_month=True)] for found in (cells, everything))
    hidden = [
        month for month in MONTHS if opened.get((TOTAL, month.text)) != all_opened.get((TOTAL, month.text))
    ]
    assert hidden, "closed cases and complaints about handlers are planted in these months"
    for month in hidden:
        report = await made(office, **{"from": month.text})
        assert table(report, "summary")["Cases opened"][0] == opened.get((TOTAL, month.text), 0)
        assert "LAYANAN_PETUGAS" not in str(report)


async def test_an_agency_is_told_of_its_own(
    office: Person, manager: Person, login: LogIn, house: House
) -> None:
    cells = await looked(house, "DINSOS-1374")
    for month in MONTHS:
        report = await made(office, kind="agency", about="DINSOS-1374", **{"from": month.text})
        programs = table(report, "program")
        wanted = await expected(house, cells, "referred", "program", month.text)
        assert {name: row[0] for name, row in programs.items() if row[0] and name != "All"} == wanted
    dinsos = await login("dinsos@1374")
    assert (await dinsos.get(f"{ALL}/{report['id']}")).status_code == 404
    await signed(manager, report)
    assert (await dinsos.get(f"{ALL}/{report['id']}")).json()["about"] == "DINSOS-1374"
    listed = (await dinsos.get(ALL, count="true")).json()
    assert [one["id"] for one in listed["items"]] == [report["id"]]
    assert listed["count"] == 1
    told = (await dinsos.get("/v1/notifications")).json()["items"]
    assert report["id"] in {one["report_id"] for one in told if one["kind"] == "report_signed"}


async def test_a_version_never_changes_and_says_what_replaced_it(office: Person, manager: Person) -> None:
    month = {"from": LAST.plus(-7).text}
    first = await made(office, **month)
    second = await made(office, **month)
    assert (first["version"], second["version"]) == (1, 2)
    old = (await office.get(f"{ALL}/{first['id']}")).json()
    assert (old["state"]["code"], old["replaced_by"]) == ("superseded", second["id"])
    assert old["sections"] == first["sections"]
    refused = await manager.post(f"{ALL}/{first['id']}/sign")
    assert (refused.status_code, refused.json()["code"]) == (409, "report_not_draft")
    done = await signed(manager, second)
    assert (done["state"]["code"], done["allowed_actions"]) == ("signed", [])
    again = await manager.post(f"{ALL}/{second['id']}/sign")
    assert (again.status_code, again.json()["code"]) == (409, "report_not_draft")
    third = await made(office, **month)
    still = (await office.get(f"{ALL}/{second['id']}")).json()
    assert (still["state"]["code"], still["replaced_by"]) == ("signed", None)
    await signed(manager, third)
    replaced = (await office.get(f"{ALL}/{second['id']}")).json()
    assert (replaced["state"]["code"], replaced["replaced_by"]) == ("superseded", third["id"])
    assert replaced["signed_at"] == done["signed_at"]
    assert replaced["sha256"] == done["sha256"]
    listed = (await office.get(ALL, month=month["from"], kind="monthly")).json()["items"]
    assert [one["version"] for one in listed] == [3, 2, 1]
    assert [one["state"]["code"] for one in listed] == ["signed", "superseded", "superseded"]
    only = (await office.get(ALL, month=month["from"], state="signed")).json()["items"]
    assert [one["version"] for one in only] == [3]


async def test_who_made_it_does_not_sign_it(manager: Person, login: LogIn, office: Person) -> None:
    own = await made(manager, **{"from": LAST.plus(-8).text})
    assert own["allowed_actions"] == []
    refused = await manager.post(f"{ALL}/{own['id']}/sign")
    assert (refused.status_code, refused.json()["code"]) == (403, "four_eyes")
    head = await login("kadis@1374")
    shown = (await head.get(f"{ALL}/{own['id']}")).json()
    assert [one["code"] for one in shown["allowed_actions"]] == ["sign"]
    assert (await office.post(f"{ALL}/{own['id']}/sign")).status_code == 403
    assert (await signed(head, own))["signed_by"] is not None


async def test_the_digest_is_of_what_is_kept(office: Person) -> None:
    report = await made(office, **{"from": LAST.plus(-9).text})
    with_words = (await office.get(f"{ALL}/{report['id']}", headers={"Accept-Language": "id"})).json()
    assert with_words["sections"][0]["title"] == "Ringkasan"
    assert report["sections"][0]["title"] == "Summary"
    assert digest([{"a": {"id": "x", "en": "y"}}]) == digest([{"a": {"en": "y", "id": "x"}}])
    assert digest([{"a": 1}]) != digest([{"a": 2}])
    assert len(report["sha256"]) == 64


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"from": LAST.plus(1).text}, "/to"),
        ({"from": LAST.plus(-1).text, "to": LAST.text}, "/to"),
        ({"from": "2026-13"}, "/from"),
        ({"from": None}, "/from"),
        ({"kind": "annual", "from": "2025-02", "to": "2026-01"}, "/from"),
        ({"kind": "annual", "from": "2025-01", "to": "2025-11"}, "/to"),
        ({"kind": "agency", "about": "NONE"}, "/about"),
        ({"kind": "agency"}, "/about"),
        ({"kind": "agency", "about": "DINSOS-1374", "from": "2025-01", "to": "2026-01"}, "/to"),
        ({"kind": "donor", "about": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"}, "/about"),
        ({"kind": "campaign", "about": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"}, "/from"),
        ({"about": "DINSOS-1374"}, "/about"),
        ({"kind": "yearly"}, "/kind"),
    ],
)
async def test_what_cannot_be_reported_on_is_refused_in_words(
    office: Person, changes: dict[str, Any], pointer: str
) -> None:
    answer = await office.post(ALL, {**BODY, **changes})
    assert answer.status_code == 422, answer.text
    assert {one["pointer"] for one in answer.json()["errors"]} == {pointer}


async def test_another_regency_knows_of_none(office: Person, login: LogIn) -> None:
    report = await made(office, **{"from": LAST.plus(-10).text})
    other = await login("sekretariat@1371")
    assert (await other.get(f"{ALL}/{report['id']}")).status_code == 404
    assert (await other.get(f"{ALL}/{report['id']}/file")).status_code == 404
    assert (await other.get(ALL)).json()["items"] == []
    assert (await other.get(ALL, region=TENANT)).json()["items"] == []
    assert (await other.post(ALL, BODY)).status_code == 403
    away = await made(other, region="13.71")
    assert table(away, "summary")["Cases opened"] == [0, 0]
