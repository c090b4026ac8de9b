"""All aid of a person and of those she lives with, in every state, as far as its reader may know of it."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select

from app.db.queries.holding import Home, members_of, told_cases
from app.db.queries.scope import Sight, sees_case
from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.referrals import AssistanceLine
from app.domain.codes import Confidentiality

MOST: Final = 500
"""Lines that one answer holds: many years of a large household."""


async def lines_of(tx: Tx, home: Home, sight: Sight) -> Sequence[tuple[AssistanceLine, str | None]]:
    """Return lines with their tickets, the newest first; at most one more than `MOST`.

    Lines of other regencies come by her NIK alone. Of a case outside sight only an ordinary one is told, and
    its ticket is not.
    """
    found = await _here(tx, home, sight) + await _elsewhere(tx, home, sight)
    return sorted(found, key=lambda one: (one[0].created_at, one[0].id), reverse=True)[: MOST + 1]


async def _here(tx: Tx, home: Home, sight: Sight) -> list[tuple[AssistanceLine, str | None]]:
    ways: list[ColumnElement[bool]] = [AssistanceLine.person_id.in_(await members_of(tx, home))]
    if home.household_id is not None:
        ways.append(AssistanceLine.household_id == home.household_id)
    if home.nik_digests:
        ways.append(AssistanceLine.nik_digest.in_(home.nik_digests))
    seen = sees_case(sight)
    ordinary = Case.confidentiality == Confidentiality.BIASA.value
    of_case = and_(Case.regency_code == AssistanceLine.regency_code, Case.id == AssistanceLine.case_id)
    rows = await tx.execute(
        select(AssistanceLine, Case.ticket, seen.label("seen"))
        .outerjoin(Case, of_case)
        .where(
            AssistanceLine.regency_code == home.regency_code,
            or_(*ways),
            or_(AssistanceLine.case_id.is_(None), ordinary, seen),
        )
        .order_by(AssistanceLine.created_at.desc(), AssistanceLine.id.desc())
        .limit(MOST + 1)
    )
    return [(row[0], row.ticket if row.seen else None) for row in rows]


async def _elsewhere(tx: Tx, home: Home, sight: Sight) -> list[tuple[AssistanceLine, str | None]]:
    if not home.nik_digests:
        return []
    found = await tx.scalars(
        select(AssistanceLine)
        .where(
            AssistanceLine.nik_digest.in_(home.nik_digests), AssistanceLine.regency_code != home.regency_code
        )
        .order_by(AssistanceLine.created_at.desc(), AssistanceLine.id.desc())
        .limit(MOST + 1)
    )
    rows = list(found)
    told = await told_cases(tx, sight, {(row.regency_code, row.case_id) for row in rows if row.case_id})
    return [(row, None) for row in rows if row.case_id is None or (row.regency_code, row.case_id) in told]
