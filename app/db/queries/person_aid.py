"""All aid of a person and of those she lives with, in every state, as far as its reader may know of it."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select

from app.db.queries.holding import Home, members_of
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
    here = AssistanceLine.regency_code == home.regency_code
    ways: list[ColumnElement[bool]] = [
        and_(here, AssistanceLine.person_id.in_(await members_of(tx, home))),
    ]
    if home.household_id is not None:
        ways.append(and_(here, AssistanceLine.household_id == home.household_id))
    if home.nik_digests:
        ways.append(AssistanceLine.nik_digest.in_(home.nik_digests))
    seen = sees_case(sight)
    statement = (
        select(AssistanceLine, Case.ticket, seen.label("seen"))
        .outerjoin(
            Case, and_(Case.regency_code == AssistanceLine.regency_code, Case.id == AssistanceLine.case_id)
        )
        .where(
            or_(*ways),
            or_(
                AssistanceLine.case_id.is_(None),
                Case.confidentiality == Confidentiality.BIASA.value,
                seen,
            ),
        )
        .order_by(AssistanceLine.created_at.desc(), AssistanceLine.id.desc())
        .limit(MOST + 1)
    )
    rows = await tx.execute(statement)
    return [(row[0], row.ticket if row.seen else None) for row in rows]
