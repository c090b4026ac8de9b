"""Letters that wait for a hand: an initial, or the signature."""

from typing import Final

from starlette.responses import Response

from app.console.choices import choices_of
from app.console.visit import Handler, Visit

_PAGE: Final = 30


async def list_letters(visit: Visit) -> Response:
    """Show what waits for her first: the signature if it is hers to give, else the initial."""
    hers = "initialled" if visit.may("letter:sign") else "draft"
    state = visit.query("state") or hers
    told = await visit.sitting.get(
        "/v1/letters", state=state, limit=_PAGE, cursor=visit.query("cursor"), count=True
    )
    if not told.fine:
        return visit.trouble(told)
    sets = await choices_of(visit, ("letter_state",))
    return visit.draw("letters.html", found=told.body, chosen={"state": state}, sets=sets)


PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (("/konsol/surat", "GET", list_letters),)
