"""Who changed and who saw what, of one tenant, newest first: the event log and the access log side by side.

Both are read by their keys, which lead with time: no index is kept on the events for whoever looks back.
What hangs on a case that the reader may not see is left out of both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select, tuple_, union

from app.db.queries.access_log import COLUMNS, AccessRow
from app.db.queries.feed import FeedEvent, Viewer, as_told, visible
from app.db.queries.scope import Sight, sees_case
from app.db.session import Tx
from app.db.tables.access import AccessEntry, Account
from app.db.tables.cases import Case, Task
from app.db.tables.events import Event
from app.db.tables.hands import Visit
from app.db.tables.needs import Need
from app.db.tables.papers import Attachment, Letter
from app.db.tables.referrals import Referral
from app.domain.ids import RANDOM_BYTES, uuid7

SEGMENT_REACH: Final = timedelta(hours=2)
"""A segment of the access log is begun at most so long before its last entry."""
_LINKED: Final[Mapping[str, Any]] = {
    "referral": Referral,
    "letter": Letter,
    "attachment": Attachment,
    "visit": Visit,
    "task": Task,
    "need": Need,
}
"""What hangs on a case, by the kind of subject that the access log names."""


@dataclass(frozen=True, slots=True)
class Window:
    """From *since* on, before *until*."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose trail, in which tenant; what is empty narrows nothing."""

    regency_code: str
    window: Window
    actor_id: UUID | None = None
    named: bool = False
    """Whether a case or a person is asked for: by its streams, tickets and ids."""
    streams: tuple[UUID, ...] = ()
    tickets: tuple[str, ...] = ()
    subjects: tuple[UUID, ...] = ()


class AccessPlace(NamedTuple):
    """Where an entry stands in the access log's order of time."""

    at: datetime
    segment_id: UUID
    n: int


async def changes(
    tx: Tx, viewer: Viewer, asked: Asked, after: UUID | None, limit: int
) -> Sequence[FeedEvent]:
    """Return events the latest first, before the one whose id is *after*; an id holds its instant."""
    tenant, window = asked.regency_code, asked.window
    before = _first(window.until) if after is None else min(after, _first(window.until))
    clauses = [
        Event.regency_code == tenant,
        Event.id >= _first(window.since),
        Event.id < before,
        visible(viewer, tenant),
    ]
    if asked.actor_id is not None:
        clauses.append(Event.actor_id == asked.actor_id)
    if asked.streams:
        # Found by their streams first: walked by time, one case of a million would be looked for in all.
        theirs = (
            select(Event.id)
            .where(Event.regency_code == tenant, Event.stream_id.in_(asked.streams))
            .cte("theirs")
            .prefix_with("MATERIALIZED", dialect="postgresql")
        )
        clauses.append(Event.id.in_(select(theirs.c.id)))
    statement = as_told(Event.n).where(*clauses).order_by(Event.id.desc()).limit(limit)
    return [FeedEvent._make(row) for row in await tx.execute(statement)]


async def accesses(
    tx: Tx, sight: Sight, asked: Asked, after: AccessPlace | None, limit: int
) -> Sequence[AccessRow]:
    """Return entries of the access log the latest first, before the place *after*."""
    window = asked.window
    clauses: list[ColumnElement[bool]] = [
        AccessEntry.regency_code == asked.regency_code,
        AccessEntry.segment_id >= _first(window.since - SEGMENT_REACH),
        AccessEntry.at >= window.since,
        AccessEntry.at < window.until,
        or_(AccessEntry.actor_id == sight.scope.not_about, not_(_hidden(sight))),
    ]
    if after is not None:
        clauses.append(tuple_(AccessEntry.at, AccessEntry.segment_id, AccessEntry.n) < tuple(after))
    order = (AccessEntry.at.desc(), AccessEntry.segment_id.desc(), AccessEntry.n.desc())
    found: dict[tuple[UUID, int], AccessRow] = {}
    # One look for each way to be meant, each along its own index.
    for way in _ways(asked):
        statement = select(*COLUMNS).where(*clauses, *way).order_by(*order).limit(limit)
        for row in await tx.execute(statement):
            entry = AccessRow._make(row)
            found[entry.segment_id, entry.n] = entry
    latest = sorted(found.values(), key=lambda row: (row.at, row.segment_id, row.n), reverse=True)
    return latest[:limit]


def _ways(asked: Asked) -> list[list[ColumnElement[bool]]]:
    """Return the clauses of each way in which an entry can be of what is asked for."""
    by: list[list[ColumnElement[bool]]] = [[]]
    if asked.actor_id is not None:
        # A log-in names the account as what it is about: nobody has come in yet.
        own = [AccessEntry.subject_kind == "account", AccessEntry.subject_id == asked.actor_id]
        by = [[AccessEntry.actor_id == asked.actor_id], own]
    if not asked.named:
        return by
    about = []
    if asked.tickets:
        about.append(AccessEntry.ticket.in_(asked.tickets))
    if asked.subjects:
        about.append(AccessEntry.subject_id.in_(asked.subjects))
    return [[*one, two] for one in by for two in about]


async def hung_on(tx: Tx, case: Case) -> list[UUID]:
    """Return the ids of a case and of what hangs on it."""
    parts = [
        select(table.id).where(table.regency_code == case.regency_code, table.case_id == case.id)
        for table in _LINKED.values()
    ]
    return [case.id, *(await tx.scalars(union(*parts)))]


async def cases_of(tx: Tx, sight: Sight, regency_code: str, person_id: UUID) -> Sequence[Case]:
    """Return the cases of a person that the sight holds."""
    statement = select(Case).where(
        Case.regency_code == regency_code, Case.person_id == person_id, sees_case(sight)
    )
    return (await tx.scalars(statement)).all()


async def names_of(tx: Tx, homes: Mapping[UUID, str]) -> dict[UUID, str]:
    """Return the names of accounts, given the tenant of each."""
    if not homes:
        return {}
    statement = select(Account.id, Account.name).where(
        Account.regency_code.in_(sorted(set(homes.values()))), Account.id.in_(sorted(homes))
    )
    return {row.id: row.name for row in await tx.execute(statement)}


def _first(at: datetime) -> UUID:
    return uuid7(at, bytes(RANDOM_BYTES))


def _hidden(sight: Sight) -> ColumnElement[bool]:
    """Tell of an entry that it hangs on a case which the sight does not hold."""
    unseen = not_(sees_case(sight))
    ways: list[ColumnElement[bool]] = [
        exists().where(
            Case.regency_code == AccessEntry.regency_code,
            or_(Case.ticket == AccessEntry.ticket, Case.id == AccessEntry.subject_id),
            unseen,
        )
    ]
    ways.extend(
        and_(
            AccessEntry.subject_kind == kind,
            exists().where(
                table.regency_code == AccessEntry.regency_code,
                table.id == AccessEntry.subject_id,
                Case.regency_code == table.regency_code,
                Case.id == table.case_id,
                unseen,
            ),
        )
        for kind, table in _LINKED.items()
    )
    return or_(*ways)
