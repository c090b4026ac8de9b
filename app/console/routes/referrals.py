"""The inbox of an agency, and the referrals of a regency: what waits, one of them, and the answers to it."""

from typing import Any, Final

from starlette.responses import Response

from app.console.choices import choices_of
from app.console.fields import body_of, kept
from app.console.sitting import part
from app.console.step_forms import GROUND, REFERRAL
from app.console.visit import Handler, Visit

_FILTERS: Final = (
    "status", "program", "agency", "level", "reason", "purpose", "region", "overdue", "sent_from", "sent_to",
    "accepted_from", "accepted_to", "ended_from", "ended_to",
)  # fmt: skip
_PAGE: Final = 30


async def list_referrals(visit: Visit) -> Response:
    chosen = {name: visit.queries(name) for name in _FILTERS if visit.queries(name)}
    told = await visit.sitting.get(
        "/v1/referrals", **chosen, limit=_PAGE, cursor=visit.query("cursor"), count=True
    )
    if not told.fine:
        return visit.trouble(told)
    sets = await choices_of(visit, ("referral_status", "purpose"))
    return visit.draw("referrals.html", found=told.body, chosen=chosen, sets=sets)


async def show_referral(visit: Visit) -> Response:
    return await _referral(visit)


async def answer(visit: Visit) -> Response:
    """Do one of the steps that the referral offered."""
    action = visit.path("action")
    form = REFERRAL.get(action)
    if form is None:
        return visit.draw("trouble.html", 404, problem={})
    typed = await visit.form()
    told = await visit.sitting.post(
        f"/v1/referrals/{part(visit.path('referral'))}/{action}",
        body_of(form, typed, visit.zone),
        key=str(typed.get("sekali") or ""),
        etag=str(typed.get("etag") or ""),
    )
    if told.fine:
        return visit.lead(f"/konsol/rujukan/{part(visit.path('referral'))}", ok=action)
    return await _referral(visit, told.body, action, kept(typed), told.status)


async def _referral(
    visit: Visit,
    problem: dict[str, Any] | None = None,
    at: str = "",
    typed: dict[str, list[str]] | None = None,
    status: int = 200,
) -> Response:
    told = await visit.sitting.get(f"/v1/referrals/{part(visit.path('referral'))}")
    if not told.fine:
        return visit.trouble(told)
    steps = [one for one in told.body["allowed_actions"] if one["code"] in REFERRAL]
    forms = {one["code"]: REFERRAL[one["code"]] for one in steps}
    sets = {one.of for form in forms.values() for one in form if one.of}
    return visit.draw(
        "referral.html",
        status,
        referral=told.body,
        etag=told.etag,
        steps=steps,
        forms=forms,
        ground=GROUND,
        sets=await choices_of(visit, sets),
        problem=problem,
        at=at,
        kept=typed or {},
    )


PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("/konsol/rujukan", "GET", list_referrals),
    ("/konsol/rujukan/{referral}", "GET", show_referral),
    ("/konsol/rujukan/{referral}/langkah/{action}", "POST", answer),
)
