"""What every route says about itself, and what happens to every request before its handler sees it.

A route is declared as ``@router.post("/v1/desks", **operation("createDesk", may=Permission.DESK_MANAGE,
answers=DeskOut, status=201, once=True))``. One that does not say who may call it does not start.
"""

from collections.abc import Callable, Coroutine, Iterable, Mapping
from enum import StrEnum
from typing import Any, Final
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query
from fastapi.routing import APIRoute

from app.api.errors import PROBLEM_JSON, BadRequest, NotJson
from app.api.limits import count_miss, take_for_address
from app.api.notes import note_outcome
from app.api.paging import unfold
from app.api.strict_json import clean, parse
from app.domain.access import Permission
from app.domain.errors import DeskError, FieldError, NotFound


class Caller(StrEnum):
    """Who may call a route that no permission guards."""

    PUBLIC = "public"
    AUTHENTICATED = "authenticated"
    """Any officer or client."""
    RESIDENT = "resident"
    """Only whoever showed ticket and PIN."""
    LINK = "link"
    """Only whoever opened the link of a letter."""


PUBLIC: Final = Caller.PUBLIC
AUTHENTICATED: Final = Caller.AUTHENTICATED
RESIDENT: Final = Caller.RESIDENT
LINK: Final = Caller.LINK

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def operation(  # noqa: PLR0913  # one declaration in one place; each line of it is read by a test or the docs
    operation_id: str,
    *,
    may: Permission | Caller | tuple[Permission, ...],
    answers: Any = None,
    status: int = 200,
    refuses: Iterable[int] = (),
    once: bool = False,
    if_match: bool = False,
    paged: bool = False,
    reads_person: bool = False,
    never_limited: bool = False,
    example: object = None,
    body_example: object = None,
    extra: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the keyword arguments of ``router.get`` and its brothers.

    *may*: who may ever call it; of several permissions one is enough. On a path without parameters this is
    also enforced; with parameters the service decides after it has found the thing (404 comes before 403).
    *once*: takes ``Idempotency-Key``. *if_match*: needs ``If-Match``. *paged*: takes ``cursor``.
    *reads_person*: a successful answer leaves an entry in the access log. *refuses*: further statuses.
    *never_limited*: filing, and what has a count of its own. *example*, *body_example*: what the docs show.
    """
    named = (may,) if not isinstance(may, tuple) else may
    facts: dict[str, Any] = {
        "x-permission": [item.value for item in named],
        "x-idempotent": once,
        "x-paged": paged,
        "x-reads-person": reads_person,
        "x-never-limited": never_limited,
        "security": [] if may is PUBLIC else [{"oauth": []}],
        **(extra or {}),
    }
    if body_example is not None:
        facts["requestBody"] = {"content": {"application/json": {"example": body_example}}}
    codes = _refusals(may, once=once, if_match=if_match, never_limited=never_limited) | set(refuses)
    if body_example is not None:
        codes |= {413, 415}
    responses: dict[int | str, dict[str, Any]] = {code: _PROBLEMS[code] for code in sorted(codes)}
    if example is not None:
        responses[status] = {"content": {"application/json": {"example": example}}}
    return {
        "operation_id": operation_id,
        "response_model": answers,
        "status_code": status,
        "responses": responses,
        "openapi_extra": facts,
    }


def _refusals(may: object, *, once: bool, if_match: bool, never_limited: bool) -> set[int]:
    codes = {400, 404, 422, 500, 503}
    if may is not PUBLIC:
        codes |= {401, 403}
    if not never_limited:
        codes |= {429}
    if once:
        codes |= {409}
    if if_match:
        codes |= {409, 412, 428}
    return codes


def _described(status: int, code: str, en: str) -> dict[str, Any]:
    example = {
        "type": f"/problems/{code}",
        "title": en,
        "status": status,
        "code": code,
        "detail": en,
        "instance": "urn:puskesos:request:0193a1b2c3d4",
    }
    return {"description": en, "content": {PROBLEM_JSON: {"schema": _PROBLEM_REF, "example": example}}}


_PROBLEM_REF: Final = {"$ref": "#/components/schemas/Problem"}
_PROBLEMS: Final = {
    400: _described(400, "bad_request", "JSON, query, path, header or cursor cannot be read."),
    401: _described(401, "unauthenticated", "No valid access token."),
    403: _described(403, "forbidden", "The caller's role may not do this."),
    404: _described(404, "not_found", "Absent, or outside the caller's scope."),
    408: _described(408, "body_too_slow", "The body did not come in time."),
    409: _described(409, "conflict", "The state does not allow it, or the same key is still running."),
    410: _described(410, "gone", "It was erased, or turned out to be another one, which is named."),
    412: _described(412, "stale", "It changed since the caller read it."),
    413: _described(413, "too_large", "The body is too large."),
    415: _described(415, "unsupported_media_type", "The body is not JSON."),
    422: _described(422, "invalid", "The content breaks a rule; the fields are named."),
    428: _described(428, "if_match_required", "If-Match is missing."),
    429: _described(429, "too_many", "A limit was reached; see Retry-After."),
    500: _described(500, "internal", "A fault of ours."),
    503: _described(503, "unavailable", "Not ready; the same request may be sent again."),
}


class DeskRequest(Request):
    """A request whose JSON was read by our own reader."""

    parsed: Any = None

    async def json(self) -> Any:
        return self.parsed


class DeskRoute(APIRoute):
    """Refuses what the route did not declare, before anything else looks at it."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        facts = options.get("openapi_extra") or {}
        if not facts.get("x-permission"):
            raise ValueError(f"{path} does not say who may call it")
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Handler:
        inner = super().get_route_handler()
        known = self.query_names()
        takes_json = self.body_field is not None
        facts = self.openapi_extra or {}
        paged, personal = bool(facts.get("x-paged")), bool(facts.get("x-reads-person"))
        action = self.operation_id or self.name
        by_address = facts["x-permission"] == [PUBLIC.value] and not facts.get("x-never-limited")

        async def handle(request: Request) -> Response:
            desk = DeskRequest(request.scope, request.receive)
            check_path(desk)
            if by_address:
                take_for_address(desk)
            if paged:
                unfold(desk)
            if desk.scope["query_string"]:
                check_query(desk, known)
            if takes_json:
                body = await desk.body()
                if body:
                    check_is_json(desk)
                    desk.parsed = parse(body)
            try:
                response = await inner(desk)
            except DeskError as error:
                note_outcome(desk, action, error, personal=personal)
                count_miss(desk, error)
                raise
            note_outcome(desk, action, None, personal=personal)
            return response

        return handle

    def query_names(self) -> frozenset[str]:
        fields = get_flat_params(self.dependant)
        return frozenset(field.alias for field in fields if isinstance(field.field_info, Query))


def check_path(request: Request) -> None:
    """A path with a NUL, a broken character or no end names nothing that exists."""
    for value in request.path_params.values():
        if isinstance(value, str) and (not clean(value) or "\ufffd" in value or len(value) > 200):  # noqa: PLR2004
            raise NotFound


def check_query(request: Request, known: frozenset[str]) -> None:
    """Refuse parameters that the route does not declare: a filter that is not known must not be ignored."""
    pairs = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    wrong = [
        FieldError(
            f"/query/{name[:64]}" if name.isprintable() else "/query",
            "unknown_parameter",
            "Parameter ini tidak dikenal di alamat ini.",
            "This parameter is not known at this address.",
        )
        for name, _ in pairs
        if name not in known
    ]
    wrong += [
        FieldError(
            f"/query/{name}", "string_unicode", "Memuat karakter yang tidak sah.", "Holds a bad character."
        )
        for name, value in pairs
        if name in known and (not clean(value) or "\ufffd" in value)
    ]
    if wrong:
        raise BadRequest(fields=tuple(wrong[:20]))


def check_is_json(request: Request) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise NotJson


def make_router(tag: str) -> APIRouter:
    """Return a router whose routes keep the rules of this module; *tag* is described in ``openapi.py``."""
    return APIRouter(tags=[tag], route_class=DeskRoute)


def permissions_of(route: APIRoute) -> tuple[str, ...]:
    """Return what the route declared: permissions, or one `Caller`."""
    return tuple((route.openapi_extra or {}).get("x-permission", ()))


__all__ = [
    "AUTHENTICATED",
    "LINK",
    "PUBLIC",
    "RESIDENT",
    "Caller",
    "DeskRequest",
    "DeskRoute",
    "check_is_json",
    "check_path",
    "check_query",
    "make_router",
    "operation",
    "permissions_of",
]
