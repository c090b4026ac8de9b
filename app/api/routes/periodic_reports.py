"""Reports of a period: made, listed, read, signed."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query, Response

from app.api.acts import CallDep, acting_of
from app.api.deps import ReadTx
from app.api.once import Answer
from app.api.paging import Page
from app.api.places import must_know
from app.api.presenters.periodic_reports import brief_out, report_out
from app.api.public_ids import read_id
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.base import Listed
from app.api.schemas.periodic_reports import PeriodicReportBrief, PeriodicReportIn, PeriodicReportOut
from app.db.queries import periodic_reports as stored
from app.domain.access import Permission
from app.domain.errors import FieldError, Invalid
from app.domain.ids import public_id
from app.domain.months import Month
from app.domain.periodic_reports import ReportKind, ReportState
from app.services import periodic_reports

router = make_router("periodic-reports")

_READ: Final = (Permission.REPORT_READ, Permission.REPORT_MAKE)
_ALL: Final = "/v1/periodic-reports"
_ONE: Final = f"{_ALL}/{{report_id}}"
_BRIEF: Final[dict[str, Any]] = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "kind": {"code": "monthly", "label": "Laporan bulanan sekretariat"},
    "region": "13.74",
    "region_name": "Kota Padang Panjang",
    "first_day": "2026-10-01",
    "last_day": "2026-10-31",
    "about": None,
    "about_name": None,
    "version": 1,
    "state": {"code": "draft", "label": "Rancangan"},
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "definitions": 1,
    "as_of": "2026-11-05T02:00:00Z",
    "made_at": "2026-11-05T02:00:00Z",
    "made_by": None,
    "signed_at": None,
    "signed_by": None,
    "replaced_by": None,
    "allowed_actions": [{"code": "sign", "label": "Tandatangani"}],
}
_EXAMPLE: Final[dict[str, Any]] = {
    **_BRIEF,
    "sections": [
        {
            "code": "sector",
            "title": "Menurut sektor",
            "note": None,
            "columns": [
                {"code": "sector", "title": "Sektor", "kind": "text"},
                {"code": "opened", "title": "Kasus masuk", "kind": "count"},
            ],
            "rows": [["Kesehatan", 12], ["Semua", 12]],
        }
    ],
}


@router.get(
    _ALL,
    **operation(
        "listPeriodicReports",
        may=_READ,
        answers=Listed[PeriodicReportBrief],
        paged=True,
        example={"items": [_BRIEF], "next": None, "count": None},
    ),
)
async def list_periodic_reports(  # one parameter for each filter
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    kind: Annotated[ReportKind | None, Query(description="Which kind.")] = None,
    state: Annotated[ReportState | None, Query(description="In which state.")] = None,
    region: Annotated[RegionText | None, Query(description="Of which regency.")] = None,
    month: Annotated[str | None, Query(description="About a part of this month, as 2026-01.")] = None,
) -> Listed[PeriodicReportBrief]:
    """List the reports that you may read, the newest first; what replaced one is named."""
    wanted = stored.Wanted(
        *_whose(reading),
        kind=kind,
        state=state,
        region=must_know(reading.known, region, "region"),
        month=_month(month),
    )
    after = (datetime.fromisoformat(str(page.after[0])), UUID(page.after[1])) if page.after else None
    rows = await stored.listed(tx, wanted, after, page.limit + 1)
    shown = rows[: page.limit]
    more = [shown[-1].made_at.isoformat(), shown[-1].id.hex] if len(rows) > page.limit else None
    count = await stored.counted(tx, wanted) if page.wants_count else None
    return page.page([brief_out(reading, one) for one in shown], after=more, count=count)


def _whose(reading: ReadingDep) -> tuple[Any, Any]:
    found = periodic_reports.where_reports(reading.known, reading.actor)
    return found.regencies, found.own


def _month(text: str | None) -> tuple[date, date] | None:
    if text is None:
        return None
    month = Month.read(text)
    if month is None:
        said = ("Tulis bulan seperti 2026-01.", "Write a month as 2026-01.")
        raise Invalid(fields=(FieldError("/query/month", "month", *said),))
    return month.first, month.plus(1).first - timedelta(days=1)


@router.post(
    _ALL,
    **operation(
        "makePeriodicReport",
        may=Permission.REPORT_MAKE,
        answers=PeriodicReportOut,
        status=201,
        refuses=(409,),
        once=True,
        example=_EXAMPLE,
        body_example={"kind": "monthly", "region": "13.74", "from": "2026-10"},
    ),
)
async def make_periodic_report(body: PeriodicReportIn, call: CallDep) -> Response:
    """Count a period that is over, and keep it as a draft for somebody else to sign.

    Made again it is the next version. A draft before it is replaced at once; a version that was signed
    stands until the new one is signed, and can be read for ever.
    """
    reading = call.reading

    async def work() -> Answer:
        acting = call.acting()
        asked = await periodic_reports.order_of(
            acting, body.region, body.kind, (body.from_, body.to), body.about
        )
        row = await periodic_reports.make(acting, asked)
        headers = {"Location": f"{_ALL}/{public_id(row.regency_code, row.id)}"}
        return Answer(report_out(reading, row), 201, headers)

    async def may_see() -> None:
        reading.actor.require(Permission.REPORT_MAKE, body.region)

    return await call.once(call.tx, body.region, work, may_see=may_see)


@router.get(_ONE, **operation("getPeriodicReport", may=_READ, answers=PeriodicReportOut, example=_EXAMPLE))
async def get_periodic_report(report_id: str, reading: ReadingDep, tx: ReadTx) -> PeriodicReportOut:
    """Show one version of a report, in your language; also one that was replaced."""
    place = read_id(report_id)
    row = await periodic_reports.find_report(acting_of(reading, tx), place.tenant, place.id)
    return report_out(reading, row)


@router.post(
    f"{_ONE}/sign",
    **operation(
        "signPeriodicReport",
        may=Permission.REPORT_SIGN,
        answers=PeriodicReportOut,
        refuses=(409,),
        once=True,
        example={**_EXAMPLE, "state": {"code": "signed", "label": "Ditandatangani"}, "allowed_actions": []},
    ),
)
async def sign_periodic_report(report_id: str, call: CallDep) -> Response:
    """Sign a draft that somebody else made. It never changes again, and is sent to whom it concerns."""
    place, reading = read_id(report_id), call.reading

    async def work() -> Answer:
        row = await periodic_reports.sign(call.acting(), place.tenant, place.id)
        return Answer(report_out(reading, row), 200)

    async def may_see() -> None:
        await periodic_reports.find_report(call.acting(), place.tenant, place.id)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)
