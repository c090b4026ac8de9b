"""The overrides of a regency: drafted, published, retired; what is published never changes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, tuple_

from app.db.session import Tx
from app.db.tables.places import RegencySettings
from app.db.tables.regency_programs import ProgramOverride
from app.domain.programs import Override, parse_override
from app.domain.routing import OverrideKey

DRAFT = "draft"
PUBLISHED = "published"
RETIRED = "retired"


def override_of(row: ProgramOverride, pointer: str = "") -> Override:
    """Read a row; *pointer* is where its document stands in the request that drafts it.

    Raises:
        Invalid: the document, which nobody has checked yet, is wrong.
    """
    head = (row.regency_code, row.program_code, row.n, row.valid_from, row.valid_to, row.source)
    return parse_override(row.document, head, pointer)


async def find(
    tx: Tx, regency: str, override_id: UUID, *, for_update: bool = False
) -> ProgramOverride | None:
    statement = select(ProgramOverride).where(
        ProgramOverride.regency_code == regency, ProgramOverride.id == override_id
    )
    if for_update:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found: ProgramOverride | None = await tx.scalar(statement)
    return found


async def next_number(tx: Tx, regency: str, program: str) -> int:
    """Find a free number; the regency's settings are locked, so that two drafts at once get two."""
    await tx.execute(
        select(RegencySettings.regency_code).where(RegencySettings.regency_code == regency).with_for_update()
    )
    statement = select(func.max(ProgramOverride.n)).where(
        ProgramOverride.regency_code == regency, ProgramOverride.program_code == program
    )
    return (await tx.scalar(statement) or 0) + 1


async def numbered(tx: Tx, keys: Collection[OverrideKey]) -> dict[OverrideKey, Override]:
    """Read overrides by their keys, whatever became of them: decisions name those that they used."""
    if not keys:
        return {}
    statement = select(ProgramOverride).where(
        ProgramOverride.regency_code.in_({regency for regency, _, _ in keys}),
        tuple_(ProgramOverride.regency_code, ProgramOverride.program_code, ProgramOverride.n).in_(keys),
    )
    return {
        (row.regency_code, row.program_code, row.n): override_of(row) for row in await tx.scalars(statement)
    }


@dataclass(frozen=True, slots=True)
class Wanted:
    program: str
    tenants: Sequence[str]
    """The regencies."""
    drafts_of: Sequence[str]
    """The regencies whose drafts are shown too."""


async def listed(
    tx: Tx, wanted: Wanted, after: tuple[str, int] | None, limit: int
) -> Sequence[ProgramOverride]:
    """By regency and number."""
    order = (ProgramOverride.regency_code, ProgramOverride.n)
    statement = select(ProgramOverride).where(*_where(wanted))
    if after is not None:
        statement = statement.where(tuple_(*order) > after)
    return (await tx.scalars(statement.order_by(*order).limit(limit))).all()


async def counted(tx: Tx, wanted: Wanted) -> int:
    return await tx.scalar(select(func.count()).select_from(ProgramOverride).where(*_where(wanted))) or 0


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    shown = (ProgramOverride.status != DRAFT) | ProgramOverride.regency_code.in_(wanted.drafts_of)
    found: list[ColumnElement[bool]] = [
        ProgramOverride.regency_code.in_(wanted.tenants),
        ProgramOverride.program_code == wanted.program,
        shown,
    ]
    return found
