"""Versions of programmes, what a regency may still give, and what agencies say is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.db.session import Tx
from app.db.tables.knowledge import ProgramVersion
from app.db.tables.places import Availability


async def versions(tx: Tx, program: str) -> Sequence[Any]:
    """Those that were published, newest first: a draft is its writers' own."""
    statement = (
        select(
            ProgramVersion.n,
            ProgramVersion.status,
            ProgramVersion.valid_from,
            ProgramVersion.valid_to,
            ProgramVersion.document,
            ProgramVersion.digest,
        )
        .where(ProgramVersion.program_code == program, ProgramVersion.status.in_(("published", "retired")))
        .order_by(ProgramVersion.n.desc())
    )
    return (await tx.execute(statement)).all()


async def document(tx: Tx, program: str, n: int) -> dict[str, Any] | None:
    found: dict[str, Any] | None = await tx.scalar(
        select(ProgramVersion.document).where(ProgramVersion.program_code == program, ProgramVersion.n == n)
    )
    return found


@dataclass(frozen=True, slots=True)
class Said:
    """What a body says of one of its programmes."""

    tenant: str
    program: str
    state: str
    until: date | None
    at: datetime
    by: UUID


async def put_availability(tx: Tx, said: Said) -> None:
    values = {
        "regency_code": said.tenant,
        "program_code": said.program,
        "state": said.state,
        "until": said.until,
        "changed_at": said.at,
        "changed_by": said.by,
    }
    keys = ("regency_code", "program_code")
    changed = {name: value for name, value in values.items() if name not in keys}
    await tx.execute(
        insert(Availability).values(values).on_conflict_do_update(index_elements=list(keys), set_=changed)
    )


async def availability_of(tx: Tx, program: str) -> Sequence[Any]:
    """Every word on a programme, in any tenant, for whoever reads the catalogue."""
    statement = (
        select(Availability.regency_code, Availability.state, Availability.until, Availability.changed_at)
        .where(Availability.program_code == program)
        .order_by(Availability.regency_code)
    )
    return (await tx.execute(statement)).all()
