"""The account of a campaign: planned, selected, given, by groups and by funder; as JSON and as a workbook."""

import asyncio
from typing import Annotated, Final

from fastapi import Query, Response

from app.api.acts import acting_of
from app.api.campaign_calls import ANY, CAMPAIGN, place_of
from app.api.deps import ReadTx
from app.api.presenters.hand_out import report_out
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.hand_out import CountsOut, ReportOut
from app.integrations.workbooks import Sheet, workbook
from app.services import campaigns

router = make_router("campaigns")
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ONE: Final = "/v1/campaigns/{campaign_id}/report"
_COUNTS: Final = {"planned": 500, "selected": 500, "given": 496, "no_show": 4, "replaced": 3}
_BLANK: Final = {"planned": None, "selected": 260, "given": 258, "no_show": 2, "replaced": 1}
_EXAMPLE: Final = {
    "id": CAMPAIGN,
    "name": "Bhakti Sosial LKKS 2026",
    "state": {"code": "reported", "label": "Dilaporkan"},
    "organiser": "LKKS-1872",
    "funder": "DPA Kota Metro 2026",
    "budget_source": {"code": "DPA", "label": "DPA"},
    "published": False,
    "as_of": "2026-12-07T03:00:00Z",
    "total": {"key": "all", "label": "Semua", **_COUNTS},
    "by_component": [{"key": "PD", "label": "Penyandang disabilitas", **_COUNTS, "planned": 150}],
    "by_district": [{"key": "18.72.01", "label": "Metro Pusat", **_COUNTS, "planned": 100}],
    "by_sex": [{"key": "P", "label": "Perempuan", **_BLANK}],
    "by_age": [{"key": "60-69", "label": "60-69", **_BLANK}],
    "value": [{"component": "PD", "given": 148, "amount_idr": 0}],
}


@router.get(_ONE, **operation("getCampaignReport", may=ANY, answers=ReportOut, example=_EXAMPLE))
async def get_report(
    campaign_id: str,
    reading: ReadingDep,
    tx: ReadTx,
    published: Annotated[bool, Query(description="As it may be published: no cell below five.")] = False,  # noqa: FBT002
) -> ReportOut:
    """Count what became of the campaign.

    Exact numbers are for the regency's office; everybody else gets the published form.
    """
    account = await campaigns.account_of(acting_of(reading, tx), place_of(campaign_id), published=published)
    return report_out(reading, account, reading.now)


@router.get(
    f"{_ONE}/xlsx",
    **operation("getCampaignReportSheet", may=ANY, extra={"x-media": _XLSX}),
)
async def get_report_sheet(
    campaign_id: str,
    reading: ReadingDep,
    tx: ReadTx,
    published: Annotated[bool, Query(description="As it may be published: no cell below five.")] = False,  # noqa: FBT002
) -> Response:
    """Give the same report as a workbook."""
    place = place_of(campaign_id)
    account = await campaigns.account_of(acting_of(reading, tx), place, published=published)
    made = await asyncio.to_thread(workbook, _sheets(report_out(reading, account, reading.now)))
    name = f"kegiatan-{place[0].replace('.', '')}-{place[1].hex[-8:]}.xlsx"
    return Response(made, media_type=_XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _sheets(report: ReportOut) -> list[Sheet]:
    head = ("Kelompok", "Rencana", "Terpilih", "Diberi", "Tidak datang", "Diganti")
    about = [
        ("Kegiatan", report.name),
        ("Penyelenggara", report.organiser),
        ("Pendana", f"{report.funder} ({report.budget_source.label})"),
        ("Keadaan", report.state.label),
        ("Per", report.as_of.isoformat(timespec="minutes")),
        ("Sel kecil", "Angka di bawah 5 dihilangkan" if report.published else "Lengkap, tidak untuk umum"),
    ]
    groups = (
        ("Komponen", report.by_component),
        ("Kecamatan", report.by_district),
        ("Jenis kelamin", report.by_sex),
        ("Umur", report.by_age),
    )
    return [
        Sheet("Ringkasan", ("Hal", "Isi"), about),
        *(Sheet(name, head, [_line(one) for one in (*rows, report.total)]) for name, rows in groups),
        Sheet(
            "Nilai",
            ("Komponen", "Diberi", "Rupiah"),
            [(one.component, one.given, one.amount_idr) for one in report.value],
        ),
    ]


def _line(one: CountsOut) -> tuple[str | int | None, ...]:
    return (one.label, one.planned, one.selected, one.given, one.no_show, one.replaced)
