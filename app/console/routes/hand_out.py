"""The day of a hand-out on a phone: slots, who came, and a list that works without a link."""

from typing import Any, Final

from starlette.datastructures import FormData
from starlette.responses import JSONResponse, Response

from app.console.asking import Told
from app.console.choices import choices_of
from app.console.drawing import HEADERS
from app.console.fields import is_number
from app.console.sitting import part
from app.console.visit import Handler, Visit

_PAGE: Final = 50
_NOTED: Final = ("client_id", "code", "device_at", "outcome", "signature", "reason")
_PROXY: Final = ("name", "relation", "letter")


async def list_campaigns(visit: Visit) -> Response:
    told = await visit.sitting.get("/v1/campaigns", limit=_PAGE, cursor=visit.query("cursor"))
    if not told.fine:
        return visit.trouble(told)
    return visit.draw("campaigns.html", found=told.body)


async def show_campaign(visit: Visit) -> Response:
    path = _path(visit)
    told = await visit.sitting.get(path)
    if not told.fine:
        return visit.trouble(told)
    slots = await visit.sitting.read(f"{path}/slots")
    sets = await choices_of(visit, ("turn_away_reason", "reporter_relation"))
    return visit.draw("hand_out.html", one=told.body, slots=slots or {"items": []}, sets=sets)


async def prepare(visit: Visit) -> Response:
    """Register this phone as a device; its key goes to it this once and is kept nowhere here."""
    typed = await visit.form()
    body = {"name": _text(typed, "name"), "slots": [str(one) for one in typed.getlist("slots")]}
    return _answer(await visit.sitting.post(f"{_path(visit)}/devices", body, key=_text(typed, "sekali")))


async def take_list(visit: Visit) -> Response:
    typed = await visit.form()
    hours = _text(typed, "hours")
    path = f"{_path(visit)}/devices/{part(_text(typed, 'device') or 'x')}/list"
    body = {"hours": int(hours)} if is_number(hours) else {}
    return _answer(await visit.sitting.post(path, body, key=_text(typed, "sekali")))


async def check_in(visit: Visit) -> Response:
    """Send on what the phone noted and signed, whenever it comes; sent twice it is one."""
    typed = await visit.form()
    noted: dict[str, Any] = {name: _text(typed, name) for name in _NOTED if _text(typed, name)}
    proxy = {name: _text(typed, f"proxy.{name}") for name in _PROXY}
    if any(proxy.values()):
        noted["proxy"] = proxy
    body = {name: _text(typed, name) for name in ("device_id", "list_id", "list_signature")}
    told = await visit.sitting.post(
        f"{_path(visit)}/checkins", {**body, "checkins": [noted]}, key=_text(typed, "sekali")
    )
    if not told.fine:
        return _answer(told)
    return JSONResponse(told.body["results"][0], headers=HEADERS)


def _path(visit: Visit) -> str:
    return f"/v1/campaigns/{part(visit.path('campaign'))}"


def _text(typed: FormData, name: str) -> str:
    return str(typed.get(name) or "").strip()


def _answer(told: Told) -> Response:
    return JSONResponse(told.body, told.status, headers=HEADERS)


PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("/konsol/kegiatan", "GET", list_campaigns),
    ("/konsol/kegiatan/{campaign}", "GET", show_campaign),
    ("/konsol/kegiatan/{campaign}/perangkat", "POST", prepare),
    ("/konsol/kegiatan/{campaign}/daftar", "POST", take_list),
    ("/konsol/kegiatan/{campaign}/serah", "POST", check_in),
)
