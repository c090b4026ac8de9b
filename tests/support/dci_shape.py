"""What the published schemas ask of an answer, written by hand from them, for `jsonschema`.

From ``social_api_v1.0.0`` and ``registry_core_api_v1.0.0`` (SearchResponse, MsgCallbackHeader, the reason
codes), ``ibr_api_v1.0.0`` (EnrolledResponse) and ``jwks_core_api_v1.0.0``, release of January 2025.
"""

from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker

TEXT: Final = {"type": "string"}
ID: Final = {"type": "string", "maxLength": 99}
INSTANT: Final = {"type": "string", "format": "date-time"}
REASON: Final = {"type": "string", "maxLength": 999}
STATUS: Final = {"enum": ["rcvd", "pdng", "succ", "rjct"]}
HEADER_REASONS: Final = [
    "rjct.version.invalid",
    "rjct.message_id.duplicate",
    "rjct.message_ts.invalid",
    "rjct.action.invalid",
    "rjct.action.not_supported",
    "rjct.total_count.invalid",
    "rjct.total_count.limit_exceeded",
    "rjct.errors.too_many",
]
SEARCH_REASONS: Final = [
    "rjct.reference_id.invalid",
    "rjct.reference_id.duplicate",
    "rjct.timestamp.invalid",
    "rjct.search_criteria.invalid",
    "rjct.filter.invalid",
    "rjct.sort.invalid",
    "rjct.pagination.invalid",
    "rjct.search.too_many_records_found",
]


def thing(required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required.split(), "properties": properties}


def many(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


def header(action: str) -> dict[str, Any]:
    return thing(
        "message_id message_ts action status",
        version=TEXT,
        message_id=TEXT,
        message_ts=INSTANT,
        action={"enum": [action]},
        status=STATUS,
        status_reason_code={"enum": HEADER_REASONS},
        status_reason_message=REASON,
        total_count={"type": "integer"},
        completed_count={"type": "integer"},
        sender_id=TEXT,
        receiver_id=TEXT,
        is_msg_encrypted={"type": "boolean"},
    )


PAGE: Final = thing(
    "page_size page_number total_count",
    page_size={"type": "number"},
    page_number={"type": "number"},
    total_count={"type": "number"},
)
SEARCH_RESPONSE: Final = thing(
    "transaction_id correlation_id search_response",
    transaction_id=ID,
    correlation_id=ID,
    search_response=many(
        thing(
            "reference_id timestamp status",
            reference_id=TEXT,
            timestamp=INSTANT,
            status=STATUS,
            status_reason_code={"enum": SEARCH_REASONS},
            status_reason_message=REASON,
            data=thing("reg_records", version=TEXT, reg_records=many({"type": "object"})),
            pagination=PAGE,
            locale={"type": "string", "pattern": "^[a-z]{3,3}$"},
        )
    ),
)
SEARCHED: Final = thing("header", signature=TEXT, header=header("on-search"), message=SEARCH_RESPONSE)
ENROLLED_ANSWER: Final = thing(
    "header",
    signature=TEXT,
    header=header("on-search"),
    message=thing(
        "transaction_id correlation_id enrolled_response",
        transaction_id=ID,
        correlation_id=ID,
        enrolled_response=many(
            thing(
                "reference_id timestamp status enrolled_status",
                reference_id=TEXT,
                timestamp=INSTANT,
                status=STATUS,
                status_reason_message=REASON,
                enrolled_status={"enum": ["yes", "no"]},
            )
        ),
    ),
)
SUBSCRIBE_REASONS: Final = [
    "rjct.reference_id.invalid",
    "rjct.reference_id.duplicate",
    "rjct.timestamp.invalid",
    "rjct.notify_types.invalid",
    "rjct.notify_details.invalid",
    "rjct.person_id.invalid",
    "rjct.event.already_subscribed",
]
SUBSCRIBED: Final = thing(
    "header",
    signature=TEXT,
    header=header("on-subscribe"),
    message=thing(
        "transaction_id correlation_id subscribe_response",
        transaction_id=ID,
        correlation_id=ID,
        subscribe_response=many(
            thing(
                "reference_id timestamp status",
                reference_id=TEXT,
                timestamp=INSTANT,
                status=STATUS,
                status_reason_code={"enum": SUBSCRIBE_REASONS},
                status_reason_message=REASON,
                subscriptions=many(
                    thing(
                        "subscription_code timestamp subscribe_criteria",
                        code=ID,
                        status={"enum": ["subscribe", "unsubscribe"]},
                        timestamp=INSTANT,
                    )
                ),
            )
        ),
    ),
)
NOTIFIED: Final = thing(
    "header message",
    signature=TEXT,
    header=thing(
        "message_id message_ts action sender_id total_count",
        message_id=TEXT,
        message_ts=INSTANT,
        action={"enum": ["notify"]},
        sender_id=TEXT,
        total_count={"type": "integer"},
    ),
    message=thing(
        "transaction_id notify_event",
        transaction_id=ID,
        notify_event=many(
            thing(
                "reference_id timestamp data",
                reference_id=TEXT,
                timestamp=INSTANT,
                data=thing(
                    "reg_record_type reg_records", reg_record_type=TEXT, reg_records={"type": "object"}
                ),
            )
        ),
    ),
)
ERRORS: Final = thing("", errors=many(thing("", code=TEXT, message=TEXT)))
JWKS: Final = thing("keys", keys=many(thing("kty kid", kty=TEXT, kid=TEXT)))
ACK: Final = thing(
    "message",
    message=thing(
        "ack_status timestamp correlation_id",
        ack_status={"enum": ["ACK", "NACK", "ERR"]},
        timestamp=INSTANT,
        correlation_id=ID,
    ),
)
TXN_STATUS: Final = thing(
    "header",
    signature=TEXT,
    header=header("txn-on-status"),
    message=thing(
        "transaction_id correlation_id txnstatus_response",
        transaction_id=ID,
        correlation_id=ID,
        txnstatus_response=thing(
            "txn_type txn_status", txn_type={"enum": ["search", "subscibe", "receipt"]}, txn_status={}
        ),
    ),
)


def check_shape(told: Any, shape: dict[str, Any]) -> None:
    """Fail where *told* is not what the published schema asks for."""
    Draft202012Validator(shape, format_checker=FormatChecker()).validate(told)
