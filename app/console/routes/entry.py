"""Signing in and out, and the language of the pages."""

from typing import Final

from starlette.responses import Response

from app.console.asking import Sending
from app.console.door import Session, forget, is_secure, keep
from app.console.sitting import LANG_COOKIE, client_of
from app.console.visit import SIGN_IN, Foreign, Handler, Visit

_YEAR: Final = 365 * 86400


async def show_door(visit: Visit) -> Response:
    return visit.draw("sign_in.html", to=_onward(visit.query("ke")), login="")


async def sign_in(visit: Visit) -> Response:
    """Exchange login and password for tokens; a sign-in that was there before ends."""
    request = visit.request
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Foreign
    typed = await request.form(max_fields=10, max_files=0)
    login, to = str(typed.get("login") or "").strip(), _onward(str(typed.get("ke") or ""))
    form = {
        "grant_type": "password",
        "client_id": client_of(login) if "@" in login else "konsol@0000",
        "username": login,
        "password": str(typed.get("password") or ""),
    }
    visit.sitting.session = None
    told = await visit.sitting.ask("POST", "/v1/oauth/token", Sending(form=form))
    if not told.fine:
        return visit.draw("sign_in.html", told.status, to=to, login=login, problem=told.body or {})
    response = visit.lead(to)
    keep(response, request, Session.begun(told.body["access_token"], told.body["refresh_token"]))
    return response


async def sign_out(visit: Visit) -> Response:
    """End the sign-in at the API as well: a copy of the cookie is good for nothing afterwards."""
    await visit.form()
    session = visit.sitting.session
    if session is not None:
        for token in (session.refresh, session.access):
            await visit.sitting.ask("POST", "/v1/oauth/revoke", Sending(form={"token": token}))
    response = visit.lead(SIGN_IN, ok="keluar")
    forget(response, visit.request)
    return response


async def choose_language(visit: Visit) -> Response:
    chosen = "en" if visit.query("ke") == "en" else "id"
    response = visit.lead(_onward(visit.query("dari")))
    secure = is_secure(visit.request)
    response.set_cookie(
        LANG_COOKIE, chosen, max_age=_YEAR, path="/", secure=secure, httponly=True, samesite="lax"
    )
    return response


def _onward(path: str) -> str:
    """Return *path* if it leads within the console, else the first page: no form sends anybody elsewhere."""
    fine = path.startswith("/konsol/") and "//" not in path and "\\" not in path and path.isprintable()
    return path if fine else "/konsol/"


PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (
    (SIGN_IN, "GET", show_door),
    (SIGN_IN, "POST", sign_in),
    ("/konsol/keluar", "POST", sign_out),
    ("/konsol/bahasa", "GET", choose_language),
)
