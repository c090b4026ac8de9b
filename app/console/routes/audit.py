"""The audit: who saw and who changed what, whether the logs are whole, and their seals."""

from typing import Any, Final

from starlette.responses import Response

from app.console.acts import NO_REFUSAL, Refusal, refusal
from app.console.asking import Sending
from app.console.visit import Handler, Visit

_PAGE: Final = 50
_SEALS: Final = 100


async def show_audit(visit: Visit) -> Response:
    return await _audit(visit, NO_REFUSAL)


async def verify_audit(visit: Visit) -> Response:
    """Have the chains of the regency read anew; the page of the job says what was found."""
    typed = await visit.form()
    sending = Sending(json={"region": visit.me["regency"]}, key=str(typed.get("sekali") or ""))
    told = await visit.sitting.ask("POST", "/v1/audit/verifications", sending)
    if not told.fine:
        return await _audit(visit, refusal(told, "periksa", typed))
    return visit.lead(f"/konsol/pekerjaan/{told.body['id']}")


async def show_seals(visit: Visit) -> Response:
    told = await visit.sitting.get("/v1/audit/seals", limit=_SEALS, cursor=visit.query("cursor"))
    if not told.fine:
        return visit.trouble(told)
    return visit.draw("seals.html", found=told.body)


async def _audit(visit: Visit, refused: Refusal) -> Response:
    chosen = {name: visit.query(name) for name in ("case", "person", "actor", "from", "to")}
    named = {name: value for name, value in chosen.items() if value}
    asked: dict[str, Any] = dict(named)
    for name in ("from", "to"):
        if name in asked:
            asked[name] = f"{asked[name]}T00:00:00{_offset(visit)}"
    told = await visit.sitting.get("/v1/audit", **asked, limit=_PAGE, cursor=visit.query("cursor"))
    if not told.fine and told.status not in {400, 404, 422}:
        return visit.trouble(told)
    found = told.body if told.fine else {"items": [], "next": None}
    problem = None if told.fine else told.body
    shown = {**refused.shown, "wrong": problem}
    status = refused.status if told.fine else told.status
    return visit.draw("audit.html", status, found=found, chosen=chosen, asked=named, **shown)


def _offset(visit: Visit) -> str:
    """Return the zone of the place as it is written behind an instant: ``+07:00``."""
    minutes = int((visit.offset.utcoffset(None)).total_seconds()) // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("/konsol/audit", "GET", show_audit),
    ("/konsol/audit/periksa", "POST", verify_audit),
    ("/konsol/audit/segel", "GET", show_seals),
)
