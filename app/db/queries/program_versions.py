"""The versions of programmes' rules: read by everybody, written under the lock of the programme's stream.

Programmes and versions are copied to every shard. So whoever writes first locks and tells the programme's
stream in its owner's tenant, and only then writes here (design 9, rule 2).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import ColumnElement, func, insert, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.db.queries import events, knowledge
from app.db.queries.acting import Acting
from app.db.session import Tx
from app.db.tables.knowledge import Program, ProgramVersion
from app.domain.events.programs import VersionEvent
from app.domain.programs.versions import PUBLIC, Standing, VersionStatus

Row = Mapping[str, Any]


def stream_of(tenant: str, program: str) -> UUID:
    """The stream of a programme in a tenant: the same for everybody, without a row that says so."""
    return uuid5(NAMESPACE_URL, f"urn:puskesos:program:{tenant}:{program}")


async def lock(acting: Acting, tenant: str, code: str) -> None:
    """Let nobody else write versions of the programme until this transaction ends."""
    await _tell(acting, tenant, code, ())


async def tell(acting: Acting, tenant: str, code: str, happened: VersionEvent) -> None:
    await _tell(acting, tenant, code, (happened,))


async def _tell(acting: Acting, tenant: str, code: str, happened: Sequence[VersionEvent]) -> None:
    stream = events.OtherStream(tenant, stream_of(tenant, code), "program")
    await events.append(
        acting.tx, stream, happened, actor=acting.actor, now=acting.now, cause_id=acting.cause_id
    )


async def reread(acting: Acting) -> None:
    """Make every process read the programmes again, within a second of the commit."""
    await knowledge.bump(acting.tx, ["programs"])


async def find_program(tx: Tx, code: str) -> Program | None:
    found: Program | None = await tx.scalar(select(Program).where(Program.code == code))
    return found


async def add_program(tx: Tx, row: Row) -> bool:
    """Add a programme; tell whether its code was free."""
    added = await tx.scalar(
        upsert(Program)
        .values(**row)
        .on_conflict_do_nothing(index_elements=[Program.code])
        .returning(Program.code)
    )
    return added is not None


async def change_program(tx: Tx, code: str, values: Row) -> None:
    await tx.execute(update(Program).where(Program.code == code).values(**values))


async def find(tx: Tx, code: str, n: int) -> ProgramVersion | None:
    found: ProgramVersion | None = await tx.scalar(
        select(ProgramVersion)
        .where(ProgramVersion.program_code == code, ProgramVersion.n == n)
        .execution_options(populate_existing=True)
    )
    return found


async def add(tx: Tx, row: Row) -> None:
    await tx.execute(insert(ProgramVersion).values(**row))


async def change(tx: Tx, code: str, n: int, values: Row) -> None:
    """Set columns of one version and count its revision up."""
    await tx.execute(
        update(ProgramVersion)
        .where(ProgramVersion.program_code == code, ProgramVersion.n == n)
        .values(**values, revision=ProgramVersion.revision + 1)
    )


async def next_n(tx: Tx, code: str) -> int:
    newest = await tx.scalar(select(func.max(ProgramVersion.n)).where(ProgramVersion.program_code == code))
    return (newest or 0) + 1


async def standing(tx: Tx, code: str) -> list[Standing]:
    """The versions that were ever published, in order."""
    rows = await tx.execute(
        select(ProgramVersion.n, ProgramVersion.valid_from, ProgramVersion.valid_to, ProgramVersion.last_on)
        .where(ProgramVersion.program_code == code, ProgramVersion.status.in_(_public()))
        .order_by(ProgramVersion.n)
    )
    return [Standing(row.n, row.valid_from, earlier(row.valid_to, row.last_on)) for row in rows]


def earlier(one: date | None, other: date | None) -> date | None:
    """The earlier of two last days; None is open-ended."""
    return min((day for day in (one, other) if day is not None), default=None)


def _public() -> list[str]:
    return sorted(status.value for status in PUBLIC)


async def documents(tx: Tx) -> list[dict[str, Any]]:
    """Every version that was ever published: what stored decisions are replayed with."""
    statement = (
        select(ProgramVersion.document)
        .where(ProgramVersion.status.in_(_public()))
        .order_by(ProgramVersion.program_code, ProgramVersion.n)
    )
    return list((await tx.scalars(statement)).all())


@dataclass(frozen=True, slots=True)
class Wanted:
    """Drafts of the programmes of these bodies, or of every programme."""

    agencies: frozenset[str]
    everything: bool
    status: VersionStatus | None = None


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    open_ = [VersionStatus.DRAFT.value, VersionStatus.CHECKING.value]
    clauses: list[ColumnElement[bool]] = [
        ProgramVersion.status.in_([wanted.status.value] if wanted.status else open_)
    ]
    if not wanted.everything:
        clauses.append(Program.agency_code.in_(sorted(wanted.agencies)))
    return clauses


async def drafts(
    tx: Tx, wanted: Wanted, after: tuple[str, int] | None, limit: int
) -> Sequence[ProgramVersion]:
    """By programme and number."""
    statement = (
        select(ProgramVersion)
        .join(Program, Program.code == ProgramVersion.program_code)
        .where(*_where(wanted))
        .order_by(ProgramVersion.program_code, ProgramVersion.n)
    )
    if after is not None:
        statement = statement.where(tuple_(ProgramVersion.program_code, ProgramVersion.n) > after)
    return (await tx.scalars(statement.limit(limit))).all()


async def counted(tx: Tx, wanted: Wanted) -> int:
    statement = (
        select(func.count())
        .select_from(ProgramVersion)
        .join(Program, Program.code == ProgramVersion.program_code)
        .where(*_where(wanted))
    )
    return await tx.scalar(statement) or 0
