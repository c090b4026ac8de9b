"""For administrators: who may sign in, as what and where, and by which door."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from app.console.acts import NO_REFUSAL, Act, Refusal, act, known, refusal, sent
from app.console.asking import Told
from app.console.choices import choices_of
from app.console.fields import Field, Form, Kind, body_of
from app.console.sitting import part
from app.console.visit import Handler, Visit

_PAGE: Final = 50
_NOBODY: Final = frozenset({"resident"})
"""Roles that no account holds."""
_NAME: Final = Field("name", Kind.LINE, ("Nama lengkap", "Full name"), needed=True)
_EMAIL: Final = Field("email", Kind.LINE, ("Surel", "E-mail"), hint=("Boleh kosong.", "May stay empty."))
_PASSWORD: Final = Field(
    "password",
    Kind.SECRET,
    ("Kata sandi", "Password"),
    needed=True,
    hint=("Paling sedikit 12 huruf; serahkan langsung kepadanya.", "12 characters at least; hand it over."),
)
_GRANT: Final[Form] = (
    Field("role", Kind.CHOICE, ("Tugas", "Role"), "role", needed=True),
    Field(
        "region",
        Kind.LINE,
        ("Kode wilayah", "Code of the place"),
        hint=(
            "Misalnya 13.74.01.1005; kosong hanya untuk petugas instansi.",
            "Such as 13.74.01.1005; empty for officers of an agency alone.",
        ),
    ),
    Field("desk_id", Kind.CHOICE, ("Meja (petugas meja)", "Desk (desk officers)"), "desk"),
    Field("agency", Kind.CHOICE, ("Instansi (petugas instansi)", "Agency (its officers)"), "agency"),
    Field("valid_from", Kind.DAY, ("Mulai", "From"), hint=("Kosong: hari ini.", "Empty: today.")),
    Field("valid_to", Kind.DAY, ("Sampai", "Until"), hint=("Kosong: tanpa batas.", "Empty: without end.")),
)
_NEW: Final[Form] = (
    Field(
        "login",
        Kind.LINE,
        ("Nama masuk", "Login"),
        needed=True,
        hint=("Misalnya siti; menjadi siti@1374.", "Such as siti; it becomes siti@1374."),
    ),
    _NAME,
    _PASSWORD,
    _EMAIL,
)
_FORMS: Final[Mapping[str, Form]] = {
    "change": (_NAME, _EMAIL),
    "grant": _GRANT,
    "password": (_PASSWORD,),
    "tie": (
        Field("issuer", Kind.LINE, ("Penyedia masuk (iss)", "Issuer (iss)"), needed=True),
        Field(
            "subject",
            Kind.LINE,
            ("Siapa dia di sana (sub)", "Who she is there (sub)"),
            needed=True,
            hint=("Bukan alamat surel.", "Not an e-mail address."),
        ),
    ),
}


async def list_accounts(visit: Visit) -> Response:
    return await _list(visit, NO_REFUSAL)


async def open_account(visit: Visit) -> Response:
    """Make an account with its first grant."""
    typed = await visit.form()
    grant = body_of(_GRANT, typed, visit.zone)
    asked = Act("baru", "/v1/accounts", _NEW, more={"grants": [grant] if grant else []})
    told = await sent(visit, asked, typed)
    if not told.fine:
        return await _list(visit, refusal(_here(told, "/grants/0"), "baru", typed))
    return visit.lead(f"/konsol/akun/{told.body['id']}", ok="baru")


async def show_account(visit: Visit) -> Response:
    return await _account(visit, NO_REFUSAL)


async def take_step(visit: Visit) -> Response:
    """Change who it is, what it may do, or by which door it comes in."""
    typed, action, id_ = await visit.form(), visit.path("action"), part(visit.path("account"))
    path, to = f"/v1/accounts/{id_}", f"/konsol/akun/{id_}"
    if action == "grant":
        return await _give(visit, path, to)
    ended = [str(typed.get("grant") or "")]
    acts = {
        # An address that was taken away is a change as well.
        "change": Act("change", path, _FORMS["change"], to, "PATCH", _emptied(typed.get("email"))),
        "password": Act("password", path, _FORMS["password"], to, "PATCH"),
        "off": Act("off", path, (), to, "PATCH", {"active": False}),
        "on": Act("on", path, (), to, "PATCH", {"active": True}),
        "end": Act("end", path, (), to, "PATCH", {"end_grants": ended}),
        "tie": Act("tie", f"{path}/sign-in", _FORMS["tie"], to, "PUT"),
        "untie": Act("untie", f"{path}/sign-in", (), to, "PUT", {"subject": None}),
    }
    if action not in acts:
        return visit.draw("trouble.html", 404, problem={})
    return await act(visit, _account, acts[action])


async def _give(visit: Visit, path: str, to: str) -> Response:
    typed = await visit.form()
    more = {"add_grants": [body_of(_GRANT, typed, visit.zone)]}
    told = await sent(visit, Act("grant", path, method="PATCH", more=more), typed)
    if told.fine:
        return visit.lead(to, ok="grant")
    return await _account(visit, refusal(_here(told, "/add_grants/0"), "grant", typed))


def _emptied(typed: object) -> dict[str, Any]:
    return {"email": str(typed or "").strip()}


def _here(told: Told, place: str) -> Told:
    """Point at the fields as they stand in the form, which knows of one grant only."""
    if not isinstance(told.body, dict) or "errors" not in told.body:
        return told
    errors = [{**one, "pointer": one["pointer"].removeprefix(place)} for one in told.body["errors"]]
    return Told(told.status, {**told.body, "errors": errors}, told.etag)


async def _list(visit: Visit, refused: Refusal) -> Response:
    active = visit.query("active")
    told = await visit.sitting.get(
        "/v1/accounts", limit=_PAGE, cursor=visit.query("cursor"), count=True, active=active
    )
    if not told.fine:
        return visit.trouble(told)
    clients = await visit.sitting.read("/v1/clients", limit=_PAGE)
    return visit.draw(
        "accounts.html",
        refused.status,
        found=told.body,
        active=active,
        clients=clients or {"items": []},
        form=(*_NEW, *_GRANT),
        sets=await _sets(visit),
        **refused.shown,
    )


async def _account(visit: Visit, refused: Refusal) -> Response:
    told = await visit.sitting.get(f"/v1/accounts/{part(visit.path('account'))}")
    if not told.fine:
        return visit.trouble(told)
    return visit.draw(
        "account.html",
        refused.status,
        one=told.body,
        etag=told.etag,
        forms=_FORMS,
        known=known(_FORMS["change"], told.body),
        sets=await _sets(visit),
        today=visit.house.now().astimezone(visit.offset).date().isoformat(),
        **refused.shown,
    )


async def _sets(visit: Visit) -> dict[str, list[tuple[str, str]]]:
    """Return what grants are made of: roles, desks and agencies."""
    lang, region = visit.sitting.lang, visit.me["regency"]
    roles = (await choices_of(visit, ("role",)))["role"]
    desks = await visit.sitting.read("/v1/desks", limit=200)
    agencies = await visit.sitting.read("/v1/agencies", region=region, limit=200)
    none: dict[str, list[Any]] = {"items": []}
    return {
        "role": [one for one in roles if one[0] not in _NOBODY],
        "desk": [(one["id"], one["name"]) for one in (desks or none)["items"]],
        "agency": [(one["code"], one["name"][lang]) for one in (agencies or none)["items"]],
    }


PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("/konsol/akun", "GET", list_accounts),
    ("/konsol/akun", "POST", open_account),
    ("/konsol/akun/{account}", "GET", show_account),
    ("/konsol/akun/{account}/langkah/{action}", "POST", take_step),
)
