"""The other kinds of report against cases, campaigns, gifts and clocks that are planted; and their files."""

import io
import zipfile
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import pypdfium2
import pytest
from httpx import AsyncClient
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from app.api.deps import House
from app.db.session import read_only, transaction
from app.db.tables.access import AccessEntry
from app.db.tables.campaigns import Campaign
from app.db.tables.cases import Case, Clock
from app.db.tables.needs import Pledge
from app.db.tables.periodic_reports import PeriodicReport
from app.domain.ids import parse_public_id
from app.domain.sla import WIB
from tests.conftest import LogIn
from tests.support.campaigns import a_hand_out
from tests.support.data_rights import granted, person_of
from tests.support.desk import Desk, a_person, open_case
from tests.support.http import Person
from tests.support.needs import a_donor, delivered, office_of, reserved
from tests.support.periodic_reports import LAST, TENANT, counted, made, signed, table

pytestmark = pytest.mark.commits
ALL = "/v1/periodic-reports"
FIRST = datetime(LAST.first.year, LAST.first.month, 1, tzinfo=WIB)
YEAR = LAST.first.year - 1
KK: Final = "137401010120{:04}"
PLANTED: Final = (
    # Of which household, at which hour of the month, for which programme, how secret.
    (1, 1, "PKH", "BIASA"),
    (1, 2, "PKH", "BIASA"),
    (2, 23, "PKH", "BIASA"),
    (3, 24, "PKH", "TERBATAS"),
    (4, 26, None, "BIASA"),
    (5, 30, None, "RAHASIA"),
    (6, -1, "PKH", "BIASA"),
)


@dataclass
class Ground:
    office: Person
    manager: Person
    desks: list[Desk]


@pytest.fixture(scope="module")
async def ground(house: House, login: LogIn) -> Ground:
    """Cases of households on the days of last month, and one of an hour before it."""
    office, desks = await login("sekretariat@1374"), []
    for home, hour, program, secrecy in PLANTED:
        subject = {**a_person(), "kk": KK.format(home)}
        desks.append(await open_case(office, subject=subject, confidentiality=secrecy))
        of_case = (Case.regency_code == TENANT, Case.ticket == desks[-1].ticket)
        values = {"opened_at": FIRST + timedelta(hours=hour), "program_code": program}
        async with transaction(house.database.sessions) as tx:
            await tx.execute(update(Case).where(*of_case).values(**values))
    await counted(house)
    return Ground(office, await login("manajer@1374"), desks)


def days_of(report: dict[str, Any]) -> list[tuple[str, str, int]]:
    (daily,) = [one for one in report["sections"] if one["code"] == "daily"]
    return [(row[0], row[2], row[3]) for row in daily["rows"]]


async def test_a_tally_has_one_row_for_each_day_and_service(ground: Ground) -> None:
    report = await made(ground.office, kind="tally")
    first, second = LAST.first.isoformat(), (LAST.first + timedelta(days=1)).isoformat()
    other = "category:PERMOHONAN_BANSOS"
    assert days_of(report) == [(first, "program:PKH", 3), (second, other, 1), (second, "program:PKH", 1)]
    days = (LAST.plus(1).first - LAST.first).days
    services = table(report, "services")
    assert services["All"][:3] == [5, round(5 / days, 2), 100.0]
    assert [row[0] for row in services.values()] == [4, 1, 5]
    assert sum(row[3] for name, row in services.items() if name != "All") == services["All"][3]
    # The one of the month before is of the year, where that is the same.
    assert services["All"][3] == (6 if LAST.first.month > 1 else 5)
    assert table(report, "days") == {first: [3], second: [2]}


async def test_a_tally_of_the_running_month_reaches_until_today(ground: Ground) -> None:
    today = datetime.now(WIB).date()
    await open_case(ground.office)
    report = await made(ground.office, kind="tally", **{"from": f"{today:%Y-%m}"})
    assert (report["first_day"], report["last_day"]) == (f"{today:%Y-%m}-01", today.isoformat())
    assert sum(n for day, _, n in days_of(report) if day == today.isoformat()) >= 1
    turned = {"kind": "tally", "region": TENANT, "from": "2026-06", "to": "2026-01"}
    assert (await ground.office.post(ALL, turned)).status_code == 422
    later = f"{(today.replace(day=28) + timedelta(days=5)):%Y-%m}"
    body = {"kind": "tally", "region": TENANT, "from": later}
    assert (await ground.office.post(ALL, body)).status_code == 422


async def test_a_tally_is_a_recount_of_the_cases(ground: Ground, house: House) -> None:
    found: Counter[tuple[str, str]] = Counter()
    async with read_only(house.database.sessions) as tx:
        rows = (await tx.scalars(select(Case).where(Case.regency_code == TENANT))).all()
    for row in rows:
        day = row.opened_at.astimezone(WIB).date()
        if (day.year, day.month) == (LAST.first.year, LAST.first.month) and row.confidentiality != "RAHASIA":
            service = f"program:{row.program_code}" if row.program_code else f"category:{row.category}"
            found[day.isoformat(), service] += 1
    report = await made(ground.office, kind="tally")
    assert {(day, service): n for day, service, n in days_of(report)} == found


