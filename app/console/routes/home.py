"""What waits for whoever has signed in, and what she was told."""

from typing import Final

from starlette.responses import Response

from app.console.visit import Handler, Visit

_SHOWN: Final = 8


async def show_home(visit: Visit) -> Response:
    """Lead agencies and donors to their work; show officers what is due, what is theirs, what is new."""
    if not visit.may("case:read"):
        if visit.may("referral:receive", "referral:read"):
            return visit.lead("/konsol/rujukan")
        return visit.lead("/konsol/kebutuhan" if visit.may("need:browse", "need:read") else "/konsol/berita")
    ask = visit.sitting.read
    return visit.draw(
        "home.html",
        late=await ask("/v1/cases", overdue=True, sort="due", limit=_SHOWN, count=True),
        due=await ask("/v1/cases", overdue=False, sort="due", limit=_SHOWN),
        mine=await ask("/v1/cases", assignee=visit.me["id"], limit=_SHOWN, count=True),
        visits=await ask("/v1/visits", state="planned", limit=_SHOWN),
        tasks=await ask("/v1/tasks", done=False, limit=_SHOWN),
        news=await ask("/v1/notifications", unread=True, limit=_SHOWN, count=True),
    )


async def show_news(visit: Visit) -> Response:
    news = await visit.sitting.read("/v1/notifications", limit=50, cursor=visit.query("cursor"))
    return visit.draw("news.html", news=news or {"items": [], "next": None})


async def read_news(visit: Visit) -> Response:
    typed = await visit.form()
    body = {"up_to": str(typed.get("up_to") or "")}
    told = await visit.sitting.post("/v1/notifications/read", body, key=str(typed.get("sekali") or ""))
    return visit.lead("/konsol/berita") if told.fine else visit.trouble(told)


PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("/konsol/", "GET", show_home),
    ("/konsol/berita", "GET", show_news),
    ("/konsol/berita", "POST", read_news),
)
