"""Programmes: the catalogue, one of them with its versions, and beginning a new version of its rules."""

from typing import Any, Final

from starlette.responses import Response

from app.console.acts import NO_REFUSAL, Act, Refusal, act, refusal, sent
from app.console.choices import choices_of
from app.console.fields import Field, Form, Kind
from app.console.sitting import part
from app.console.visit import Handler, Visit

_PAGE: Final = 50
_FILTERS: Final = ("level", "sector", "purpose", "q")
_NEW: Final[Form] = (
    Field(
        "code",
        Kind.LINE,
        ("Kode", "Code"),
        needed=True,
        hint=("Misalnya BLT_KOTA.", "For instance BLT_KOTA."),
    ),
    Field("agency", Kind.CHOICE, ("Lembaga penyelenggara", "Agency"), "agency", needed=True),
    Field("level", Kind.CHOICE, ("Tingkat", "Level"), "level", needed=True),
    Field("purposes", Kind.MANY, ("Untuk apa", "For what"), "purpose", needed=True),
    Field("name.id", Kind.LINE, ("Nama (Indonesia)", "Name (Indonesian)"), needed=True),
    Field("name.en", Kind.LINE, ("Nama (Inggris)", "Name (English)"), needed=True),
    Field("version.valid_from", Kind.DAY, ("Berlaku sejak", "In force from"), needed=True),
    Field("version.sectors", Kind.MANY, ("Bidang", "Sectors"), "sector", needed=True),
    Field(
        "version.categories", Kind.MANY, ("Menjawab perkara", "Answers matters"), "case_category", needed=True
    ),
    Field(
        "version.benefit.summary.id", Kind.LINE, ("Manfaat (Indonesia)", "Benefit (Indonesian)"), needed=True
    ),
    Field("version.benefit.summary.en", Kind.LINE, ("Manfaat (Inggris)", "Benefit (English)"), needed=True),
    Field("version.source", Kind.LINE, ("Dasar hukum", "Legal basis"), needed=True),
)
_DRAFT: Final[Form] = (
    Field("valid_from", Kind.DAY, ("Berlaku sejak", "In force from"), needed=True),
    Field("source", Kind.LINE, ("Dasar hukum", "Legal basis"), needed=True),
)
_AVAILABLE: Final[Form] = (
    Field("state", Kind.CHOICE, ("Keadaan", "State"), "availability", needed=True),
    Field("until", Kind.DAY, ("Sampai dengan", "Until")),
)
_OVERRIDE: Final[Form] = (
    Field("valid_from", Kind.DAY, ("Berlaku sejak", "In force from"), needed=True),
    Field("valid_to", Kind.DAY, ("Sampai dengan", "Until")),
    Field("source", Kind.LINE, ("Dasar hukum daerah", "The regency's decree"), needed=True),
    Field("bound.fact", Kind.LINE, ("Batas syarat: fakta", "Bound of a criterion: fact")),
    Field("bound.op", Kind.CHOICE, ("Perbandingan", "Comparison"), "bound"),
    Field("bound.value", Kind.NUMBER, ("Nilai daerah", "The regency's value")),
    Field("contact.label", Kind.LINE, ("Kontak daerah: untuk apa", "Contact: for what")),
    Field("contact.value", Kind.LINE, ("Kontak daerah: nomor atau alamat", "Contact: number or address")),
)
_BOUNDS: Final = (
    ("le", "paling banyak", "at most"),
    ("lt", "kurang dari", "less than"),
    ("ge", "paling sedikit", "at least"),
    ("gt", "lebih dari", "more than"),
)


async def list_programs(visit: Visit) -> Response:
    return await _list(visit, NO_REFUSAL)


async def begin(visit: Visit) -> Response:
    """Begin a programme with a draft that says nothing yet of who is eligible; the rule editor comes next."""
    rules = {
        "coverage": [visit.me["regency"]],
        "criteria": {"all": []},
        "waiting_list": True,
        "trust": "R",
    }
    typed = await visit.form()
    asked = Act("baru", "/v1/programs", _NEW)
    body = await _with_rules(visit, asked, rules)
    told = await sent(visit, body, typed)
    if not told.fine:
        return await _list(visit, refusal(told, "baru", typed))
    return visit.lead(
        f"/konsol/program/{part(told.body['program'])}/versi/{told.body['n']}/aturan", ok="baru"
    )


async def show_program(visit: Visit) -> Response:
    return await _program(visit, NO_REFUSAL)


async def take_step(visit: Visit) -> Response:
    """Begin the next version, say whether places are free, or change something for the regency."""
    code, action = part(visit.path("code")), visit.path("action")
    path, to, region = f"/v1/programs/{code}", f"/konsol/program/{code}", {"region": visit.me["regency"]}
    if action == "draft":
        return await _next_version(visit)
    if action == "availability":
        return await act(visit, _program, Act(action, f"{path}/availability", _AVAILABLE, to, "PUT"))
    if action == "override":
        more = {**region, "changes": await _changes(visit)}
        form = tuple(one for one in _OVERRIDE if "." not in one.name)
        return await act(visit, _program, Act(action, f"{path}/overrides", form, to, more=more))
    if action in {"publish", "retire"}:
        id_ = part(str((await visit.form()).get("override") or "x"))
        return await act(visit, _program, Act(action, f"/v1/overrides/{id_}/{action}", to=to))
    return visit.draw("trouble.html", 404, problem={})


