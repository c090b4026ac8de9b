"""Registry lists by the hundred thousand: rows judged by each other and our records, counted, taken in."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from app.db.session import Tx
from app.domain.likeness import likeness
from app.domain.lists import Reason, Verdict

_AT_ONCE: Final = 2_000

# The first row with the same NIK is what a later one is compared with. The order names the digest, or rows
# would be gone through by number where the planner has not heard of them yet.
_TWINS: Final = text("""
SELECT c.n, c.verdict, c.reasons, c.name_key, e.n AS first_n, e.verdict AS first_verdict,
       e.reasons AS first_reasons, e.name_key AS first_name,
       c.name_key = e.name_key AND c.village_code = e.village_code AND c.status = e.status
       AND c.programs = e.programs AND c.born_on IS NOT DISTINCT FROM e.born_on
       AND c.kk_digest IS NOT DISTINCT FROM e.kk_digest AND c.desil IS NOT DISTINCT FROM e.desil AS same
FROM registry_rows c
CROSS JOIN LATERAL (
  SELECT f.n, f.verdict, f.reasons, f.name_key, f.village_code, f.status, f.programs, f.born_on, f.kk_digest,
         f.desil
  FROM registry_rows f
  WHERE f.regency_code = :regency AND f.snapshot_id = :snapshot AND f.nik_digest = c.nik_digest AND f.n < c.n
  ORDER BY f.nik_digest, f.n LIMIT 1) e
WHERE c.regency_code = :regency AND c.snapshot_id = :snapshot AND c.n = ANY(CAST(:ns AS int[]))
""")
_JUDGE: Final = text("""
UPDATE registry_rows r SET verdict = j.verdict, reasons = j.reasons, enters = false
FROM unnest(CAST(:ns AS int[]), CAST(:verdicts AS text[]), CAST(:reasons AS text[])) AS j(n, verdict, reasons)
WHERE r.regency_code = :regency AND r.snapshot_id = :snapshot AND r.n = j.n
""")
_OWNERS: Final = text("""
SELECT r.n, r.name_key, p.name_key AS owner, p.deceased_on
FROM registry_rows r
JOIN persons p ON p.regency_code = r.regency_code AND p.nik_digest = r.nik_digest
WHERE r.regency_code = :regency AND r.snapshot_id = :snapshot AND r.enters
  AND (p.deceased_on IS NOT NULL OR p.name_key <> r.name_key)
""")
_REASONS: Final = text("""
SELECT n, reasons FROM registry_rows
WHERE regency_code = :regency AND snapshot_id = :snapshot AND n = ANY(CAST(:ns AS int[]))
""")
_COUNT: Final = text("""
SELECT verdict, reasons, enters, count(*) AS rows FROM registry_rows
WHERE regency_code = :regency AND snapshot_id = :snapshot GROUP BY verdict, reasons, enters
""")
_ENTER: Final = text("""
INSERT INTO registry_entries (regency_code, id, snapshot_id, nik_digest, kk_digest, name_key, born_on,
  village_code, source, period, status, desil, programs, facts)
SELECT r.regency_code, CAST(CAST(:stem AS text) || lpad(to_hex(r.n), 12, '0') AS uuid), r.snapshot_id,
  r.nik_digest, r.kk_digest, r.name_key, r.born_on, r.village_code, CAST(:source AS text),
  CAST(:period AS text), r.status, r.desil, r.programs,
  CASE WHEN r.status = 'EXCLUDE' THEN '{"registry.excluded": true}'::jsonb ELSE '{}'::jsonb END
