"""Writing an answer: its frame, and the signature of this service under it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from app.domain.dci import (
    VERSION,
    Reply,
    Signed,
    Status,
    answer_header,
    receiver_of,
    refusal,
    response_item,
    signed_bytes,
    signing_text,
    write_signature,
)
from app.integrations.message_keys import MessageKey, public_text
from app.services.dci.enrolling import Enrolled
from app.services.dci.searching import Answered

GOOD_FOR: Final = timedelta(minutes=10)
"""How long the signature of an answer may be believed."""


@dataclass(frozen=True, slots=True)
class Made:
    """Under which id a message was taken, and when it is answered."""

    correlation: str
    at: datetime


class Seeds(Protocol):
    """The part of the vault that makes our keys."""

    def message_seeds(self) -> tuple[bytes, ...]: ...


@dataclass(frozen=True, slots=True)
class Frame:
    """With whose keys, and in which language, an answer is written."""

    seeds: Seeds
    language: str


def answer_of(frame: Frame, reply: Reply, message: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the whole signed answer; without *message* it says by its header why."""
    header = answer_header(reply, frame.language)
    key = MessageKey.of(frame.seeds.message_seeds()[0])
    created = int(reply.at.timestamp())
    expires = created + int(GOOD_FOR.total_seconds())
    content = signed_bytes(header, message)
    if content is None:
        raise ValueError("An answer holds whole numbers only.")
    signature = key.sign(signing_text(content, created, expires))
    line = write_signature(Signed(receiver_of(reply.tenant), key.kid, created, expires, signature))
    body: dict[str, Any] = {"signature": line, "header": header}
    return body if message is None else {**body, "message": message}


def keys_of(seeds: Seeds) -> list[dict[str, str]]:
    """Return our public keys as JWKs, the one that signs first."""
    found = [MessageKey.of(seed) for seed in seeds.message_seeds()]
    return [
        {
            "kty": "OKP",
            "crv": "Ed25519",
            "use": "sig",
            "alg": "EdDSA",
            "kid": one.kid,
            "x": public_text(one.public),
        }
        for one in found
    ]


def search_message(
    made: Made, answers: Sequence[Answered], transaction_id: str, language: str
) -> dict[str, Any]:
    """Return the message of an answer to a search."""
    return {
        "transaction_id": transaction_id,
        "correlation_id": made.correlation,
        "search_response": [_item(one, made.at, language) for one in answers],
    }


def _item(one: Answered, at: datetime, language: str) -> dict[str, Any]:
    more = refusal(one.reason, one.words, language)
    if one.status is Status.SUCC:
        more["data"] = {"version": VERSION, "reg_records": list(one.records)}
        more["pagination"] = {
            "page_size": one.page.size,
            "page_number": one.page.number,
            "total_count": one.total,
        }
    return response_item(one.reference_id, at, one.status, more)


def enrolled_message(made: Made, one: Enrolled, transaction_id: str, language: str) -> dict[str, Any]:
    """Return the message of an answer about an enrolment."""
    told: dict[str, Any] = {"enrolled_status": "yes" if one.enrolled else "no"}
    if one.words is not None:
        told["status_reason_message"] = one.words.said(language)
    if one.status is Status.SUCC:
        told["programme_classes"] = [{"level": each.level, "kind": each.kind} for each in one.classes]
    return {
        "transaction_id": transaction_id,
        "correlation_id": made.correlation,
        "enrolled_response": [response_item(one.reference_id, made.at, one.status, told)],
    }
