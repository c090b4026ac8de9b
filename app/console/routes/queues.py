"""Queues of the secretariat: cases that may be one, and lists compared with what is known."""

from typing import Any, Final

from starlette.responses import Response

from app.console.acts import NO_REFUSAL, Act, Refusal, act, refusal
from app.console.asking import Sending
from app.console.choices import choices_of
from app.console.fields import Field, Form, Kind, body_of
from app.console.sitting import part
from app.console.visit import Handler, Visit

_PAGE: Final = 30
_DUPLICATE: Final[Form] = (
    Field("action", Kind.CHOICE, ("Putusan", "Decision"), "duplicate_decision", needed=True),
    Field("keep", Kind.CHOICE, ("Bila digabung: yang dipertahankan", "If merged: which is kept"), "ticket"),
    Field("note", Kind.TEXT, ("Alasan", "Reason"), needed=True),
)
_UNDO: Final[Form] = (
    Field("ticket", Kind.LINE, ("Tiket pertama", "First ticket"), needed=True),
    Field("other", Kind.LINE, ("Tiket kedua", "Second ticket"), needed=True),
)
_DECIDE: Final[Form] = (
    Field("decision", Kind.CHOICE, ("Putusan", "Decision"), "allowed", needed=True),
    Field("reason", Kind.CHOICE, ("Alasan", "Reason"), "finding_decision_reason", needed=True),
    Field("note", Kind.TEXT, ("Catatan", "Note")),
    Field("nik", Kind.LINE, ("Bila NIK diperbaiki: yang benar", "If the NIK is corrected: the right one")),
    Field("program", Kind.LINE, ("Bila dirujuk: kode program", "If referred: code of the programme")),
    Field("candidate", Kind.NUMBER, ("Bila orang yang sama: nomornya", "If the same person: which number")),
)
_EXPORT: Final[Form] = (
    Field("format", Kind.CHOICE, ("Bentuk", "Format"), "format", needed=True),
    Field("part", Kind.CHOICE, ("Bagian (CSV)", "Part (CSV)"), "part"),
    Field(
        "purpose", Kind.CHOICE, ("Untuk keperluan apa", "For which purpose"), "reveal_purpose", needed=True
    ),
)
_OWN: Final = {
    "format": (
        ("xlsx", "Buku kerja Excel", "Excel workbook"),
        ("csv", "CSV", "CSV"),
        ("ndjson", "NDJSON", "NDJSON"),
    ),
    "part": (
        ("list", "Daftar yang sudah dibetulkan", "The corrected list"),
        ("findings", "Temuan", "Findings"),
        ("fallback", "Usulan ke program lain", "Proposals for a fallback"),
    ),
}
_FINDING_ACTS: Final = frozenset({"approve", "disagree", "refresh", "undo"})


async def list_duplicates(visit: Visit) -> Response:
    return await _duplicates(visit, NO_REFUSAL)


async def decide_duplicate(visit: Visit) -> Response:
    """Link, merge or dismiss a group; the page shows the group again with what was wrong if it is refused."""
    ticket, typed = part(visit.path("ticket")), await visit.form()
    more = {"tickets": typed.getlist("tickets")}
    path = f"/v1/duplicates/{ticket}/decide"
    return await act(visit, _duplicates, Act(ticket, path, _DUPLICATE, "/konsol/ganda", more=more))


async def undo_duplicate(visit: Visit) -> Response:
    typed = await visit.form()
    ticket = part(str(typed.get("ticket") or "x").strip())
    more = {"other": str(typed.get("other") or "").strip()}
    return await act(
        visit, _duplicates, Act("undo", f"/v1/duplicates/{ticket}/undo", (), "/konsol/ganda", more=more)
    )


async def list_reconciliations(visit: Visit) -> Response:
    told = await visit.sitting.get("/v1/reconciliations", limit=_PAGE, cursor=visit.query("cursor"))
    return visit.draw("reconciliations.html", found=told.body) if told.fine else visit.trouble(told)


async def show_reconciliation(visit: Visit) -> Response:
    return await _reconciliation(visit, NO_REFUSAL)