FROM registry_rows r
WHERE r.regency_code = :regency AND r.snapshot_id = :snapshot AND r.n > :after AND r.n <= :upto AND r.enters
""")
_LAST: Final = text("""
SELECT max(n) FROM registry_rows WHERE regency_code = :regency AND snapshot_id = :snapshot
""")
# They end with the transaction; where tables are spread, the other machines keep their own.
_ROOMY: Final = (
    text("SET LOCAL work_mem = '64MB'"),
    text("SET LOCAL statement_timeout = '60s'"),
)


@dataclass(frozen=True, slots=True)
class Of:
    """Whose rows."""

    regency: str
    snapshot: UUID

    def bind(self, **more: object) -> dict[str, Any]:
        return {"regency": self.regency, "snapshot": self.snapshot, **more}


async def judge_twins(tx: Tx, of: Of, ns: Sequence[int]) -> None:
    """Judge rows whose NIK may have come before: repeats, the same person otherwise, other people."""
    judged: dict[int, str] = {}
    for start in range(0, len(ns), _AT_ONCE):
        found = await tx.execute(_TWINS, of.bind(ns=list(ns[start : start + _AT_ONCE])))
        for row in found:
            if row.same:
                judged[row.n] = Reason.EXACT_REPEAT.value
            elif likeness(row.name_key, row.first_name) is not None:
                judged[row.n] = with_reason(row.reasons, Reason.REPEAT_DIFFERS)
            else:
                # Whose NIK it is nobody knows: both wait.
                judged[row.n] = with_reason(row.reasons, Reason.NIK_TWICE)
                before = judged.get(row.first_n, row.first_reasons)
                judged[row.first_n] = with_reason(before, Reason.NIK_TWICE)
    await _judge(tx, of, judged)


async def contradicted(tx: Tx, of: Of) -> dict[Reason, "array[int]"]:
    """Find the rows whose NIK is, by our own records, somebody else's or of somebody who died."""
    found: dict[Reason, array[int]] = {Reason.DEAD: array("I"), Reason.NAME_DIFFERS: array("I")}
    for setting in _ROOMY:
        await tx.execute(setting)
    result = await tx.stream(_OWNERS, of.bind())
    async for part in result.partitions(_AT_ONCE):
        for row in part:
            if row.deceased_on is not None:
                found[Reason.DEAD].append(row.n)
            elif likeness(row.name_key, row.owner) is None:
                found[Reason.NAME_DIFFERS].append(row.n)
    return found


async def park(tx: Tx, of: Of, ns: Sequence[int], reason: Reason) -> None:
    """Park rows for one reason more; one that has it already stays as it is."""
    found = await tx.execute(_REASONS, of.bind(ns=list(ns)))
    await _judge(tx, of, {row.n: with_reason(row.reasons, reason) for row in found})


async def _judge(tx: Tx, of: Of, judged: dict[int, str]) -> None:
    if not judged:
        return
    ns = sorted(judged)
    parked, dropped = Verdict.PARKED.value, Verdict.CORRECTED.value
    verdicts = [dropped if judged[n] == Reason.EXACT_REPEAT.value else parked for n in ns]
    await tx.execute(_JUDGE, of.bind(ns=ns, verdicts=verdicts, reasons=[judged[n] for n in ns]))


def with_reason(reasons: str, reason: Reason) -> str:
    return " ".join(dict.fromkeys([*reasons.split(), reason.value]))


async def count(tx: Tx, of: Of) -> dict[str, Any]:
    """Count the rows by verdict and by reason, and those that a commit would take in."""
    for setting in _ROOMY:
        await tx.execute(setting)
    verdicts, reasons, entering, total = dict.fromkeys(map(str, Verdict), 0), dict[str, int](), 0, 0
    for row in await tx.execute(_COUNT, of.bind()):
        verdicts[row.verdict] += row.rows
        total += row.rows
        entering += row.rows if row.enters else 0
        for reason in row.reasons.split():
            reasons[reason] = reasons.get(reason, 0) + row.rows
    return {"rows": total, "verdict": verdicts, "reason": reasons, "entering": entering}


async def last_row(tx: Tx, of: Of) -> int:
    return await tx.scalar(_LAST, of.bind()) or 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """The rows after one and up to another."""

    after: int
    upto: int


async def enter(tx: Tx, of: Of, source: str, period: str, rows: Stretch) -> int:
    """Take a stretch of rows into the registry; return how many."""
    bound = of.bind(stem=of.snapshot.hex[:20], source=source, period=period, after=rows.after, upto=rows.upto)
    done: Any = await tx.execute(_ENTER, bound)
    return int(done.rowcount)


def entry_ids(snapshot_id: UUID) -> tuple[UUID, UUID]:
    """The first and the last id that an entry of a snapshot can have: its rows lie together in the key."""
    stem = snapshot_id.hex[:20]
    return UUID(hex=f"{stem}{'0' * 12}"), UUID(hex=f"{stem}{'f' * 12}")
