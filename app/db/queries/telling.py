"""What is read to tell people of what happened: the events since last time, their cases, the accounts."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import and_, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from app.db.session import Tx
from app.db.tables.access import Account, Grant
from app.db.tables.cases import Case, CaseReader
from app.db.tables.events import Event, FeedHead, FeedRow
from app.db.tables.places import Work
from app.db.tables.referrals import Referral
from app.domain import access
from app.domain.access import CaseSight, ClosedTo, Role
from app.domain.codes import Confidentiality
from app.domain.events.base import JsonData
from app.domain.messages import TOLD_TYPES, Member

TOLD: Final = "told"
"""The row of a tenant in ``work`` that holds how far its feed was told; it is never due."""
_KEY: Final = "feed"


class ToldEvent(NamedTuple):
    """An event that may be news, with what of its case and referral decides for whom."""

    n: int
    id: UUID
    type: str
    at: datetime
    actor_id: UUID | None
    cause_id: UUID
    data: JsonData
    case_id: UUID
    referral_id: UUID | None
    village_code: str
    confidentiality: str
    closed_to: str | None
    desk_id: UUID | None
    assignee_id: UUID | None
    priority: str
    person_id: UUID | None
    reporter_relation: str
    agency_code: str | None
    sent_by: UUID | None


@dataclass(frozen=True, slots=True)
class Concerned:
    """Whose accounts are looked for: by id, by role in the regency, by agency."""

    ids: Collection[UUID]
    roles: Collection[Role]
    agencies: Collection[str]


async def positions(tx: Tx, tenants: Collection[str]) -> dict[str, int]:
    """Return how far each tenant's feed was told; one that is missing was never told."""
    statement = select(Work.regency_code, Work.payload).where(
        Work.regency_code.in_(sorted(tenants)), Work.kind == TOLD, Work.key == _KEY
    )
    return {row.regency_code: int(row.payload["n"]) for row in await tx.execute(statement)}


async def by_waiting(tx: Tx, told: Mapping[str, int]) -> list[str]:
    """Return the tenants, each given with the last number told there, by how long the next event waits."""
    nexts = [(tenant, n + 1) for tenant, n in sorted(told.items())]
    statement = select(FeedRow.regency_code).where(
        FeedRow.regency_code.in_(sorted(told)), tuple_(FeedRow.regency_code, FeedRow.n).in_(nexts)
    )
    return list(await tx.scalars(statement.order_by(FeedRow.numbered_at, FeedRow.regency_code)))


async def lock_position(tx: Tx, regency_code: str, id_: UUID, now: datetime) -> int:
    """Return how far the feed was told, and hold off whoever would tell at the same time."""
    first = insert(Work).values(
        regency_code=regency_code,
        id=id_,
        kind=TOLD,
        key=_KEY,
        due_at=now,
        attempts=0,
        done_at=now,
        payload={"n": 0},
    )
    await tx.execute(first.on_conflict_do_nothing(index_elements=[Work.regency_code, Work.kind, Work.key]))
    payload = await tx.scalar(select(Work.payload).where(*_position(regency_code)).with_for_update())
    return int(payload["n"]) if payload else 0


async def move_position(tx: Tx, regency_code: str, n: int) -> None:
    row = await tx.scalar(select(Work).where(*_position(regency_code)))
    if row is not None:
        row.payload = {"n": n}
        await tx.flush()


def _position(regency_code: str) -> tuple[Any, ...]:
    return (Work.regency_code == regency_code, Work.kind == TOLD, Work.key == _KEY)


