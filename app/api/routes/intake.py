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
from app.api.deps import House, actor_of, house_of, now_of
from app.api.examples import OPEN_EXAMPLE, OPENED_EXAMPLE
from app.api.language import language_of
from app.api.once import (
    Answer,
    Once,
    check_same,
    digest_of,
    read_key,
    replay,
    respond,
    route_of,
    still_running,
)
from app.api.presenters.opened import opened_out
from app.api.routing import DeskRequest, DeskRoute, check_is_json, check_query, make_router, operation
from app.api.schemas.cases import CaseIn, CaseOpenedOut, ReceiptOut
from app.api.strict_json import parse
from app.db.queries.idempotency import Kept, TwinRunning
from app.db.queries.idempotency import Key as WholeKey
from app.db.queries.intake import Answer as KeptAnswer
from app.db.queries.intake import Key
from app.db.session import intake
from app.domain.access import Permission
from app.domain.cases import NewCase
from app.domain.ids import tenant_of
from app.services.intake import Before, Opened, Tools, open_case
from app.services.intake import House as Desk

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
    key = Key(
        tenant_of(new.village),
        actor.account_id or _nobody(),
        route_of(desk),
        read_key(desk.headers.get("idempotency-key")),
        digest_of(desk, body),
    )
    known = await house.knowledge.current(now)
    lang = language_of(desk)
    answers: list[tuple[bytes, Answer]] = []
    once = Once(house, key.account_id, key.route, key.key, key.body_digest, now)
    whole = WholeKey(key.regency_code, key.account_id, key.route, key.key)

    def seal(opened: Opened) -> KeptAnswer:
        answer = _answer(opened_out(known, actor, opened, lang), opened)
        content = answer.body.model_dump_json().encode()
        answers.append((content, answer))
        kept = once.sealed(whole, content, answer)
        return KeptAnswer(kept.answer_sealed, kept.headers)

    tools = Tools(house.vault, house.blind, house.ids)
    try:
        async with intake(house.database.intake_pool) as raw:
            opened = await open_case(raw, Desk(known, tools, actor, now), key, new, seal)
    except TwinRunning as error:
        raise still_running() from error
    if isinstance(opened, Before):
        return _again(house, whole, key, opened)
    content, answer = answers[0]
    return respond(201, content, answer.headers)


def _nobody() -> Any:
    raise AssertionError("a route that is not public has an account")


def _read(request: DeskRequest, body: bytes) -> NewCase:
    check_is_json(request)
    try:
        return new_case(CaseIn.model_validate(parse(body)))
    except ValidationError as error:
        told = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
        raise RequestValidationError(told) from error


def _answer(body: Any, opened: Opened) -> Answer:
    ticket = opened.draft.ticket
    headers = {"Location": f"/v1/cases/{ticket}", "ETag": '"1"'}
    return Answer(body, 201, headers, opened.draft.row.id)


def _again(house: House, whole: WholeKey, key: Key, before: Before) -> Response:
    check_same(key.body_digest if before.same_body else b"", key.body_digest)
    if before.answer_sealed is None or before.status is None:
        raise still_running()
    return replay(house, whole, Kept(key.body_digest, before.status, before.answer_sealed, before.headers))


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
