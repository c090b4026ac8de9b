"""Opening and changing the desk of a village."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from app.db.queries import desks as stored
from app.db.queries import events, knowledge
from app.db.session import Tx
from app.db.tables.places import Desk
from app.domain.access import Actor, Permission
from app.domain.errors import FieldError, Invalid, NotFound
from app.domain.events.others import DeskChanged, DeskOpened
from app.domain.ids import tenant_of

MANAGE = Permission.DESK_MANAGE
Seats = Mapping[UUID, Sequence[str]]
"""Accounts with their duties."""


@dataclass(frozen=True, slots=True)
class Act:
    """Who does it, when, and the id that ties the events of one act."""

    actor: Actor
    now: datetime
    cause_id: UUID


@dataclass(frozen=True, slots=True)
class Budget:
    source: str
    idr_per_year: int
    year: int


@dataclass(frozen=True, slots=True)
class NewDesk:
    id: UUID
    village: str
    name: str
    founding_rule: str
    budget: Budget
    hours: Sequence[Mapping[str, Any]]
    seats: Seats
    active: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """What is None stays."""

    name: str | None = None
    founding_rule: str | None = None
    budget: Budget | None = None
    hours: Sequence[Mapping[str, Any]] | None = None
    seats: Seats | None = None
    active: bool | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    desk: Desk
    officers: Sequence[stored.Officer]


async def open_desk(tx: Tx, act: Act, new: NewDesk) -> Seen:
    """Open a desk in a village that exists.

    Raises:
        Forbidden: the actor manages no desks there.
        Invalid: an officer has no account in this regency.
    """
    act.actor.require(MANAGE, new.village)
    regency = tenant_of(new.village)
    await _check_seats(tx, regency, new.seats)
    desk = Desk(
        regency_code=regency,
        id=new.id,
        village_code=new.village,
        name=new.name,
        founding_rule=new.founding_rule,
        budget_source=new.budget.source,
        budget_idr_per_year=new.budget.idr_per_year,
        budget_year=new.budget.year,
        hours=_windows(new.hours),
        active=new.active,
        version=1,
    )
    tx.add(desk)
    await tx.flush()
    await stored.seat(tx, regency, new.id, new.seats)
    happened = DeskOpened(thing_id=new.id, village=new.village)
    await _tell(tx, act, desk, happened)
    return await see(tx, desk)


async def lock_desk(tx: Tx, actor: Actor, regency: str, desk_id: UUID) -> Desk:
    """Lock a desk for a change.

    Raises:
        NotFound: there is none.
        Forbidden: the actor manages no desks there.
    """
    desk = await stored.find(tx, regency, desk_id, for_update=True)
    if desk is None:
        raise NotFound
    actor.require(MANAGE, desk.village_code)
    return desk


async def change_desk(tx: Tx, act: Act, desk: Desk, changes: Changes) -> Seen:
    """Change what *changes* names; *desk* is locked.

    Raises:
        Invalid: an officer has no account in this regency.
    """
    changed = _apply(desk, changes)
    if changes.seats is not None:
        await _check_seats(tx, desk.regency_code, changes.seats)
        await stored.seat(tx, desk.regency_code, desk.id, changes.seats)
        changed.append("officers")
    if changed:
        desk.version += 1
        await tx.flush()
        await _tell(tx, act, desk, DeskChanged(thing_id=desk.id, changed=tuple(changed)))
    return await see(tx, desk)


async def see(tx: Tx, desk: Desk) -> Seen:
    officers = await stored.officers(tx, [(desk.regency_code, desk.id)])
    return Seen(desk, officers.get(desk.id, []))


def _apply(desk: Desk, changes: Changes) -> list[str]:
    """Set the columns that differ; return the names of the fields."""
    wanted: dict[str, dict[str, Any]] = {
        field.name: {field.name: getattr(changes, field.name)}
        for field in fields(changes)
        if field.name in {"name", "founding_rule", "active"}
    }
    if changes.budget is not None:
        wanted["budget"] = {
            "budget_source": changes.budget.source,
            "budget_idr_per_year": changes.budget.idr_per_year,
            "budget_year": changes.budget.year,
        }
    if changes.hours is not None:
        wanted["hours"] = {"hours": _windows(changes.hours)}
    changed = []
    for name, columns in wanted.items():
        new = {column: value for column, value in columns.items() if value is not None}
        if any(getattr(desk, column) != value for column, value in new.items()):
            changed.append(name)
            for column, value in new.items():
                setattr(desk, column, value)
    return changed


def _windows(hours: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"windows": [dict(one) for one in hours]}


async def _check_seats(tx: Tx, regency: str, seats: Seats) -> None:
    known = await stored.known_accounts(tx, regency, seats)
    wrong = [place for place, account in enumerate(seats) if account not in known]
    if wrong:
        raise Invalid(
            fields=tuple(
                FieldError(
                    f"/officers/{place}/account_id",
                    "unknown",
                    "Bukan akun petugas di kabupaten/kota ini.",
                    "Is no officer's account of this regency.",
                )
                for place in wrong
            )
        )


async def _tell(tx: Tx, act: Act, desk: Desk, happened: DeskOpened | DeskChanged) -> None:
    stream = events.OtherStream(desk.regency_code, desk.id, "desk")
    await events.append(tx, stream, [happened], actor=act.actor, now=act.now, cause_id=act.cause_id)
    await knowledge.bump(tx, ["desks"])