async def told_events(tx: Tx, regency_code: str, after: int, until: int) -> list[ToldEvent]:
    """Return the events of cases with these numbers of the feed that are of a type worth telling."""
    statement = (
        select(
            FeedRow.n,
            Event.id,
            Event.type,
            Event.at,
            Event.actor_id,
            Event.cause_id,
            Event.data,
            Event.case_id,
            Event.referral_id,
            Case.village_code,
            Case.confidentiality,
            Case.closed_to,
            Case.desk_id,
            Case.assignee_id,
            Case.priority,
            Case.person_id,
            Case.reporter_relation,
            Referral.agency_code,
            Referral.sent_by,
        )
        .join(Event, and_(Event.regency_code == FeedRow.regency_code, Event.id == FeedRow.event_id))
        .join(Case, and_(Case.regency_code == FeedRow.regency_code, Case.id == Event.case_id))
        .outerjoin(
            Referral,
            and_(Referral.regency_code == FeedRow.regency_code, Referral.id == Event.referral_id),
        )
        .where(
            FeedRow.regency_code == regency_code,
            FeedRow.n > after,
            FeedRow.n <= until,
            Event.type.in_(sorted(TOLD_TYPES)),
        )
        .order_by(FeedRow.n)
    )
    return [ToldEvent._make(row) for row in await tx.execute(statement)]


async def sights(tx: Tx, regency_code: str, events: Iterable[ToldEvent]) -> dict[UUID, CaseSight]:
    """Return of each case of *events* what decides who may see it."""
    cases = {event.case_id: event for event in events}
    named: dict[UUID, set[UUID]] = defaultdict(set)
    kept_out: dict[UUID, set[UUID]] = defaultdict(set)
    readers = select(CaseReader.case_id, CaseReader.account_id, CaseReader.standing).where(
        CaseReader.regency_code == regency_code, CaseReader.case_id.in_(sorted(cases))
    )
    for row in await tx.execute(readers):
        (named if row.standing == "named" else kept_out)[row.case_id].add(row.account_id)
    receivers: dict[UUID, set[str]] = defaultdict(set)
    referrals = select(Referral.case_id, Referral.agency_code).where(
        Referral.regency_code == regency_code, Referral.case_id.in_(sorted(cases))
    )
    for sent in await tx.execute(referrals):
        receivers[sent.case_id].add(sent.agency_code)
    return {
        case_id: CaseSight(
            region=event.village_code,
            confidentiality=Confidentiality(event.confidentiality),
            case_id=case_id,
            desk_id=event.desk_id,
            assignee_id=event.assignee_id,
            named=frozenset(named[case_id]),
            about_accounts=frozenset(kept_out[case_id]),
            closed_to=ClosedTo(event.closed_to) if event.closed_to else None,
            receivers=frozenset(receivers[case_id]),
        )
        for case_id, event in cases.items()
    }


async def members(tx: Tx, tenants: Sequence[str], today: date, concerned: Concerned) -> list[Member]:
    """Return the active officers whom *concerned* means, each with all the grants that hold today."""
    in_force = and_(Grant.valid_from <= today, or_(Grant.valid_to.is_(None), Grant.valid_to >= today))
    wanted = or_(
        Grant.account_id.in_(sorted(concerned.ids)),
        Grant.role.in_(sorted(role.value for role in concerned.roles)),
        Grant.agency_code.in_(sorted(concerned.agencies)),
    )
    found = await tx.scalars(
        select(Grant.account_id).where(Grant.regency_code.in_(tenants), in_force, wanted).distinct()
    )
    rows = await tx.execute(
        select(
            Account.regency_code,
            Account.id,
            Account.email,
            Grant.role,
            Grant.region_code,
            Grant.agency_code,
            Grant.desk_id,
        )
        .join(Grant, and_(Grant.regency_code == Account.regency_code, Grant.account_id == Account.id))
        .where(
            Account.regency_code.in_(tenants),
            Account.id.in_(sorted(found)),
            Account.active,
            Account.kind == "officer",
            in_force,
        )
        .order_by(Account.id, Grant.id)
    )
    return _gathered(rows.all())


def _gathered(rows: Sequence[Any]) -> list[Member]:
    grants: dict[tuple[str, UUID, bool], list[access.Grant]] = defaultdict(list)
    for row in rows:
        grants[row.regency_code, row.id, bool(row.email)].append(
            access.Grant(Role(row.role), row.region_code, row.agency_code, row.desk_id)
        )
    return [Member(id_, tenant, tuple(held), has_email) for (tenant, id_, has_email), held in grants.items()]


async def feed_head(tx: Tx, regency_code: str) -> int:
    return await tx.scalar(select(FeedHead.n).where(FeedHead.regency_code == regency_code)) or 0
