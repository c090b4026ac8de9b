"""People at work: the team with its load and leave, hand-over, cadres, and the roster of duty."""

from typing import Any, Final

from starlette.responses import Response

from app.console.acts import NO_REFUSAL, Act, Refusal, act, known
from app.console.choices import Choices, choices_of
from app.console.fields import Field, Form, Kind
from app.console.sitting import part
from app.console.visit import Handler, Visit

_PAGE: Final = 50
_AREA: Final = Field(
    "area",
    Kind.LINE,
    ("Wilayah (kode)", "Area (code)"),
    needed=True,
    hint=("Desa, kecamatan, atau seluruh daerah.", "A village, a district, or the whole regency."),
)
_ABSENCE: Final[Form] = (
    Field("account", Kind.CHOICE, ("Siapa", "Who"), "member", needed=True),
    Field("from", Kind.DAY, ("Hari pertama", "First day"), needed=True),
    Field(
        "to", Kind.DAY, ("Hari terakhir", "Last day"), hint=("Kosong: belum tahu.", "Empty: not known yet.")
    ),
    Field("reason", Kind.CHOICE, ("Alasan", "Reason"), "absence_reason", needed=True),
    Field("deputy", Kind.CHOICE, ("Pengganti", "Deputy"), "member"),
)
_HAND_OVER: Final[Form] = (
    Field("account", Kind.CHOICE, ("Pekerjaan siapa", "Whose work"), "member", needed=True),
    Field(
        "to",
        Kind.CHOICE,
        ("Kepada satu orang", "To one person"),
        "member",
        hint=("Isi satu saja dari tiga ini.", "Fill in one of these three."),
    ),
    Field("queue", Kind.CHOICE, ("Atau ke antrean", "Or to a queue"), "work_queue"),
    Field("balanced", Kind.FLAG, ("Atau bagi rata menurut beban", "Or spread evenly by load")),
)
_CADRE: Final[Form] = (
    Field("name", Kind.LINE, ("Nama", "Name"), needed=True),
    Field("pillar", Kind.CHOICE, ("Pilar", "Pillar"), "psks_pillar", needed=True),
    _AREA,
    Field("appointed_on", Kind.DAY, ("Ditugaskan sejak", "Appointed on"), needed=True),
    Field("ends_on", Kind.DAY, ("Sampai dengan", "Last day")),
    Field("capacity", Kind.NUMBER, ("Sanggup berapa kasus", "How many cases she can carry")),
)
_CADRE_CHANGE: Final = tuple(one for one in _CADRE if one.name not in {"pillar", "appointed_on"})
_DUTY: Final[Form] = (
    Field("duty", Kind.CHOICE, ("Piket", "Duty"), "duty", needed=True),
    Field("account_id", Kind.CHOICE, ("Petugas", "Officer"), "member"),
    Field("cadre_id", Kind.CHOICE, ("Atau kader", "Or a cadre"), "cadre"),
    Field("starts_at", Kind.INSTANT, ("Mulai", "Begins"), needed=True, now=True),
    Field("ends_at", Kind.INSTANT, ("Selesai", "Ends"), needed=True),
)


async def show_team(visit: Visit) -> Response:
    return await _team(visit, NO_REFUSAL)


async def change_team(visit: Visit) -> Response:
    """Record leave, end it, or hand somebody's work over."""
    action, typed, to = visit.path("action"), await visit.form(), "/konsol/tim"
    if action == "absence":
        return await act(visit, _team, Act(action, "/v1/absences", _ABSENCE, to))
    if action == "end":
        absence = part(str(typed.get("absence") or "x"))
        return await act(visit, _team, Act(action, f"/v1/absences/{absence}/end", to=to))
    if action == "hand-over":
        account = part(str(typed.get("account") or "x"))
        return await act(visit, _team, Act(action, f"/v1/team/{account}/hand-over", _HAND_OVER[1:], to))
    return visit.draw("trouble.html", 404, problem={})


async def show_cadres(visit: Visit) -> Response:
    return await _cadres(visit, NO_REFUSAL)


async def add_cadre(visit: Visit) -> Response:
    return await act(visit, _cadres, Act("baru", "/v1/cadres", _CADRE, "/konsol/kader"))


async def show_cadre(visit: Visit) -> Response:
    return await _cadre(visit, NO_REFUSAL)


