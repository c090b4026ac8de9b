"""What a list of cases is narrowed by, and the clauses on ``cases`` that it becomes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_

from app.db.queries.local_days import Moment, span
from app.db.queries.outside import called
from app.db.queries.person_filter import ANYBODY, OfPerson, of_person
from app.db.queries.scope import Sight
from app.db.tables.cases import Case
from app.db.tables.referrals import Referral

NONE: Final = "none"
"""In the place of a code: the cases that have none."""


class Order(StrEnum):
    """What a list is sorted by. By a time that a case has not, it is not in the list."""

    OPENED = "opened"
    """Newest first."""
    DUE = "due"
    """Most urgent first."""
    ESCALATED = "escalated"
    """Standing longest before somebody first."""


@dataclass(frozen=True, slots=True)
class OfEnd:
    """How a case ended, and what was said of it; a case that is open again has no end."""

    outcome: str | None = None
    outcome_reason: str | None = None
    confirmed_by: Sequence[str] | None = None
    """``resident``, ``desk``, ``silence``."""
    resolved_from: Moment | None = None
    resolved_to: Moment | None = None
    """Exclusive, as every end of a time below."""
    closed_from: Moment | None = None
    closed_to: Moment | None = None
    rated: bool | None = None
    reopened: bool | None = None
    disputed: bool | None = None
    bounced: bool | None = None
    """Put to the secretariat because nobody took it for theirs."""


ANYHOW: Final = OfEnd()


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list is narrowed by; a field that is None narrows nothing."""

    status: Sequence[str] | None = None
    kind: str | None = None
    category: str | None = None
    sector: str | None = None
    ppks: str | None = None
    channel: str | None = None
    priority: str | None = None
    region: str | None = None
    holder: str | None = None
    assignee: UUID | None = None
    program: str | None = None
    """Named by the resident, or referred to."""
    named_program: str | None = None
    agency: str | None = None
    outside_reference: str | None = None
    """The number that another system knows it by, exactly."""
    overdue: tuple[bool, datetime] | None = None
    """Whether the earliest clock was due before the instant, or not."""
    escalated: bool | None = None
    """Whether an overdue clock stands before somebody."""
    escalated_to: str | None = None
    """The highest rung that it stands before."""
    due_before: datetime | None = None
    due_from: Moment | None = None
    due_to: Moment | None = None
    updated_after: datetime | None = None
    opened_from: Moment | None = None
    opened_to: Moment | None = None
    of_person: OfPerson = ANYBODY
    of_end: OfEnd = ANYHOW
    order: Order = Order.OPENED


def conditions(wanted: CaseFilter, sight: Sight) -> list[ColumnElement[bool]]:
    """Return the filter as clauses on ``cases``."""
    found = _codes(
        (Case.kind, wanted.kind),
        (Case.category, wanted.category),
        (Case.sector, wanted.sector),
        (Case.ppks, wanted.ppks),
        (Case.channel, wanted.channel),
        (Case.priority, wanted.priority),
        (Case.holder, wanted.holder),
        (Case.assignee_id, wanted.assignee),
        (Case.program_code, wanted.named_program),
    )
    if wanted.status is not None:
        found.append(Case.status.in_(wanted.status))
    if wanted.region is not None:
        found.append(or_(*(_in_region(code, sight) for code in sight.family_of(wanted.region))))
    if wanted.program is not None:
        found.append(
            or_(Case.program_code == wanted.program, _referred(Referral.program_code, wanted.program))
        )
    if wanted.agency is not None:
        found.append(_referred(Referral.agency_code, wanted.agency))
    if wanted.outside_reference is not None:
        found.append(called(wanted.outside_reference))
    return [*found, *_times(wanted), *_ends(wanted.of_end), *of_person(wanted.of_person)]


def _codes(*asked: tuple[Any, Any]) -> list[ColumnElement[bool]]:
    return [
        column.is_(None) if value == NONE else column == value for column, value in asked if value is not None
    ]


def _times(wanted: CaseFilter) -> list[ColumnElement[bool]]:
    tenant = Case.regency_code
    found = [
        *span(Case.opened_at, tenant, wanted.opened_from, wanted.opened_to),
        *span(Case.due_at, tenant, wanted.due_from, wanted.due_to),
    ]
    if wanted.overdue is not None:
        late, now = wanted.overdue
        found.append(Case.due_at < now if late else or_(Case.due_at.is_(None), Case.due_at >= now))
    if wanted.escalated is not None:
        stands = Case.escalated_at.is_not(None)
        found.append(stands if wanted.escalated else ~stands)
    if wanted.escalated_to is not None:
        found.append(_stands_before(wanted.escalated_to))
    if wanted.order is not Order.OPENED:
        found.append((Case.due_at if wanted.order is Order.DUE else Case.escalated_at).is_not(None))
    if wanted.due_before is not None:
        found.append(Case.due_at < wanted.due_before)
    if wanted.updated_after is not None:
        found.append(Case.updated_at > wanted.updated_after)
    return found


def _stands_before(rung: str) -> ColumnElement[bool]:
    """Return the clause of the rung; a case whose clock has moved on stands before nobody any more."""
    if rung == NONE:
        return or_(Case.escalated_at.is_(None), Case.escalated_to.is_(None))
    return and_(Case.escalated_at.is_not(None), Case.escalated_to == rung)


def _ends(wanted: OfEnd) -> list[ColumnElement[bool]]:
    tenant = Case.regency_code
    found = [
        *_codes((Case.outcome, wanted.outcome), (Case.outcome_reason, wanted.outcome_reason)),
        *span(Case.resolved_at, tenant, wanted.resolved_from, wanted.resolved_to),
        *span(Case.closed_at, tenant, wanted.closed_from, wanted.closed_to),
    ]
    if wanted.confirmed_by is not None:
        found.append(Case.confirmed_by.in_(wanted.confirmed_by))
    for told, clause in (
        (wanted.rated, Case.rating.is_not(None)),
        (wanted.reopened, Case.reopened_count > 0),
        (wanted.disputed, Case.disputed_count > 0),
        (wanted.bounced, Case.bounce_count > 0),
    ):
        if told is not None:
            found.append(clause if told else ~clause)
    return found


def _in_region(region: str, sight: Sight) -> ColumnElement[bool]:
    parts = region.split(".")
    tenant = Case.regency_code == ".".join(parts[:2])
    match len(parts):
        case 1:
            return Case.regency_code.in_(sight.regencies_of(region))
        case 2:
            return tenant
        case 3:
            return and_(tenant, Case.district_code == region)
        case _:
            return and_(tenant, Case.village_code == region)


def _referred(column: Any, value: str) -> ColumnElement[bool]:
    return exists().where(
        Referral.regency_code == Case.regency_code, Referral.case_id == Case.id, column == value
    )
