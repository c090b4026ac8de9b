"""Messages on their way: written once, claimed for a lease, sent outside any transaction, settled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from app.db.queries.rights import frozen_here
from app.db.session import Tx
from app.db.tables.access import Account
from app.db.tables.base import table_of
from app.db.tables.cases import Case
from app.db.tables.messages import Message
from app.db.tables.people import DataKey, Person
from app.domain.ids import RANDOM_BYTES, uuid7

WAITING = "waiting"
SENT = "sent"
FAILED = "failed"
SUPPRESSED = "suppressed"
STATES = (WAITING, SENT, FAILED, SUPPRESSED)


class NewMessage(NamedTuple):
    regency_code: str
    id: UUID
    cause_id: UUID
    event: str
    audience: str
    channel: str
    language: str
    to_kind: str
    to_id: UUID
    case_id: UUID
    referral_id: UUID | None
    data: dict[str, Any]
    """``home``: the tenant of the account that it goes to."""
    due_at: datetime
    created_at: datetime


class Held(NamedTuple):
    """A message that is claimed; ``attempts`` counts every claim and so names this one."""

    id: UUID
    event: str
    audience: str
    channel: str
    language: str
    to_kind: str
    to_id: UUID
    case_id: UUID
    data: dict[str, Any]
    attempts: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a claim ends: settled in a state, or due again."""

    state: str
    reason: str | None = None
    provider_ref: str | None = None
    due_at: datetime | None = None
    """When it is tried again; then the state is still ``waiting``."""


async def add(tx: Tx, new: Sequence[NewMessage]) -> None:
    """Store messages of one tenant; the same act to the same reader by the same channel is stored once."""
    if not new:
        return
    rows = [
        {
            **one._asdict(),
            "state": WAITING,
            "reason": None,
            "attempts": 0,
            "claimed_until": None,
            "provider_ref": None,
            "settled_at": None,
        }
        for one in new
    ]
    await tx.execute(insert(table_of(Message)).on_conflict_do_nothing(), rows)


def _open_at(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Message.settled_at.is_(None),
        Message.due_at <= now,
        or_(Message.claimed_until.is_(None), Message.claimed_until <= now),
    )


async def due_tenants(tx: Tx, now: datetime) -> list[str]:
    """Return the tenants that have something to send: a read over all of them, locking nothing."""
    return sorted(await tx.scalars(select(Message.regency_code).where(*_open_at(now)).distinct()))


async def claim(tx: Tx, regency_code: str, now: datetime, lease: timedelta, limit: int) -> list[Held]:
    chosen = (
        select(Message.id)
        .where(Message.regency_code == regency_code, *_open_at(now))
        .order_by(Message.due_at, Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = await tx.execute(
        update(Message)
        .where(Message.regency_code == regency_code, Message.id.in_(chosen))
        .values(claimed_until=now + lease, attempts=Message.attempts + 1)
        .returning(
            Message.id,
            Message.event,
            Message.audience,
            Message.channel,
            Message.language,
            Message.to_kind,
            Message.to_id,
            Message.case_id,
            Message.data,
            Message.attempts,
            Message.created_at,
        )
        .execution_options(synchronize_session=False)
    )
    return [Held._make(row) for row in taken]


async def settle(tx: Tx, regency_code: str, held: Held, outcome: Outcome, now: datetime) -> bool:
    """End a claim.

    Returns:
        Whether it was still this one's: a late answer, after another took over, changes nothing.
    """
    values: dict[str, Any] = {
        "claimed_until": None,
        "state": outcome.state,
        "reason": outcome.reason,
        "provider_ref": outcome.provider_ref,
    }
    if outcome.due_at is None:
        values["settled_at"] = now
    else:
        values["due_at"] = outcome.due_at
    changed = await tx.scalar(
        update(Message)
        .where(
            Message.regency_code == regency_code,
            Message.id == held.id,
            Message.attempts == held.attempts,
            Message.settled_at.is_(None),
        )
        .values(values)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return changed is not None


class AboutCase(NamedTuple):
    id: UUID
    ticket: str
    status: str
    priority: str
    confidentiality: str
    holder: str
    village_code: str
    private_sealed: bytes
    wrapped: bytes | None
    """The case's data key; None once it was destroyed."""


async def cases_of(tx: Tx, regency_code: str, ids: Sequence[UUID]) -> dict[UUID, AboutCase]:
    statement = (
        select(
            Case.id,
            Case.ticket,
            Case.status,
            Case.priority,
            Case.confidentiality,
            Case.holder,
            Case.village_code,
            Case.private_sealed,
            DataKey.wrapped,
        )
        .outerjoin(DataKey, and_(DataKey.regency_code == Case.regency_code, DataKey.id == Case.data_key_id))
        .where(Case.regency_code == regency_code, Case.id.in_(ids))
    )
    return {row.id: AboutCase._make(row) for row in await tx.execute(statement)}


class AboutPerson(NamedTuple):
    id: UUID
    phone_sealed: bytes | None
    do_not_contact: bool
    deceased: bool
    wrapped: bytes | None


async def people_of(tx: Tx, regency_code: str, ids: Sequence[UUID]) -> dict[UUID, AboutPerson]:
    statement = (
        select(
            Person.id,
            Person.phone_sealed,
            # While her data are frozen nothing is sent to her phone either.
            or_(Person.do_not_contact, Person.id.in_(frozen_here(regency_code))),
            Person.deceased_on.is_not(None),
            DataKey.wrapped,
        )
        .outerjoin(
            DataKey, and_(DataKey.regency_code == Person.regency_code, DataKey.id == Person.data_key_id)
        )
        .where(Person.regency_code == regency_code, Person.id.in_(ids))
    )
    return {row[0]: AboutPerson._make(row) for row in await tx.execute(statement)}


async def mailboxes_of(tx: Tx, tenants: Sequence[str], ids: Sequence[UUID]) -> dict[UUID, str | None]:
    """Return the address of each active account; one that is missing is active no more."""
    statement = select(Account.id, Account.email).where(
        Account.regency_code.in_(tenants), Account.id.in_(ids), Account.active
    )
    return {row.id: row.email for row in await tx.execute(statement)}


async def of_case(tx: Tx, regency_code: str, case_id: UUID) -> list[Message]:
    """Return the delivery log of a case, the newest first."""
    statement = select(Message).where(Message.regency_code == regency_code, Message.case_id == case_id)
    return list(await tx.scalars(statement.order_by(Message.created_at.desc(), Message.id.desc())))


async def drop_old(tx: Tx, tenant: str, before: datetime, limit: int) -> int:
    """Delete up to *limit* settled messages that are older; return how many."""
    chosen = (
        select(Message.id)
        .where(Message.regency_code == tenant, Message.id < _first(before), Message.settled_at.is_not(None))
        .limit(limit)
    )
    gone = await tx.scalars(
        delete(Message)
        .where(Message.regency_code == tenant, Message.id.in_(chosen))
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def _first(at: datetime) -> UUID:
    """Return the lowest id of an instant: the key holds when a row was made."""
    return uuid7(at, bytes(RANDOM_BYTES))
