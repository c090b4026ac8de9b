"""Batches of proposals, and how what becomes of them reaches the cases and their REGISTRY referrals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select, tuple_

from app.db.queries.acting import Acting
from app.db.queries.case_moves import TELL_RESIDENT, Move, finish, follow, need_task, open_move
from app.db.queries.case_view import wrapped_key
from app.db.queries.cases import case_by_id
from app.db.queries.referral_moves import Taking, take
from app.db.session import Tx
from app.db.tables.deliberations import Deliberation, DeliberationCandidate, ProposalBatch
from app.db.tables.people import Person
from app.db.tables.referrals import Referral
from app.domain.codes import Purpose
from app.domain.deliberation.deciding import Decision, Standing
from app.domain.deliberation.proposals import path_to
from app.domain.deliberation.states import SessionState
from app.domain.events.cases import CaseEvent
from app.domain.referrals import Party, ReferralAction, ReferralStatus, RegistryStage

_RUNNING = frozenset({ReferralStatus.ACCEPTED.value, ReferralStatus.IN_SERVICE.value})


@dataclass(frozen=True, slots=True)
class Wanted:
    regency_code: str
    regions: tuple[str, ...]
    stage: str | None = None


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    areas = [
        or_(
            ProposalBatch.village_code == one,
            ProposalBatch.village_code.startswith(f"{one}.", autoescape=True),
        )
        for one in wanted.regions
    ]
    clauses = [ProposalBatch.regency_code == wanted.regency_code, or_(*areas)]
    if wanted.stage is not None:
        clauses.append(ProposalBatch.stage == wanted.stage)
    return clauses


async def listed(
    tx: Tx, wanted: Wanted, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[ProposalBatch]:
    """The newest first."""
    statement = select(ProposalBatch).where(*_where(wanted))
    if after is not None:
        statement = statement.where(tuple_(ProposalBatch.created_at, ProposalBatch.id) < after)
    order = (ProposalBatch.created_at.desc(), ProposalBatch.id.desc())
    return (await tx.scalars(statement.order_by(*order).limit(limit))).all()


async def counted(tx: Tx, wanted: Wanted) -> int:
    return await tx.scalar(select(func.count()).select_from(ProposalBatch).where(*_where(wanted))) or 0


async def batch_of(tx: Tx, regency: str, batch_id: UUID, *, for_update: bool = False) -> ProposalBatch | None:
    statement = select(ProposalBatch).where(
        ProposalBatch.regency_code == regency, ProposalBatch.id == batch_id
    )
    if for_update:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found: ProposalBatch | None = await tx.scalar(statement)
    return found


async def lock_ready(tx: Tx, regency: str, village: str) -> Sequence[DeliberationCandidate]:
    """Lock and return the eligible of the village's ratified sessions that are in no batch, by rank.

    Whoever has died since is not proposed.
    """
    table = DeliberationCandidate
    dead = exists().where(
        Person.regency_code == table.regency_code,
        Person.id == table.person_id,
        Person.deceased_on.is_not(None),
    )
    ratified = (
        select(Deliberation.id)
        .where(
            Deliberation.regency_code == regency,
            Deliberation.village_code == village,
            Deliberation.state == SessionState.RATIFIED.value,
        )
        .scalar_subquery()
    )
    statement = (
        select(table)
        .where(
            table.regency_code == regency,
            table.deliberation_id.in_(ratified),
            table.state == Standing.DECIDED.value,
            table.decision == Decision.LAYAK.value,
            table.batch_id.is_(None),
            ~dead,
        )
        .order_by(table.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = (await tx.scalars(statement)).all()
    return sorted(found, key=lambda one: (one.rank or 0, one.id))


async def of_batch(
    tx: Tx, batch: ProposalBatch, *, for_update: bool = False
) -> Sequence[DeliberationCandidate]:
    table = DeliberationCandidate
    statement = (
        select(table)
        .where(table.regency_code == batch.regency_code, table.batch_id == batch.id)
        .order_by(table.rank, table.id)
    )
    if for_update:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await tx.scalars(statement)).all()


@dataclass(frozen=True, slots=True)
class News:
    """What a case learns of its candidate."""

    case_id: UUID
    event: CaseEvent
    stage: RegistryStage | None = None
    """How far its REGISTRY referral is to go."""
    reason: str | None = None
    by_regency: bool = False
    """The regency acts: what it takes up counts as received."""
    tell: bool = False
    """The resident is to be told."""


async def tell_cases(acting: Acting, regency: str, news: Sequence[News]) -> None:
    """Write into each case what its meeting or the ministry decided; locks the cases in the order of ids.

    Its REGISTRY referral goes along as far as its own table lets it. A case whose person was erased has
    nothing left to be told.
    """
    for one in sorted(news, key=lambda item: item.case_id):
        case = await case_by_id(acting.tx, regency, one.case_id, for_update=True)
        if case is None or await wrapped_key(acting.tx, regency, case.data_key_id) is None:
            continue
        await acting.tx.refresh(case)
        move = await open_move(acting, case)
        move.add(one.event)
        if one.stage is not None:
            for referral in move.referrals:
                await _bring(move, referral, one)
        await follow(move)
        if one.tell:
            await need_task(move, TELL_RESIDENT)
        await finish(move)


async def _bring(move: Move, referral: Referral, news: News) -> None:
    """Let a live proposal reach the stage; what its receiver has not taken up yet waits for the regency."""
    if referral.purpose != Purpose.REGISTRY.value or news.stage is None:
        return
    if referral.status == ReferralStatus.SENT.value and news.by_regency:
        await take(move, referral, Taking(ReferralAction.ACCEPT, Party.RECEIVER, {}))
    now = RegistryStage(referral.sub_status) if referral.sub_status else RegistryStage.DRAF
    for stage in path_to(now, news.stage):
        if referral.status in _RUNNING:
            records = {"stage": stage.value}
            await take(move, referral, Taking(ReferralAction.PROGRESS, Party.RECEIVER, records))
