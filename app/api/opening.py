"""Opening a case over HTTP: one transaction of the intake pool, its answer kept under the request's key."""

from collections.abc import Callable

from fastapi import Response
from pydantic import BaseModel

from app.api.once import Answer, Once, check_same, replay, respond, still_running
from app.db.queries.idempotency import Kept, TwinRunning
from app.db.queries.idempotency import Key as WholeKey
from app.db.queries.intake import Answer as KeptAnswer
from app.db.queries.intake import Key
from app.db.session import intake
from app.domain.cases import NewCase
from app.domain.ids import tenant_of
from app.services.intake import Before, House, Opened, open_case

Tell = Callable[[Opened], BaseModel]
"""Makes the body of the answer, before the case is written."""


async def open_once(once: Once, desk: House, new: NewCase, tell: Tell) -> tuple[Response, bool]:
    """Open the case unless it was opened before; return the answer, and whether it is the first one again."""
    whole = WholeKey(tenant_of(new.village), once.account_id, once.route, once.key)
    key = Key(whole.regency_code, whole.account_id, whole.route, whole.key, once.body_digest)
    answers: list[tuple[bytes, Answer]] = []

    def seal(opened: Opened) -> KeptAnswer:
        answer = answer_of(tell(opened), opened)
        content = answer.body.model_dump_json().encode()
        answers.append((content, answer))
        kept = once.sealed(whole, content, answer)
        return KeptAnswer(kept.answer_sealed, kept.headers)

    try:
        async with intake(once.house.database.intake_pool) as raw:
            opened = await open_case(raw, desk, key, new, seal)
    except TwinRunning as error:
        raise still_running() from error
    if isinstance(opened, Before):
        return again(once, whole, opened), True
    content, answer = answers[0]
    return respond(201, content, answer.headers), False


def answer_of(body: BaseModel, opened: Opened) -> Answer:
    headers = {"Location": f"/v1/cases/{opened.draft.ticket}", "ETag": '"1"'}
    return Answer(body, 201, headers, opened.draft.row.id)


def again(once: Once, whole: WholeKey, before: Before) -> Response:
    check_same(once.body_digest if before.same_body else b"", once.body_digest)
    if before.answer_sealed is None or before.status is None:
        raise still_running()
    return replay(
        once.house, whole, Kept(once.body_digest, before.status, before.answer_sealed, before.headers)
    )
