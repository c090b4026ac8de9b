"""Data coming in: registry lists checked row by row, and lists of aid tried before they are recorded."""

from typing import Final
from urllib.parse import quote

from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from app.console.acts import NO_REFUSAL, Act, Refusal, act, refusal, sent
from app.console.asking import Sending, Told
from app.console.choices import choices_of
from app.console.fields import Field, Form, Kind
from app.console.sitting import part
from app.console.visit import Handler, Visit

_PAGE: Final = 50
_SNAPSHOT: Final[Form] = (
    Field("source", Kind.CHOICE, ("Registri", "Registry"), "registry_source", needed=True),
    Field(
        "period",
        Kind.LINE,
        ("Masa", "Period"),
        needed=True,
        hint=("2026-Q3, 2026-09 atau 2026.", "2026-Q3, 2026-09 or 2026."),
    ),
    Field("decree", Kind.LINE, ("Keputusan", "Decree")),
)
_AID: Final[Form] = (
    Field("program", Kind.LINE, ("Program (kode)", "Programme (code)"), needed=True),
    Field("component", Kind.LINE, ("Komponen", "Component")),
    Field("state", Kind.CHOICE, ("Keadaan", "State"), "aid_state", needed=True),
    Field(
        "period",
        Kind.LINE,
        ("Masa", "Period"),
        needed=True,
        hint=("2026, 2026-Q4, 2026-11 atau once.", "2026, 2026-Q4, 2026-11 or once."),
    ),
    Field("amount_idr", Kind.NUMBER, ("Jumlah per orang (Rp)", "Amount each (Rp)")),
    Field("goods", Kind.LINE, ("Barang", "Goods")),
    Field("given_on", Kind.DAY, ("Disalurkan pada", "Given on")),
    Field("proof", Kind.LINE, ("Bukti", "Proof")),
)
_ROW: Final[Form] = (
    Field("fields.nik", Kind.LINE, ("NIK", "NIK")),
    Field("fields.kk", Kind.LINE, ("Nomor KK", "KK")),
    Field("fields.name", Kind.LINE, ("Nama", "Name")),
    Field("fields.born_on", Kind.DAY, ("Lahir", "Born on")),
    Field("fields.village_code", Kind.LINE, ("Kode desa", "Code of the village")),
)


async def list_snapshots(visit: Visit) -> Response:
    return await _snapshots(visit, NO_REFUSAL)


async def check(visit: Visit) -> Response:
    """Send a list and have it checked; nothing counts before it is committed."""
    typed = await visit.form()
    listed = await _list_of(visit, typed)
    if not listed.fine:
        return await _snapshots(visit, refusal(listed, "baru", typed))
    asked = Act("baru", "/v1/registry/snapshots", _SNAPSHOT, more={"list_id": listed.body["id"]})
    told = await sent(visit, asked, typed)
    if not told.fine:
        return await _snapshots(visit, refusal(told, "baru", typed))
    return visit.lead(f"/konsol/registri/{part(told.body['id'])}", ok="baru")


async def show_snapshot(visit: Visit) -> Response:
    return await _snapshot(visit, NO_REFUSAL)


async def change_snapshot(visit: Visit) -> Response:
    """Take it in, give it up, or decide about one row."""
    action, id_ = visit.path("action"), part(visit.path("id"))
    path, to = f"/v1/registry/snapshots/{id_}", f"/konsol/registri/{id_}"
    if action in {"commit", "withdraw"}:
        return await act(visit, _snapshot, Act(action, f"{path}/{action}", to=to))
    if action not in {"take", "drop", "correct"}:
        return visit.draw("trouble.html", 404, problem={})
    row = part(str((await visit.form()).get("row") or "0"))
    form = _ROW if action == "correct" else ()
    asked = Act(
        f"{action}-{row}",
        f"{path}/rows/{row}/decide",
        form,
        f"{to}?verdict=parked",
        more={"decision": action},
    )
    return await act(visit, _snapshot, asked)


async def list_aid(visit: Visit) -> Response:
    return await _aid(visit, NO_REFUSAL)


