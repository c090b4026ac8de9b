"""Signing in and out, and the language of the pages."""

from typing import Any, Final

from starlette.responses import Response

from app.console.asking import Sending, Told
from app.console.door import Session, forget, forget_trip, is_secure, keep, keep_trip, trip_of
from app.console.sitting import LANG_COOKIE, client_of
from app.console.visit import SIGN_IN, Foreign, Handler, Visit

_YEAR: Final = 365 * 86400


async def show_door(visit: Visit) -> Response:
    return await _door(visit, _onward(visit.query("ke")))


async def _door(visit: Visit, to: str, told: Told | None = None, login: str = "") -> Response:
    """Draw the sign-in page, with what was refused; the issuer's button only where there is an issuer."""
    outside = await visit.sitting.get("/v1/oauth/oidc")
    values: dict[str, Any] = {"to": to, "login": login, "outside": (outside.body or {}).get("name")}
    if told is None:
        return visit.draw("sign_in.html", **values)
    return visit.draw("sign_in.html", told.status, problem=told.body or {}, **values)


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
        return await _door(visit, to, told, login)
    response = visit.lead(to)
    keep(response, request, Session.begun(told.body["access_token"], told.body["refresh_token"]))
    return response


async def go_outside(visit: Visit) -> Response:
    """Send the browser to the outside issuer, and bind what comes back to this browser."""
    to = _onward(visit.query("ke"))
    visit.sitting.session = None
    told = await visit.sitting.ask("POST", "/v1/oauth/oidc/start", Sending(json={}))
    if not told.fine:
        return await _door(visit, to, told)
    response = visit.lead(told.body["address"])
    keep_trip(response, visit.request, told.body["key"], to)
    return response


async def come_back(visit: Visit) -> Response:
    """Exchange what the issuer sent the browser back with for tokens; a sign-in that was before ends."""
    key, to = trip_of(visit.request)
    visit.sitting.session = None
    came = {name: visit.query(name) or None for name in ("code", "iss", "error")}
    body = {"state": visit.query("state"), "key": key, **came}
    told = await visit.sitting.ask("POST", "/v1/oauth/oidc/finish", Sending(json=body))
    if told.fine:
        response = visit.lead(_onward(to))
        keep(response, visit.request, Session.begun(told.body["access_token"], told.body["refresh_token"]))
    else:
        response = await _door(visit, _onward(to), told)
    forget_trip(response, visit.request)
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
    ("/konsol/masuk/penyedia", "GET", go_outside),
    ("/konsol/masuk/kembali", "GET", come_back),
    ("/konsol/keluar", "POST", sign_out),
    ("/konsol/bahasa", "GET", choose_language),
)
