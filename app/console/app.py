"""The console's own routes, each with the page that answers it."""

from collections.abc import Callable
from datetime import datetime

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from app.console.asking import Api
from app.console.drawing import KINDS, STATIC, Pages, asset
from app.console.routes import (
    admin,
    cases,
    entry,
    figures,
    hand_out,
    home,
    intake,
    letters,
    meetings,
    needs,
    people,
    referrals,
    signing,
    visits,
)
from app.console.routes.offices import OFFICE
from app.console.sitting import Renewals
from app.console.visit import House, visited

_FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
_SIGNED_IN = (
    home,
    intake,
    letters,
    signing,
    visits,
    meetings,
    people,
    cases,
    referrals,
    needs,
    hand_out,
    figures,
    admin,
    *OFFICE,
)
"""Modules whose pages are for people who have signed in; the first match counts."""


def console_routes(api: ASGIApp, now: Callable[[], datetime]) -> list[BaseRoute]:
    """Return the routes of the console, which asks *api* in this process."""
    asked = Api(api)
    house = House(asked, Renewals(asked), Pages(), now)
    routes: list[BaseRoute] = [
        Route("/", _front, methods=["GET"]),
        Route("/konsol", _front, methods=["GET"]),
        Route("/konsol/aset/{digest}/{name}", _asset, methods=["GET"]),
    ]
    for path, method, handler in entry.PAGES:
        routes.append(Route(path, visited(house, path, handler, signed_in=False), methods=[method]))
    for module in _SIGNED_IN:
        for path, method, handler in module.PAGES:
            routes.append(Route(path, visited(house, path, handler), methods=[method]))
    return routes


async def _front(_request: Request) -> Response:
    return RedirectResponse("/konsol/", 303)


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    path = STATIC / name
    kind = KINDS.get(path.suffix)
    if kind is None or path.parent != STATIC or not path.is_file() or asset(name) != request.url.path:
        return Response(status_code=404)
    return FileResponse(path, media_type=kind, headers=_FOR_GOOD)
