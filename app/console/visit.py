"""A request to the console from its first to its last line: who asks, what is drawn, where it leads."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final
from urllib.parse import quote, urlencode
from uuid import uuid4

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.console.asking import Api, Told
from app.console.door import FORM_KEY, forget, is_ours, keep, session_of
from app.console.drawing import HEADERS, ZONES, Pages, page
from app.console.menu import menu_of
from app.console.sitting import Refused, Renewals, SignedOut, Sitting
from app.domain.knowledge import zone_name

SIGN_IN: Final = "/konsol/masuk"
_MOST_FIELDS: Final = 300
_SEE_OTHER: Final = 303

Codes = dict[str, tuple[datetime, list[Any]]]
"""What the API said of a code set, and when: they are the same for everybody and change seldom."""
Handler = Callable[["Visit"], Awaitable[Response]]


class Foreign(Exception):  # the form of somebody else's page
    """A form that no page of ours drew for this sitting."""


@dataclass(frozen=True, slots=True)
class Page:
    """How a request is named in log and figures: its address without what it is about."""

    path: str


@dataclass(frozen=True, slots=True)
class House:
    """What the console holds for as long as the process lives."""

    api: Api
    renewals: Renewals
    pages: Pages
    now: Callable[[], datetime]
    codes: Codes = field(default_factory=dict)


@dataclass(slots=True)
class Visit:
    """One request: asks the API for whoever sits there, and draws what it said."""

    house: House
    request: Request
    sitting: Sitting
    me: Mapping[str, Any] = field(default_factory=dict)

    @property
    def zone(self) -> str:
        regency = str(self.me.get("regency") or "")
        return zone_name(regency) if regency[:2].isdecimal() else "WIB"

    @property
    def offset(self) -> timezone:
        return timezone(timedelta(hours=ZONES.get(self.zone, 7)))

    def may(self, *permissions: str) -> bool:
        return any(one in self.me.get("permissions", ()) for one in permissions)

    def query(self, name: str) -> str:
        return self.request.query_params.get(name, "")

    def queries(self, name: str) -> list[str]:
        """Return every value that the address gives for *name*, the empty ones left out."""
        return [one for one in self.request.query_params.getlist(name) if one]

    def path(self, name: str) -> str:
        return str(self.request.path_params[name])

    async def form(self) -> FormData:
        """Return the fields of a form that one of our pages drew for this sitting.

        Raises:
            Foreign: it is not.
        """
        typed = await self.request.form(max_fields=_MOST_FIELDS, max_files=1)
        if not is_ours(self.request, self.sitting.session, str(typed.get(FORM_KEY) or "")):
            raise Foreign
        return typed

    def draw(self, template: str, status: int = 200, **values: Any) -> Response:
        """Return the page; a part of one where a script asked for a part."""
        session = self.sitting.session
        more = {
            "v": self,
            "me": self.me,
            "may": self.may,
            "menu": menu_of(self.may),
            "now": self.house.now().astimezone(UTC).isoformat(),
            "form_key": session.form_key if session else "",
            "once": uuid4().hex,
            "here": self.request.url.path,
            "ok": self.query("ok"),
            "problem": None,
            "kept": {},
            **values,
        }
        html = self.house.pages.drawn(template, self.sitting.lang, self.zone, more)
        return page(html, status)

    def lead(self, path: str, **query: str) -> Response:
        """Lead on to another page, so that loading it again sends no form again."""
        to = f"{path}?{urlencode(query)}" if query else path
        return RedirectResponse(to, _SEE_OTHER, headers=HEADERS)

    def trouble(self, told: Told) -> Response:
        """Say what the API refused, with its own words."""
        return self.draw("trouble.html", told.status, problem=told.body or {})


def visited(
    house: House, page_at: str, handler: Handler, *, signed_in: bool = True
) -> Callable[[Request], Awaitable[Response]]:
    """Return what answers a request by *handler*: nobody comes in without having signed in."""
    named = Page(page_at)

    async def answer(request: Request) -> Response:
        request.scope["route"] = named
        try:
            return await _answered(request)
        finally:
            # Files that came with a form.
            await request.close()

    async def _answered(request: Request) -> Response:
        session = session_of(request)
        visit = Visit(house, request, Sitting(house.api, house.renewals, request, session))
        try:
            refused = await _introduced(visit) if signed_in else None
            response = refused or await handler(visit)
        except SignedOut:
            response = _to_sign_in(request)
            forget(response, request)
            return response
        except Foreign:
            return visit.draw("foreign.html", 403)
        except Refused as refused:
            return visit.trouble(refused.told)
        if visit.sitting.is_renewed and visit.sitting.session is not None:
            keep(response, request, visit.sitting.session)
        return response

    return answer


async def _introduced(visit: Visit) -> Response | None:
    """Learn who it is; return what to answer if she cannot be known.

    Raises:
        SignedOut: nobody has signed in.
    """
    if visit.sitting.session is None:
        raise SignedOut
    me = await visit.sitting.get("/v1/me")
    if not me.fine:
        return visit.trouble(me)
    visit.me = me.body
    return None


def _to_sign_in(request: Request) -> Response:
    back = request.url.path if request.method == "GET" else "/konsol/"
    to = f"{SIGN_IN}?ke={quote(back)}"
    if request.headers.get("hx-request"):
        return Response(status_code=200, headers={**HEADERS, "HX-Redirect": to})
    return RedirectResponse(to, _SEE_OTHER, headers=HEADERS)
