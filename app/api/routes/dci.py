"""The DCI interface: agencies' systems ask the registry in the messages of SPDCI v1, signed both ways.

The addresses, frames and codes are the published ones. Each message is taken once, each question is on record
before it is answered, and what is told is the least that the client and its purpose allow.
"""

from typing import Final

from fastapi import Request, Response

from app.api.acts import acting_of
from app.api.dci_calls import answer, raw_of, record_questions, reply_of, turned_away
from app.api.deps import HouseDep
from app.api.presenters.dci import enrol_of, incoming_of, searches_of
from app.api.reading import ReadingDep
from app.api.routing import PUBLIC, make_router, operation
from app.api.schemas.dci import DciEnrolledIn, DciEnrolledOut, DciSearchIn, DciSearchOut, JwksOut
from app.db.queries import dci as stored
from app.db.session import transaction
from app.domain.access import Permission
from app.domain.dci import SEARCH
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
    "version": "1.0.0",
    "message_id": "0c96614c-7255-4774-b109-cd53ee851769",
    "message_ts": "2026-11-25T03:04:05Z",
    "action": "search",
    "sender_id": "baznas@1374",
    "receiver_id": "puskesos@1374",
    "total_count": 1,
}
_BASIS: Final = {"ts": "2026-11-25T03:00:00Z", "purpose": {"code": "eligibility"}}
_SEARCH: Final = {
    "signature": _SIGNATURE,
    "header": _HEADER,
    "message": {
        "transaction_id": "tx-2026-000041",
        "search_request": [
            {
                "reference_id": "r-1",
                "timestamp": "2026-11-25T03:04:05Z",
                "search_criteria": {
                    "query_type": "idtype-value",
                    "query": {"type": "NIK", "value": "1374014507919001"},
                    "consent": _BASIS,
                },
            }
        ],
    },
}
_ENROLLED: Final = {
    "signature": _SIGNATURE,
    "header": _HEADER,
    "message": {
        "transaction_id": "tx-2026-000042",
        "enrolled_criteria": {
            "query": {
                "person_identifier": {"eq": "1374014507919001"},
                "programme_identifier.program.programme_identifier": {"eq": "BAZNAS_KOTA"},
            },
            "authorize": _BASIS,
        },
    },
}
_ANSWER_HEADER: Final = {
    "version": "1.0.0",
    "message_id": "0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "message_ts": "2026-11-25T03:04:05.120000Z",
    "action": "on-search",
    "status": "succ",
    "total_count": 1,
    "completed_count": 1,
    "sender_id": "puskesos@1374",
    "receiver_id": "baznas@1374",
    "is_msg_encrypted": False,
}
_CORRELATION: Final = "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5c"
_SEARCH_OUT: Final = {
    "signature": _SIGNATURE,
    "header": _ANSWER_HEADER,
    "message": {
        "transaction_id": "tx-2026-000041",
        "correlation_id": _CORRELATION,
        "search_response": [
            {
                "reference_id": "r-1",
                "timestamp": "2026-11-25T03:04:05.120000Z",
                "status": "succ",
                "data": {
                    "version": "1.0.0",
                    "reg_records": [{"@type": "Member", "poverty_score": 2, "poverty_score_type": "desil"}],
                },
                "pagination": {"page_size": 100, "page_number": 1, "total_count": 1},
            }
        ],
    },
}
_ENROLLED_OUT: Final = {
    "signature": _SIGNATURE,
    "header": _ANSWER_HEADER,
    "message": {
        "transaction_id": "tx-2026-000042",
        "correlation_id": _CORRELATION,
        "enrolled_response": [
            {
                "reference_id": "1",
                "timestamp": "2026-11-25T03:04:05.120000Z",
                "status": "succ",
                "enrolled_status": "yes",
                "programme_classes": [{"level": "KAB_KOTA", "kind": "cash"}],
            }
        ],
    },
}
_JWK: Final = {
    "kty": "OKP",
    "crv": "Ed25519",
    "use": "sig",
    "alg": "EdDSA",
    "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}


@router.get(
    "/.well-known/jwks.json",
    **operation("getMessageKeys", may=PUBLIC, answers=JwksOut, example={"keys": [_JWK]}),
)
async def get_message_keys(house: HouseDep) -> JwksOut:
    """Show the public keys that this service signs its messages with, the present one first (RFC 7517)."""
    return JwksOut.model_validate({"keys": dci.keys_of(house.vault)})


@router.post(
    "/registry/sync/search",
    **operation(
        "searchRegistry",
        may=_MAY,
        answers=DciSearchOut,
        reads_person=True,
        example=_SEARCH_OUT,
        body_example=_SEARCH,
    ),
)
async def search_registry(body: DciSearchIn, request: Request, reading: ReadingDep) -> Response:
    """Ask what the registry says of a person by NIK or a family by KK (SPDCI `/registry/sync/search`).

    Each request names its purpose by consent or authority. Somebody unknown, outside your area, or whose data
    are frozen is answered alike: no record. A message whose id came before is turned away.
    """
    message = body.message
    incoming = incoming_of(SEARCH, body, raw_of(request), message.transaction_id, len(message.search_request))
    # Ended before the entries take a transaction of their own: none waits for a connection with one in hand.
    async with transaction(reading.house.database.sessions) as tx:
        acting = acting_of(reading, tx)
        admitted = await dci.admit(acting, incoming)
        if isinstance(admitted, dci.Turned):
            return turned_away(reading, incoming, admitted)
        answers = await dci.search(acting, reading.house.blind, admitted.partner, searches_of(body))
        await stored.note_items(tx, reading.actor.tenant, admitted.correlation_id, dci.record_items(answers))
    await record_questions(
        request, reading, "searchRegistry", [(one.status, one.basis, one.about) for one in answers]
    )
    made = dci.Made(public_id(reading.actor.tenant, admitted.correlation_id), reading.now)
    told = dci.search_message(made, answers, message.transaction_id, reading.lang)
    return answer(reading, reply_of(reading, admitted.sender, len(answers)), told)


@router.post(
    "/registry/sync/enrolled",
    **operation(
        "askEnrolled",
        may=_MAY,
        answers=DciEnrolledOut,
        reads_person=True,
        example=_ENROLLED_OUT,
        body_example=_ENROLLED,
    ),
)
async def ask_enrolled(body: DciEnrolledIn, request: Request, reading: ReadingDep) -> Response:
    """Ask whether a person is enrolled in a programme of your own, or in any (`/registry/sync/enrolled`).

    The answer is yes or no, and of which class the programme is; others are never named.
    """
    incoming = incoming_of(SEARCH, body, raw_of(request), body.message.transaction_id, 1)
    async with transaction(reading.house.database.sessions) as tx:
        acting = acting_of(reading, tx)
        admitted = await dci.admit(acting, incoming)
        if isinstance(admitted, dci.Turned):
            return turned_away(reading, incoming, admitted)
        blind, partner = reading.house.blind, admitted.partner
        told = await dci.tell_enrolled(acting, blind, reading.sight, partner, enrol_of(body))
        await stored.note_items(tx, reading.actor.tenant, admitted.correlation_id, dci.record_items([told]))
    await record_questions(request, reading, "askEnrolled", [(told.status, told.basis, told.about)])
    made = dci.Made(public_id(reading.actor.tenant, admitted.correlation_id), reading.now)
    message = dci.enrolled_message(made, told, body.message.transaction_id, reading.lang)
    return answer(reading, reply_of(reading, admitted.sender, 1), message)
