"""Two snapshots of a source compared in the database: who came, went, or was ranked otherwise, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, select, text, tuple_

from app.db.copying import execute_long
from app.db.queries.case_moves import Move, open_tasks
from app.db.queries.registry_bulk import entry_ids
from app.db.session import Tx
from app.db.tables.cases import Task
from app.db.tables.registry import RegistryChange, RegistryDiff, RegistrySnapshot
from app.domain.events.hands import TaskAdded

TASK: Final = "registry_dropped"
LONGEST: Final = 100
"""Seconds that the comparison of two whole registries may take; a few are usual."""
# One pass over each: a whole registry is hashed once, and only what differs is written.
_COMPARE: Final = """
INSERT INTO registry_changes (regency_code, snapshot_id, against_id, nik_digest, kind, reason, name_key,
  village_code, desil_before, desil_after)
SELECT $1::text, $2::uuid, $3::uuid,
  coalesce(a.nik_digest, b.nik_digest),
  CASE WHEN b.nik_digest IS NULL THEN 'new' WHEN a.nik_digest IS NULL THEN 'dropped' ELSE 'desil' END,
  CASE WHEN b.nik_digest IS NULL THEN 'first_listed' WHEN a.nik_digest IS NULL THEN 'not_listed'
       WHEN coalesce(b.desil, 0) = 0 THEN 'ranked_first' WHEN coalesce(a.desil, 0) = 0 THEN 'rank_lost'
       WHEN a.desil > b.desil THEN 'ranked_up' ELSE 'ranked_down' END,
  coalesce(a.name_key, b.name_key), coalesce(a.village_code, b.village_code), b.desil, a.desil
FROM (SELECT nik_digest, name_key, village_code, desil FROM registry_entries
      WHERE regency_code = $1 AND id BETWEEN $4 AND $5 AND nik_digest IS NOT NULL) a
FULL JOIN (SELECT nik_digest, name_key, village_code, desil FROM registry_entries
      WHERE regency_code = $1 AND id BETWEEN $6 AND $7 AND nik_digest IS NOT NULL) b
  ON a.nik_digest = b.nik_digest
WHERE a.nik_digest IS NULL OR b.nik_digest IS NULL OR coalesce(a.desil, 0) <> coalesce(b.desil, 0)
"""
# What the service can tell of why; the first that fits.
_REASONS: Final = (
    text("""
UPDATE registry_changes c SET reason = 'row_parked'
WHERE c.regency_code = :regency AND c.snapshot_id = :snapshot AND c.against_id = :against
  AND c.kind = 'dropped' AND EXISTS (SELECT 1 FROM registry_rows r WHERE r.regency_code = c.regency_code
              AND r.snapshot_id = c.snapshot_id AND r.nik_digest = c.nik_digest AND NOT r.enters)
"""),
    text("""
UPDATE registry_changes c SET reason = 'moved_out'
WHERE c.regency_code = :regency AND c.snapshot_id = :snapshot AND c.against_id = :against
  AND c.kind = 'dropped' AND EXISTS (SELECT 1 FROM registry_entries e WHERE e.nik_digest = c.nik_digest
              AND e.regency_code <> :regency AND e.source = :source AND e.period >= :period)
"""),
    text("""
UPDATE registry_changes c SET reason = 'deceased'
WHERE c.regency_code = :regency AND c.snapshot_id = :snapshot AND c.against_id = :against
  AND c.kind = 'dropped' AND EXISTS (SELECT 1 FROM persons p WHERE p.regency_code = c.regency_code
              AND p.nik_digest = c.nik_digest AND p.deceased_on IS NOT NULL)
"""),
    text("""
UPDATE registry_changes c SET reason = 'moved_in'
WHERE c.regency_code = :regency AND c.snapshot_id = :snapshot AND c.against_id = :against AND c.kind = 'new'
  AND EXISTS (SELECT 1 FROM registry_entries e WHERE e.nik_digest = c.nik_digest
              AND e.regency_code <> :regency AND e.source = :source)
"""),
    text("""
UPDATE registry_changes c SET reason = 'came_back'
WHERE c.regency_code = :regency AND c.snapshot_id = :snapshot AND c.against_id = :against AND c.kind = 'new'
  AND EXISTS (SELECT 1 FROM registry_entries e WHERE e.nik_digest = c.nik_digest
              AND e.regency_code = :regency AND e.source = :source AND e.period < :period)
