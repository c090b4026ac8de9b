"""Webhooks: endpoints of other systems, what was sent to them, and sending it again."""

from typing import Any, Final

from starlette.responses import Response

from app.console.acts import NO_REFUSAL, Act, Refusal, act, known, refusal, sent
from app.console.fields import Field, Form, Kind
from app.console.sitting import part
from app.console.visit import Handler, Visit

_PAGE: Final = 50
_FORM: Final[Form] = (
    Field(
        "url",
        Kind.LINE,
        ("Alamat penerima", "Address of the receiver"),
        needed=True,
        hint=("Alamat https milik sistem itu.", "An https address of that system."),
    ),
    Field("description", Kind.LINE, ("Keterangan", "Description")),
    Field(
        "types",
        Kind.LIST,
        ("Jenis kabar", "Kinds of news"),
        hint=(
            "Misalnya referral.sent, case.opened; kosong berarti semua yang boleh Anda lihat.",
            "For instance referral.sent, case.opened; empty is all that you may see.",
        ),
    ),
    Field(
        "programs",
        Kind.LIST,
        ("Hanya program (kode)", "Only programmes (codes)"),
        hint=("Kosong berarti semua.", "Empty is all."),
    ),
)
_REPLAY: Final[Form] = (
    Field(
        "after",
        Kind.LINE,
        ("Sejak penanda", "Since the cursor"),
        hint=(
            "Nilai `next` dari /v1/events; kosong berarti sejak awal.",
            "`next` of /v1/events; empty is from the start.",
        ),
    ),
)


async def list_webhooks(visit: Visit) -> Response:
    return await _list(visit, NO_REFUSAL)


async def make(visit: Visit) -> Response:
    """Make an endpoint; the page that answers shows its secret, once."""
    asked = Act("baru", "/v1/webhooks", _FORM)
    typed = await visit.form()
    told = await sent(visit, asked, typed)
    if not told.fine:
        return await _list(visit, refusal(told, "baru", typed))
    return _secret(visit, told.body)


async def show_webhook(visit: Visit) -> Response:
    return await _webhook(visit, NO_REFUSAL)


async def take_step(visit: Visit) -> Response:
    id_, action = part(visit.path("webhook")), visit.path("action")
    path, to = f"/v1/webhooks/{id_}", f"/konsol/webhook/{id_}"
    if action == "secret":
        typed = await visit.form()
        told = await sent(visit, Act(action, f"{path}/secret"), typed)
        return _secret(visit, told.body) if told.fine else await _webhook(visit, refusal(told, action, typed))
    if action == "redeliver":
        typed = await visit.form()
        seq = part(str(typed.get("n") or "0"))
        return await act(visit, _webhook, Act(action, f"{path}/deliveries/{seq}/redeliver", to=to))
    acts = {
        "change": Act("change", path, _FORM, to, "PATCH", await _emptied(visit)),
        "off": Act("off", path, (), to, "PATCH", {"active": False}),
        "on": Act("on", path, (), to, "PATCH", {"active": True}),
        "test": Act("test", f"{path}/test", to=to),
        "replay": Act("replay", f"{path}/replay", _REPLAY, to),
        "remove": Act("remove", f"{path}/remove", to="/konsol/webhook"),
    }
    if action not in acts:
        return visit.draw("trouble.html", 404, problem={})
    return await act(visit, _webhook, acts[action])


async def _emptied(visit: Visit) -> dict[str, Any]:
    """A description that was taken away is a change as well."""
    return {"description": str((await visit.form()).get("description") or "").strip()}


async def _list(visit: Visit, refused: Refusal) -> Response:
    told = await visit.sitting.get("/v1/webhooks", limit=_PAGE, cursor=visit.query("cursor"))
    if not told.fine:
        return visit.trouble(told)
    return visit.draw("webhooks.html", refused.status, found=told.body, form=_FORM, **refused.shown)


async def _webhook(visit: Visit, refused: Refusal) -> Response:
    path = f"/v1/webhooks/{part(visit.path('webhook'))}"
    told = await visit.sitting.get(path)
    if not told.fine:
        return visit.trouble(told)
    state = visit.query("state")
    log = await visit.sitting.read(
        f"{path}/deliveries", state=state, limit=_PAGE, cursor=visit.query("cursor")
    )
    return visit.draw(
        "webhook.html",
        refused.status,
        one=told.body,
        etag=told.etag,
        log=log or {"items": [], "next": None},
        state=state,
        form=_FORM,
        replay=_REPLAY,
        known=known(_FORM, told.body),
        **refused.shown,
    )


def _secret(visit: Visit, made: dict[str, Any]) -> Response:
    to = f"/konsol/webhook/{made['webhook']['id']}"
    name = made["webhook"]["url"]
    return visit.draw("secret.html", secret=made["secret"], name=name, to=to, kind="webhook")


PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("/konsol/webhook", "GET", list_webhooks),
    ("/konsol/webhook", "POST", make),
    ("/konsol/webhook/{webhook}", "GET", show_webhook),
    ("/konsol/webhook/{webhook}/langkah/{action}", "POST", take_step),
)