async def test_the_households_are_read_live_with_a_purpose_and_leave_an_entry(
    ground: Ground, house: House
) -> None:
    report = await made(ground.office, kind="tally")
    path = f"{ALL}/{report['id']}/households"
    assert (await ground.office.get(path)).status_code == 422
    assert (await ground.office.get(path, purpose="curiosity")).status_code == 422
    page = await ground.office.get(path, purpose="service")
    assert {one["kk"]: one["cases"] for one in page.json()["items"]} == {
        KK.format(1): 2,
        KK.format(2): 1,
        KK.format(3): 1,
        KK.format(4): 1,
    }
    day = await ground.office.get(path, purpose="service", day=LAST.first, service="program:PKH")
    assert {one["kk"] for one in day.json()["items"]} == {KK.format(1), KK.format(2)}
    outside = await ground.office.get(path, purpose="service", day=LAST.plus(1).first)
    assert outside.status_code == 422
    parts = (await ground.office.get(path, purpose="service", limit=3)).json()
    rest = (await ground.office.get(path, limit=3, cursor=parts["next"])).json()
    assert (len(parts["items"]), len(rest["items"]), rest["next"]) == (3, 1, None)
    named, hers = parse_public_id(report["id"]), parse_public_id(await person_of(ground.desks[4]))
    assert named
    assert hers
    await house.access_log.flush()
    async with read_only(house.database.sessions) as tx:
        entries = await tx.scalars(
            select(AccessEntry.purpose).where(
                AccessEntry.regency_code == TENANT,
                AccessEntry.subject_id == named.id,
                AccessEntry.result == "ok",
                AccessEntry.action == "listTallyHouseholds",
            )
        )
        assert Counter(entries) == {"service": 4}
        # Whose number was read finds it among what was read of her.
        reads = await tx.scalars(
            select(AccessEntry.purpose).where(
                AccessEntry.regency_code == TENANT,
                AccessEntry.subject_id == hers.id,
                AccessEntry.action == "listTallyHouseholds",
            )
        )
        assert set(reads) == {"service"}
        stored = await tx.scalar(
            select(PeriodicReport.content).where(
                PeriodicReport.regency_code == TENANT, PeriodicReport.id == named.id
            )
        )
    assert not any(KK.format(home) in str(stored) for home in range(1, 7))


async def test_a_monthly_report_has_no_households_and_a_manager_of_elsewhere_none(
    ground: Ground, login: LogIn
) -> None:
    monthly = await made(ground.office)
    answer = await ground.office.get(f"{ALL}/{monthly['id']}/households", purpose="service")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_tally")
    tally = await made(ground.office, kind="tally")
    other = await login("manajer@1371")
    assert (await other.get(f"{ALL}/{tally['id']}/households", purpose="service")).status_code == 404


async def test_whose_data_are_frozen_stands_on_no_list(ground: Ground, login: LogIn) -> None:
    report = await made(ground.office, kind="tally")
    path = f"{ALL}/{report['id']}/households"
    frozen = await granted(await login("siti@1374"), await person_of(ground.desks[4]), "freeze")
    page = await ground.office.get(path, purpose="service")
    assert KK.format(4) not in {one["kk"] for one in page.json()["items"]}
    lifted = await (await login("siti@1374")).post(f"/v1/data-requests/{frozen['id']}/lift")
    assert lifted.status_code == 200, lifted.text


