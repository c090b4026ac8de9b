"""The filters of case lists, read from the query; an unknown code is refused, never ignored."""

from typing import Annotated

from fastapi import Depends, Query

from app.api.deps import Known, Now
from app.api.errors import BadRequest
from app.api.schemas.base import CodeText, Instant
from app.db.queries.cases import CaseFilter, Order
from app.domain.codes import CaseKind, Holder, Priority
from app.domain.errors import FieldError
from app.domain.ids import parse_public_id
from app.domain.lifecycle import CaseStatus


def _filter(
    now: Now,
    known: Known,
    status: Annotated[list[CaseStatus] | None, Query()] = None,
    kind: CaseKind | None = None,
    category: CodeText | None = None,
    sector: CodeText | None = None,
    priority: Priority | None = None,
    region: CodeText | None = None,
    holder: Holder | None = None,
    assignee: CodeText | None = None,
    program: CodeText | None = None,
    agency: CodeText | None = None,
    outside_reference: Annotated[
        str | None, Query(min_length=1, max_length=64, description="The number of another system, exactly.")
    ] = None,
    overdue: bool | None = None,  # noqa: FBT001  # a query parameter
    escalated: bool | None = None,  # noqa: FBT001  # a query parameter
    due_before: Instant | None = None,
    updated_after: Instant | None = None,
    opened_from: Instant | None = None,
    opened_to: Instant | None = None,
    sort: Annotated[
        Order, Query(description="By a time that a case has not (`due`, `escalated`), it is not in the list.")
    ] = Order.OPENED,
) -> CaseFilter:
    errors = [
        FieldError(f"/query/{name}", "unknown_code", "Kode ini tidak dikenal.", "This code is not known.")
        for name, value, book in (
            ("category", category, known.codes.get("case_category", {})),
            ("sector", sector, known.codes.get("sector", {})),
            ("region", region, known.regions if region in known.regions else known.regions.successions),
            ("program", program, known.programs),
            ("agency", agency, known.agencies),
        )
        if value is not None and value not in book
    ]
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
        category=category,
        sector=sector,
        priority=priority.value if priority else None,
        region=region,
        holder=holder.value if holder else None,
        assignee=account.id if account else None,
        program=program,
        agency=agency,
        outside_reference=outside_reference,
        overdue=None if overdue is None else (overdue, now),
        escalated=escalated,
        due_before=due_before,
        updated_after=updated_after,
        opened_from=opened_from,
        opened_to=opened_to,
        order=sort,
    )


CaseFilterDep = Annotated[CaseFilter, Depends(_filter)]
