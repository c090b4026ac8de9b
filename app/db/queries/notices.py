"""Notices of an account: written beside the feed, read under the account's sight of today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, true, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from app.db.queries.scope import Sight, sees_case, sees_referral
from app.db.session import Tx
from app.db.tables.base import table_of
from app.db.tables.cases import Case
from app.db.tables.messages import Notice
from app.db.tables.referrals import Referral
from app.domain.ids import RANDOM_BYTES, uuid7


class NewNotice(NamedTuple):
    regency_code: str
    """The tenant of the account."""
    id: UUID
    account_id: UUID
    kind: str
    case_regency: str | None
    case_id: UUID | None
    referral_id: UUID | None
    data: dict[str, Any]
    at: datetime


class SeenNotice(NamedTuple):
    id: UUID
    kind: str
    at: datetime
    read_at: datetime | None
    data: dict[str, Any]
    case_regency: str | None
    ticket: str | None
    referral_id: UUID | None


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose notices, and what of them she may still know of."""

    tenant: str
    account_id: UUID
    sight: Sight
    cases_in: Sequence[str]
    """The regencies in which a case of hers can lie."""


async def add(tx: Tx, new: Sequence[NewNotice]) -> None:
    """Store notices of one tenant; one that is there already is the same."""
    if new:
        # Into the table itself: a sweep tells of hundreds at once.
        statement = insert(table_of(Notice)).on_conflict_do_nothing(index_elements=["regency_code", "id"])
        await tx.execute(statement, [{**one._asdict(), "read_at": None} for one in new])


async def listed(
    tx: Tx, reader: Reader, *, unread: bool, after: tuple[datetime, UUID] | None, limit: int
) -> list[SeenNotice]:
    """Return at most *limit* notices, the newest first."""
    # An alias, because the clauses of the scope stand on the table itself.
    ticketed = aliased(Case)
    statement = (
        select(
            Notice.id,
            Notice.kind,
            Notice.at,
            Notice.read_at,
            Notice.data,
            Notice.case_regency,
            ticketed.ticket,
            Notice.referral_id,
        )
        .outerjoin(
            ticketed,
            and_(
                ticketed.regency_code.in_(reader.cases_in),
                ticketed.regency_code == Notice.case_regency,
                ticketed.id == Notice.case_id,
            ),
        )
        .where(*_hers(reader), Notice.read_at.is_(None) if unread else true())
    )
    if after is not None:
        statement = statement.where(tuple_(Notice.at, Notice.id) < after)
    found = await tx.execute(statement.order_by(Notice.at.desc(), Notice.id.desc()).limit(limit))
    return [SeenNotice._make(row) for row in found]


async def count(tx: Tx, reader: Reader, *, unread: bool) -> int:
    statement = (
        select(func.count())
        .select_from(Notice)
        .where(*_hers(reader), Notice.read_at.is_(None) if unread else true())
    )
    return await tx.scalar(statement) or 0


async def mark_read(
    tx: Tx, tenant: str, account_id: UUID, now: datetime, *, ids: Sequence[UUID], up_to: datetime | None
) -> None:
    """Mark these, and all up to and with an instant; what was read before keeps its instant."""
    which: list[ColumnElement[bool]] = [Notice.id.in_(ids)]
    if up_to is not None:
        which.append(Notice.at <= up_to)
    await tx.execute(
        update(Notice)
        .where(
            Notice.regency_code == tenant,
            Notice.account_id == account_id,
            Notice.read_at.is_(None),
            or_(*which),
        )
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )


async def drop_old(tx: Tx, tenant: str, before: datetime, limit: int) -> int:
    """Delete up to *limit* notices that are older; return how many."""
    chosen = select(Notice.id).where(Notice.regency_code == tenant, Notice.id < _first(before)).limit(limit)
    gone = await tx.scalars(
        delete(Notice)
        .where(Notice.regency_code == tenant, Notice.id.in_(chosen))
        .returning(Notice.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def _hers(reader: Reader) -> tuple[ColumnElement[bool], ...]:
    """Her notices, less those of cases that she may not see any more: one she is complained of in, say."""
    case = exists().where(
        Case.regency_code.in_(reader.cases_in),
        Case.regency_code == Notice.case_regency,
        Case.id == Notice.case_id,
        sees_case(reader.sight),
    )
    referral = exists().where(
        Referral.regency_code.in_(reader.cases_in),
        Referral.regency_code == Notice.case_regency,
        Referral.id == Notice.referral_id,
        sees_referral(reader.sight),
    )
    return (
        Notice.regency_code == reader.tenant,
        Notice.account_id == reader.account_id,
        or_(Notice.case_id.is_(None), case, referral),
    )


def _first(at: datetime) -> UUID:
    """Return the lowest id of an instant: the key holds when a row was made."""
    return uuid7(at, bytes(RANDOM_BYTES))
