"""Keeping the figures: what a case was counted as, and the difference that the counts take.

Everything is of one tenant, whose cursor is held: two workers count one after the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from app.db.session import Tx
from app.db.tables.base import table_of
from app.db.tables.cases import Case
from app.db.tables.events import Event, FeedHead, FeedPending, FeedRow
from app.db.tables.figures import CountedCase, FigureCount, FigureCursor, FigureGroup
from app.domain.ids import instant_of
from app.domain.indicators import VERSION, CaseFacts, Cell, Group

NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Up to when a tenant is counted of which nothing is."""
_CELLS_AT_ONCE: Final = 50_000
_ADD: Final = text("""
INSERT INTO figure_counts (regency_code, measure, dimension, month, group_id, value, n)
SELECT :regency, d.measure, d.dimension, d.month, d.group_id, d.value, d.n
FROM unnest(CAST(:measures AS text[]), CAST(:dimensions AS text[]), CAST(:months AS text[]),
            CAST(:groups AS uuid[]), CAST(:vals AS text[]), CAST(:ns AS bigint[]))
  AS d(measure, dimension, month, group_id, value, n)
ON CONFLICT (regency_code, measure, dimension, month, group_id, value)
DO UPDATE SET n = figure_counts.n + excluded.n
""")
_DROP_EMPTY: Final = text("""
DELETE FROM figure_counts f
USING unnest(CAST(:measures AS text[]), CAST(:dimensions AS text[]), CAST(:months AS text[]),
             CAST(:groups AS uuid[]), CAST(:vals AS text[])) AS d(measure, dimension, month, group_id, value)
WHERE f.regency_code = :regency AND f.measure = d.measure AND f.dimension = d.dimension
  AND f.month = d.month AND f.group_id = d.group_id AND f.value = d.value AND f.n = 0
""")


async def behind(tx: Tx) -> list[str]:
    """Return the tenants whose feed goes further than their figures: a read over all, locking nothing."""
    statement = (
        select(FeedHead.regency_code)
        .outerjoin(FigureCursor, FigureCursor.regency_code == FeedHead.regency_code)
        .where(
            or_(
                FigureCursor.n.is_(None),
                FigureCursor.n < FeedHead.n,
                FigureCursor.version != VERSION,
            )
        )
        .order_by(FeedHead.regency_code)
    )
    return list(await tx.scalars(statement))


async def hold_cursor(tx: Tx, regency_code: str) -> FigureCursor:
    """Return the tenant's cursor, locked; one of other definitions begins again with nothing counted."""
    values = {"regency_code": regency_code, "n": 0, "version": VERSION, "as_of": NEVER}
    await tx.execute(
        insert(FigureCursor).values(values).on_conflict_do_nothing(index_elements=[FigureCursor.regency_code])
    )
    statement = select(FigureCursor).where(FigureCursor.regency_code == regency_code).with_for_update()
    cursor = (await tx.scalars(statement.execution_options(populate_existing=True))).one()
    if cursor.version != VERSION:
        await forget(tx, regency_code)
        cursor.n, cursor.version, cursor.as_of = 0, VERSION, NEVER
    return cursor


async def forget(tx: Tx, regency_code: str) -> None:
    """Take away all that is counted of a tenant."""
    for table in (CountedCase, FigureCount, FigureGroup):
        await tx.execute(delete(table).where(table.regency_code == regency_code))


async def feed_head(tx: Tx, regency_code: str) -> int:
    return await tx.scalar(select(FeedHead.n).where(FeedHead.regency_code == regency_code)) or 0


async def changed_cases(tx: Tx, regency_code: str, after: int, limit: int) -> tuple[list[UUID], int]:
    """Return the cases that the next *limit* numbers of the feed tell of, and the last of these numbers.

    What is told of a person may change the figures of her cases.
    """
    rows = (
        await tx.execute(
            select(FeedRow.n, FeedRow.case_id, FeedRow.event_id)
            .where(FeedRow.regency_code == regency_code, FeedRow.n > after)
            .order_by(FeedRow.n)
            .limit(limit)
        )
    ).all()
    found = {row.case_id for row in rows if row.case_id is not None}
    others = [row.event_id for row in rows if row.case_id is None]
    if others:
        of_person = select(Event.stream_id).where(Event.regency_code == regency_code, Event.id.in_(others))
        found.update(
            await tx.scalars(
                select(Case.id).where(Case.regency_code == regency_code, Case.person_id.in_(of_person))
            )
        )
    return sorted(found), rows[-1].n if rows else after


async def told_at(tx: Tx, regency_code: str, n: int) -> datetime:
    """Return when the number *n* of the feed was given."""
    statement = select(FeedRow.numbered_at).where(FeedRow.regency_code == regency_code, FeedRow.n == n)
    return (await tx.scalars(statement)).one()


