"""Reports of a period: listed, made, read as tables, signed, taken away, and the households of a tally."""

from typing import Final

from starlette.responses import Response

from app.console.acts import NO_REFUSAL, Act, Refusal, act
from app.console.choices import choices_of
from app.console.fields import Field, Form, Kind
from app.console.sitting import part
from app.console.visit import Handler, Visit

_PAGE: Final = 50
_HOMES: Final = 200
_HERE: Final = "/konsol/laporan"
_FORMATS: Final = ("xlsx", "pdf")
_MAKE: Final[Form] = (
    Field("kind", Kind.CHOICE, ("Jenis laporan", "Kind of report"), "periodic_report_kind", needed=True),
    Field(
        "from",
        Kind.LINE,
        ("Bulan pertama", "First month"),
        hint=(
            "Misalnya 2026-10. Kosongkan untuk laporan kegiatan.",
            "Such as 2026-10. Empty for a campaign.",
        ),
    ),
    Field(
        "to",
        Kind.LINE,
        ("Bulan terakhir", "Last month"),
        hint=("Kosong: bulan yang sama.", "Empty: the same month."),
    ),
    Field(
        "about",
        Kind.LINE,
        ("Tentang", "About"),
        hint=(
            "Kode instansi, id kegiatan, atau id akun donatur; kosongkan untuk laporan lain.",
            "An agency's code, the id of a campaign or of a donor's account; empty for other reports.",
        ),
    ),
)


async def list_reports(visit: Visit) -> Response:
    return await _reports(visit, NO_REFUSAL)


async def make_report(visit: Visit) -> Response:
    more = {"region": visit.me["regency"]}
    return await act(visit, _reports, Act("buat", "/v1/periodic-reports", _MAKE, _HERE, more=more))


async def show_report(visit: Visit) -> Response:
    return await _report(visit, NO_REFUSAL)


async def sign_report(visit: Visit) -> Response:
    id_ = part(visit.path("id"))
    return await act(visit, _report, Act("sign", f"{_path(visit)}/sign", (), f"{_HERE}/{id_}"))


async def take_report(visit: Visit) -> Response:
    form = visit.path("form")
    if form not in _FORMATS:
        return visit.draw("trouble.html", 404, problem={})
    told = await visit.sitting.get(f"{_path(visit)}/file", format=form)
    if not told.fine:
        return visit.trouble(told)
    headers = {name: told.headers[name] for name in ("content-disposition",) if name in told.headers}
    safe = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    kind = told.headers.get("content-type", "application/octet-stream")
    return Response(told.content, media_type=kind, headers={**headers, **safe})


async def show_households(visit: Visit) -> Response:
    """Read the households behind a tally; without a purpose only the form that asks for one."""
    told = await visit.sitting.get(_path(visit))
    if not told.fine:
        return visit.trouble(told)
    chosen = {name: visit.query(name) for name in ("purpose", "day", "service") if visit.query(name)}
    sets = await choices_of(visit, ("reveal_purpose",))
    found = None
    if "purpose" in chosen:
        asked = await visit.sitting.get(
            f"{_path(visit)}/households", **chosen, limit=_HOMES, cursor=visit.query("cursor")
        )
        if not asked.fine:
            return visit.trouble(asked)
        found = asked.body
    return visit.draw("report_households.html", one=told.body, found=found, chosen=chosen, sets=sets)


async def _reports(visit: Visit, refused: Refusal) -> Response:
    chosen = {name: visit.query(name) for name in ("kind", "state", "month") if visit.query(name)}
    told = await visit.sitting.get(
        "/v1/periodic-reports", **chosen, limit=_PAGE, cursor=visit.query("cursor")
    )
    if not told.fine:
        return visit.trouble(told)
    sets = await choices_of(visit, ("periodic_report_kind", "periodic_report_state"))
    return visit.draw(
        "reports.html", refused.status, found=told.body, chosen=chosen, form=_MAKE, sets=sets, **refused.shown
    )


async def _report(visit: Visit, refused: Refusal) -> Response:
    told = await visit.sitting.get(_path(visit))
    if not told.fine:
        return visit.trouble(told)
    return visit.draw("report.html", refused.status, one=told.body, **refused.shown)


def _path(visit: Visit) -> str:
    return f"/v1/periodic-reports/{part(visit.path('id'))}"


PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (
    (_HERE, "GET", list_reports),
    (_HERE, "POST", make_report),
    (f"{_HERE}/{{id}}", "GET", show_report),
    (f"{_HERE}/{{id}}/langkah/sign", "POST", sign_report),
    (f"{_HERE}/{{id}}/berkas/{{form}}", "GET", take_report),
    (f"{_HERE}/{{id}}/kk", "GET", show_households),
)