"""),
)
# They end with the transaction; where tables are spread, the other machines keep their own.
_ROOMY: Final = (
    text("SET LOCAL work_mem = '192MB'"),
    text("SET LOCAL statement_timeout = '100s'"),
)


async def compare(tx: Tx, new: RegistrySnapshot, old: RegistrySnapshot) -> dict[str, dict[str, int]]:
    """Store what changed from *old* to *new*, in place of what an earlier comparison found; return counts."""
    for setting in _ROOMY:
        await tx.execute(setting)
    pair = {"regency": new.regency_code, "snapshot": new.id, "against": old.id}
    await tx.execute(
        delete(RegistryChange)
        .where(*_of(new.regency_code, new.id, old.id))
        .execution_options(synchronize_session=False)
    )
    (first, last), (old_first, old_last) = entry_ids(new.id), entry_ids(old.id)
    ids = (first, last, old_first, old_last)
    await execute_long(tx, _COMPARE, new.regency_code, new.id, old.id, *ids, seconds=LONGEST)
    for reason in _REASONS:
        said = {"source": new.source, "period": new.period}
        named = {name: said[name] for name in said if f":{name}" in reason.text}
        await tx.execute(reason, {**pair, **named})
    found = await tx.execute(
        select(RegistryChange.kind, RegistryChange.reason, func.count())
        .where(*_of(new.regency_code, new.id, old.id))
        .group_by(RegistryChange.kind, RegistryChange.reason)
    )
    counts: dict[str, dict[str, int]] = {"kind": {}, "reason": {}}
    for kind, reason_code, rows in found:
        counts["kind"][kind] = counts["kind"].get(kind, 0) + rows
        counts["reason"][reason_code] = counts["reason"].get(reason_code, 0) + rows
    return counts


@dataclass(frozen=True, slots=True)
class Affected:
    """An open case of somebody who was dropped."""

    case_id: UUID
    ticket: str


async def affected(
    tx: Tx, pair: tuple[str, UUID, UUID], after: UUID | None, limit: int
) -> Sequence[Affected]:
    """Return open cases of people who were dropped, by id."""
    found = await tx.execute(
        _AFFECTED,
        {"regency": pair[0], "snapshot": pair[1], "against": pair[2], "after": after or UUID(int=0),
         "limit": limit},
    )  # fmt: skip
    return [Affected(row.id, row.ticket) for row in found]


_AFFECTED: Final = text("""
SELECT k.id, k.ticket
FROM registry_changes c
JOIN persons p ON p.regency_code = c.regency_code AND p.nik_digest = c.nik_digest
JOIN cases k ON k.regency_code = c.regency_code AND k.person_id = p.id
WHERE c.regency_code = :regency AND c.snapshot_id = :snapshot AND c.against_id = :against
  AND c.kind = 'dropped' AND c.reason <> 'deceased' AND k.status NOT IN ('resolved', 'closed', 'void')
  AND k.id > :after
ORDER BY k.id LIMIT :limit
""")


async def ask_desk(move: Move) -> None:
    """Have whoever holds the case look at what it means that its resident was dropped, once."""
    case, acting = move.case, move.acting
    if await open_tasks(move.tx, case, TASK):
        return
    task_id = acting.new_id()
    move.tx.add(
        Task(
            regency_code=case.regency_code,
            id=task_id,
            case_id=case.id,
            kind=TASK,
            assignee_id=None,
            text_id=None,
            due_at=None,
            created_at=acting.now,
            created_by=None,
            done_at=None,
            done_by=None,
        )
    )
    move.add(
        TaskAdded(
            case_id=case.id, task_id=task_id, task_kind=TASK, assignee_id=None, due_at=None, text_hmac=None
        )
    )


async def keep(
    tx: Tx, new: RegistrySnapshot, old: RegistrySnapshot, counts: dict[str, Any], now: datetime
) -> None:
    """Note the comparison; an earlier one of the same two is replaced."""
    row = await tx.get(RegistryDiff, (new.regency_code, new.id, old.id), with_for_update=True)
    if row is None:
        row = RegistryDiff(
            regency_code=new.regency_code,
            snapshot_id=new.id,
            against_id=old.id,
            counts=counts,
            flagged=0,
            at=now,
        )
        tx.add(row)
    row.counts, row.at = counts, now
    await tx.flush()


async def flag(tx: Tx, pair: tuple[str, UUID, UUID], more: int) -> None:
    row = await tx.get_one(RegistryDiff, pair, with_for_update=True)
    row.flagged += more


async def changes(
    tx: Tx, diff: RegistryDiff, kind: str | None, after: tuple[str, bytes] | None, limit: int
) -> Sequence[RegistryChange]:
    """Return changes by kind."""
    order = (RegistryChange.kind, RegistryChange.nik_digest)
    statement = select(RegistryChange).where(*_of(diff.regency_code, diff.snapshot_id, diff.against_id))
    if kind is not None:
        statement = statement.where(RegistryChange.kind == kind)
    if after is not None:
        statement = statement.where(tuple_(*order) > after)
    return (await tx.scalars(statement.order_by(*order).limit(limit))).all()


def _of(regency: str, snapshot_id: UUID, against_id: UUID) -> tuple[Any, ...]:
    return (
        RegistryChange.regency_code == regency,
        RegistryChange.snapshot_id == snapshot_id,
        RegistryChange.against_id == against_id,
    )
