"""Past decisions by the batch, to try a draft on: the newest of each case, with what opens its facts.

Cases of the closed channel are left out: whoever may not see one finds it in no count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Subquery,
    Text,
    and_,
    cast,
    func,
    literal,
    null,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH

from app.db.queries.overrides import override_of
from app.db.queries.scope import Sight, sees_case
from app.db.session import Tx
from app.db.tables.cases import Case, RoutingRecord
from app.db.tables.people import DataKey
from app.db.tables.regency_programs import ProgramOverride
from app.domain.codes import Confidentiality
from app.domain.programs import Override

_SPELT_APART: Final = ["entries", "questions", "ladder"]
_BRIEF: Final = "$.entries[*][0 to 2]"


@dataclass(frozen=True, slots=True)
class PastCases:
    """The cases of one regency that were opened from *since* until before *until*."""

    regency: str
    region: str
    since: datetime
    until: datetime
    every: int = 1
    """One of so many, chosen by the case's id: the same ones each time."""


Seat = tuple[datetime, UUID]
"""A case's place in the order: when it was opened, and its id."""


def _where(past: PastCases) -> list[ColumnElement[bool]]:
    clauses = [
        Case.regency_code == past.regency,
        Case.confidentiality != Confidentiality.RAHASIA.value,
        Case.opened_at >= past.since,
        Case.opened_at < past.until,
    ]
    depth = past.region.count(".")
    if depth == 2:  # noqa: PLR2004  # depth of a district's code
        clauses.append(Case.district_code == past.region)
    elif depth > 2:  # noqa: PLR2004
        clauses.append(Case.village_code == past.region)
    if past.every > 1:
        clauses.append(func.abs(func.mod(func.uuid_hash_extended(Case.id, 0), past.every)) == 0)
    return clauses


async def count(tx: Tx, past: PastCases) -> int:
    return await tx.scalar(select(func.count()).select_from(Case).where(*_where(past))) or 0


async def batch(tx: Tx, past: PastCases, after: Seat | None, limit: int, *, whole: bool) -> Sequence[Any]:
    """Return the next cases behind *after*, oldest first; ``wrapped`` is None once the facts were erased.

    The answer comes as text: a process beside this one reads it. Unless *whole* it comes without what it
    says of each programme, and ``brief`` has code, version and verdict of each in one list: spelling all of
    it out would cost the database more than everything else.
    """
    # Read out of line once, whatever is taken from it then.
    read = RoutingRecord.answer.concat(cast(literal("{}"), JSONB)) if not whole else RoutingRecord.answer
    chosen = (
        select(
            Case.opened_at,
            Case.id,
            RoutingRecord.id.label("record_id"),
            read.label("answer"),
            RoutingRecord.facts_sealed,
            DataKey.wrapped,
        )
        .join(
            RoutingRecord,
            and_(
                RoutingRecord.regency_code == Case.regency_code,
                RoutingRecord.case_id == Case.id,
                RoutingRecord.n == Case.routing_n,
            ),
        )
        .outerjoin(DataKey, and_(DataKey.regency_code == Case.regency_code, DataKey.id == Case.data_key_id))
        .where(*_where(past))
        .order_by(Case.opened_at, Case.id)
        .limit(limit)
        .offset(0)
    )
    if after is not None:
        chosen = chosen.where(tuple_(Case.opened_at, Case.id) > after)
    return (await tx.execute(_spelt(chosen.subquery("chosen"), whole=whole))).all()


def _spelt(chosen: Subquery, *, whole: bool) -> Select[*tuple[Any, ...]]:
    c = chosen.c
    answer: ColumnElement[Any] = c.answer
    brief: ColumnElement[Any] = null()
    if not whole:
        answer = c.answer.op("-")(cast(_SPELT_APART, ARRAY(Text)))
        brief = cast(func.jsonb_path_query_array(c.answer, cast(literal(_BRIEF), JSONPATH)), Text)
    return select(
        c.opened_at,
        c.id,
        c.record_id,
        cast(answer, Text).label("answer"),
        brief.label("brief"),
        c.facts_sealed,
        c.wrapped,
    ).order_by(c.opened_at, c.id)


async def overrides(tx: Tx, regencies: Sequence[str]) -> list[Override]:
    """Every override of these regencies that was ever published."""
    rows = await tx.scalars(
        select(ProgramOverride).where(
            ProgramOverride.regency_code.in_(regencies), ProgramOverride.status.in_(("published", "retired"))
        )
    )
    return [override_of(row) for row in rows]


async def tickets_seen(tx: Tx, sight: Sight, regency: str, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Give the tickets of those cases that the actor may see."""
    statement = select(Case.id, Case.ticket).where(
        Case.regency_code == regency, Case.id.in_(ids), sees_case(sight)
    )
    return {row.id: row.ticket for row in await tx.execute(statement)}
