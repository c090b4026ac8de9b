"""From the models of the DCI interface to what is asked, and from answers to what is sent."""

from collections.abc import Iterator
from typing import Any, Final

from app.api.schemas.dci import (
    DciBasis,
    DciCriteria,
    DciEnrolledIn,
    DciExpressionQuery,
    DciHeader,
    DciIdQuery,
    DciPredicate,
    DciPredicates,
    DciSearchIn,
)
from app.api.schemas.dci_async import DciTxnIn
from app.api.schemas.dci_subscriptions import DciSubscribeIn, DciUnsubscribeIn
from app.domain.dci import Ask, Condition, Entity, Key, QueryType, Reason, read_by_id, read_conditions
from app.services.dci import MOST_RECORDS, Basis, EnrolQuestion, Incoming, Page, Search

_ATTRIBUTES: Final = {"village_code": "village"}
"""What an attribute is called in a query, where that is not the field's own name."""


Body = DciSearchIn | DciEnrolledIn | DciTxnIn | DciSubscribeIn | DciUnsubscribeIn
"""Any message that comes in."""


def incoming_of(action: str, body: Body, raw: Any, transaction_id: str, requests: int) -> Incoming:
    header: DciHeader = body.header
    return Incoming(
        action=action,
        signature=body.signature,
        raw=raw,
        said_action=header.action,
        version=header.version,
        message_id=header.message_id,
        message_ts=header.message_ts,
        sender_id=header.sender_id,
        receiver_id=header.receiver_id,
        total_count=header.total_count,
        encrypted=header.is_msg_encrypted,
        transaction_id=transaction_id,
        requests=requests,
    )


def searches_of(body: DciSearchIn) -> list[Search]:
    return [_search_of(one.reference_id, one.search_criteria) for one in body.message.search_request]


def _search_of(reference_id: str, criteria: DciCriteria) -> Search:
    page, ask = _page_of(criteria), _ask_of(criteria)
    fault = Reason.SORT if criteria.sort else Reason.PAGE if page is None else None
    if fault is None and ask is None:
        fault = Reason.CRITERIA
    entity = Entity(criteria.response_entity) if criteria.response_entity else None
    return Search(
        reference_id, ask, fault, entity, page or Page(), bases_of(criteria.consent, criteria.authorize)
    )


def _page_of(criteria: DciCriteria) -> Page | None:
    wanted = criteria.pagination
    if wanted is None:
        return Page()
    good = 1 <= wanted.page_size <= MOST_RECORDS and wanted.page_number >= 1
    return Page(wanted.page_size, wanted.page_number) if good else None


def bases_of(consent: Any, authorize: Any) -> tuple[Basis, ...]:
    """Return the grounds that a request names; an empty text is how the published samples leave one out."""
    return tuple(
        Basis(one.purpose.code, given, one.ts)
        for one, given in ((consent, True), (authorize, False))
        if isinstance(one, DciBasis)
    )


def _ask_of(criteria: DciCriteria) -> Ask | None:
    query = criteria.query
    match QueryType(criteria.query_type), query:
        case QueryType.IDTYPE_VALUE, DciIdQuery():
            return read_by_id(query.type, query.value)
        case QueryType.EXPRESSION, DciExpressionQuery():
            expressed = _expressed(query.value.expression.query)
            return None if expressed is None else read_conditions(expressed)
        case QueryType.PREDICATE, list():
            predicates = list(_predicates(query))
            return None if None in predicates else read_conditions(one for one in predicates if one)
        case _:
            return None


def _expressed(query: dict[str, Any]) -> list[Condition] | None:
    """Read ``{"$and": [{"NIK": {"$eq": "…"}}, …]}``, or one such pair alone."""
    parts = query["$and"] if set(query) == {"$and"} else [query]
    if not isinstance(parts, list):
        return None
    found = []
    for part in parts:
        if not isinstance(part, dict) or len(part) != 1:
            return None
        ((name, test),) = part.items()
        if not isinstance(test, dict) or len(test) != 1:
            return None
        ((operator, value),) = test.items()
        if not operator.startswith("$"):
            return None
        found.append(_condition(name, operator[1:], value))
    return found


def _predicates(query: list[DciPredicates]) -> Iterator[Condition | None]:
    """Give each condition; None where they are joined otherwise than by ``and``."""
    for one in query:
        if one.condition not in {None, "and"} or (one.expression2 is not None and one.condition is None):
            yield None
        yield _predicate(one.expression1)
        if one.expression2 is not None:
            yield _predicate(one.expression2)


def _predicate(one: DciPredicate) -> Condition:
    return _condition(one.attribute_name, one.operator, one.attribute_value)


def _condition(name: str, operator: str, value: Any) -> Condition:
    return Condition(name if name in set(Key) else _ATTRIBUTES.get(name, name), operator, value)


def enrol_of(body: DciEnrolledIn) -> EnrolQuestion:
    criteria = body.message.enrolled_criteria
    program = criteria.query.programme_identifier
    return EnrolQuestion(
        criteria.reference_id or "1",
        criteria.query.person_identifier.eq,
        program.eq if program else None,
        bases_of(criteria.consent, criteria.authorize),
    )
