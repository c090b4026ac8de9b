"""``POST /v1/cases``: the hot path. Its route has a handler of its own, below FastAPI's dependencies.

Everything else is as on every route: the same reading of JSON, the same actor, the same problems, the same
answer under an Idempotency-Key. It uses the intake pool, and so a real transaction of asyncpg.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from app.api.bodies import new_case
from app.api.deps import actor_of, house_of, now_of
from app.api.examples import OPEN_EXAMPLE, OPENED_EXAMPLE
from app.api.language import language_of
from app.api.once import Once, digest_of, read_key, route_of
from app.api.opening import open_once
from app.api.presenters.opened import opened_out
from app.api.routing import DeskRequest, DeskRoute, check_is_json, check_query, make_router, operation
from app.api.schemas.cases import CaseIn, CaseOpenedOut, ReceiptOut
from app.api.strict_json import parse
from app.domain.access import Permission
from app.domain.cases import NewCase
from app.services.intake import House as Desk
from app.services.intake import Tools

NO_PARAMETERS: frozenset[str] = frozenset()


class IntakeRoute(DeskRoute):
    """Declared like every route, handled by `_handle`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        return _handle


async def _handle(request: Request) -> Response:
    desk = DeskRequest(request.scope, request.receive)
    if desk.scope["query_string"]:
        check_query(desk, NO_PARAMETERS)
    now = now_of(desk)
    actor = await actor_of(desk, now)
    house = house_of(desk)
    body = await desk.body()
    new = _read(desk, body)
    owner = actor.account_id or _nobody()
    key = read_key(desk.headers.get("idempotency-key"))
    once = Once(house, owner, route_of(desk), key, digest_of(desk, body), now)
    known = await house.knowledge.current(now)
    lang = language_of(desk)
    tools = Tools(house.vault, house.blind, house.ids)
    async with house.limits.lanes.of(owner):
        answer, _ = await open_once(
            once, Desk(known, tools, actor, now), new, lambda opened: opened_out(known, actor, opened, lang)
        )
    return answer


def _nobody() -> Any:
    raise AssertionError("a route that is not public has an account")


def _read(request: DeskRequest, body: bytes) -> NewCase:
    check_is_json(request)
    try:
        return new_case(CaseIn.model_validate(parse(body)))
    except ValidationError as error:
        told = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
        raise RequestValidationError(told) from error


router = make_router("cases")


async def open_case_route(body: CaseIn) -> CaseOpenedOut | ReceiptOut:
    """Open a case and learn which programmes fit, and why.

    In one transaction: who this is, what the registry and the ledger say, whether the same matter is on
    record, what fits, the first state, its clock and its events. The PIN is shown this once.
    A question that was answered at the window comes with `resolve_now`.
    """
    raise AssertionError(body)  # `IntakeRoute` handles it; this declares the body and the answer.


router.routes.append(
    IntakeRoute(
        "/v1/cases",
        open_case_route,
        methods=["POST"],
        tags=["cases"],
        **operation(
            "openCase",
            may=Permission.CASE_OPEN,
            answers=CaseOpenedOut | ReceiptOut,
            status=201,
            once=True,
            refuses=(413, 415),
            never_limited=True,
            body_example=OPEN_EXAMPLE,
            example=OPENED_EXAMPLE,
        ),
    )
)
