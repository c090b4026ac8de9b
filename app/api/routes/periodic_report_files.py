"""A report of a period to be taken away: as a workbook, on paper, and the households behind a tally."""

import asyncio
from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query, Request, Response

from app.api.acts import acting_of
from app.api.notes import Noted, note, record
from app.api.paging import Page
from app.api.presenters.periodic_reports import report_out
from app.api.public_ids import read_id
from app.api.reading import ReadingDep
from app.api.reporting import file_name, page_of, sheets_of
from app.api.routing import make_router, operation
from app.api.schemas.base import CodeText, Day, Listed
from app.api.schemas.periodic_reports import TallyHousehold
from app.db.session import read_only
from app.domain.access import Permission
from app.domain.ids import public_id
from app.integrations.report_pdf import report_pdf
from app.integrations.workbooks import workbook
from app.services import periodic_reports

router = make_router("periodic-reports")

_ONE: Final = "/v1/periodic-reports/{report_id}"
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PDF: Final = "application/pdf"


class FileFormat(StrEnum):
    XLSX = "xlsx"
    PDF = "pdf"


@router.get(
    f"{_ONE}/file",
    **operation(
        "getPeriodicReportFile",
        may=(Permission.REPORT_READ, Permission.REPORT_MAKE),
        extra={"x-media": f"{_XLSX} {_PDF}"},
    ),
)
async def get_periodic_report_file(
    report_id: str,
    reading: ReadingDep,
    format: Annotated[FileFormat, Query(description="Workbook or paper.")] = FileFormat.XLSX,  # noqa: A002
) -> Response:
    """Give a report as a workbook or as PDF; the one that is not signed says so on its face."""
    place = read_id(report_id)
    # Ended before the file is made, which takes seconds of a long tally: no connection waits for it.
    async with read_only(reading.house.database.sessions) as tx:
        row = await periodic_reports.find_report(acting_of(reading, tx), place.tenant, place.id)
        report = report_out(reading, row)
        name = f'attachment; filename="{file_name(row, format.value)}"'
    if format is FileFormat.PDF:
        made, media = await asyncio.to_thread(report_pdf, page_of(reading, report)), _PDF
    else:
        made, media = await asyncio.to_thread(workbook, sheets_of(reading, report)), _XLSX
    return Response(made, media_type=media, headers={"Content-Disposition": name})


@router.get(
    f"{_ONE}/households",
    **operation(
        "listTallyHouseholds",
        may=Permission.REPORT_MAKE,
        answers=Listed[TallyHousehold],
        paged=True,
        refuses=(409,),
        reads_person=True,
        example={
            "items": [
                {
                    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5c",
                    "kk": "1374010101200001",
                    "village": "13.74.01.1005",
                    "village_name": "Balai-Balai",
                    "cases": 1,
                }
            ],
            "next": None,
            "count": None,
        },
    ),
)
async def list_tally_households(  # one parameter for each filter
    report_id: str,
    request: Request,
    reading: ReadingDep,
    page: Page,
    purpose: Annotated[
        CodeText | None, Query(description="Of the set `reveal_purpose`; refused without one.")
    ] = None,
    day: Annotated[Day | None, Query(description="Of this day alone.")] = None,
    service: Annotated[CodeText | None, Query(description="Of this service, as the tally names it.")] = None,
) -> Listed[TallyHousehold]:
    """List the households behind a tally, with their KK numbers, of the cases in your sight today.

    They are read from the cases each time and stand in no report. Who asked, when and what for is stored
    before the answer leaves.
    """
    place = read_id(report_id)
    asked = periodic_reports.Asked(place.tenant, place.id, purpose or "", day, service)
    after = UUID(page.after[0]) if page.after else None
    # Its own transaction, ended before the entry takes another: none waits for a connection with one in hand.
    async with read_only(reading.house.database.sessions) as tx:
        acting = acting_of(reading, tx)
        found = await periodic_reports.households(acting, reading.sight, asked, after, page.limit + 1)
    shown = found[: page.limit]
    noted = Noted("listTallyHouseholds", "periodic_report", "ok", place.id, place.tenant, purpose)
    await record(request, noted, reading.now)
    for person in sorted({person for one in shown for person in one.persons}):
        note(request, replace(noted, subject_kind="person", subject_id=person), reading.now)
    items = [
        TallyHousehold(
            id=public_id(place.tenant, one.id),
            kk=one.kk,
            village=one.village,
            village_name=reading.known.region_name(one.village),
            cases=one.cases,
        )
        for one in shown
    ]
    more = [shown[-1].id.hex] if len(found) > page.limit else None
    return page.page(items, after=more, count=None)
