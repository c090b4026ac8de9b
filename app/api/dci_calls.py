"""What the addresses of the DCI interface share: the body as it was signed, the record, the signed answer."""

import json
from typing import Any
from uuid import UUID

from fastapi import Request, Response

from app.api.notes import Noted, note, record
from app.api.reading import Reading
from app.api.routing import DeskRequest
from app.api.schemas.dci_async import DciAckBody, DciAckOut, DciError
from app.domain.dci import ON_SEARCH, Reply, Status
from app.domain.ids import public_id
from app.services import dci


def raw_of(request: Request) -> Any:
    """Return the body as it was read: what the signature is over."""
    return request.parsed if isinstance(request, DeskRequest) else None


async def record_questions(
    request: Request,
    reading: Reading,
    action: str,
    asked: list[tuple[Status, dci.Basis | None, dci.Question | None]],
) -> None:
    """Leave an entry of each question, stored before anybody reads the answer."""
    entries = []
    for status, basis, about in asked:
        result = "ok" if status is Status.SUCC else "rejected"
        purpose = basis.purpose if basis else None
        if about is None:
            entries.append(Noted(action, "person", result, purpose=purpose))
        else:
            entries.append(Noted(action, about.kind, result, about.subject_id, about.tenant, purpose))
    for one in entries[:-1]:
        note(request, one, reading.now)
    await record(request, entries[-1], reading.now)


def reply_of(reading: Reading, sender: str, total: int, action: str = ON_SEARCH) -> Reply:
    new = reading.house.ids.new_id(reading.now).hex
    return Reply(action, new, reading.actor.tenant, sender, reading.now, total)


def turned_away(
    reading: Reading, incoming: dci.Incoming, turned: dci.Turned, action: str = ON_SEARCH
) -> Response:
    reply = Reply(
        action,
        reading.house.ids.new_id(reading.now).hex,
        reading.actor.tenant,
        turned.sender,
        reading.now,
        incoming.requests,
        Status.RJCT,
        turned.reason,
    )
    return answer(reading, reply, None)


def answer(reading: Reading, reply: Reply, message: dict[str, Any] | None) -> Response:
    body = dci.answer_of(dci.Frame(reading.house.vault, reading.lang), reply, message)
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(content, media_type="application/json", headers={"Cache-Control": "no-store"})


def acknowledged(reading: Reading, message_id: UUID) -> DciAckOut:
    """Say that the answer will be posted, and under which id."""
    correlation = public_id(reading.actor.tenant, message_id)
    return DciAckOut(message=DciAckBody(ack_status="ACK", timestamp=reading.now, correlation_id=correlation))


def not_taken(reading: Reading, admitted: dci.Admitted | dci.Turned) -> DciAckOut:
    """Say why no answer will be posted."""
    if isinstance(admitted, dci.Turned):
        error = DciError(code="err.request.bad", message=admitted.reason.value)
    else:
        error = DciError(code="err.sender_uri.invalid", message="No callback_url is registered.")
    return DciAckOut(
        message=DciAckBody(ack_status="ERR", timestamp=reading.now, correlation_id="", error=error)
    )
