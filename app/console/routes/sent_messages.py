"""Messages of the regency: what was sent to whom by role, what failed, and what is tried again."""

from typing import Final

from starlette.responses import Response

from app.console.choices import choices_of
from app.console.visit import Handler, Visit

_PAGE: Final = 50
_REFUSED: Final = frozenset({400, 422})
"""A filter that was mistyped in the address: told above the form."""


async def show_messages(visit: Visit) -> Response:
    chosen = {name: visit.query(name) for name in ("state", "to")}
    told = await visit.sitting.get("/v1/messages", **chosen, limit=_PAGE, cursor=visit.query("cursor"))
    if not told.fine and told.status not in _REFUSED:
        return visit.trouble(told)
    found = told.body if told.fine else {"items": [], "next": None}
    sets = await choices_of(visit, ("message_state", "message_audience"))
    values = {"found": found, "chosen": chosen, "sets": sets}
    values |= {"asked": {name: value for name, value in chosen.items() if value}}
    return visit.draw("sent_messages.html", told.status, **values, problem=None if told.fine else told.body)


PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (("/konsol/pesan/terkirim", "GET", show_messages),)
