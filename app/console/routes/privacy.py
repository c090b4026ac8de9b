"""Personal data: what residents ask of theirs, and the register of breaches, each with its clock."""

from typing import Final

from starlette.responses import Response

from app.console.acts import NO_REFUSAL, Act, Refusal, act
from app.console.choices import choices_of
from app.console.fields import Field, Form, Kind
from app.console.sitting import part
from app.console.visit import Handler, Visit

_PAGE: Final = 50
_REFUSE: Final[Form] = (Field("reason", Kind.CHOICE, ("Alasan", "Reason"), "data_refusal", needed=True),)
_BREACH: Final[Form] = (
    Field("nature", Kind.CHOICE, ("Apa yang terjadi", "What kind"), "breach_nature", needed=True),
    Field("data", Kind.MANY, ("Data apa", "Which data"), "breach_data", needed=True),
    Field(
        "persons",
        Kind.NUMBER,
        ("Kira-kira berapa orang (0: belum tahu)", "About how many (0: unknown)"),
        needed=True,
    ),
    Field("happened_at", Kind.INSTANT, ("Terjadi pada", "Happened at"), needed=True),
    Field("found_at", Kind.INSTANT, ("Diketahui pada", "Found at"), needed=True, now=True),
    Field("what", Kind.TEXT, ("Uraian", "What happened"), needed=True),
    Field("done", Kind.TEXT, ("Yang sudah dilakukan", "What was done"), needed=True),
    Field("contact", Kind.LINE, ("Siapa yang dapat dihubungi", "Whom to contact"), needed=True),
)
_TELL: Final[Form] = (
    Field("to", Kind.CHOICE, ("Siapa yang diberi tahu", "Who was told"), "told", needed=True),
    Field("at", Kind.INSTANT, ("Pada", "At"), needed=True, now=True),
    Field("reference", Kind.LINE, ("Nomor dari lembaga", "The authority's number")),
    Field("method", Kind.CHOICE, ("Orangnya diberi tahu lewat", "Persons were told by"), "contact_method"),
)
_TOLD: Final = (
    ("authority", "Lembaga pelindungan data", "The authority"),
    ("persons", "Orang yang bersangkutan", "The persons concerned"),
)


async def list_requests(visit: Visit) -> Response:
    chosen = {name: visit.query(name) for name in ("kind", "state", "overdue") if visit.query(name)}
    told = await visit.sitting.get(
        "/v1/data-requests", **chosen, limit=_PAGE, cursor=visit.query("cursor"), count=True
    )
    if not told.fine:
        return visit.trouble(told)
    sets = await choices_of(visit, ("data_request_kind", "data_request_state"))
    return visit.draw("data_requests.html", found=told.body, chosen=chosen, sets=sets)


async def show_request(visit: Visit) -> Response:
    return await _request(visit, NO_REFUSAL)


async def decide_request(visit: Visit) -> Response:
    action, id_ = visit.path("action"), part(visit.path("id"))
    forms: dict[str, Form] = {"grant": (), "refuse": _REFUSE, "lift": ()}
    if action not in forms:
        return visit.draw("trouble.html", 404, problem={})
    path, to = f"/v1/data-requests/{id_}/{action}", f"/konsol/permintaan-data/{id_}"
    return await act(visit, _request, Act(action, path, forms[action], to))


async def list_breaches(visit: Visit) -> Response:
    return await _breaches(visit, NO_REFUSAL)


async def record_breach(visit: Visit) -> Response:
    more = {"region": visit.me["regency"]}
    return await act(visit, _breaches, Act("baru", "/v1/breaches", _BREACH, "/konsol/insiden", more=more))


async def show_breach(visit: Visit) -> Response:
    return await _breach(visit, NO_REFUSAL)


async def change_breach(visit: Visit) -> Response:
    action, id_ = visit.path("action"), part(visit.path("id"))
    forms: dict[str, Form] = {"tell": _TELL, "close": ()}
    if action not in forms:
        return visit.draw("trouble.html", 404, problem={})
    path, to = f"/v1/breaches/{id_}/{action}", f"/konsol/insiden/{id_}"
    return await act(visit, _breach, Act(action, path, forms[action], to))


async def _request(visit: Visit, refused: Refusal) -> Response:
    told = await visit.sitting.get(f"/v1/data-requests/{part(visit.path('id'))}")
    if not told.fine:
        return visit.trouble(told)
    sets = await choices_of(visit, ("data_refusal",))
    return visit.draw(
        "data_request.html", refused.status, one=told.body, form=_REFUSE, sets=sets, **refused.shown
    )


async def _breaches(visit: Visit, refused: Refusal) -> Response:
    told = await visit.sitting.get("/v1/breaches", limit=_PAGE, cursor=visit.query("cursor"))
    if not told.fine:
        return visit.trouble(told)
    sets = await choices_of(visit, ("breach_nature", "breach_data"))
    return visit.draw(
        "breaches.html", refused.status, found=told.body, form=_BREACH, sets=sets, **refused.shown
    )


async def _breach(visit: Visit, refused: Refusal) -> Response:
    told = await visit.sitting.get(f"/v1/breaches/{part(visit.path('id'))}")
    if not told.fine:
        return visit.trouble(told)
    sets = await choices_of(visit, ("contact_method",))
    sets["told"] = [(code, en if visit.sitting.lang == "en" else words) for code, words, en in _TOLD]
    return visit.draw("breach.html", refused.status, one=told.body, form=_TELL, sets=sets, **refused.shown)


PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("/konsol/permintaan-data", "GET", list_requests),
    ("/konsol/permintaan-data/{id}", "GET", show_request),
    ("/konsol/permintaan-data/{id}/langkah/{action}", "POST", decide_request),
    ("/konsol/insiden", "GET", list_breaches),
    ("/konsol/insiden", "POST", record_breach),
    ("/konsol/insiden/{id}", "GET", show_breach),
    ("/konsol/insiden/{id}/langkah/{action}", "POST", change_breach),
)
