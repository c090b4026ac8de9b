"""The DCI interface for whoever wants to be told: following somebody in the registry, and ending that."""

from typing import Final

from fastapi import Request

from app.api.acts import acting_of
from app.api.dci_calls import acknowledged, not_taken, raw_of, record_questions
from app.api.presenters.dci import incoming_of
from app.api.presenters.dci_subscriptions import codes_of, wishes_of
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.dci_async import DciAckOut
from app.api.schemas.dci_subscriptions import DciSubscribeIn, DciUnsubscribeIn
from app.db.queries import dci as stored
from app.db.queries import dci_sending as sent
from app.db.queries import dci_subscriptions as followed
from app.db.session import transaction
from app.domain.access import Permission
from app.domain.ids import public_id
from app.services import dci

router = make_router("dci")

_MAY: Final = Permission.REGISTRY_ASK
_SIGNATURE: Final = (
    'Signature: namespace="dci", kidId="baznas@1374|bXkgcHVibGljIGtleSBuYW1lZCBieSBpdHMgcHJpbnQ|ed25519", '
    'algorithm="ed25519", created="1795600000", expires="1795600600", headers="(created) (expires) digest", '
    'signature="YSBzaWduYXR1cmUgb2YgNjQgYnl0ZXMsIGFzIGEgcmVhbCBvbmUgd291bGQgYmUgaWYgaXQgaGVsZC4uLg=="'
)
_HEADER: Final = {
    "message_id": "7c96614c-7255-4774-b109-cd53ee851769",
    "message_ts": "2026-11-25T03:04:05Z",
    "action": "subscribe",
    "sender_id": "baznas@1374",
    "total_count": 1,
}
_SUBSCRIBE: Final = {
    "signature": _SIGNATURE,
    "header": _HEADER,
    "message": {
        "transaction_id": "tx-2026-000050",
        "subscribe_request": [
            {
                "reference_id": "r-1",
                "timestamp": "2026-11-25T03:04:05Z",
                "subscribe_criteria": {
                    "reg_event_type": "REGISTER",
                    "filter": {"type": "NIK", "value": "1374014507919001"},
                    "notify_record_type": "Member",
                    "authorize": {"ts": "2026-11-25T03:00:00Z", "purpose": {"code": "eligibility"}},
                },
            }
        ],
    },
}
_CODE: Final = "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5e"
_UNSUBSCRIBE: Final = {
    "signature": _SIGNATURE,
    "header": {**_HEADER, "action": "unsubscribe"},
    "message": {
        "transaction_id": "tx-2026-000051",
        "timestamp": "2026-11-25T03:04:05Z",
        "subscription_codes": [_CODE],
    },
}
_ACK: Final = {
    "message": {
        "ack_status": "ACK",
        "timestamp": "2026-11-25T03:04:05.120000Z",
        "correlation_id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5c",
    }
}


@router.post(
    "/registry/subscribe",
    response_model_exclude_none=True,
    **operation(
        "subscribeRegistry",
        may=_MAY,
        answers=DciAckOut,
        reads_person=True,
        example=_ACK,
        body_example=_SUBSCRIBE,
    ),
)
async def subscribe_registry(body: DciSubscribeIn, request: Request, reading: ReadingDep) -> DciAckOut:
    """Follow a person in the registry (SPDCI `/registry/subscribe`); `/registry/on-subscribe` gets the codes.

    Whenever what you may be told of her changes, the new record is posted to `/registry/notify`.
    """
    message = body.message
    incoming = incoming_of(
        dci.SUBSCRIBE, body, raw_of(request), message.transaction_id, len(message.subscribe_request)
    )
    async with transaction(reading.house.database.sessions) as tx:
        acting = acting_of(reading, tx)
        admitted = await dci.admit(acting, incoming)
        if isinstance(admitted, dci.Turned) or admitted.partner.callback_url is None:
            return not_taken(reading, admitted)
        answers = await dci.subscribe(
            acting, reading.house.blind, admitted.partner, admitted.account_id, wishes_of(body)
        )
        tenant, id_ = reading.actor.tenant, admitted.correlation_id
        await stored.note_items(tx, tenant, id_, dci.record_items(answers))
        told = dci.subscribe_message(
            public_id(tenant, id_), reading.now, answers, message.transaction_id, reading.lang
        )
        await dci.keep_answer(tx, reading.house.vault, tenant, id_, told)
    asked = [(one.status, one.basis, one.about) for one in answers]
    await record_questions(request, reading, "subscribeRegistry", asked)
    async with transaction(reading.house.database.sessions) as tx:
        await sent.release(tx, tenant, id_, reading.now)
    return acknowledged(reading, id_)


@router.post(
    "/registry/unsubscribe",
    response_model_exclude_none=True,
    **operation("unsubscribeRegistry", may=_MAY, answers=DciAckOut, example=_ACK, body_example=_UNSUBSCRIBE),
)
async def unsubscribe_registry(body: DciUnsubscribeIn, request: Request, reading: ReadingDep) -> DciAckOut:
    """Follow no longer (SPDCI `/registry/unsubscribe`); `/registry/on-unsubscribe` is told of each code."""
    message = body.message
    incoming = incoming_of(dci.UNSUBSCRIBE, body, raw_of(request), message.transaction_id, 1)
    async with transaction(reading.house.database.sessions) as tx:
        admitted = await dci.admit(acting_of(reading, tx), incoming)
        if isinstance(admitted, dci.Turned) or admitted.partner.callback_url is None:
            return not_taken(reading, admitted)
        tenant, id_ = reading.actor.tenant, admitted.correlation_id
        named = codes_of(body, tenant)
        client = admitted.partner.client_row_id
        ended = await followed.end(tx, tenant, client, list(named.values()), reading.now)
        known = [code for code, one in named.items() if one in ended]
        told = dci.unsubscribe_message(public_id(tenant, id_), reading.now, known, message.transaction_id)
        await dci.keep_answer(tx, reading.house.vault, tenant, id_, told)
        await sent.release(tx, tenant, id_, reading.now)
    return acknowledged(reading, id_)