async def change_cadre(visit: Visit) -> Response:
    action, id_ = visit.path("action"), part(visit.path("cadre"))
    path, to = f"/v1/cadres/{id_}", f"/konsol/kader/{id_}"
    acts = {
        "change": Act("change", path, _CADRE_CHANGE, to, "PATCH"),
        "off": Act("off", path, (), to, "PATCH", {"active": False}),
        "on": Act("on", path, (), to, "PATCH", {"active": True}),
    }
    if action not in acts:
        return visit.draw("trouble.html", 404, problem={})
    return await act(visit, _cadre, acts[action])


async def show_duty(visit: Visit) -> Response:
    return await _duty(visit, NO_REFUSAL)


async def change_duty(visit: Visit) -> Response:
    action, typed = visit.path("action"), await visit.form()
    if action == "plan":
        more = {"region": visit.me["regency"]}
        return await act(visit, _duty, Act(action, "/v1/duty", _DUTY, "/konsol/piket", more=more))
    if action == "end":
        turn = part(str(typed.get("turn") or "x"))
        return await act(visit, _duty, Act(action, f"/v1/duty/{turn}/end", to="/konsol/piket"))
    return visit.draw("trouble.html", 404, problem={})


async def _team(visit: Visit, refused: Refusal) -> Response:
    told = await visit.sitting.get("/v1/team")
    if not told.fine:
        return visit.trouble(told)
    sets: Choices = {**await choices_of(visit, ("absence_reason", "work_queue")), **_members(told.body)}
    absences = await visit.sitting.read("/v1/absences", limit=_PAGE)
    forms = {"absence": _ABSENCE, "hand_over": _HAND_OVER}
    values = {"team": told.body, "absences": absences or {"items": []}, "forms": forms, "sets": sets}
    return visit.draw("team.html", refused.status, **values, **refused.shown)


async def _cadres(visit: Visit, refused: Refusal) -> Response:
    pillar = visit.query("pillar")
    told = await visit.sitting.get(
        "/v1/cadres", pillar=pillar, limit=_PAGE, cursor=visit.query("cursor"), count=True
    )
    if not told.fine:
        return visit.trouble(told)
    sets = await choices_of(visit, ("psks_pillar",))
    values = {"found": told.body, "pillar": pillar, "sets": sets, "form": _CADRE}
    return visit.draw("cadres.html", refused.status, **values, **refused.shown)


async def _cadre(visit: Visit, refused: Refusal) -> Response:
    told = await visit.sitting.get(f"/v1/cadres/{part(visit.path('cadre'))}")
    if not told.fine:
        return visit.trouble(told)
    filled = known(_CADRE_CHANGE, told.body)
    values = {"one": told.body, "etag": told.etag, "form": _CADRE_CHANGE, "known": filled}
    return visit.draw("cadre.html", refused.status, **values, **refused.shown)


async def _duty(visit: Visit, refused: Refusal) -> Response:
    over = visit.query("over") == "true"
    told = await visit.sitting.get("/v1/duty", over=over, limit=_PAGE, cursor=visit.query("cursor"))
    if not told.fine:
        return visit.trouble(told)
    team = await visit.sitting.read("/v1/team") or {"items": []}
    cadres: Any = await visit.sitting.read("/v1/cadres", active=True, limit=200) or {"items": []}
    sets: Choices = {**await choices_of(visit, ("duty",)), **_members(team)}
    sets["cadre"] = [(one["id"], f"{one['name']} ({one['area']['name']})") for one in cadres["items"]]
    values = {"found": told.body, "over": over, "form": _DUTY, "sets": sets}
    return visit.draw("duty.html", refused.status, **values, **refused.shown)


def _members(team: dict[str, Any]) -> Choices:
    return {"member": [(one["account"], f"{one['name']} ({one['login']})") for one in team["items"]]}


PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("/konsol/tim", "GET", show_team),
    ("/konsol/tim/langkah/{action}", "POST", change_team),
    ("/konsol/kader", "GET", show_cadres),
    ("/konsol/kader", "POST", add_cadre),
    ("/konsol/kader/{cadre}", "GET", show_cadre),
    ("/konsol/kader/{cadre}/langkah/{action}", "POST", change_cadre),
    ("/konsol/piket", "GET", show_duty),
    ("/konsol/piket/langkah/{action}", "POST", change_duty),
)