async def test_a_campaign_is_reported_once_it_is_over(ground: Ground, house: House) -> None:
    ids = await a_hand_out(house, await person_of(ground.desks[0]))
    early = await ground.office.post(ALL, {"kind": "campaign", "region": TENANT, "about": ids["campaign_id"]})
    assert (early.status_code, early.json()["code"]) == (409, "campaign_not_reported")
    named = parse_public_id(ids["campaign_id"])
    assert named
    of_campaign = (Campaign.regency_code == TENANT, Campaign.id == named.id)
    hostile = {"reported_at": house.clock(), "state": "reported", "name": '=HYPERLINK("http://x")'}
    async with transaction(house.database.sessions) as tx:
        await tx.execute(update(Campaign).where(*of_campaign).values(**hostile))
    whole = {"kind": "campaign", "about": ids["campaign_id"], "from": None}
    report = await made(ground.office, **whole)
    assert table(report, "component") == {"Disabilitas": [1, 1, 0, 0], "All": [1, 1, 0, 0]}
    districts = table(report, "district")
    assert districts.pop("All") == [1, 1, 0, 0]
    assert sorted(row[1] for row in districts.values()) == [0, 1]
    assert (report["about"], report["about_name"]) == (ids["campaign_id"], hostile["name"])
    book = await ground.office.get(f"{ALL}/{report['id']}/file")
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(book.content))
    about = dict(sheets.get_sheet_by_name(sheets.sheet_names[0]).to_python()[1:])
    assert about["About"] == f"'{hostile['name']}"
    with zipfile.ZipFile(io.BytesIO(book.content)) as parts:
        pages = [parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/")]
    assert pages
    assert not any(b"<f>" in page or b"<hyperlink" in page for page in pages)


async def test_a_donor_is_told_what_became_of_the_gifts(
    ground: Ground, house: House, client: AsyncClient, login: LogIn
) -> None:
    office, donor = await office_of(client), await a_donor(house, client, "pt.laporan")
    kept = await reserved(donor, await office.published(), quantity=1)
    await delivered(donor, kept)
    accepted = await office.approver.post(f"/v1/pledges/{kept}/accept")
    assert accepted.status_code == 200, accepted.text
    await reserved(donor, await office.published(), quantity=1)
    account = (await donor.get("/v1/me")).json()["id"]
    named = parse_public_id(account)
    assert named
    async with transaction(house.database.sessions) as tx:
        hers = (Pledge.regency_code == TENANT, Pledge.donor_id == named.id)
        await tx.execute(update(Pledge).where(*hers).values(created_at=FIRST + timedelta(days=3)))
    report = await made(ground.office, kind="donor", about=account)
    assert table(report, "gifts")["All"] == [None, None, None, 2, None, None, 1_500_000]
    (chair,) = [row for name, row in table(report, "gifts").items() if name != "All"]
    assert chair[3:] == [2, 1, 1, 1_500_000]
    before = await made(ground.office, kind="donor", about=account, **{"from": LAST.plus(-1).text})
    assert table(before, "gifts")["All"][3] == 0
    path = f"{ALL}/{report['id']}"
    assert (await donor.get(path)).status_code == 404
    await signed(ground.manager, report)
    assert (await donor.get(path)).json()["about"] == account
    assert [one["id"] for one in (await donor.get(ALL)).json()["items"]] == [report["id"]]
    other = await a_donor(house, client, "pt.lain")
    assert (await other.get(path)).status_code == 404
    assert (await other.get(ALL)).json()["items"] == []
    assert (await (await login("dinsos@1374")).get(path)).status_code == 404


async def test_the_year_says_how_often_each_promise_was_kept(ground: Ground, house: House) -> None:
    async with transaction(house.database.sessions) as tx:
        rows = (
            await tx.scalars(
                select(Clock)
                .join(Case, (Case.regency_code == Clock.regency_code) & (Case.id == Clock.case_id))
                .where(Clock.regency_code == TENANT, Clock.step == "first_response")
                .where(Case.confidentiality != "RAHASIA")
            )
        ).all()
        secret = (
            await tx.scalars(
                select(Clock)
                .join(Case, (Case.regency_code == Clock.regency_code) & (Case.id == Clock.case_id))
                .where(Clock.regency_code == TENANT, Case.confidentiality == "RAHASIA")
            )
        ).all()
        due = datetime(YEAR, 3, 10, tzinfo=WIB)
        for n, row in enumerate(rows[:4]):
            row.due_at, row.stopped_at = due, due + timedelta(hours=1 if n == 0 else -n)
        assert secret
        for row in secret:
            row.due_at = row.stopped_at = due
    report = await made(ground.office, kind="annual", **{"from": f"{YEAR}-01", "to": f"{YEAR}-12"})
    (standard,) = [one for one in report["sections"] if one["code"] == "standard"]
    assert [row[2:] for row in standard["rows"]] == [[4, 3, 75.0]]
    assert standard["rows"][0][1] == "1 working days"
    assert len(table(report, "months")) == 12


async def test_the_files_say_what_they_are_and_hold_every_row(ground: Ground) -> None:
    report = await made(ground.office, kind="tally")
    path = f"{ALL}/{report['id']}/file"
    book = await ground.office.get(path, format="xlsx")
    assert f"laporan-tally-1374-{LAST.first}" in book.headers["content-disposition"]
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(book.content))
    daily = sheets.get_sheet_by_name("By day and service").to_python()
    assert [row[3] for row in daily[1:]] == [n for _, _, n in days_of(report)]
    draft = text_of((await ground.office.get(path, format="pdf")).content)
    assert "DRAFT, not signed" in draft
    await signed(ground.manager, report)
    first, second = [(await ground.office.get(path, format="pdf")).content for _ in range(2)]
    assert first == second
    words = text_of(first)
    assert "DRAFT" not in words
    for part in ("DAILY TALLY PER SERVICE", report["sha256"], "program:PKH", "Signed"):
        assert part in words
    local = await ground.office.get(path, headers={"Accept-Language": "id"}, format="pdf")
    assert "Rekap harian per layanan".upper() in text_of(local.content)
    assert (await ground.office.get(path, format="docx")).status_code == 400


def text_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    found = "".join(document[n].get_textpage().get_text_range() for n in range(len(document)))
    document.close()
    return found
