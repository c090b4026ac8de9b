"""Village meetings: the list, and one from its invitation to the objections and the ratification."""

from typing import Any, Final

from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from app.console.asking import Sending, Told
from app.console.choices import choices_of
from app.console.fields import Field, Form, Kind, body_of, is_number, kept
from app.console.meeting_forms import FORMS, GRAVE, OBJECTION, PLAN, PLAN_SETS, ROUTES, SETS
from app.console.multipart import one_file
from app.console.sitting import part
from app.console.visit import Handler, Visit

_PAGE: Final = 30
_VILLAGE_DOTS: Final = 3
_DECISIONS: Final = ("LAYAK", "TIDAK_LAYAK", "PERLU_SURVEI")
_WITHDRAW: Final[Form] = (
    Field("reason", Kind.CHOICE, ("Alasan ditarik", "Why withdrawn"), "withdrawal_reason", needed=True),
)
_SAFE: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
}


async def list_meetings(visit: Visit) -> Response:
    return await _list(visit)


async def plan(visit: Visit) -> Response:
    typed = await visit.form()
    body = body_of(PLAN, typed, visit.zone)
    told = await visit.sitting.post("/v1/deliberations", body, key=str(typed.get("sekali") or ""))
    if told.fine:
        return visit.lead(f"/konsol/musyawarah/{part(told.body['id'])}", ok="rencana")
    return await _list(visit, told.body, kept(typed), told.status)


async def show_meeting(visit: Visit) -> Response:
    return await _meeting(visit)


async def act(visit: Visit) -> Response:
    """Do one of the steps that the meeting offered."""
    action = visit.path("action")
    form = FORMS.get(action)
    if form is None:
        return visit.draw("trouble.html", 404, problem={})
    typed = await visit.form()
    told = await _sent(visit, ROUTES.get(action, action), body_of(form, typed, visit.zone), typed)
    return await _after(visit, told, action, typed)


async def decide(visit: Visit) -> Response:
    """Send what was decided of each candidate that has a decision and a reason in the form."""
    typed = await visit.form()
    told = await _sent(visit, "decisions", {"decisions": _decisions(typed)}, typed)
    return await _after(visit, told, "decide", typed)


async def withdraw(visit: Visit) -> Response:
    typed = await visit.form()
    route = f"agenda/{part(visit.path('candidate'))}/withdraw"
    told = await _sent(visit, route, body_of(_WITHDRAW, typed, visit.zone), typed)
    return await _after(visit, told, "withdraw", typed)


async def declare(visit: Visit) -> Response:
    """Keep somebody out of deciding on a candidate who is close to her."""
    typed = await visit.form()
    route = f"agenda/{part(str(typed.get('candidate') or '-'))}/conflicts"
    body = {name: str(typed.get(name) or "") for name in ("attendee", "reason")}
    return await _after(visit, await _sent(visit, route, body, typed), "declare", typed)


async def take_out(visit: Visit) -> Response:
    """Take somebody off the attendance who was written down by mistake."""
    typed = await visit.form()
    told = await _sent(visit, f"attendance/{part(visit.path('attendee'))}/remove", {}, typed)
    return await _after(visit, told, "attend", typed)


async def sign(visit: Visit) -> Response:
    """Take the scan of the signed minutes."""
    typed = await visit.form()
    given = typed.get("file")
    content, kind = b"", ""
    if isinstance(given, UploadFile) and given.filename:
        content, kind = one_file(given.filename, await given.read(), {})
    sending = Sending(content=content, kind=kind, key=str(typed.get("sekali") or ""))
    path = f"{_path(visit)}/minutes/{part(visit.path('minutes'))}/scan"
    return await _after(visit, await visit.sitting.ask("POST", path, sending), "sign", typed)


async def object_to(visit: Visit) -> Response:
    """Take an objection at the desk, in the words of whoever objects."""
    typed = await visit.form()
    told = await _sent(visit, "objections", body_of(OBJECTION, typed, visit.zone), typed)
    return await _after(visit, told, "keberatan", typed)


async def decide_objection(visit: Visit) -> Response:
    typed = await visit.form()
    route = f"objections/{part(visit.path('objection'))}/decide"
    body = {"upheld": typed.get("upheld") == "true", "finding": str(typed.get("finding") or "").strip()}
    return await _after(visit, await _sent(visit, route, body, typed), "keberatan", typed)


async def show_minutes(visit: Visit) -> Response:
    return await _paper(visit, f"minutes/{part(visit.path('minutes'))}/page")


async def show_scan(visit: Visit) -> Response:
    return await _paper(visit, f"minutes/{part(visit.path('minutes'))}/scan")


async def show_invitation(visit: Visit) -> Response:
    return await _paper(visit, "invitation")


