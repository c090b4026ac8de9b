"""For administrators: what long work is under way."""

from typing import Final

from starlette.responses import Response

from app.console.visit import Handler, Visit

_PAGE: Final = 50


async def show_jobs(visit: Visit) -> Response:
    """Show long work with how far it is; drawn anew by itself while some of it is under way."""
    told = await visit.sitting.get("/v1/jobs", limit=_PAGE)
    if not told.fine:
        return visit.trouble(told)
    template = "jobs_rows.html" if visit.request.headers.get("hx-request") else "jobs.html"
    return visit.draw(template, jobs=told.body)


PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (("/konsol/pekerjaan", "GET", show_jobs),)
