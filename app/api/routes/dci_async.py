"""The DCI interface for whoever does not wait: a search whose answer is posted, and what became of it."""

from typing import Any, Final

from fastapi import Request, Response

from app.api.acts import acting_of
from app.api.dci_calls import (
    acknowledged,
    answer,
    not_taken,
    raw_of,
    record_questions,
    reply_of,
    turned_away,
)
from app.api.presenters.dci import incoming_of, searches_of
from app.api.reading import Reading, ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.dci import DciSearchIn
from app.api.schemas.dci_async import DciAckOut, DciTxnIn, DciTxnOut
from app.db.queries import dci as stored
from app.db.queries import dci_sending as sent
from app.db.session import Tx, transaction
from app.db.tables.dci import DciMessage
from app.domain.access import Permission
from app.domain.dci import SEARCH
from app.domain.ids import parse_public_id, public_id
from app.services import dci

router = make_router("dci")

_MAY: Final = Permission.REGISTRY_ASK
_TXN: Final = "txn-status"
_ON_TXN: Final = "txn-on-status"
_SIGNATURE: Final = (
    'Signature: namespace="dci", kidId="baznas@1374|bXkgcHVibGljIGtleSBuYW1lZCBieSBpdHMgcHJpbnQ|ed25519", '
    'algorithm="ed25519", created="1795600000", expires="1795600600", headers="(created) (expires) digest", '
    'signature="YSBzaWduYXR1cmUgb2YgNjQgYnl0ZXMsIGFzIGEgcmVhbCBvbmUgd291bGQgYmUgaWYgaXQgaGVsZC4uLg=="'
)
_CORRELATION: Final = "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5c"
_HEADER: Final = {
    "message_id": "5c96614c-7255-4774-b109-cd53ee851769",
    "message_ts": "2026-11-25T03:04:05Z",
    "action": "search",
    "sender_id": "baznas@1374",
    "total_count": 1,
}
_SEARCH: Final = {
    "signature": _SIGNATURE,
    "header": _HEADER,
    "message": {
        "transaction_id": "tx-2026-000043",
        "search_request": [
            {
                "reference_id": "r-1",
                "timestamp": "2026-11-25T03:04:05Z",
                "search_criteria": {
                    "query_type": "idtype-value",
                    "query": {"type": "NIK", "value": "1374014507919001"},
                    "authorize": {"ts": "2026-11-25T03:00:00Z", "purpose": {"code": "eligibility"}},
                },
            }
        ],
    },
}
_ACK: Final = {
    "message": {
        "ack_status": "ACK",
        "timestamp": "2026-11-25T03:04:05.120000Z",
        "correlation_id": _CORRELATION,
    }
}
_TXN_IN: Final = {
    "signature": _SIGNATURE,
    "header": {**_HEADER, "action": _TXN},
    "message": {
        "transaction_id": "tx-2026-000044",
        "txnstatus_request": {
            "reference_id": "s-1",
            "txn_type": "search",
            "attribute_type": "transaction_id",
            "attribute_value": "tx-2026-000043",
        },
    },
}
_TOLD: Final = {
    "transaction_id": "tx-2026-000043",
    "correlation_id": _CORRELATION,
    "search_response": [
        {"reference_id": "r-1", "timestamp": "2026-11-25T03:05:05.120000Z", "status": "succ"}
    ],
}
_TXN_OUT: Final = {
    "signature": _SIGNATURE,
    "header": {
        "version": "1.0.0",
        "message_id": "0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
        "message_ts": "2026-11-25T03:05:05.120000Z",
        "action": _ON_TXN,
        "status": "succ",
        "total_count": 1,
        "completed_count": 1,
        "sender_id": "puskesos@1374",
        "receiver_id": "baznas@1374",
        "is_msg_encrypted": False,
    },
    "message": {
        "transaction_id": "tx-2026-000043",
        "correlation_id": _CORRELATION,
        "txnstatus_response": {"txn_type": "search", "txn_status": _TOLD},
    },
}


