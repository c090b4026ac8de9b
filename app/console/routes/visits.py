"""Home visits and tasks: what is planned, one visit with the checklist of the place, what came of it."""

from typing import Any, Final

from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from app.console.asking import Sending
from app.console.case_page import address_of, after_case
from app.console.choices import choices_of
from app.console.fields import Field, Form, Kind, body_of, is_number, kept
from app.console.multipart import one_file
from app.console.sitting import part
from app.console.visit import Handler, Visit

_PAGE: Final = 30
_STATES: Final = frozenset({"planned", "done", "cancelled"})
_REPORT: Final[Form] = (
    Field("verdict", Kind.CHOICE, ("Kesimpulan", "Verdict"), "visit_verdict", needed=True),
    Field("done_at", Kind.INSTANT, ("Dikunjungi pada", "Visited at"), needed=True, now=True),
    Field("narrative", Kind.TEXT, ("Yang terlihat dan diceritakan", "What was seen and told")),
)
_CANCEL: Final[Form] = (
    Field("reason", Kind.CHOICE, ("Alasan", "Reason"), "visit_cancel_reason", needed=True),
)
_SETS: Final = ("visit_verdict", "visit_cancel_reason")
_ANSWER: Final = "answers."


async def list_visits(visit: Visit) -> Response:
    """Show the visits of the day: her own, or all that she may see."""
    state = visit.query("state") if visit.query("state") in _STATES else "planned"
    everybody = visit.query("siapa") == "semua"
    told = await visit.sitting.get(
        "/v1/visits", mine=not everybody, state=state, limit=_PAGE, cursor=visit.query("cursor"), count=True
    )
    if not told.fine:
        return visit.trouble(told)
    chosen = {"state": state, **({"siapa": "semua"} if everybody else {})}
    tasks = await visit.sitting.read("/v1/tasks", limit=_PAGE) if state == "planned" else None
    sets = await choices_of(visit, ("visit_state",))
    return visit.draw("visits.html", found=told.body, chosen=chosen, tasks=tasks, sets=sets)


async def show_visit(visit: Visit) -> Response:
    return await _visit(visit)


async def finish(visit: Visit) -> Response:
    """Say what was found: the photo goes to the case's papers first, then the report names it."""
    typed = await visit.form()
    key = str(typed.get("sekali") or "")
    photo, problem, status = await _photo(visit, typed, key)
    if problem is not None:
        return await _visit(visit, problem, "selesai", kept(typed), status)
    body = {**body_of(_REPORT, typed, visit.zone), "answers": _answers(typed)}
    body |= {"attachments": [photo]} if photo else {}
    told = await visit.sitting.post(f"{_path(visit)}/done", body, key=key)
    if told.fine:
        return visit.lead(address_of(visit), ok="kunjungan")
    again = {**kept(typed), **({"photo": [photo]} if photo else {})}
    return await _visit(visit, told.body, "selesai", again, told.status)


async def cancel(visit: Visit) -> Response:
    typed = await visit.form()
    body = body_of(_CANCEL, typed, visit.zone)
    told = await visit.sitting.post(f"{_path(visit)}/cancel", body, key=str(typed.get("sekali") or ""))
    if told.fine:
        return visit.lead(address_of(visit), ok="kunjungan")
    return await _visit(visit, told.body, "batal", kept(typed), told.status)


async def finish_task(visit: Visit) -> Response:
    typed = await visit.form()
    path = f"/v1/cases/{part(visit.path('ticket'))}/tasks/{part(visit.path('task'))}/done"
    told = await visit.sitting.post(path, {}, key=str(typed.get("sekali") or ""))
    return await after_case(visit, told, "tugas", typed)


async def _photo(visit: Visit, typed: FormData, key: str) -> tuple[str, dict[str, Any] | None, int]:
    """Return the id of the photo, if there is one; or what is wrong with it."""
    given = typed.get("file")
    if not isinstance(given, UploadFile) or not given.filename:
        return str(typed.get("photo") or ""), None, 200
    content, kind = one_file(given.filename, await given.read(), {"visit_id": visit.path("one")})
    sending = Sending(content=content, kind=kind, key=f"{key}-foto" if key else "")
    told = await visit.sitting.ask("POST", f"/v1/cases/{part(visit.path('ticket'))}/attachments", sending)
    return (told.body["id"], None, 200) if told.fine else ("", told.body, told.status)


def _answers(typed: FormData) -> dict[str, Any]:
    """Return what was answered, each as what it is; whether it fits the checklist is the API's to say."""
    found: dict[str, Any] = {}
    for name, value in typed.items():
        text = str(value).strip()
        if not name.startswith(_ANSWER) or not text:
            continue
        code = name.removeprefix(_ANSWER)
        if text in {"true", "false"}:
            found[code] = text == "true"
        else:
            found[code] = int(text) if is_number(text) else text
    return found


async def _visit(
    visit: Visit,
    problem: dict[str, Any] | None = None,
    at: str = "",
    typed: dict[str, list[str]] | None = None,
    status: int = 200,
) -> Response:
    told = await visit.sitting.get(f"/v1/cases/{part(visit.path('ticket'))}/visits")
    if not told.fine:
        return visit.trouble(told)
    one = next((it for it in told.body["items"] if it["id"] == visit.path("one")), None)
    if one is None:
        return visit.draw("trouble.html", 404, problem={})
    return visit.draw(
        "visit.html",
        status,
        one=one,
        checklist=await visit.sitting.read("/v1/visits/checklist", region=one["village"]),
        report=_REPORT,
        cancelling=_CANCEL,
        sets=await choices_of(visit, _SETS),
        problem=problem,
        at=at,
        kept=typed or {},
    )


def _path(visit: Visit) -> str:
    return f"/v1/cases/{part(visit.path('ticket'))}/visits/{part(visit.path('one'))}"


_ONE: Final = "/konsol/kasus/{ticket}/kunjungan/{one}"
PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("/konsol/kunjungan", "GET", list_visits),
    (_ONE, "GET", show_visit),
    (_ONE + "/selesai", "POST", finish),
    (_ONE + "/batal", "POST", cancel),
    ("/konsol/kasus/{ticket}/tugas/{task}/selesai", "POST", finish_task),
)
