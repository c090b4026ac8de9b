"""Cases: the list with its filters, one case with all that is known of it, and its steps."""

from typing import Any, Final

from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from app.console.asking import Sending, Told
from app.console.choices import choices_of
from app.console.fields import Field, Form, Kind, body_of, kept
from app.console.multipart import one_file
from app.console.sitting import part
from app.console.step_forms import CASE, GROUND
from app.console.visit import Handler, Visit

_FILTERS: Final = (
    "status", "kind", "category", "priority", "region", "holder", "program", "agency", "overdue", "escalated",
    "due_before", "updated_after", "opened_from", "opened_to", "assignee", "sort",
)  # fmt: skip
_PAGE: Final = 30
NOTE: Final[Form] = (
    Field("text", Kind.TEXT, ("Catatan", "Note"), needed=True),
    Field("to_resident", Kind.FLAG, ("Tampilkan kepada warga", "Show it to the resident")),
)
CONTACT: Final[Form] = (
    Field("means", Kind.CHOICE, ("Dihubungi lewat", "Contacted by"), "contact_method", needed=True),
    Field("result", Kind.CHOICE, ("Hasil", "Result"), "contact_result", needed=True),
    Field("at", Kind.INSTANT, ("Pada", "At"), needed=True, now=True),
    Field("note", Kind.TEXT, ("Catatan", "Note")),
)
VISIT: Final[Form] = (
    Field("purpose", Kind.CHOICE, ("Tujuan", "Purpose"), "visit_purpose", needed=True),
    Field("planned_for", Kind.INSTANT, ("Kapan", "When"), needed=True),
)
ADDED: Final = {"catatan": ("notes", NOTE), "kontak": ("contacts", CONTACT), "kunjungan": ("visits", VISIT)}
"""What may be added to a case beside its steps: the last part of the page's address, the route, the form."""


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
    return await _case(visit)


async def take_step(visit: Visit) -> Response:
    """Do one of the steps that the case offered."""
    action = visit.path("action")
    form = CASE.get(action)
    if form is None:
        return visit.draw("trouble.html", 404, problem={})
    typed = await visit.form()
    return await _sent(visit, action, form, typed)


async def add(visit: Visit) -> Response:
    """Add a note, a contact or a visit."""
    what = visit.path("what")
    if what not in ADDED:
        return visit.draw("trouble.html", 404, problem={})
    route, form = ADDED[what]
    return await _sent(visit, route, form, await visit.form(), name=what)


async def add_paper(visit: Visit) -> Response:
    """Take a photo or a scan of a paper."""
    typed = await visit.form()
    given = typed.get("file")
    if not isinstance(given, UploadFile) or not given.filename:
        problem = _said(visit, "Pilih foto atau berkasnya dahulu.", "Choose the photo or file first.")
        return await _case(visit, problem=problem, at="berkas", status=422)
    content, kind = one_file(given.filename, await given.read(), {"paper": str(typed.get("paper") or "")})
    sending = Sending(content=content, kind=kind, key=str(typed.get("sekali") or ""))
    told = await visit.sitting.ask("POST", f"/v1/cases/{part(visit.path('ticket'))}/attachments", sending)
    return await _after(visit, told, "berkas", typed)


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
    return await _after(visit, told, name or route, typed)


async def _after(visit: Visit, told: Told, what: str, typed: FormData) -> Response:
    if told.fine:
        return visit.lead(f"/konsol/kasus/{part(visit.path('ticket'))}", ok=what)
    # The case as it is now, with what she had typed: nothing is lost, and she sees what changed meanwhile.
    return await _case(visit, problem=told.body, at=what, typed=kept(typed), status=told.status)


async def _case(
    visit: Visit,
    problem: dict[str, Any] | None = None,
    at: str = "",
    typed: dict[str, list[str]] | None = None,
    status: int = 200,
) -> Response:
    ticket = part(visit.path("ticket"))
    told = await visit.sitting.get(f"/v1/cases/{ticket}")
    if not told.fine:
        return visit.trouble(told)
    ask = visit.sitting.read
    path = f"/v1/cases/{ticket}"
    steps = [one for one in told.body["allowed_actions"] if one["code"] in CASE]
    forms = {one["code"]: CASE[one["code"]] for one in steps}
    extra = {what: form for what, (_, form) in ADDED.items()} if visit.may("case:work", "case:open") else {}
    return visit.draw(
        "case.html",
        status,
        case=told.body,
        etag=told.etag,
        steps=steps,
        forms={**forms, **extra},
        extra=extra,
        ground=GROUND,
        sets=await choices_of(visit, _sets({**forms, **extra})),
        events=await ask(f"{path}/events", limit=50),
        notes=await ask(f"{path}/notes"),
        clock=await ask(f"{path}/clock"),
        papers=await ask(f"{path}/papers"),
        files=await ask(f"{path}/attachments"),
        referrals=await ask(f"{path}/referrals", limit=50),
        problem=problem,
        at=at,
        kept=typed or {},
    )


def _sets(forms: dict[str, Form]) -> tuple[str, ...]:
    fields = [one for form in forms.values() for one in form]
    return tuple({one.of for one in fields if one.kind in {Kind.CHOICE, Kind.MANY}})


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
