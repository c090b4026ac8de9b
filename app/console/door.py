"""Who sits at the browser: the cookie of a sign-in, and forms that only our own pages can send."""

import hmac
from dataclasses import dataclass
from ipaddress import ip_address
from secrets import token_urlsafe
from typing import Final
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

_NAME: Final = "konsol"
_KEPT_SECONDS: Final = 12 * 3600
"""A working day; what a token is still good for is the API's affair."""
_PARTS: Final = 3
_TRIP: Final = "pergi"
_TRIP_SECONDS: Final = 600
"""As long as a sign-in at the outside issuer is good for."""
FORM_KEY: Final = "kunci"
"""The hidden field of each form: without the cookie nobody knows what must stand in it."""


@dataclass(frozen=True, slots=True)
class Session:
    """What the cookie holds. No page and no script reads it."""

    access: str
    refresh: str
    form_key: str

    @classmethod
    def begun(cls, access: str, refresh: str) -> "Session":
        """A sign-in: nothing of an earlier cookie lives on in it."""
        return cls(access, refresh, token_urlsafe(18))

    def renewed(self, access: str, refresh: str) -> "Session":
        """The same sitting with new tokens; forms that are open stay good."""
        return Session(access, refresh, self.form_key)


def session_of(request: Request) -> Session | None:
    parts = (request.cookies.get(_cookie_name(request)) or "").split("~")
    # What a header cannot carry was never ours.
    if len(parts) != _PARTS or not all(one.isascii() and one.isprintable() and one for one in parts):
        return None
    return Session(*parts)


def keep(response: Response, request: Request, session: Session) -> None:
    response.set_cookie(
        _cookie_name(request),
        f"{session.access}~{session.refresh}~{session.form_key}",
        max_age=_KEPT_SECONDS,
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )


def forget(response: Response, request: Request) -> None:
    response.delete_cookie(
        _cookie_name(request), path="/", secure=is_secure(request), httponly=True, samesite="lax"
    )


def keep_trip(response: Response, request: Request, key: str, to: str) -> None:
    """Bind a sign-in at the outside issuer to this browser, and remember where it was going."""
    response.set_cookie(
        _cookie_name(request, _TRIP),
        f"{key}~{quote(to)}",
        max_age=_TRIP_SECONDS,
        path="/",
        secure=is_secure(request),
        httponly=True,
        # Not "strict": the issuer sends the browser back, and the cookie has to come along.
        samesite="lax",
    )


def trip_of(request: Request) -> tuple[str, str]:
    """Return the key of the sign-in that this browser began, and where it was going; empty if none."""
    key, _, to = (request.cookies.get(_cookie_name(request, _TRIP)) or "").partition("~")
    return (key, unquote(to)) if key.isascii() and key.isprintable() else ("", "")


def forget_trip(response: Response, request: Request) -> None:
    response.delete_cookie(
        _cookie_name(request, _TRIP), path="/", secure=is_secure(request), httponly=True, samesite="lax"
    )


def is_ours(request: Request, session: Session | None, given: str) -> bool:
    """Whether a form was drawn by us for this sitting and sent from our own page."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    if session is None:
        return True
    return hmac.compare_digest(session.form_key.encode(), given.encode("utf-8", "replace"))


def is_secure(request: Request) -> bool:
    """Whether the cookie may travel over TLS alone: always, but on loopback."""
    try:
        host = request.url.hostname or ""
    except ValueError:
        return True
    return request.url.scheme == "https" or not _is_loopback(host)


def _cookie_name(request: Request, name: str = _NAME) -> str:
    # The prefix makes the browser refuse a cookie that another host of the same domain wants to set.
    return f"__Host-{name}" if is_secure(request) else name


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in {"localhost", "test", "testserver"}