async def told_until(tx: Tx, regency_code: str, now: datetime) -> datetime:
    """Return up to when everything that was committed has its number in the feed."""
    statement = (
        select(FeedPending.event_id)
        .where(FeedPending.regency_code == regency_code)
        .order_by(FeedPending.event_id)
        .limit(1)
    )
    oldest = await tx.scalar(statement)
    return now if oldest is None else min(now, instant_of(oldest))


async def case_ids_after(tx: Tx, regency_code: str, after: UUID | None, limit: int) -> list[UUID]:
    """Return the next cases of a tenant in the order of their ids."""
    statement = select(Case.id).where(Case.regency_code == regency_code)
    if after is not None:
        statement = statement.where(Case.id > after)
    return list(await tx.scalars(statement.order_by(Case.id).limit(limit)))


async def tenants_with_cases(tx: Tx) -> list[str]:
    return sorted(await tx.scalars(select(FeedHead.regency_code)))


async def case_count(tx: Tx, tenants: Sequence[str]) -> int:
    """Return how many cases there are in these tenants together."""
    statement = select(func.count()).select_from(Case).where(Case.regency_code.in_(tenants))
    return await tx.scalar(statement) or 0


async def counted(tx: Tx, regency_code: str, ids: Sequence[UUID]) -> dict[UUID, CaseFacts]:
    """Return what these cases were last counted as."""
    statement = select(CountedCase.case_id, CountedCase.facts).where(
        CountedCase.regency_code == regency_code, CountedCase.case_id.in_(ids)
    )
    return {row.case_id: CaseFacts.read(row.facts) for row in await tx.execute(statement)}


async def keep(tx: Tx, regency_code: str, facts: Mapping[UUID, CaseFacts]) -> None:
    """Store what cases are counted as now."""
    if not facts:
        return
    rows = [
        {"regency_code": regency_code, "case_id": id_, "facts": one.stored()}
        for id_, one in sorted(facts.items())
    ]
    statement = insert(table_of(CountedCase))
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=["regency_code", "case_id"], set_={"facts": statement.excluded.facts}
        ),
        rows,
    )


async def apply(tx: Tx, regency_code: str, changes: Mapping[Cell, int]) -> None:
    """Add to the counts, in one order so that no two workers wait for each other; empty ones go."""
    told = sorted((_key(cell), n) for cell, n in changes.items() if n)
    if not told:
        return
    await _keep_groups(tx, regency_code, {cell.group for cell, n in changes.items() if n})
    for start in range(0, len(told), _CELLS_AT_ONCE):
        some = told[start : start + _CELLS_AT_ONCE]
        columns = _columns(regency_code, [key for key, _ in some])
        await tx.execute(_ADD, {**columns, "ns": [n for _, n in some]})
    less = [key for key, n in told if n < 0]
    if less:
        await tx.execute(_DROP_EMPTY, _columns(regency_code, less))


async def move(tx: Tx, cursor: FigureCursor, n: int, as_of: datetime) -> None:
    await tx.execute(
        update(FigureCursor)
        .where(FigureCursor.regency_code == cursor.regency_code)
        .values(n=n, version=VERSION, as_of=as_of)
    )


async def _keep_groups(tx: Tx, regency_code: str, groups: Iterable[Group]) -> None:
    rows = sorted((_group_row(regency_code, group) for group in groups), key=lambda row: row["id"])
    statement = insert(table_of(FigureGroup)).on_conflict_do_nothing(index_elements=["regency_code", "id"])
    await tx.execute(statement, rows)


def _group_row(regency_code: str, group: Group) -> dict[str, Any]:
    return {
        "regency_code": regency_code,
        "id": group_id(group),
        "district_code": group.district,
        "village_code": group.village,
        "confidentiality": group.confidentiality,
        "closed_to": group.closed_to,
        "desk_id": UUID(group.desk) if group.desk else None,
        "away_desk_id": UUID(group.away_desk) if group.away_desk else None,
        "agency_code": group.agency,
        "sent_district_code": group.sent_district,
        "sent_village_code": group.sent_village,
    }


@lru_cache(maxsize=50_000)
def group_id(group: Group) -> UUID:
    """Return the row's id: a digest of what the group is."""
    return UUID(bytes=sha256("|".join(part or "" for part in group).encode()).digest()[:16])


_Key = tuple[str, str, str, UUID, str]


def _key(cell: Cell) -> _Key:
    return cell.measure, cell.dimension, cell.month, group_id(cell.group), cell.value


def _columns(regency_code: str, keys: Sequence[_Key]) -> dict[str, Any]:
    names = ("measures", "dimensions", "months", "groups", "vals")
    return {
        "regency": regency_code,
        **{name: [key[n] for key in keys] for n, name in enumerate(names)},
    }
