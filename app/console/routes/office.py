"""The office: where its pages are found, how the service is, and long work with what came of it."""

from typing import Final

from starlette.responses import Response

from app.console.acts import NO_REFUSAL, Act, Refusal, act
from app.console.sitting import part
from app.console.visit import Handler, Visit


async def show_office(visit: Visit) -> Response:
    return visit.draw("office.html")


async def show_health(visit: Visit) -> Response:
    """Show what of the service is there and what is away; the API says what that means."""
    told = await visit.sitting.get("/readyz")
    jobs = await visit.sitting.read("/v1/jobs", open=True, limit=20)
    body = told.body if isinstance(told.body, dict) else {}
    return visit.draw("health.html", ready=body, jobs=jobs or {"items": []})


async def show_job(visit: Visit) -> Response:
    return await _job(visit, NO_REFUSAL)


async def change_job(visit: Visit) -> Response:
    """Stop it at its next step, or let it go on."""
    action = visit.path("action")
    if action not in {"stop", "resume"}:
        return visit.draw("trouble.html", 404, problem={})
    job = part(visit.path("job"))
    return await act(visit, _job, Act(action, f"/v1/jobs/{job}/{action}", to=f"/konsol/pekerjaan/{job}"))


async def _job(visit: Visit, refused: Refusal) -> Response:
    told = await visit.sitting.get(f"/v1/jobs/{part(visit.path('job'))}")
    if not told.fine:
        return visit.trouble(told)
    template = "job_state.html" if visit.request.headers.get("hx-request") else "job.html"
    return visit.draw(template, refused.status, job=told.body, **refused.shown)


PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("/konsol/kantor", "GET", show_office),
    ("/konsol/kesehatan", "GET", show_health),
    ("/konsol/pekerjaan/{job}", "GET", show_job),
    ("/konsol/pekerjaan/{job}/langkah/{action}", "POST", change_job),
)
