"""One person's visit to one page: asks the API for her, and keeps her signed in while she works."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote, urlencode

from httpx import URL, InvalidURL
from starlette.requests import Request

from app.console.asking import NOTHING, Api, Caller, Sending, Told
from app.console.door import Session

LANG_COOKIE: Final = "bahasa"
_LANGUAGES: Final = ("id", "en")
_MOST_RENEWALS: Final = 512
_NOT_HERS: Final = frozenset({403, 404})


class SignedOut(Exception):  # no error: she has to sign in
    """Nobody is signed in, or not any more."""


class Refused(Exception):  # a page that needs it cannot be drawn
    """The API refused what a page needs."""

    def __init__(self, told: Told) -> None:
        super().__init__(str(told.status))
        self.told = told


class Renewals:
    """New tokens for old ones, each asked for once in this process.

    A refresh token that comes twice ends the whole sign-in (it may have been stolen), and a browser that
    loads two pages at once would send it twice.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self._known: OrderedDict[bytes, asyncio.Task[Session | None]] = OrderedDict()

    async def renewed(self, session: Session, caller: Caller, client_id: str) -> Session | None:
        """Return the session with new tokens; None when it is over."""
        key = sha256(session.refresh.encode()).digest()
        if key not in self._known:
            self._known[key] = asyncio.create_task(self._renew(session, caller, client_id))
            while len(self._known) > _MOST_RENEWALS:
                self._known.popitem(last=False)
        return await self._known[key]

    async def _renew(self, session: Session, caller: Caller, client_id: str) -> Session | None:
        form = {"grant_type": "refresh_token", "refresh_token": session.refresh, "client_id": client_id}
        told = await self._api.ask(replace(caller, token=""), "POST", "/v1/oauth/token", Sending(form=form))
        if not told.fine:
            return None
        return session.renewed(told.body["access_token"], told.body["refresh_token"])


class Sitting:
    """Asks for whoever holds the cookie."""

    def __init__(self, api: Api, renewals: Renewals, request: Request, session: Session | None) -> None:
        self.lang = language_of(request)
        self.session = session
        self.is_renewed = False
        """Whether the answer must give the browser a new cookie."""
        self._api = api
        self._renewals = renewals
        host, port = request.client or ("127.0.0.1", 0)
        token = session.access if session else ""
        self._caller = Caller(token, base_of(request), (host, port), self.lang)

    async def get(self, path: str, **query: object) -> Told:
        """Ask for *path* with those of *query* that are set; a list is a name that is given more than once.

        Raises:
            SignedOut: the sign-in is over.
        """
        named = ((name, one) for name, value in query.items() for one in _each(value))
        given = [(name, _text(one)) for name, one in named if one not in (None, "")]
        return await self.ask("GET", f"{path}?{urlencode(given)}" if given else path)

    async def read(self, path: str, **query: object) -> Any:
        """Return what *path* answers, or None if there is no such thing for her.

        Raises:
            Refused: the API says no for another reason, which the page must tell.
        """
        told = await self.get(path, **query)
        if not told.fine and told.status not in _NOT_HERS:
            raise Refused(told)
        return told.body if told.fine else None

    async def post(self, path: str, body: Mapping[str, Any], *, key: str, etag: str = "") -> Told:
        return await self.ask("POST", path, Sending(json=body, key=key, etag=etag))

    async def ask(self, method: str, path: str, sending: Sending = NOTHING) -> Told:
        told = await self._api.ask(self._caller, method, path, sending)
        if not told.unknown or self.session is None:
            return told
        renewed = await self._renewals.renewed(self.session, self._caller, client_of(self.session.access))
        if renewed is None:
            raise SignedOut
        self.session, self.is_renewed = renewed, True
        self._caller = replace(self._caller, token=renewed.access)
        told = await self._api.ask(self._caller, method, path, sending)
        if told.unknown:
            raise SignedOut
        return told


def language_of(request: Request) -> str:
    """Return the language that she chose; else what her browser asks for first, Indonesian if in doubt."""
    chosen = request.cookies.get(LANG_COOKIE, "")
    if chosen in _LANGUAGES:
        return chosen
    first = request.headers.get("accept-language", "").split(",")[0].strip().lower()
    return "en" if first.startswith("en") else "id"


def base_of(request: Request) -> str:
    """Return scheme and host as the browser named them; a plain name if what it named is none."""
    try:
        base = f"{request.url.scheme}://{request.url.netloc}"
        URL(base)
    except (ValueError, InvalidURL):
        return "http://localhost"
    return base if request.url.netloc.isascii() and request.url.netloc else "http://localhost"


def client_of(token_or_login: str) -> str:
    """Return the console's own client of the regency that stands in a token or after the @ of a login."""
    _, _, after = token_or_login.rpartition("@")
    if after != token_or_login:
        return f"konsol@{after}"
    return f"konsol@{token_or_login.partition('_')[2].partition('-')[0]}"


def part(text: str) -> str:
    """Return *text* as one part of a path, whatever it holds."""
    return quote(text, safe="")


def _each(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else [value]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
