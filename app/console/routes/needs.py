"""Need cards as donors see them, and what they promised."""

from typing import Any, Final

from starlette.datastructures import UploadFile
from starlette.responses import Response

from app.console.asking import Sending
from app.console.choices import choices_of
from app.console.fields import is_number
from app.console.multipart import one_file
from app.console.sitting import part
from app.console.visit import Handler, Visit

_PAGE: Final = 30
_FILTERS: Final = ("kind", "urgency", "region", "state")
_PLEDGE_STEPS: Final = frozenset({"pledge", "deliver", "cancel", "accept"})


async def list_needs(visit: Visit) -> Response:
    chosen = {name: visit.query(name) for name in _FILTERS if visit.query(name)}
    told = await visit.sitting.get(
        "/v1/needs", **chosen, limit=_PAGE, cursor=visit.query("cursor"), count=True
    )
    if not told.fine:
        return visit.trouble(told)
    sets = await choices_of(visit, ("need_kind", "priority"))
    return visit.draw("needs.html", found=told.body, chosen=chosen, sets=sets)


async def reserve(visit: Visit) -> Response:
    typed = await visit.form()
    quantity = str(typed.get("quantity") or "")
    body: dict[str, Any] = {"need": str(typed.get("need") or "")}
    body |= {"quantity": int(quantity)} if is_number(quantity) else {}
    body |= {"anonymous": True} if typed.get("anonymous") else {}
    told = await visit.sitting.post("/v1/pledges", body, key=str(typed.get("sekali") or ""))
    return (
        visit.lead(f"/konsol/janji/{part(told.body['id'])}", ok="reserve")
        if told.fine
        else visit.trouble(told)
    )


async def list_pledges(visit: Visit) -> Response:
    chosen = {"state": visit.query("state")} if visit.query("state") else {}
    told = await visit.sitting.get(
        "/v1/pledges", **chosen, limit=_PAGE, cursor=visit.query("cursor"), count=True
    )
    if not told.fine:
        return visit.trouble(told)
    return visit.draw("pledges.html", found=told.body, chosen=chosen)


async def show_pledge(visit: Visit) -> Response:
    told = await visit.sitting.get(f"/v1/pledges/{part(visit.path('pledge'))}")
    return visit.draw("pledge.html", pledge=told.body) if told.fine else visit.trouble(told)


async def go_on(visit: Visit) -> Response:
    """Promise for good, say that it was delivered, take it back, or (the office) accept the proof."""
    action = visit.path("action")
    if action not in _PLEDGE_STEPS:
        return visit.draw("trouble.html", 404, problem={})
    typed = await visit.form()
    names = {"pledge": "deliver_on", "deliver": "delivered_on"}
    body = {names[action]: str(typed.get("day") or "")} if action in names else {}
    path = f"/v1/pledges/{part(visit.path('pledge'))}"
    told = await visit.sitting.post(f"{path}/{action}", body, key=str(typed.get("sekali") or ""))
    return (
        visit.lead(visit.request.url.path.rsplit("/langkah/", 1)[0], ok=action)
        if told.fine
        else visit.trouble(told)
    )


async def prove(visit: Visit) -> Response:
    """Take the photo or the receipt of what was given."""
    typed = await visit.form()
    given, kind = typed.get("file"), "receipt" if typed.get("kind") == "receipt" else "photo"
    pledge = part(visit.path("pledge"))
    if not isinstance(given, UploadFile) or not given.filename:
        return visit.lead(f"/konsol/janji/{pledge}")
    content, media_type = one_file(given.filename, await given.read(), {})
    sending = Sending(content=content, kind=media_type, key=str(typed.get("sekali") or ""))
    told = await visit.sitting.ask("POST", f"/v1/pledges/{pledge}/proofs?kind={kind}", sending)
    return visit.lead(f"/konsol/janji/{pledge}", ok="proof") if told.fine else visit.trouble(told)


PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("/konsol/kebutuhan", "GET", list_needs),
    ("/konsol/kebutuhan", "POST", reserve),
    ("/konsol/janji", "GET", list_pledges),
    ("/konsol/janji/{pledge}", "GET", show_pledge),
    ("/konsol/janji/{pledge}/bukti", "POST", prove),
    ("/konsol/janji/{pledge}/langkah/{action}", "POST", go_on),
)
