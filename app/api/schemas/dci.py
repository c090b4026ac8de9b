"""Messages of the DCI interface as they come and go (SPDCI v1: social registry, beneficiary registry, JWKS).

Read strictly: what the published schemas name and we do not use may be there and is not looked at; other
names are refused, so that a typing error shows. A signature is over the body as it was sent.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from app.api.schemas.base import CodeText, In, Instant, Out, Whole

MessageText = Annotated[str, Field(min_length=1, max_length=99)]
ShortText = Annotated[str, Field(max_length=200)]
LongText = Annotated[str, Field(max_length=999)]
SignatureText = Annotated[str, Field(max_length=2_000)]
LocaleText = Annotated[str, Field(max_length=20)]
NumberText = Annotated[str, Field(min_length=1, max_length=64)]


class DciHeader(In):
    """Header of a message: version 1.0.0."""

    version: ShortText = "1.0.0"
    message_id: MessageText = Field(description="New for each message; one that came before is turned away.")
    message_ts: Instant
    action: ShortText
    sender_id: MessageText = Field(description="Your own `client_id`, such as `baznas@1374`.")
    sender_uri: Annotated[str, Field(max_length=500)] | None = Field(
        default=None, description="Not used: answers go to the address that is registered."
    )
    receiver_id: ShortText | None = Field(default=None, description="`puskesos@1374`, or left out.")
    total_count: Whole = Field(description="How many requests the message holds.")
    is_msg_encrypted: bool = False
    meta: dict[str, Any] | Literal[""] | None = None


class DciPurpose(In):
    code: CodeText = Field(description="Of the set `dci_purpose`.")
    text: LongText | None = None
    ref_uri: Annotated[str, Field(max_length=500)] | None = None


class DciBasis(In):
    """Why is asked, since when it may be."""

    context: ShortText | None = Field(default=None, alias="@context")
    type: ShortText | None = Field(default=None, alias="@type")
    ts: Instant | None = None
    purpose: DciPurpose


class DciIdQuery(In):
    """One number."""

    type: ShortText = Field(description="`NIK` or `KK`.")
    value: NumberText


class DciExpression(In):
    collection: ShortText | None = None
    query: dict[str, Any] = Field(description='`{"$and": [{"NIK": {"$eq": "…"}}, …]}`')


class DciExpressionValue(In):
    expression: DciExpression


class DciExpressionQuery(In):
    """Conditions that must all hold: one number, and others of the closed set."""

    type: ShortText
    value: DciExpressionValue


class DciPredicate(In):
    attribute_name: ShortText
    operator: Literal["gt", "lt", "eq", "ge", "le", "in"]
    attribute_value: NumberText | int | bool


class DciPredicates(In):
    seq_num: int | None = None
    expression1: DciPredicate
    condition: Literal["and", "or", "not"] | None = None
    expression2: DciPredicate | None = None


class DciSort(In):
    attribute_name: ShortText
    sort_order: Literal["asc", "desc"] | None = None


class DciPageIn(In):
    page_size: Whole
    page_number: Whole = 1


class DciCriteria(In):
    version: ShortText = "1.0.0"
    reg_type: ShortText | None = None
    reg_event_type: ShortText | None = None
    reg_record_type: ShortText | None = None
    query_type: Literal["idtype-value", "expression", "predicate"]
    response_entity: Literal["Group", "Member"] | None = None
    response_fields: Annotated[list[ShortText], Field(max_length=100)] | None = None
    query: DciIdQuery | DciExpressionQuery | Annotated[list[DciPredicates], Field(max_length=50)]
    sort: Annotated[list[DciSort], Field(max_length=20)] | None = None
    pagination: DciPageIn | None = None
    consent: DciBasis | Literal[""] | None = Field(
        default=None, description="The person agreed: for what, and when."
    )
    authorize: DciBasis | Literal[""] | None = Field(
        default=None, description="Your own duty or right: for what, and since when."
    )


class DciSearchRequest(In):
    reference_id: MessageText
    timestamp: Instant
    search_criteria: DciCriteria
    locale: LocaleText | None = None


class DciSearchBody(In):
    transaction_id: MessageText
    search_request: Annotated[list[DciSearchRequest], Field(min_length=1, max_length=200)]


class DciSearchIn(In):
    """A signed search."""

    signature: SignatureText | None = None
    header: DciHeader
    message: DciSearchBody


class DciEquals(In):
    eq: NumberText


class DciEnrolledQuery(In):
    person_identifier: DciEquals = Field(description="A NIK.")
    programme_identifier: DciEquals | None = Field(
        default=None,
        alias="programme_identifier.program.programme_identifier",
        description="A programme of your own; left out: any aid.",
    )


class DciEnrolledCriteria(In):
    """The published criteria, with what a request of ours says of its purpose."""

    query_type: Literal["idtype-value", "expression", "predicate"] = "expression"
    response_entity: ShortText | None = None
    reference_id: MessageText | None = None
    query: DciEnrolledQuery
    consent: DciBasis | Literal[""] | None = None
    authorize: DciBasis | Literal[""] | None = None


class DciEnrolledBody(In):
    transaction_id: MessageText
    enrolled_criteria: DciEnrolledCriteria


class DciEnrolledIn(In):
    """A signed question whether somebody is enrolled."""

    signature: SignatureText | None = None
    header: DciHeader
    message: DciEnrolledBody


# What goes out --------------------------------------------------------------------------------------------

DciStatus = Literal["rcvd", "pdng", "succ", "rjct"]


class DciAnswerHeader(Out):
    version: str
    message_id: str
    message_ts: datetime
    action: str
    status: DciStatus
    status_reason_code: str | None = None
    status_reason_message: str | None = None
    total_count: int
    completed_count: int
    sender_id: str
    receiver_id: str
    is_msg_encrypted: bool


class DciRecords(Out):
    version: str
    reg_records: list[dict[str, Any]] = Field(
        description="With the fields that your client and the purpose both allow, and no others."
    )


class DciPageOut(Out):
    page_size: int
    page_number: int
    total_count: int


class DciSearchResponse(Out):
    reference_id: str
    timestamp: datetime
    status: DciStatus
    status_reason_code: str | None = None
    status_reason_message: str | None = None
    data: DciRecords | None = None
    pagination: DciPageOut | None = None
    locale: str | None = None


class DciSearchAnswer(Out):
    transaction_id: str
    correlation_id: str
    search_response: list[DciSearchResponse]


class DciSearchOut(Out):
    """A signed answer; without ``message`` the header says why."""

    signature: str
    header: DciAnswerHeader
    message: DciSearchAnswer | None = None


class DciClass(Out):
    """Of which kind a programme is, without its name."""

    level: str
    kind: str


class DciEnrolledResponse(Out):
    reference_id: str
    timestamp: datetime
    status: DciStatus
    status_reason_message: str | None = None
    enrolled_status: Literal["yes", "no"] = Field(description="Says nothing where `status` is `rjct`.")
    programme_classes: list[DciClass] | None = Field(
        default=None, description="Ours, beside the published fields."
    )


class DciEnrolledAnswer(Out):
    transaction_id: str
    correlation_id: str
    enrolled_response: list[DciEnrolledResponse]


class DciEnrolledOut(Out):
    signature: str
    header: DciAnswerHeader
    message: DciEnrolledAnswer | None = None


# Partners and keys ----------------------------------------------------------------------------------------

FieldName = Literal["status", "poverty_score", "period", "programs", "birth_date", "village", "group_size"]


class DciKeyIn(In):
    """An Ed25519 public key as a JWK (RFC 8037)."""

    kty: Literal["OKP"] = "OKP"
    crv: Literal["Ed25519"] = "Ed25519"
    x: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]


class DciPartnerIn(In):
    keys: Annotated[list[DciKeyIn], Field(min_length=1, max_length=2)] = Field(
        description="Two while the system changes over."
    )
    purposes: Annotated[list[CodeText], Field(min_length=1, max_length=20)] = Field(
        description="Of the set `dci_purpose`."
    )
    fields: Annotated[list[FieldName], Field(max_length=20)] = Field(
        description="The most that it is told; of them each purpose opens its own."
    )
    callback_url: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    active: bool = True


class DciKeyOut(Out):
    kid: str
    x: str


class DciPartnerOut(Out):
    sender_id: str
    receiver_id: str
    keys: list[DciKeyOut]
    purposes: list[str]
    fields: list[str]
    callback_url: str | None
    active: bool
    created_at: datetime
    updated_at: datetime


class Jwk(Out):
    kty: str
    crv: str
    use: str
    alg: str
    kid: str
    x: str


class JwksOut(Out):
    """Public keys (RFC 7517) that this service signs messages with, the present one first."""

    keys: list[Jwk]
