"""Answers that somebody does not wait for: kept sealed, signed when they go, posted outside any transaction.

What has arrived, or never will, is forgotten but for the numbers of the requests, by which their sender asks
what became of them.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

from app.db.queries import dci_sending as stored
from app.db.queries.dci_sending import Claimed, Outcome, Receiver
from app.db.session import Database, Tx, read_only, transaction
from app.db.tables.dci import DciMessage
from app.domain.dci import ON_SEARCH, MessageState, Reply, Status, response_item
from app.domain.ids import tenant_digits
from app.domain.webhooks import GONE, next_pause
from app.services.dci.answering import Frame, answer_of

ASYNC_SEARCH: Final = "search.async"
"""The action of a search whose answer is posted."""
ATTEMPTS: Final = 6
"""Over eight hours: what is older is asked for again."""
LEASE: Final = timedelta(minutes=2)
SUBSCRIBE: Final = "subscribe"
UNSUBSCRIBE: Final = "unsubscribe"
NOTIFY: Final = "notify"
_PATHS: Final = {
    ASYNC_SEARCH: (ON_SEARCH, "/registry/on-search"),
    SUBSCRIBE: ("on-subscribe", "/registry/on-subscribe"),
    UNSUBSCRIBE: ("on-unsubscribe", "/registry/on-unsubscribe"),
    NOTIFY: (NOTIFY, "/registry/notify"),
}
_PURPOSE: Final = "dci"
_GOOD: Final = range(200, 300)


class Boxes(Protocol):
    """The part of the vault that seals for the service itself, and makes its keys."""

    def box(self, purpose: str, content: bytes, context: bytes = b"") -> bytes: ...
    def unbox(self, purpose: str, boxed: bytes, context: bytes = b"") -> bytes: ...
    def message_seeds(self) -> tuple[bytes, ...]: ...


class Answered(Protocol):
    @property
    def status(self) -> int | None: ...
    @property
    def problem(self) -> str | None: ...


class Line(Protocol):
    async def post(self, headers: Mapping[str, str], body: bytes) -> Answered: ...
    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Sending:
    """What whoever sends needs."""

    database: Database
    boxes: Boxes
    now: Callable[[], datetime]
    line: Callable[[str], Line]
    gate: asyncio.Semaphore
    """How many may use the database at the same time."""


async def keep_answer(
    tx: Tx, boxes: Boxes, regency: str, message_id: UUID, message: Mapping[str, Any]
) -> None:
    await stored.keep(tx, regency, message_id, boxed_message(boxes, message_id, message))


def boxed_message(boxes: Boxes, message_id: UUID, content: Mapping[str, Any]) -> bytes:
    return boxes.box(_PURPOSE, json.dumps(content).encode(), message_id.bytes)


def _unboxed(boxes: Boxes, message_id: UUID, boxed: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(boxes.unbox(_PURPOSE, boxed, message_id.bytes))
    return found


async def send_one(sending: Sending, held: Claimed) -> bool:
    """Post one answer and settle its claim; return whether it arrived."""
    if held.body_boxed is None:
        return False
    message = _unboxed(sending.boxes, held.id, held.body_boxed)
    async with sending.gate, read_only(sending.database.sessions) as tx:
        to = await stored.receiver(tx, held.regency_code, held.client_row_id)
    if to is None:
        outcome = _ended(sending, held, message, MessageState.FAILED, None, "not_a_partner")
    else:
        outcome = await _post(sending, held, to, message)
    async with sending.gate, transaction(sending.database.sessions) as tx:
        await stored.settle(tx, held, outcome)
    return outcome.state is MessageState.DELIVERED


async def _post(sending: Sending, held: Claimed, to: Receiver, message: dict[str, Any]) -> Outcome:
    action, path = _PATHS[held.action]
    now = sending.now()
    receiver = f"{to.sender}@{tenant_digits(held.regency_code)}"
    # The same at each attempt: a receiver that answered too late knows it again.
    reply = Reply(action, held.id.hex, held.regency_code, receiver, now, held.items)
    body = json.dumps(answer_of(Frame(sending.boxes, "id"), reply, message), ensure_ascii=False).encode()
    line = sending.line(to.callback_url.rstrip("/") + path)
    try:
        answer = await line.post({}, body)
    finally:
        await line.close()
    if answer.status in _GOOD:
        return _ended(sending, held, message, MessageState.DELIVERED, answer.status, None)
    pause = next_pause(held.attempts, held.id.bytes)
    if answer.status == GONE or held.attempts >= ATTEMPTS or pause is None:
        return _ended(sending, held, message, MessageState.FAILED, answer.status, answer.problem)
    due = sending.now() + pause
    return Outcome(MessageState.READY, due, held.body_boxed, answer.status, answer.problem, None)


def _ended(  # each is a column of what is kept
    sending: Sending,
    held: Claimed,
    message: Mapping[str, Any],
    state: MessageState,
    status: int | None,
    problem: str | None,
) -> Outcome:
    left = {"transaction_id": message.get("transaction_id"), "references": _references(message)}
    return Outcome(state, None, boxed_message(sending.boxes, held.id, left), status, problem, sending.now())


def _references(message: Mapping[str, Any]) -> list[str]:
    return [str(one["reference_id"]) for one in message.get("search_response", ())]


# What became of it ----------------------------------------------------------------------------------------


def status_message(boxes: Boxes, row: DciMessage, correlation: str, at: datetime) -> dict[str, Any]:
    """Return what became of a message, request by request, without what was told."""
    kept = _unboxed(boxes, row.id, row.body_boxed or b"")
    references = kept["references"] if "references" in kept else _references(kept)
    waiting = row.state in {MessageState.ASKED.value, MessageState.READY.value}
    responses = []
    for reference, item in zip(references, row.items, strict=False):
        status = Status.PDNG if waiting else Status(item["status"])
        more: dict[str, Any] = {}
        if not waiting and item["reason"]:
            more["status_reason_code"] = item["reason"]
        if row.state == MessageState.FAILED.value:
            status = Status.RJCT
            more = {"status_reason_message": f"callback: {row.problem or row.http_status}"}
        responses.append(response_item(reference, at, status, more))
    told = {
        "transaction_id": kept["transaction_id"],
        "correlation_id": correlation,
        "search_response": responses,
    }
    return {
        "transaction_id": kept["transaction_id"],
        "correlation_id": correlation,
        "txnstatus_response": {"txn_type": "search", "txn_status": told},
    }