async def _paper(visit: Visit, route: str) -> Response:
    told = await visit.sitting.get(f"{_path(visit)}/{route}", form="" if route.endswith("scan") else "pdf")
    if not told.fine:
        return visit.trouble(told)
    kind = told.headers.get("content-type", "application/octet-stream")
    safe = {name: value for name, value in _SAFE.items() if "pdf" not in kind or "Policy" not in name}
    return Response(told.content, media_type=kind, headers=safe)


async def _sent(visit: Visit, route: str, body: dict[str, Any], typed: FormData) -> Told:
    key, etag = str(typed.get("sekali") or ""), str(typed.get("etag") or "")
    return await visit.sitting.post(f"{_path(visit)}/{route}", body, key=key, etag=etag)


async def _after(visit: Visit, told: Told, what: str, typed: FormData) -> Response:
    if told.fine:
        return visit.lead(f"/konsol/musyawarah/{part(visit.path('meeting'))}", ok=what)
    return await _meeting(visit, told.body, what, kept(typed), told.status)


def _decisions(typed: FormData) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name, value in typed.items():
        candidate = name.removeprefix("decision.")
        if candidate == name or not value:
            continue
        rank = str(typed.get(f"rank.{candidate}") or "").strip()
        one: dict[str, Any] = {"candidate": candidate, "decision": str(value)}
        one["reason"] = str(typed.get(f"reason.{candidate}") or "").strip()
        found.append({**one, **({"rank": int(rank) if is_number(rank) else rank} if rank else {})})
    return found


async def _list(
    visit: Visit,
    problem: dict[str, Any] | None = None,
    typed: dict[str, list[str]] | None = None,
    status: int = 200,
) -> Response:
    chosen = {name: visit.query(name) for name in ("state", "kind") if visit.query(name)}
    told = await visit.sitting.get(
        "/v1/deliberations", **chosen, limit=_PAGE, cursor=visit.query("cursor"), count=True
    )
    if not told.fine:
        return visit.trouble(told)
    sets = await choices_of(visit, ("deliberation_state", *PLAN_SETS))
    names = {one["region"]: one["region_name"] for one in visit.me["grants"]}
    villages = [one for one in visit.me["regions"] if one.count(".") == _VILLAGE_DOTS]
    sets["villages"] = [(code, names.get(code, code)) for code in villages]
    values = {"found": told.body, "chosen": chosen, "sets": sets, "planning": PLAN}
    return visit.draw("meetings.html", status, **values, problem=problem, kept=typed or {})


async def _meeting(
    visit: Visit,
    problem: dict[str, Any] | None = None,
    at: str = "",
    typed: dict[str, list[str]] | None = None,
    status: int = 200,
) -> Response:
    told = await visit.sitting.get(_path(visit))
    if not told.fine:
        return visit.trouble(told)
    meeting, ask = told.body, visit.sitting.read
    offered = [one["code"] for one in meeting["allowed_actions"]]
    attendance = await ask(f"{_path(visit)}/attendance")
    sets = await choices_of(visit, SETS)
    sets["proposal_decision"] = [one for one in sets["proposal_decision"] if one[0] in _DECISIONS]
    sets["candidates"] = [(one["id"], one["name"] or one["id"]) for one in meeting["candidates"]]
    sets["attendees"] = [
        (one["id"], f"{one['name']} ({one['role']['label']})")
        for one in (attendance or {"items": []})["items"]
    ]
    return visit.draw(
        "meeting.html",
        status,
        meeting=meeting,
        etag=told.etag,
        offered=offered,
        steps=[one for one in meeting["allowed_actions"] if one["code"] in FORMS],
        forms=FORMS,
        objecting=OBJECTION,
        withdrawing=_WITHDRAW,
        ground=GRAVE,
        attendance=attendance,
        suggestions=await ask(f"{_path(visit)}/suggestions") if "put" in offered else None,
        objections=await ask(f"{_path(visit)}/objections"),
        sets=sets,
        problem=problem,
        at=at,
        kept=typed or {},
    )


def _path(visit: Visit) -> str:
    return f"/v1/deliberations/{part(visit.path('meeting'))}"


_ONE: Final = "/konsol/musyawarah/{meeting}"
PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("/konsol/musyawarah", "GET", list_meetings),
    ("/konsol/musyawarah", "POST", plan),
    (_ONE, "GET", show_meeting),
    (_ONE + "/langkah/{action}", "POST", act),
    (_ONE + "/putusan", "POST", decide),
    (_ONE + "/kepentingan", "POST", declare),
    (_ONE + "/calon/{candidate}/tarik", "POST", withdraw),
    (_ONE + "/hadir/{attendee}/hapus", "POST", take_out),
    (_ONE + "/undangan", "GET", show_invitation),
    (_ONE + "/berita-acara/{minutes}", "GET", show_minutes),
    (_ONE + "/berita-acara/{minutes}", "POST", sign),
    (_ONE + "/berita-acara/{minutes}/pindaian", "GET", show_scan),
    (_ONE + "/keberatan", "POST", object_to),
    (_ONE + "/keberatan/{objection}/putus", "POST", decide_objection),
)
