"""Pairs of cases that are likely one: what waits for a decision, and the decisions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import aliased

from app.db.queries.acting import Acting
from app.db.queries.scope import Sight, held_to_tenants, sees_case
from app.db.session import Tx
from app.db.tables.cases import Case, DuplicatePair
from app.domain.duplicates import connected

OPEN: Final = "open"
MOST_PAIRS: Final = 5_000
"""How many open pairs are looked at, the oldest first: what is behind them comes up as they are decided."""
_ONE, _OTHER = aliased(Case), aliased(Case)


@dataclass(frozen=True, slots=True)
class Member:
    """A case of a pair, as far as groups are made and sorted by it."""

    regency_code: str
    id: UUID
    ticket: str
    village: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Pair:
    one: Member
    other: Member
    at: datetime
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Cases that hang together by pairs; worked as one."""

    members: tuple[Member, ...]
    """The one that was opened first leads; its ticket names the group."""
    pairs: tuple[Pair, ...]

    @property
    def since(self) -> datetime:
        return min(pair.at for pair in self.pairs)

    @property
    def score(self) -> int:
        return max(pair.score for pair in self.pairs)

    @property
    def ticket(self) -> str:
        return self.members[0].ticket


@dataclass(frozen=True, slots=True)
class Narrowed:
    """By what the pairs are narrowed before they are grouped."""

    tenant: str | None = None
    min_score: int = 0
    reason: str | None = None


async def open_groups(tx: Tx, sight: Sight, wanted: Narrowed) -> list[Group]:
    """Return what waits to be decided, oldest first: only pairs of which both cases are in sight."""
    pairs = await _pairs(tx, sight, wanted)
    by_id = {member.id: member for pair in pairs for member in (pair.one, pair.other)}
    groups = [
        _group([by_id[id_] for id_ in ids], [pair for pair in pairs if pair.one.id in ids])
        for ids in connected((pair.one.id, pair.other.id) for pair in pairs)
    ]
    return sorted(groups, key=lambda group: (group.since, group.ticket))


def _group(members: Sequence[Member], pairs: Sequence[Pair]) -> Group:
    first = sorted(members, key=lambda member: (member.opened_at, member.ticket))
    return Group(tuple(first), tuple(sorted(pairs, key=lambda pair: (-pair.score, pair.at))))


async def _pairs(tx: Tx, sight: Sight, wanted: Narrowed) -> list[Pair]:
    here = [DuplicatePair.state == OPEN, held_to_tenants(DuplicatePair.regency_code.expression, sight)]
    if wanted.tenant is not None:
        here.append(DuplicatePair.regency_code == wanted.tenant)
    if wanted.min_score:
        here.append(DuplicatePair.score >= wanted.min_score)
    if wanted.reason is not None:
        here.append(DuplicatePair.reasons.contains([wanted.reason]))
    statement = (
        select(
            *_columns(_ONE), *_columns(_OTHER), DuplicatePair.at, DuplicatePair.score, DuplicatePair.reasons
        )
        .join(_ONE, _is(_ONE, DuplicatePair.case_id))
        .join(_OTHER, _is(_OTHER, DuplicatePair.other_case_id))
        .where(*here, _ONE.status != "void", _OTHER.status != "void")
        .where(_seen(DuplicatePair.case_id, sight), _seen(DuplicatePair.other_case_id, sight))
        .order_by(DuplicatePair.at, DuplicatePair.case_id, DuplicatePair.other_case_id)
        .limit(MOST_PAIRS)
    )
    return [
        Pair(Member(*row[:5]), Member(*row[5:10]), row.at, row.score, tuple(row.reasons))
        for row in await tx.execute(statement)
    ]


def _columns(case: Any) -> tuple[Any, ...]:
    return (case.regency_code, case.id, case.ticket, case.village_code, case.opened_at)


def _is(case: Any, column: Any) -> ColumnElement[bool]:
    return and_(case.regency_code == DuplicatePair.regency_code, case.id == column)


def _seen(column: Any, sight: Sight) -> ColumnElement[bool]:
    return exists().where(
        Case.regency_code == DuplicatePair.regency_code, Case.id == column, sees_case(sight)
    )


async def cases_by_id(tx: Tx, regency_code: str, ids: Collection[UUID]) -> Sequence[Case]:
    """Return cases that were found in the actor's sight before, by their keys."""
    statement = select(Case).where(Case.regency_code == regency_code, Case.id.in_(ids))
    return (await tx.scalars(statement)).all()


# Deciding; the caller holds the locks of the cases ------------------------------------------------------


async def pairs_among(
    tx: Tx, regency_code: str, ids: Collection[UUID], state: str
) -> Sequence[DuplicatePair]:
    """Return the pairs in *state* of which both cases are among *ids*."""
    statement = select(DuplicatePair).where(
        DuplicatePair.regency_code == regency_code,
        DuplicatePair.case_id.in_(ids),
        DuplicatePair.other_case_id.in_(ids),
        DuplicatePair.state == state,
    )
    return (await tx.scalars(statement.execution_options(populate_existing=True))).all()


async def pair_of(tx: Tx, regency_code: str, one: UUID, other: UUID) -> DuplicatePair | None:
    """Return the pair of these two, whichever of them was opened later."""
    found: DuplicatePair | None = await tx.scalar(
        select(DuplicatePair)
        .where(
            DuplicatePair.regency_code == regency_code,
            or_(
                and_(DuplicatePair.case_id == one, DuplicatePair.other_case_id == other),
                and_(DuplicatePair.case_id == other, DuplicatePair.other_case_id == one),
            ),
        )
        .execution_options(populate_existing=True)
    )
    return found


def mark(acting: Acting, pair: DuplicatePair, state: str) -> None:
    pair.state = state
    is_open = state == OPEN
    pair.decided_at = None if is_open else acting.now
    pair.decided_by = None if is_open else acting.actor.account_id


async def pass_on(acting: Acting, merged: Case, kept: Case, decided: Collection[UUID]) -> None:
    """Let the case that stands for *merged* take over its open pairs with cases outside of *decided*."""
    tenant = merged.regency_code
    rows = await acting.tx.scalars(
        select(DuplicatePair).where(
            DuplicatePair.regency_code == tenant,
            DuplicatePair.state == OPEN,
            or_(DuplicatePair.case_id == merged.id, DuplicatePair.other_case_id == merged.id),
        )
    )
    for pair in rows.all():
        outside = pair.other_case_id if pair.case_id == merged.id else pair.case_id
        if outside in decided or await pair_of(acting.tx, tenant, kept.id, outside) is not None:
            continue
        passed = DuplicatePair(
            regency_code=tenant,
            case_id=kept.id,
            other_case_id=outside,
            at=pair.at,
            score=pair.score,
            reasons=pair.reasons,
            state=OPEN,
            decided_at=None,
            decided_by=None,
        )
        acting.tx.add(passed)
        await acting.tx.flush()


async def reopen_merged(acting: Acting, case: Case) -> None:
    """Put every pair that was merged with *case* before the secretariat again."""
    await acting.tx.execute(
        update(DuplicatePair)
        .where(
            DuplicatePair.regency_code == case.regency_code,
            or_(DuplicatePair.case_id == case.id, DuplicatePair.other_case_id == case.id),
            DuplicatePair.state == "merged",
        )
        .values(state=OPEN, decided_at=None, decided_by=None)
        .execution_options(synchronize_session=False)
    )
