"""Pledges as they are stored: found, listed, summed up, and their proofs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Numeric,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    null,
    or_,
    select,
    tuple_,
)

from app.db.queries.scope import Sight, sees_case
from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.needs import Need, Pledge, PledgeProof
from app.db.tables.people import DataKey
from app.domain.needs import ACTIVE, PledgeState

STANDING = tuple(sorted(one.value for one in ACTIVE))


async def find(tx: Tx, regency: str, pledge_id: UUID, *, for_update: bool = False) -> Pledge | None:
    statement = select(Pledge).where(Pledge.regency_code == regency, Pledge.id == pledge_id)
    if for_update:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found: Pledge | None = await tx.scalar(statement)
    return found


async def standing(tx: Tx, need: Need) -> Sequence[Pledge]:
    """Lock and return the pledges that hold a part of a card, in the order of their ids."""
    statement = select(Pledge).where(
        Pledge.regency_code == need.regency_code, Pledge.need_id == need.id, Pledge.state.in_(STANDING)
    )
    found = await tx.scalars(
        statement.order_by(Pledge.id).with_for_update().execution_options(populate_existing=True)
    )
    return found.all()


async def promised(tx: Tx, need: Need, donor: UUID | None) -> bool:
    """Tell whether this donor has, or had, a pledge on the card."""
    return (
        await tx.scalar(
            select(
                exists().where(
                    Pledge.regency_code == need.regency_code,
                    Pledge.need_id == need.id,
                    Pledge.donor_id == donor,
                )
            )
        )
        or False
    )


async def open_of(tx: Tx, regency: str, donor: UUID) -> int:
    """Count what a donor holds and has not delivered yet."""
    waiting = (PledgeState.RESERVED.value, PledgeState.PLEDGED.value)
    statement = (
        select(func.count())
        .select_from(Pledge)
        .where(Pledge.regency_code == regency, Pledge.donor_id == donor, Pledge.state.in_(waiting))
    )
    return await tx.scalar(statement) or 0


# Listing ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PledgeFilter:
    office: Sequence[str]
    """Regencies whose secretariat asks."""
    own: Sequence[str]
    """Regencies in which the donor sees her own."""
    donor: UUID | None
    state: str | None = None
    need: UUID | None = None


def _joined(*columns: Any) -> Any:
    same = and_(Need.regency_code == Pledge.regency_code, Need.id == Pledge.need_id)
    return select(*columns).select_from(Pledge).join(Need, same)


def _where(wanted: PledgeFilter, sight: Sight) -> list[ColumnElement[bool]]:
    behind = exists().where(Case.regency_code == Need.regency_code, Case.id == Need.case_id, sees_case(sight))
    office = and_(Pledge.regency_code.in_(wanted.office), or_(Need.case_id.is_(None), behind))
    own = and_(Pledge.regency_code.in_(wanted.own), Pledge.donor_id == wanted.donor)
    clauses: list[ColumnElement[bool]] = [
        or_(office if wanted.office else false(), own if wanted.own else false())
    ]
    if wanted.state is not None:
        clauses.append(Pledge.state == wanted.state)
    if wanted.need is not None:
        clauses.append(Pledge.need_id == wanted.need)
    return clauses


async def listed(
    tx: Tx, sight: Sight, wanted: PledgeFilter, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Pledge]:
    """Return up to *limit* pledges, the newest first."""
    statement = _joined(Pledge).where(*_where(wanted, sight))
    if after is not None:
        statement = statement.where(tuple_(Pledge.created_at, Pledge.id) < after)
    statement = statement.order_by(Pledge.created_at.desc(), Pledge.id.desc()).limit(limit)
    found: Sequence[Pledge] = (await tx.scalars(statement)).all()
    return found


async def counted(tx: Tx, sight: Sight, wanted: PledgeFilter) -> int:
    return await tx.scalar(_joined(func.count()).where(*_where(wanted, sight))) or 0


class Sum(NamedTuple):
    """What one donor promised and gave of one kind in one place."""

    regency_code: str
    donor_id: UUID | None
    """None for those who want no name told, together."""
    donor_name: str | None
    kind: str
    unit: str
    region: str
    source: str
    pledges: int
    promised: int
    given: int
    given_idr: int
    """By the estimate of the need, whole rupiah, rounded down for each pledge."""


@dataclass(frozen=True, slots=True)
class SumFilter:
    regencies: Sequence[str]
    donor: UUID | None = None
    """Only what this one gives."""
    names_all: bool = False
    """Also of those who want no name told."""
    since: datetime | None = None
    until: datetime | None = None
    """Exclusive; when it was promised."""


async def summed(tx: Tx, wanted: SumFilter, limit: int) -> list[Sum]:
    """Sum up who gives what where, by place, kind and donor; no person is in it."""
    hidden = false() if wanted.names_all or wanted.donor else Pledge.anonymous
    # Literals and no parameters: the database must know the grouped expression for the selected one.
    donor = case((hidden, null()), else_=Pledge.donor_id)
    name = case((hidden, null()), else_=Pledge.donor_name)
    keys = (Pledge.regency_code, donor, name, Need.kind, Need.unit, Need.shown_region, Need.source)
    stands, accepted = Pledge.state.in_(STANDING), Pledge.state == PledgeState.ACCEPTED.value
    worth = func.floor(cast(Need.estimated_idr, Numeric) * Pledge.quantity / Need.quantity)
    statement = _joined(
        *keys,
        func.count(),
        func.coalesce(func.sum(Pledge.quantity).filter(stands), 0),
        func.coalesce(func.sum(Pledge.quantity).filter(accepted), 0),
        func.coalesce(func.sum(worth).filter(accepted), 0),
    ).where(Pledge.regency_code.in_(wanted.regencies), or_(accepted, stands))
    if wanted.donor is not None:
        statement = statement.where(Pledge.donor_id == wanted.donor)
    if wanted.since is not None:
        statement = statement.where(Pledge.created_at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(Pledge.created_at < wanted.until)
    order = (Pledge.regency_code, Need.shown_region, Need.kind, Need.source)
    rows = await tx.execute(statement.group_by(*keys).order_by(*order).limit(limit))
    # Sums come back as numeric.
    return [Sum(*row[:7], *(int(value) for value in row[7:])) for row in rows]


# Proofs -------------------------------------------------------------------------------------------------


async def proofs_of(tx: Tx, pledges: Sequence[Pledge]) -> dict[UUID, list[PledgeProof]]:
    """Return the proofs of pledges, oldest first."""
    found: dict[UUID, list[PledgeProof]] = {one.id: [] for one in pledges}
    if not found:
        return found
    statement = select(PledgeProof).where(
        PledgeProof.regency_code.in_({one.regency_code for one in pledges}),
        PledgeProof.pledge_id.in_(found),
    )
    for row in await tx.scalars(statement.order_by(PledgeProof.stored_at, PledgeProof.id)):
        found[row.pledge_id].append(row)
    return found


async def wrapped_key_of(tx: Tx, pledge: Pledge) -> bytes | None:
    found: bytes | None = await tx.scalar(
        select(DataKey.wrapped).where(
            DataKey.regency_code == pledge.regency_code, DataKey.id == pledge.data_key_id
        )
    )
    return found


async def proofs_named(tx: Tx, regency: str, keys: Collection[str]) -> set[Any]:
    """Return those of *keys* under which a proof lies in the store."""
    found = await tx.scalars(
        select(PledgeProof.object_key).where(
            PledgeProof.regency_code == regency, PledgeProof.object_key.in_(keys)
        )
    )
    return set(found)
