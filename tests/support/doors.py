"""Every door of the service, from the application's own table, and what is asked and said at each."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import uuid4

from fastapi.routing import APIRoute
from httpx import Response

from tests.support.http import Person
from tests.support.proof import LONG
from tests.support.rights import ROUTES

TICKET_KEYS = {"ticket", "other", "keep", "duplicate_of", "q"}
VOLATILE = {"as_of", "next", "more", "filter", "instance", "cause_id"}
"""Times, cursors, and whether a full page was the last."""
SYSTEM_FIGURES = {"getMetrics", "getReadiness", "getOpenApi", "listAudit"}
"""Of the whole service, and of all that anybody does; what they say of one case is looked for as well."""
CAMPAIGN = {"campaign_id", "recipient_id", "device_id", "checkin_id"}
OF_OTHERS = CAMPAIGN | {
    "account_id",
    "client_row_id",
    "key_id",
    "code",
    "cadre_id",
    "desk_id",
    "policy_id",
    "duty_id",
    "name",
}
"""Parts of paths that name no case: such routes are read, and not let loose on the regency's books."""


Door = tuple[str, APIRoute]
_THIRDS = 3


def names_in(route: APIRoute) -> set[str]:
    return set(re.findall(r"{(\w+)}", route.path))


def method_of(route: APIRoute) -> str:
    (method,) = (route.methods or set()) - {"HEAD"}
    return method


def about_a_case() -> Iterator[tuple[str, APIRoute]]:
    """Every route whose path can name the case or something of it."""
    for name, route in sorted(ROUTES.items()):
        if names_in(route) - OF_OTHERS:
            yield name, route


def lists() -> Iterator[tuple[str, APIRoute]]:
    """Every route that reads without naming anything."""
    for name, route in sorted(ROUTES.items()):
        if method_of(route) == "GET" and not names_in(route):
            yield name, route


def share(doors: Iterable[Door], turn: int) -> list[Door]:
    """Return the doors that are tried this *turn*: in the short form another third of them each time."""
    return [door for n, door in enumerate(doors) if LONG or n % _THIRDS == turn % _THIRDS]


def path_of(route: APIRoute, ticket: str, ids: dict[str, str]) -> str:
    fallback = ids["case"]
    filled = {name: ids.get(name, fallback) for name in names_in(route)}
    return route.path.format(**{**filled, "ticket": ticket, "code": "BLT_KOTA", "name": "x"})


def body_of(route: APIRoute, ticket: str) -> Any:
    content = (route.openapi_extra or {}).get("requestBody", {}).get("content", {})
    return _with_ticket(content.get("application/json", {}).get("example"), ticket)


def _with_ticket(example: Any, ticket: str) -> Any:
    if isinstance(example, dict):
        return {
            key: ticket if key in TICKET_KEYS and isinstance(value, str) else _with_ticket(value, ticket)
            for key, value in example.items()
        }
    return [_with_ticket(one, ticket) for one in example] if isinstance(example, list) else example


async def ask(by: Person, route: APIRoute, path: str, body: Any = None) -> Response:
    headers = {"Idempotency-Key": uuid4().hex, "Accept-Language": "en", "If-Match": '"1"'}
    if by.token:
        headers["Authorization"] = f"Bearer {by.token}"
    content = None if body is None else json.dumps(body).encode()
    if content is not None:
        headers["Content-Type"] = "application/json"
    return await by.client.request(method_of(route), path, content=content, headers=headers)


def said(answer: Response) -> Any:
    """What an answer says, without what differs from one asking to the next."""
    if "json" not in answer.headers.get("content-type", ""):
        return answer.text
    return _settled(answer.json())


def _settled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _settled(one) for key, one in value.items() if key not in VOLATILE}
    return [_settled(one) for one in value] if isinstance(value, list) else value
