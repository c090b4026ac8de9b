"""Cases: the list with its filters, one case with all that is known of it, and its steps."""

from typing import Any, Final

from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from app.console.asking import Sending
from app.console.case_page import ADDED, after_case, draw_case
from app.console.choices import choices_of
from app.console.fields import Form, body_of
from app.console.multipart import one_file
from app.console.sitting import part
from app.console.step_forms import CASE
from app.console.visit import Handler, Visit

_FILTERS: Final = (
    "status", "kind", "category", "sector", "ppks", "channel", "priority", "region", "holder", "program",
    "named_program", "agency", "overdue", "escalated", "escalated_to", "due_before", "due_from", "due_to",
    "updated_after", "opened_from", "opened_to", "assignee", "sex", "age_band", "outcome", "outcome_reason",
    "confirmed_by", "resolved_from", "resolved_to", "closed_from", "closed_to", "rated", "reopened",
    "disputed", "bounced", "sort",
)  # fmt: skip
_PAGE: Final = 30


async def list_cases(visit: Visit) -> Response:
    """Show the cases that she may see; what she searches for is sent in a body, not in an address."""
    chosen = {name: visit.queries(name) for name in _FILTERS if visit.queries(name)}
    told = await visit.sitting.get(
        "/v1/cases", **chosen, limit=_PAGE, cursor=visit.query("cursor"), count=True
    )
    if not told.fine:
        return visit.trouble(told)
    template = "cases_rows.html" if visit.request.headers.get("hx-request") else "cases.html"
    sets = await choices_of(visit, ("case_status", "priority", "case_kind"))
    return visit.draw(template, found=told.body, chosen=chosen, sets=sets, q="")


async def search_cases(visit: Visit) -> Response:
    typed = await visit.form()
    q = str(typed.get("q") or "").strip()
    body = {"q": q, "limit": _PAGE, "count": True}
    told = await visit.sitting.ask("POST", "/v1/cases/search", Sending(json=body))
    sets = await choices_of(visit, ("case_status", "priority", "case_kind"))
    found = told.body if told.fine else {"items": [], "next": None, "count": 0}
    problem = None if told.fine else told.body
    shown = {"found": {**found, "next": None}, "chosen": {}, "sets": sets, "q": q, "problem": problem}
    return visit.draw("cases.html", told.status, **shown)


async def show_case(visit: Visit) -> Response:
    return await draw_case(visit)


async def take_step(visit: Visit) -> Response:
    """Do one of the steps that the case offered."""
    action = visit.path("action")
    form = CASE.get(action)
    if form is None:
        return visit.draw("trouble.html", 404, problem={})
    typed = await visit.form()
    return await _sent(visit, action, form, typed)


async def add(visit: Visit) -> Response:
    """Add a note, a contact, a visit or a task."""
    what = visit.path("what")
    if what not in ADDED:
        return visit.draw("trouble.html", 404, problem={})
    route, form, _ = ADDED[what]
    return await _sent(visit, route, form, await visit.form(), name=what)


async def add_paper(visit: Visit) -> Response:
    """Take a photo or a scan of a paper."""
    typed = await visit.form()
    given = typed.get("file")
    if not isinstance(given, UploadFile) or not given.filename:
        problem = _said(visit, "Pilih foto atau berkasnya dahulu.", "Choose the photo or file first.")
        return await draw_case(visit, problem=problem, at="berkas", status=422)
    content, kind = one_file(given.filename, await given.read(), {"paper": str(typed.get("paper") or "")})
    sending = Sending(content=content, kind=kind, key=str(typed.get("sekali") or ""))
    told = await visit.sitting.ask("POST", f"/v1/cases/{part(visit.path('ticket'))}/attachments", sending)
    return await after_case(visit, told, "berkas", typed)


async def show_slip(visit: Visit) -> Response:
    """Show the slip for the resident, to be printed."""
    told = await visit.sitting.get(f"/v1/cases/{part(visit.path('ticket'))}/slip")
    return visit.draw("slip.html", slip=told.body, pin=None) if told.fine else visit.trouble(told)


async def show_file(visit: Visit) -> Response:
    """Give a paper of the case as it is stored."""
    ticket, attachment = part(visit.path("ticket")), part(visit.path("attachment"))
    told = await visit.sitting.get(f"/v1/cases/{ticket}/attachments/{attachment}/content")
    if not told.fine:
        return visit.trouble(told)
    kind = told.headers.get("content-type", "application/octet-stream")
    safe = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'"}
    return Response(told.content, media_type=kind, headers={"Cache-Control": "no-store", **safe})


async def _sent(visit: Visit, route: str, form: Form, typed: FormData, name: str = "") -> Response:
    path = f"/v1/cases/{part(visit.path('ticket'))}/{route}"
    told = await visit.sitting.post(
        path,
        body_of(form, typed, visit.zone),
        key=str(typed.get("sekali") or ""),
        etag=str(typed.get("etag") or ""),
    )
    return await after_case(visit, told, name or route, typed)


def _said(visit: Visit, indonesian: str, english: str) -> dict[str, Any]:
    return {"detail": english if visit.sitting.lang == "en" else indonesian, "errors": []}


PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("/konsol/kasus", "GET", list_cases),
    ("/konsol/kasus/cari", "POST", search_cases),
    ("/konsol/kasus/{ticket}", "GET", show_case),
    ("/konsol/kasus/{ticket}/langkah/{action}", "POST", take_step),
    ("/konsol/kasus/{ticket}/berkas", "POST", add_paper),
    ("/konsol/kasus/{ticket}/berkas/{attachment}", "GET", show_file),
    ("/konsol/kasus/{ticket}/slip", "GET", show_slip),
    ("/konsol/kasus/{ticket}/tambah/{what}", "POST", add),
)
