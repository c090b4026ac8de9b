"""The filters of referral lists, read from the query; an unknown code is refused, never ignored."""

from typing import Annotated, Final

from fastapi import Depends, Query

from app.api.case_filter_parts import unknown
from app.api.deps import Known, Now
from app.api.errors import BadRequest
from app.api.places import must_know
from app.api.schemas.access import RegionText
from app.api.schemas.base import CodeText, Instant, Moment
from app.db.queries.case_filter import NONE
from app.db.queries.referrals import ReferralFilter, Times
from app.domain.codes import Level, Purpose
from app.domain.errors import FieldError
from app.domain.ids import NATION
from app.domain.knowledge import Knowledge
from app.domain.referrals import ReferralStatus
from app.domain.tickets import parse_ticket

REASONS: Final = ("refusal_reason", "return_reason", "unfulfilled_reason", "revoke_reason")
"""The sets that the reason of a referral may be of, by how it was answered."""


def _times(
    sent_from: Moment | None = None,
    sent_to: Annotated[Moment | None, Query(description="Exclusive.")] = None,
    accepted_from: Moment | None = None,
    accepted_to: Annotated[Moment | None, Query(description="Exclusive.")] = None,
    ended_from: Moment | None = None,
    ended_to: Annotated[Moment | None, Query(description="Exclusive.")] = None,
) -> Times:
    return Times((sent_from, sent_to), (accepted_from, accepted_to), (ended_from, ended_to))


def _filter(
    known: Known,
    now: Now,
    times: Annotated[Times, Depends(_times)],
    status: Annotated[list[ReferralStatus] | None, Query(max_length=11)] = None,
    program: Annotated[CodeText | None, Query()] = None,
    agency: Annotated[CodeText | None, Query()] = None,
    level: Annotated[Level | None, Query(description="Of the agency.")] = None,
    reason: Annotated[
        CodeText | None, Query(description="Why it was answered as it was, or `none` without a reason.")
    ] = None,
    purpose: Annotated[Purpose | None, Query()] = None,
    case: Annotated[str | None, Query(max_length=40, description="A ticket.")] = None,
    region: Annotated[RegionText | None, Query()] = None,
    agency_reference: Annotated[
        str | None, Query(min_length=1, max_length=200, description="The receiver's own number, exactly.")
    ] = None,
    updated_after: Annotated[Instant | None, Query()] = None,
    overdue: Annotated[bool | None, Query(description="Only those past their due time.")] = None,
) -> ReferralFilter:
    must_know(known, region, "region")
    _check(known, program=program, agency=agency, reason=reason)
    return ReferralFilter(
        status=[one.value for one in status] if status else None,
        program=program,
        agency=agency,
        level=level.value if level else None,
        reason=reason,
        purpose=purpose.value if purpose else None,
        case=None if case is None else _ticket(case),
        region=None if region == NATION else region,
        agency_reference=agency_reference,
        times=times,
        updated_after=updated_after,
        overdue_at=now if overdue else None,
    )


ReferralFilterDep = Annotated[ReferralFilter, Depends(_filter)]


def _check(known: Knowledge, **given: str | None) -> None:
    reasons = {NONE, *(code for name in REASONS for code in known.codes.get(name, {}))}
    books = {"program": known.programs, "agency": known.agencies, "reason": reasons}
    wrong = [
        unknown(f"/query/{name}")
        for name, code in given.items()
        if code is not None and code not in books[name]
    ]
    if wrong:
        raise BadRequest(fields=tuple(wrong))


def _ticket(text: str) -> tuple[str, str]:
    found = parse_ticket(text, pointer="/query/case")
    if isinstance(found, FieldError):
        raise BadRequest(fields=(found,))
    return found.tenant, found.text