@router.post(
    "/registry/search",
    response_model_exclude_none=True,
    **operation(
        "orderSearch",
        may=_MAY,
        answers=DciAckOut,
        reads_person=True,
        example=_ACK,
        body_example=_SEARCH,
    ),
)
async def order_search(body: DciSearchIn, request: Request, reading: ReadingDep) -> DciAckOut:
    """Ask as `/registry/sync/search` does, and have the signed answer posted (SPDCI `/registry/search`).

    It goes to `/registry/on-search` below the address that is registered, and is tried again for eight hours.
    What it tells is what is known when it is asked.
    """
    message = body.message
    incoming = incoming_of(SEARCH, body, raw_of(request), message.transaction_id, len(message.search_request))
    async with transaction(reading.house.database.sessions) as tx:
        acting = acting_of(reading, tx)
        admitted = await dci.admit(acting, incoming, dci.ASYNC_SEARCH)
        if isinstance(admitted, dci.Turned) or admitted.partner.callback_url is None:
            return not_taken(reading, admitted)
        answers = await dci.search(acting, reading.house.blind, admitted.partner, searches_of(body))
        tenant, id_ = reading.actor.tenant, admitted.correlation_id
        await stored.note_items(tx, tenant, id_, dci.record_items(answers))
        made = dci.Made(public_id(tenant, id_), reading.now)
        told = dci.search_message(made, answers, message.transaction_id, reading.lang)
        await dci.keep_answer(tx, reading.house.vault, tenant, id_, told)
    await record_questions(
        request, reading, "orderSearch", [(one.status, one.basis, one.about) for one in answers]
    )
    # Only now: what nobody has put on record must not go out.
    async with transaction(reading.house.database.sessions) as tx:
        await sent.release(tx, tenant, id_, reading.now)
    return acknowledged(reading, id_)


@router.post(
    "/registry/sync/txn/status",
    **operation(
        "getTransactionStatus",
        may=_MAY,
        answers=DciTxnOut,
        example=_TXN_OUT,
        body_example=_TXN_IN,
    ),
)
async def get_transaction_status(body: DciTxnIn, request: Request, reading: ReadingDep) -> Response:
    """Ask what became of a search of your own, by transaction or correlation id; nothing is told again."""
    incoming = incoming_of(_TXN, body, raw_of(request), body.message.transaction_id, 1)
    async with transaction(reading.house.database.sessions) as tx:
        admitted = await dci.admit(acting_of(reading, tx), incoming)
        if isinstance(admitted, dci.Turned):
            return turned_away(reading, incoming, admitted, _ON_TXN)
        row = await _row(reading, tx, admitted, body)
        message = _status(reading, row, body)
    return answer(reading, reply_of(reading, admitted.sender, 1, _ON_TXN), message)


async def _row(reading: Reading, tx: Tx, admitted: dci.Admitted, body: DciTxnIn) -> DciMessage | None:
    asked = body.message.txnstatus_request
    if not isinstance(asked.attribute_value, str) or asked.txn_type != "search":
        return None
    tenant, client = reading.actor.tenant, admitted.partner.client_row_id
    if asked.attribute_type == "transaction_id":
        digest = dci.digest_of(asked.attribute_value)
        return await sent.of_transaction(tx, tenant, client, digest, [dci.ASYNC_SEARCH])
    found = parse_public_id(asked.attribute_value)
    if asked.attribute_type != "correlation_id" or found is None or found.tenant != tenant:
        return None
    return await sent.of_id(tx, tenant, client, found.id, [dci.ASYNC_SEARCH])


def _status(reading: Reading, row: DciMessage | None, body: DciTxnIn) -> dict[str, Any]:
    if row is not None:
        correlation = public_id(row.regency_code, row.id)
        return dci.status_message(reading.house.vault, row, correlation, reading.now)
    empty: dict[str, Any] = {"transaction_id": body.message.transaction_id, "correlation_id": ""}
    told = {"txn_type": "search", "txn_status": {**empty, "search_response": []}}
    return {**empty, "txnstatus_response": told}
