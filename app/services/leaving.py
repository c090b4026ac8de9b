"""Everything open of somebody who leaves or is away goes elsewhere, case by case; nothing stays behind."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from app.db.queries import events, open_work, team, work
from app.db.queries.acting import Acting
from app.db.queries.assigning import HANDED_OVER, assign, queue_of, sight_of_case
from app.db.queries.case_moves import Move, finish, open_move, referrals_of
from app.db.queries.cases import case_by_id
from app.db.queries.open_work import AT_REST, Owner
from app.db.queries.scope import Sight
from app.db.tables.cases import Case
from app.domain.access import SYSTEM, Actor, CaseSight, Permission, scope_of
from app.domain.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from app.domain.events.hands import AccountHandedOver, TaskHandedOver, VisitHandedOver
from app.domain.hands import Load, is_below, suggest

BATCH: Final = 50
"""Cases in one transaction; whatever is more is the worker's."""


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for; kept in the work row as ids and codes."""

    owner: Owner
    target_id: UUID | None = None
    queue: str | None = None
    balanced: bool = False

    def as_json(self, by: Actor, after: UUID) -> dict[str, Any]:
        return {
            "account": self.owner.account_id.hex,
            "target": self.target_id.hex if self.target_id else None,
            "queue": self.queue,
            "balanced": self.balanced,
            "by": by.account_id.hex if by.account_id else None,
            "by_tenant": by.tenant,
            "after": after.hex,
        }

    @classmethod
    def from_json(cls, regency_code: str, payload: Mapping[str, Any]) -> "Order":
        return cls(
            Owner(regency_code, UUID(payload["account"])),
            UUID(payload["target"]) if payload["target"] else None,
            payload["queue"],
            bool(payload["balanced"]),
        )


@dataclass(frozen=True, slots=True)
class Done:
    """What one batch did, counted over the cases that the asking eyes may see."""

    to_persons: int = 0
    to_queues: int = 0
    tasks: int = 0
    visits: int = 0
    left: int = 0
    """What the worker still moves."""
    after: UUID | None = None
    """The last case of the batch; None when there was no more."""


@dataclass(slots=True)
class _Batch:
    acting: Acting
    order: Order
    people: dict[UUID, team.Member]
    loads: dict[UUID, Load]


async def hand_over(acting: Acting, sight: Sight, order: Order) -> Done:
    """Move what *order* names; beyond `BATCH` cases the worker goes on.

    Without a target it goes to the deputy of her leave.

    Raises:
        NotFound: there is no such officer in a region that the actor looks after.
        Forbidden: the officer does not work for the actor.
        Invalid: no target, or one that cannot take work today.
    """
    tx, owner = acting.tx, order.owner
    people = await team.members(tx, owner.regency_code, acting.today(owner.regency_code))
    order = _settled(acting, order, people)
    done = await hand_over_batch(acting, sight, order)
    if done.after is not None:
        row = work.NewWork(
            owner.regency_code,
            acting.new_id(),
            work.HAND_OVER,
            acting.cause_id.hex,
            acting.now,
            order.as_json(acting.actor, done.after),
        )
        await work.enqueue(tx, [row])
    stream = events.OtherStream(owner.regency_code, owner.account_id, "account")
    told = AccountHandedOver(
        thing_id=owner.account_id, target_id=order.target_id, queue=order.queue, balanced=order.balanced
    )
    await events.append(tx, stream, [told], actor=acting.actor, now=acting.now, cause_id=acting.cause_id)
    return done


async def require_team(acting: Acting, owner: Owner) -> None:
    """Let pass whoever may still ask for a hand-over of *owner*.

    Raises:
        NotFound, Forbidden: as `hand_over` does.
    """
    today = acting.today(owner.regency_code)
    people = await team.members(acting.tx, owner.regency_code, today, [owner.account_id])
    _subordinate(acting.actor, people.get(owner.account_id))


def _subordinate(actor: Actor, owner: team.Member | None) -> team.Member:
    actor.require_ever(Permission.TEAM_MANAGE)
    if owner is None or not team.reaches(actor, owner):
        raise NotFound
    if not is_below(owner.actor.grants, actor.grants):
        raise Forbidden(
            "not_in_your_team",
            "Petugas ini bukan bawahan Anda.",
            "This officer does not work for you.",
        )
    return owner


def _settled(acting: Acting, order: Order, people: dict[UUID, team.Member]) -> Order:
    owner = _subordinate(acting.actor, people.get(order.owner.account_id))
    if not order.target_id and not order.queue and not order.balanced:
        order = replace(order, target_id=owner.leave.deputy_id if owner.leave else None)
    if order.balanced or (order.queue and acting.known.knows("work_queue", order.queue)):
        return order
    target = people.get(order.target_id) if order.target_id else None
    fit = target is not None and target.active and target.leave is None
    if fit and order.target_id != order.owner.account_id:
        return order
    raise Invalid(
        fields=(
            FieldError(
                "/to",
                "no_target",
                "Sebutkan petugas aktif yang sedang bertugas, sebuah antrean, atau pembagian merata.",
                "Name an active officer who is not away, a queue, or an even spread.",
            ),
        )
    )


async def go_on(acting: Acting, regency_code: str, payload: Mapping[str, Any]) -> Done:
    """Move the next batch in the name and with the eyes of whoever ordered it, as they are today."""
    order = Order.from_json(regency_code, payload)
    ids = [UUID(payload["by"])] if payload["by"] else []
    tenant = str(payload["by_tenant"])
    people = await team.members(acting.tx, tenant, acting.today(regency_code), ids)
    orderer = people[ids[0]].actor if ids and ids[0] in people else SYSTEM
    sight = Sight(scope_of(orderer), acting.known.regions.tenants, acting.known.family)
    after = UUID(payload["after"])
    return await hand_over_batch(replace(acting, actor=orderer), sight, order, after=after)


async def hand_over_batch(acting: Acting, sight: Sight, order: Order, *, after: UUID | None = None) -> Done:
    """Move one batch, case by case in the order of their ids; what was moved is not found again.

    A case that the asking eyes may not see goes to the queue of whoever holds it, by the system, and is not
    counted: nothing stays with somebody who is gone, and nothing is told of it.
    """
    tx, owner = acting.tx, order.owner
    ids = await open_work.cases_with(tx, owner, after, BATCH)
    seen = await open_work.visible(tx, owner.regency_code, sight, ids)
    batch = await _open_batch(acting, order, sight)
    told: Counter[str] = Counter()
    for id_ in ids:
        case = await case_by_id(tx, owner.regency_code, id_, for_update=True)
        if case is not None:
            moved = await _move_case(batch, case, hidden=id_ not in seen)
            told += moved if id_ in seen else Counter()
    more = len(ids) == BATCH
    left = await open_work.visible_left(tx, owner, sight, ids[-1]) if more else 0
    last = ids[-1] if more else None
    return Done(told["persons"], told["queues"], told["tasks"], told["visits"], left, last)


async def _open_batch(acting: Acting, order: Order, sight: Sight) -> _Batch:
    owner = order.owner
    people = await team.members(acting.tx, owner.regency_code, acting.today(owner.regency_code))
    people.pop(owner.account_id, None)
    # The true load, also of what the asking eyes may not see: it is not told, only balanced.
    everything = Sight(scope_of(SYSTEM), sight.regencies_of)
    wanted = list(people) if order.balanced else []
    loads = await team.loads(acting, everything, owner.regency_code, wanted)
    return _Batch(acting, order, people, loads)


async def _move_case(batch: _Batch, case: Case, *, hidden: bool) -> Counter[str]:
    """Move what the owner has open in one locked case."""
    by = SYSTEM if hidden else batch.acting.actor
    move = await _open_move(batch.acting, case)
    target = None if hidden else await _target(batch, case)
    told: Counter[str] = Counter()
    if case.assignee_id == batch.order.owner.account_id and case.status not in AT_REST:
        queue = None if target else (batch.order.queue or queue_of(case))
        await assign(move, account_id=target, queue=queue, ended_as=HANDED_OVER, by=by)
        told["persons" if target else "queues"] += 1
    told += await _move_rest(move, batch.order.owner, target, by)
    await finish(move)
    return told


async def _open_move(acting: Acting, case: Case) -> Move:
    """Open the act; the case of an erased person has no key any more, but it still has hands."""
    try:
        return await open_move(acting, case)
    except Conflict:
        return Move(acting, case, None, await referrals_of(acting.tx, case))


async def _move_rest(move: Move, owner: Owner, target: UUID | None, by: Actor) -> Counter[str]:
    """Move tasks and planned visits; without a person they are whoever's who has the case."""
    case, told = move.case, Counter[str]()
    for task in await open_work.tasks_of(move.tx, case, owner.account_id):
        task.assignee_id = target
        move.add(TaskHandedOver(case_id=case.id, task_id=task.id, assignee_id=target), by)
        told["tasks"] += 1
    for visit in await open_work.visits_of(move.tx, case, owner.account_id):
        visit.visitor_id = target
        visit.version += 1
        move.add(VisitHandedOver(case_id=case.id, visit_id=visit.id, visitor_id=target), by)
        told["visits"] += 1
    return told


async def _target(batch: _Batch, case: Case) -> UUID | None:
    """Return who gets the case: as ordered, where that person may have it; None for the queue."""
    order = batch.order
    if order.queue:
        return None
    seen = await sight_of_case(batch.acting.tx, case)
    if not order.balanced:
        member = batch.people.get(order.target_id) if order.target_id else None
        return member.account_id if member and team.unfit(member, seen) is None else None
    return _next(batch, case, seen)


def _next(batch: _Batch, case: Case, seen: CaseSight) -> UUID | None:
    able = [one for one in batch.people.values() if team.unfit(one, seen) is None]
    best = suggest(team.hand_of(one, case, batch.loads[one.account_id]) for one in able)
    if best is None:
        return None
    load = batch.loads[best.account_id]
    batch.loads[best.account_id] = replace(load, open=load.open + 1)
    return best.account_id