async def export(visit: Visit) -> Response:
    """Give the file that the API writes, as it is; a refusal is shown on the page."""
    typed = await visit.form()
    path = f"/v1/reconciliations/{part(visit.path('id'))}/export"
    sending = Sending(json=body_of(_EXPORT, typed, visit.zone), key=str(typed.get("sekali") or ""))
    told = await visit.sitting.ask("POST", path, sending)
    if not told.fine:
        return await _reconciliation(visit, refusal(told, "ekspor", typed))
    names = ("content-type", "content-disposition")
    headers = {name: told.headers[name] for name in names if name in told.headers}
    return Response(told.content, headers={**headers, "Cache-Control": "no-store"})


async def show_finding(visit: Visit) -> Response:
    return await _finding(visit, NO_REFUSAL)


async def decide_finding(visit: Visit) -> Response:
    action = visit.path("action")
    list_page = f"/konsol/rekonsiliasi/{part(visit.path('id'))}"
    path = f"/v1{list_page.removeprefix('/konsol').replace('rekonsiliasi', 'reconciliations')}"
    path = f"{path}/findings/{part(visit.path('finding'))}"
    page = f"{list_page}/temuan/{part(visit.path('finding'))}"
    if action == "decide":
        return await act(visit, _finding, Act(action, f"{path}/decide", _DECIDE, page))
    if action not in _FINDING_ACTS:
        return visit.draw("trouble.html", 404, problem={})
    more = {"agree": action == "approve"} if action in {"approve", "disagree"} else {}
    route = "approve" if more else action
    return await act(visit, _finding, Act(action, f"{path}/{route}", (), page, more=more))


async def _duplicates(visit: Visit, refused: Refusal) -> Response:
    told = await visit.sitting.get("/v1/duplicates", limit=_PAGE, cursor=visit.query("cursor"), count=True)
    if not told.fine:
        return visit.trouble(told)
    sets = await choices_of(visit, ("duplicate_decision",))
    sets["duplicate_decision"] = [one for one in sets["duplicate_decision"] if one[0] != "undo"]
    values = {"found": told.body, "form": _DUPLICATE, "undo": _UNDO, "sets": sets}
    return visit.draw("duplicates.html", refused.status, **values, **refused.shown)


async def _reconciliation(visit: Visit, refused: Refusal) -> Response:
    path = f"/v1/reconciliations/{part(visit.path('id'))}"
    told = await visit.sitting.get(path)
    if not told.fine:
        return visit.trouble(told)
    chosen = {name: visit.query(name) for name in ("kind", "state", "reason") if visit.query(name)}
    found = await visit.sitting.read(f"{path}/findings", **chosen, limit=_PAGE, cursor=visit.query("cursor"))
    en = visit.sitting.lang == "en"
    own = {name: [(code, e if en else i) for code, i, e in rows] for name, rows in _OWN.items()}
    return visit.draw(
        "reconciliation.html",
        refused.status,
        one=told.body,
        found=found or {"items": [], "next": None},
        chosen=chosen,
        form=_EXPORT,
        sets={**await choices_of(visit, ("reveal_purpose", "finding_state")), **own},
        **refused.shown,
    )


async def _finding(visit: Visit, refused: Refusal) -> Response:
    id_, finding = part(visit.path("id")), part(visit.path("finding"))
    told = await visit.sitting.get(f"/v1/reconciliations/{id_}/findings/{finding}")
    if not told.fine:
        return visit.trouble(told)
    sets: dict[str, Any] = await choices_of(visit, ("finding_decision_reason",))
    sets["allowed"] = [(one["code"], one["label"]) for one in told.body["allowed_decisions"]]
    return visit.draw(
        "finding.html",
        refused.status,
        one=told.body,
        etag=told.etag,
        form=_DECIDE,
        sets=sets,
        to=f"/konsol/rekonsiliasi/{id_}",
        **refused.shown,
    )


PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("/konsol/ganda", "GET", list_duplicates),
    ("/konsol/ganda/batal", "POST", undo_duplicate),
    ("/konsol/ganda/{ticket}", "POST", decide_duplicate),
    ("/konsol/rekonsiliasi", "GET", list_reconciliations),
    ("/konsol/rekonsiliasi/{id}", "GET", show_reconciliation),
    ("/konsol/rekonsiliasi/{id}/ekspor", "POST", export),
    ("/konsol/rekonsiliasi/{id}/temuan/{finding}", "GET", show_finding),
    ("/konsol/rekonsiliasi/{id}/temuan/{finding}/langkah/{action}", "POST", decide_finding),
)
