"""Who saw or changed what, for whoever answers for it: by person concerned, by case, by actor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.db.queries import feed, jobs, trail
from app.db.queries.access_log import AccessRow
from app.db.queries.acting import Acting
from app.db.queries.cases import find_case
from app.db.queries.feed import FeedEvent, Viewer
from app.db.queries.people import person_by_id
from app.db.queries.person_access import no_such_person
from app.db.queries.scope import Sight
from app.db.queries.trail import AccessPlace, Asked, Window
from app.db.tables.jobs import Job
from app.domain.access import Permission
from app.domain.errors import FieldError, Invalid
from app.domain.events.telling import accounts_in
from app.domain.ids import NATION, instant_of
from app.domain.jobs import JobKind
from app.domain.tickets import Ticket

MAY: Final = Permission.AUDIT_READ
USUAL: Final = timedelta(days=7)
"""How far back a trail goes where nobody says from when."""
LONGEST: Final = timedelta(days=31)
"""Of a whole tenant or one actor; that of one case or person goes back as far as it is asked for."""


Row = FeedEvent | AccessRow


@dataclass(frozen=True, slots=True)
class Question:
    regency: str
    since: datetime | None = None
    until: datetime | None = None
    actor_id: UUID | None = None
    ticket: Ticket | None = None
    person_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended in either log; None where nothing of it was shown yet."""

    event_id: UUID | None = None
    access: AccessPlace | None = None


@dataclass(frozen=True, slots=True)
class Trail:
    rows: Sequence[Row]
    homes: Mapping[UUID, str]
    """The tenant of each account that the rows name."""
    names: Mapping[UUID, str]
    after: Place | None
    """Where the next page begins, if there is one."""


async def read_trail(acting: Acting, sight: Sight, question: Question, after: Place, limit: int) -> Trail:
    """Return one page of both logs, the latest first.

    Raises:
        Forbidden: the actor may not read the audit of this regency.
        NotFound: the case or person is not there, or out of the actor's sight.
        Invalid: more than 31 days without a case or a person, or an end before its beginning.
    """
    acting.actor.require(MAY, question.regency)
    asked = await _asked(acting, sight, question)
    viewer = Viewer(sight, frozenset((question.regency,)))
    events = await trail.changes(acting.tx, viewer, asked, after.event_id, limit + 1)
    entries = await trail.accesses(acting.tx, sight, asked, after.access, limit + 1)
    both: list[Row] = [*events, *entries]
    rows = sorted(both, key=instant, reverse=True)
    shown = rows[:limit]
    homes = await _homes(acting, sight, question.regency, shown)
    names = await trail.names_of(acting.tx, homes)
    return Trail(shown, homes, names, _behind(shown, after) if len(rows) > limit else None)


async def order_verification(acting: Acting, regency: str) -> Job:
    """Have every chain of one regency checked against its seals.

    Raises:
        Forbidden: the actor may not read the audit of this regency.
    """
    acting.actor.require(MAY, regency)
    return await jobs.order(acting, jobs.Order(JobKind.AUDIT_VERIFY, regency, regency, MAY, {}))


def instant(row: Row) -> datetime:
    """Return when it was written: an event's id says it, its own time may be that of a desk offline."""
    return instant_of(row.id) if isinstance(row, FeedEvent) else row.at


async def _asked(acting: Acting, sight: Sight, question: Question) -> Asked:
    named = question.ticket is not None or question.person_id is not None
    window = _window(acting.now, question, named=named)
    asked = Asked(question.regency, window, question.actor_id, named)
    if question.ticket is not None:
        case = await find_case(acting.tx, sight, question.regency, question.ticket.text)
        subjects = tuple(await trail.hung_on(acting.tx, case))
        asked = replace(asked, streams=(case.id,), tickets=(case.ticket,), subjects=subjects)
    if question.person_id is not None:
        asked = await _of_person(acting, sight, asked, question.person_id, also=question.ticket is not None)
    return asked


async def _of_person(acting: Acting, sight: Sight, asked: Asked, person_id: UUID, *, also: bool) -> Asked:
    """Return the question about a person; *also*: about one case, which must be hers."""
    if await person_by_id(acting.tx, asked.regency_code, person_id) is None:
        raise no_such_person()
    cases = await trail.cases_of(acting.tx, sight, asked.regency_code, person_id)
    if also:
        if not set(asked.streams) <= {case.id for case in cases}:
            raise no_such_person()
        return asked
    return replace(
        asked,
        streams=(person_id, *(case.id for case in cases)),
        tickets=tuple(case.ticket for case in cases),
        subjects=(person_id,),
    )


def _window(now: datetime, question: Question, *, named: bool) -> Window:
    # Compared before anything is added: at the ends of all times there is nothing to add to.
    earliest, latest = now - _EVER, now + timedelta(seconds=1)
    until = min(question.until or latest, latest)
    if until <= earliest:
        raise _after_end()
    usual = earliest if named else until - USUAL
    since = max(question.since or usual, earliest)
    if since >= until:
        raise _after_end()
    if not named and until - since > LONGEST:
        raise _refused(
            "from",
            "too_long",
            "Paling lama 31 hari, kecuali untuk satu kasus atau satu orang.",
            "At most 31 days, but for one case or one person.",
        )
    return Window(since, until)


def _after_end() -> Invalid:
    return _refused("from", "after_end", "Awal harus sebelum akhir.", "It must begin before it ends.")


_EVER: Final = timedelta(days=3_660)
"""Longer than anything is kept."""


def _refused(name: str, code: str, id_: str, en: str) -> Invalid:
    return Invalid(fields=(FieldError(f"/query/{name}", code, id_, en),))


async def _homes(acting: Acting, sight: Sight, regency: str, rows: Sequence[Row]) -> Mapping[UUID, str]:
    events = [row for row in rows if isinstance(row, FeedEvent)]
    tenants, ids = accounts_in(events)
    # Who is not let in may come from elsewhere: from the same province at least she is named.
    near = {regency, regency[:2], NATION, *sight.regencies_of(regency[:2])}
    entries = [row for row in rows if isinstance(row, AccessRow)]
    readers = {row.actor_id for row in entries if row.actor_id is not None}
    readers |= {row.subject_id for row in entries if row.subject_kind == "account" and row.subject_id}
    return await feed.account_tenants(acting.tx, tenants | near, {*ids, *readers})


def _behind(shown: Sequence[Row], after: Place) -> Place:
    event_id, access = after.event_id, after.access
    for row in shown:
        if isinstance(row, FeedEvent):
            event_id = row.id
        else:
            access = AccessPlace(row.at, row.segment_id, row.n)
    return Place(event_id, access)
