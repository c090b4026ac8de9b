"""What was found: written by the job, worked by people, one by one or a kind at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    LargeBinary,
    Uuid,
    bindparam,
    exists,
    func,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from app.db.session import Tx
from app.db.tables.places import Allotment
from app.db.tables.reconciliations import ReconciliationFinding as Finding
from app.db.tables.referrals import AssistanceLine
from app.domain.codes import LedgerState
from app.domain.reconciliation import Decision, FindingState, Kind

Position = tuple[str, str, UUID]
"""Kind, village and id: the order in which findings are worked."""
_PROMISED: Final = (FindingState.AWAITING.value, FindingState.DECIDED.value)


async def add(tx: Tx, rows: Sequence[dict[str, Any]]) -> None:
    """Write findings; one that stands there already stays as it is."""
    if rows:
        await tx.execute(insert(Finding).on_conflict_do_nothing(), list(rows))


@dataclass(frozen=True, slots=True)
class Wanted:
    regency: str
    id: UUID
    kind: Kind | None = None
    state: FindingState | None = None
    reason: str | None = None
    village: str | None = None
    batch: UUID | None = None
    decision: str | None = None


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [Finding.regency_code == wanted.regency, Finding.reconciliation_id == wanted.id]
    if wanted.kind is not None:
        found.append(Finding.kind == wanted.kind.value)
    if wanted.state is not None:
        found.append(Finding.state == wanted.state.value)
    if wanted.reason is not None:
        found.append(Finding.reason == wanted.reason)
    if wanted.village is not None:
        inside = Finding.village_code.startswith(f"{wanted.village}.", autoescape=True)
        found.append((Finding.village_code == wanted.village) | inside)
    if wanted.decision is not None:
        found.append(Finding.decision == wanted.decision)
    if wanted.batch is not None:
        found.append(Finding.batch_id == wanted.batch)
    return found


async def listed(tx: Tx, wanted: Wanted, after: Position | None, limit: int) -> Sequence[Finding]:
    """By kind, then by village: what is worked together stands together."""
    order = (Finding.kind, Finding.village_code, Finding.id)
    statement = select(Finding).where(*_where(wanted))
    if after is not None:
        statement = statement.where(tuple_(*order) > after)
    return (await tx.scalars(statement.order_by(*order).limit(limit))).all()


async def counted(tx: Tx, wanted: Wanted) -> int:
    return await tx.scalar(select(func.count()).select_from(Finding).where(*_where(wanted))) or 0


@dataclass(frozen=True, slots=True)
class Group:
    kind: str
    reason: str
    state: str
    count: int


async def groups(tx: Tx, wanted: Wanted) -> list[Group]:
    """Count by kind, reason and state."""
    by = (Finding.kind, Finding.reason, Finding.state)
    statement = select(*by, func.count()).where(*_where(wanted)).group_by(*by).order_by(*by)
    return [Group(*row) for row in await tx.execute(statement)]


async def lock(tx: Tx, regency: str, finding_id: UUID) -> Finding | None:
    found: Finding | None = await tx.scalar(
        select(Finding)
        .where(Finding.regency_code == regency, Finding.id == finding_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


async def find(tx: Tx, regency: str, finding_id: UUID) -> Finding | None:
    found: Finding | None = await tx.scalar(
        select(Finding).where(Finding.regency_code == regency, Finding.id == finding_id)
    )
    return found


async def of_row(tx: Tx, finding: Finding) -> Sequence[Finding]:
    """Return the other findings of the same row, locked."""
    statement = (
        select(Finding)
        .where(
            Finding.regency_code == finding.regency_code,
            Finding.reconciliation_id == finding.reconciliation_id,
            Finding.list_no == finding.list_no,
            Finding.row_n == finding.row_n,
            Finding.id != finding.id,
        )
        .order_by(Finding.id)
        .with_for_update()
    )
    return (await tx.scalars(statement)).all()


async def lock_many(tx: Tx, wanted: Wanted, limit: int) -> Sequence[Finding]:
    """Lock up to *limit*, in the order of their work."""
    statement = (
        select(Finding)
        .where(*_where(wanted))
        .order_by(Finding.kind, Finding.village_code, Finding.id)
        .limit(limit)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await tx.scalars(statement)).all()


async def change(tx: Tx, regency: str, ids: Iterable[UUID], values: dict[str, Any]) -> None:
    """Write the same values to many, each a version on."""
    await tx.execute(
        update(Finding)
        .where(Finding.regency_code == regency, Finding.id.in_(list(ids)))
        .values(**values, version=Finding.version + 1)
        .execution_options(synchronize_session=False)
    )


_NOTE: Final = text("""
UPDATE reconciliation_findings SET note_sealed = u.sealed
FROM unnest(:ids, :sealed) AS u(id, sealed)
WHERE reconciliation_findings.regency_code = :regency AND reconciliation_findings.id = u.id
""").bindparams(bindparam("ids", type_=ARRAY(Uuid())), bindparam("sealed", type_=ARRAY(LargeBinary())))


async def put_notes(tx: Tx, regency: str, sealed: Mapping[UUID, bytes]) -> None:
    bound = {"regency": regency, "ids": list(sealed), "sealed": list(sealed.values())}
    await tx.execute(_NOTE, bound)


async def withdraw_open(tx: Tx, regency: str, reconciliation_id: UUID) -> None:
    """Take what nobody has decided out of the queue: a newer reconciliation asks it anew."""
    await tx.execute(
        update(Finding)
        .where(
            Finding.regency_code == regency,
            Finding.reconciliation_id == reconciliation_id,
            Finding.state == FindingState.OPEN.value,
        )
        .values(state=FindingState.WITHDRAWN.value, version=Finding.version + 1)
        .execution_options(synchronize_session=False)
    )


async def promised(tx: Tx, regency: str, programs: Sequence[str]) -> dict[str, int]:
    """Count by programme the people who were proposed for it as a fallback and do not hold it yet."""
    holds = exists().where(
        AssistanceLine.nik_digest == Finding.nik_digest,
        AssistanceLine.regency_code == Finding.regency_code,
        AssistanceLine.program_code == Finding.other_program,
        AssistanceLine.state.in_([LedgerState.PLANNED.value, LedgerState.GIVEN.value]),
    )
    statement = (
        select(Finding.other_program, func.count())
        .where(
            Finding.regency_code == regency,
            Finding.decision == Decision.REFER_FALLBACK.value,
            Finding.other_program.in_(programs),
            Finding.state.in_(_PROMISED),
            ~holds,
        )
        .group_by(Finding.other_program)
    )
    return {str(program): count for program, count in await tx.execute(statement)}


async def of_rows(tx: Tx, wanted: Wanted, list_no: int, numbers: Sequence[int]) -> Sequence[Finding]:
    """Return what was found of these rows, in their order."""
    statement = select(Finding).where(
        *_where(wanted), Finding.list_no == list_no, Finding.row_n.in_(list(numbers))
    )
    return (await tx.scalars(statement.order_by(Finding.row_n, Finding.id))).all()


async def lock_allotments(tx: Tx, regency: str, programs: Sequence[str]) -> None:
    """Let one at a time promise places of these programmes."""
    await tx.execute(
        select(Allotment.id)
        .where(Allotment.regency_code == regency, Allotment.program_code.in_(programs))
        .order_by(Allotment.id)
        .with_for_update()
    )