async def import_aid(visit: Visit) -> Response:
    typed = await visit.form()
    listed = await _list_of(visit, typed)
    if not listed.fine:
        return await _aid(visit, refusal(listed, "baru", typed))
    more = {
        "region": visit.me["regency"],
        "list": listed.body["id"],
        "dry_run": typed.get("commit") != "true",
    }
    told = await sent(visit, Act("baru", "/v1/assistance/imports", _AID, more=more), typed)
    if not told.fine:
        return await _aid(visit, refusal(told, "baru", typed))
    return visit.lead(f"/konsol/impor-bantuan/{part(told.body['id'])}", ok="baru")


async def show_aid(visit: Visit) -> Response:
    path = f"/v1/assistance/imports/{part(visit.path('id'))}"
    told = await visit.sitting.get(path)
    if not told.fine:
        return visit.trouble(told)
    verdict = visit.query("verdict")
    rows = await visit.sitting.read(
        f"{path}/rows", verdict=verdict, limit=_PAGE, cursor=visit.query("cursor")
    )
    job = await visit.sitting.read(f"/v1/jobs/{part(told.body['job'])}")
    sets = await choices_of(visit, ("list_verdict",))
    rows = rows or {"items": [], "next": None}
    return visit.draw("aid_import.html", one=told.body, rows=rows, job=job, sets=sets, verdict=verdict)


async def _list_of(visit: Visit, typed: FormData) -> Told:
    """Send the file as a list; the same bytes are kept once."""
    given, content, name = typed.get("file"), b"", "daftar"
    if isinstance(given, UploadFile):
        content, name = await given.read(), given.filename or name
        await given.close()
    sending = Sending(
        content=content,
        kind="application/octet-stream",
        key=f"{typed.get('sekali') or ''}-daftar",
        name=quote(name[:100]),
    )
    return await visit.sitting.ask("POST", f"/v1/lists?region={quote(visit.me['regency'])}", sending)


async def _snapshots(visit: Visit, refused: Refusal) -> Response:
    told = await visit.sitting.get("/v1/registry/snapshots", limit=_PAGE, cursor=visit.query("cursor"))
    if not told.fine:
        return visit.trouble(told)
    sets = await choices_of(visit, ("registry_source",))
    return visit.draw(
        "snapshots.html", refused.status, found=told.body, form=_SNAPSHOT, sets=sets, **refused.shown
    )


async def _snapshot(visit: Visit, refused: Refusal) -> Response:
    path = f"/v1/registry/snapshots/{part(visit.path('id'))}"
    told = await visit.sitting.get(path)
    if not told.fine:
        return visit.trouble(told)
    verdict = visit.query("verdict") or "parked"
    may = visit.may("registry:import")
    rows = (
        await visit.sitting.read(f"{path}/rows", verdict=verdict, limit=_PAGE, cursor=visit.query("cursor"))
        if may
        else None
    )
    rows = rows or {"items": [], "next": None}
    return visit.draw(
        "snapshot.html", refused.status, one=told.body, rows=rows, verdict=verdict, form=_ROW, **refused.shown
    )


async def _aid(visit: Visit, refused: Refusal) -> Response:
    told = await visit.sitting.get("/v1/assistance/imports", limit=_PAGE, cursor=visit.query("cursor"))
    if not told.fine:
        return visit.trouble(told)
    sets = await choices_of(visit, ("ledger_state",))
    sets["aid_state"] = [one for one in sets["ledger_state"] if one[0] in {"planned", "given"}]
    return visit.draw(
        "aid_imports.html", refused.status, found=told.body, form=_AID, sets=sets, **refused.shown
    )


PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("/konsol/registri", "GET", list_snapshots),
    ("/konsol/registri", "POST", check),
    ("/konsol/registri/{id}", "GET", show_snapshot),
    ("/konsol/registri/{id}/langkah/{action}", "POST", change_snapshot),
    ("/konsol/impor-bantuan", "GET", list_aid),
    ("/konsol/impor-bantuan", "POST", import_aid),
    ("/konsol/impor-bantuan/{id}", "GET", show_aid),
)
