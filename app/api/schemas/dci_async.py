"""Messages of the DCI interface that are answered later: the acknowledgement, and what became of one."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from app.api.schemas.base import In, Out
from app.api.schemas.dci import (
    DciAnswerHeader,
    DciHeader,
    DciSearchAnswer,
    LocaleText,
    MessageText,
    ShortText,
    SignatureText,
)


class DciError(Out):
    code: str
    message: str


class DciAckBody(Out):
    ack_status: Literal["ACK", "NACK", "ERR"]
    timestamp: datetime
    correlation_id: str = Field(description="By which the answer is known again; empty with `ERR`.")
    error: DciError | None = None


class DciAckOut(Out):
    """`ACK`: the answer will be posted to the address that is registered. `ERR`: it will not."""

    message: DciAckBody


class DciTxnRequest(In):
    reference_id: MessageText
    txn_type: ShortText = Field(description="`search`.")
    attribute_type: Literal["transaction_id", "correlation_id", "reference_id_list", "subscription_code_list"]
    attribute_value: MessageText | Annotated[list[MessageText], Field(max_length=50)]
    locale: LocaleText | None = None


class DciTxnBody(In):
    transaction_id: MessageText
    txnstatus_request: DciTxnRequest


class DciTxnIn(In):
    """A signed question what became of a message."""

    signature: SignatureText | None = None
    header: DciHeader
    message: DciTxnBody


class DciTxnResponse(Out):
    txn_type: str
    txn_status: DciSearchAnswer | dict[str, Any]


class DciTxnAnswer(Out):
    transaction_id: str
    correlation_id: str
    txnstatus_response: DciTxnResponse


class DciTxnOut(Out):
    signature: str
    header: DciAnswerHeader
    message: DciTxnAnswer | None = None
