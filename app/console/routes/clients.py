"""Systems of agencies: the clients that act for them, their secrets and their keys."""

from typing import Any, Final

from starlette.responses import Response

from app.console.acts import NO_REFUSAL, Act, Refusal, act, refusal, sent
from app.console.fields import Field, Form, Kind
from app.console.sitting import part
from app.console.visit import Handler, Visit

_PAGE: Final = 50
_SCOPE_WORDS: Final = (
    ("referral:read", "Membaca rujukan", "Read referrals"),
    ("referral:receive", "Menjawab rujukan", "Answer referrals"),
    ("availability:set", "Menyatakan program penuh atau buka", "Say whether a programme is open"),
    ("dashboard:read", "Membaca angka", "Read figures"),
    ("assistance:overlap", "Menanyakan tumpang tindih", "Ask about overlap"),
    ("need:read", "Membaca kebutuhan", "Read needs"),
    ("webhook:manage", "Mengatur webhook", "Manage webhooks"),
)
"""What keys are made for; the API refuses what a client may not."""
_SCOPES: Final = Field(
    "scopes",
    Kind.MANY,
    ("Boleh apa", "What it may do"),
    "scope",
    hint=("Sesedikit yang diperlukan.", "As few as its work needs."),
)
_FORM: Final[Form] = (
    Field(
        "client_id",
        Kind.LINE,
        ("Nama singkat", "Short name"),
        needed=True,
        hint=("Misalnya baznas.", "For instance baznas."),
    ),
    Field("name", Kind.LINE, ("Nama sistem", "Name of the system"), needed=True),
    Field("agency", Kind.CHOICE, ("Lembaga", "Agency"), "agency", needed=True),
    _SCOPES,
)
_KEY: Final[Form] = (
    Field("name", Kind.LINE, ("Untuk mesin atau kegunaan apa", "For which machine or use"), needed=True),
    _SCOPES,
    Field(
        "expires_at",
        Kind.INSTANT,
        ("Berlaku sampai", "Good until"),
        needed=True,
        hint=("Paling lama 366 hari.", "At most 366 days."),
    ),
)


async def list_clients(visit: Visit) -> Response:
    return await _list(visit, NO_REFUSAL)


async def make(visit: Visit) -> Response:
    typed = await visit.form()
    more: dict[str, Any] = {} if typed.getlist("scopes") else {"scopes": None}
    told = await sent(visit, Act("baru", "/v1/clients", _FORM, more=more), typed)
    if not told.fine:
        return await _list(visit, refusal(told, "baru", typed))
    return _secret(visit, told.body["client_id"], told.body["client_secret"], told.body["id"])


async def show_client(visit: Visit) -> Response:
    return await _client(visit, NO_REFUSAL)


async def take_step(visit: Visit) -> Response:
    """Replace the secret, switch the client off, make a key or end one."""
    id_, action = part(visit.path("client")), visit.path("action")
    path, to = f"/v1/clients/{id_}", f"/konsol/klien/{id_}"
    typed = await visit.form()
    if action == "disable":
        return await act(visit, _client, Act(action, f"{path}/disable", to=to))
    if action == "revoke":
        key = part(str(typed.get("key") or "x"))
        return await act(visit, _client, Act(action, f"{path}/keys/{key}/revoke", to=to))
    if action not in {"rotate", "key"}:
        return visit.draw("trouble.html", 404, problem={})
    more = {"scopes": typed.getlist("scopes")} if action == "key" else {}
    asked = Act(action, f"{path}/keys", _KEY, more=more) if action == "key" else Act(action, f"{path}/rotate")
    told = await sent(visit, asked, typed)
    if not told.fine:
        return await _client(visit, refusal(told, action, typed))
    return _secret(visit, told.body["name"], told.body.get("key") or told.body["client_secret"], id_)


async def _list(visit: Visit, refused: Refusal) -> Response:
    told = await visit.sitting.get("/v1/clients", limit=_PAGE, cursor=visit.query("cursor"))
    if not told.fine:
        return visit.trouble(told)
    agencies = await visit.sitting.read("/v1/agencies", region=visit.me["regency"], limit=200)
    lang = visit.sitting.lang
    named = [(one["code"], one["name"][lang]) for one in (agencies or {"items": []})["items"]]
    return visit.draw(
        "clients.html",
        refused.status,
        found=told.body,
        form=_FORM,
        sets={"agency": named, "scope": _scopes(visit)},
        **refused.shown,
    )


async def _client(visit: Visit, refused: Refusal) -> Response:
    path = f"/v1/clients/{part(visit.path('client'))}"
    told = await visit.sitting.get(path)
    if not told.fine:
        return visit.trouble(told)
    keys = await visit.sitting.read(f"{path}/keys")
    return visit.draw(
        "client.html",
        refused.status,
        one=told.body,
        keys=keys or {"items": []},
        form=_KEY,
        sets={"scope": _scopes(visit, told.body["scopes"])},
        words=dict(_scopes(visit)),
        **refused.shown,
    )


def _scopes(visit: Visit, of: list[str] | None = None) -> list[tuple[str, str]]:
    lang = visit.sitting.lang
    known = {code: en if lang == "en" else words for code, words, en in _SCOPE_WORDS}
    return [(code, known.get(code, code)) for code in (of or known)]


def _secret(visit: Visit, name: str, secret: str, client: str) -> Response:
    return visit.draw("secret.html", secret=secret, name=name, to=f"/konsol/klien/{client}", kind="client")


PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("/konsol/klien", "GET", list_clients),
    ("/konsol/klien", "POST", make),
    ("/konsol/klien/{client}", "GET", show_client),
    ("/konsol/klien/{client}/langkah/{action}", "POST", take_step),
)
