"""The filters of case lists, read from the query; an unknown code is refused, never ignored."""

from typing import Annotated

from fastapi import Depends, Query

from app.api.case_filter_parts import CodesDep, EndDep, PersonDep, check
from app.api.deps import Known, Now
from app.api.errors import BadRequest
from app.api.schemas.base import CodeText, Instant, Moment
from app.db.queries.case_filter import CaseFilter, Order
from app.domain.codes import CaseKind, Holder, Priority
from app.domain.errors import FieldError
from app.domain.ids import parse_public_id
from app.domain.lifecycle import CaseStatus


def _filter(
    now: Now,
    known: Known,
    codes: CodesDep,
    of_person: PersonDep,
    of_end: EndDep,
    status: Annotated[list[CaseStatus] | None, Query()] = None,
    kind: CaseKind | None = None,
    priority: Priority | None = None,
    holder: Holder | None = None,
    assignee: CodeText | None = None,
    outside_reference: Annotated[
        str | None, Query(min_length=1, max_length=64, description="The number of another system, exactly.")
    ] = None,
    overdue: bool | None = None,  # noqa: FBT001  # a query parameter
    escalated: bool | None = None,  # noqa: FBT001  # a query parameter
    due_before: Instant | None = None,
    due_from: Moment | None = None,
    due_to: Annotated[Moment | None, Query(description="Exclusive.")] = None,
    updated_after: Instant | None = None,
    opened_from: Moment | None = None,
    opened_to: Annotated[Moment | None, Query(description="Exclusive.")] = None,
    sort: Annotated[
        Order, Query(description="By a time that a case has not (`due`, `escalated`), it is not in the list.")
    ] = Order.OPENED,
) -> CaseFilter:
    errors = check(known, codes)
    account = parse_public_id(assignee) if assignee is not None else None
    if assignee is not None and account is None:
        errors.append(
            FieldError("/query/assignee", "unknown_code", "Id ini tidak dikenal.", "This id is not known.")
        )
    if errors:
        raise BadRequest(fields=tuple(errors))
    return CaseFilter(
        status=[s.value for s in status] if status else None,
        kind=kind.value if kind else None,
        category=codes.category,
        sector=codes.sector,
        ppks=codes.ppks,
        channel=codes.channel,
        priority=priority.value if priority else None,
        region=codes.region,
        holder=holder.value if holder else None,
        assignee=account.id if account else None,
        program=codes.program,
        named_program=codes.named_program,
        agency=codes.agency,
        outside_reference=outside_reference,
        overdue=None if overdue is None else (overdue, now),
        escalated=escalated,
        escalated_to=codes.escalated_to,
        due_before=due_before,
        due_from=due_from,
        due_to=due_to,
        updated_after=updated_after,
        opened_from=opened_from,
        opened_to=opened_to,
        of_person=of_person,
        of_end=of_end,
        order=sort,
    )


CaseFilterDep = Annotated[CaseFilter, Depends(_filter)]