async def _next_version(visit: Visit) -> Response:
    """Begin a version that says what the newest one says, from another day and on another basis."""
    code, typed = part(visit.path("code")), await visit.form()
    path = f"/v1/programs/{code}/versions"
    listed = await visit.sitting.get(path)
    if not listed.fine:
        return visit.trouble(listed)
    if not listed.body["items"]:
        return visit.draw("trouble.html", 404, problem={})
    newest = await visit.sitting.get(f"{path}/{listed.body['items'][0]['n']}")
    if not newest.fine:
        return visit.trouble(newest)
    rules = {key: value for key, value in newest.body["document"]["version"].items() if key != "n"}
    new = {one.name: str(typed.get(one.name) or "") for one in _DRAFT}
    rules.pop("valid_to", None)
    told = await sent(visit, Act("draft", path, more={"version": {**rules, **new}}), typed)
    if not told.fine:
        return await _program(visit, refusal(told, "draft", typed))
    return visit.lead(f"/konsol/program/{code}/versi/{told.body['n']}", ok="draft")


async def _with_rules(visit: Visit, asked: Act, rules: dict[str, Any]) -> Act:
    """Return *asked* with what the form leaves out of a version."""
    typed = await visit.form()
    benefit = {
        "summary": {lang: str(typed.get(f"version.benefit.summary.{lang}") or "") for lang in ("id", "en")},
        "components": [],
        "fulfilled_on": "last_delivery",
    }
    named = {name: str(typed.get(f"version.{name}") or "") for name in ("valid_from", "source")}
    chosen = {name: typed.getlist(f"version.{name}") for name in ("sectors", "categories")}
    version = {**rules, **named, **chosen, "benefit": benefit}
    return Act(asked.at, asked.path, asked.form, more={"version": version})


async def _changes(visit: Visit) -> dict[str, Any]:
    typed = await visit.form()
    text = {name: str(typed.get(name) or "").strip() for name in typed}
    changes: dict[str, Any] = {}
    if text.get("bound.fact"):
        value = text.get("bound.value", "")
        bound = int(value) if value.isdecimal() and value.isascii() and len(value) < 16 else value  # noqa: PLR2004
        changes["bounds"] = [{"fact": text["bound.fact"], "op": text.get("bound.op"), "value": bound}]
    if text.get("contact.value"):
        label = text.get("contact.label", "")
        changes["contacts"] = [{"label": {"id": label, "en": label}, "value": text["contact.value"]}]
    return changes


async def _list(visit: Visit, refused: Refusal) -> Response:
    chosen = {name: visit.query(name) for name in _FILTERS if visit.query(name)}
    told = await visit.sitting.get(
        "/v1/programs", **chosen, limit=_PAGE, cursor=visit.query("cursor"), count=True
    )
    if not told.fine:
        return visit.trouble(told)
    drafting = visit.may("program:draft", "program:publish")
    drafts = await visit.sitting.read("/v1/program-drafts", limit=_PAGE) if drafting else None
    sets = await choices_of(visit, ("level", "sector", "purpose", "case_category"))
    if drafting:
        agencies = await visit.sitting.read("/v1/agencies", region=visit.me["regency"], limit=200)
        lang = visit.sitting.lang
        found = (agencies or {"items": []})["items"]
        sets["agency"] = [(one["code"], one["name"][lang]) for one in found]
    values = {"found": told.body, "chosen": chosen, "sets": sets, "drafts": drafts, "form": _NEW}
    return visit.draw("programs.html", refused.status, **values, **refused.shown)


async def _program(visit: Visit, refused: Refusal) -> Response:
    path = f"/v1/programs/{part(visit.path('code'))}"
    told = await visit.sitting.get(path, region=visit.me["regency"])
    versions = await visit.sitting.read(f"{path}/versions")
    if not told.fine and versions is None:
        return visit.trouble(told)
    sets = await choices_of(visit, ("availability",))
    en = visit.sitting.lang == "en"
    sets["bound"] = [(code, english if en else words) for code, words, english in _BOUNDS]
    return visit.draw(
        "program.html",
        refused.status,
        code=visit.path("code"),
        one=told.body if told.fine else None,
        versions=(versions or {"items": []})["items"],
        overrides=await visit.sitting.read(f"{path}/overrides", region=visit.me["regency"], limit=20),
        quotas=await visit.sitting.read(f"{path}/allotments", region=visit.me["regency"], limit=20),
        forms={"draft": _DRAFT, "availability": _AVAILABLE, "override": _OVERRIDE},
        sets=sets,
        **refused.shown,
    )


PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("/konsol/program", "GET", list_programs),
    ("/konsol/program", "POST", begin),
    ("/konsol/program/{code}", "GET", show_program),
    ("/konsol/program/{code}/langkah/{action}", "POST", take_step),
)
