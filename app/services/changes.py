"""What changed for one device: the cases that it may see, each as it is now, and those that it must forget.

A device is led through three stages. *sweep*: all that it holds is looked at, since its scope changed.
*walk*: all that its scope holds, newest first. *feed*: the cases that something happened to, by the feed's
numbers. In each stage a case is judged as it is now, by the sight of lists; what the device holds and may not
see is told as gone, for whatever reason. What an answer told counts as known once a later cursor
acknowledges it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from app.db.queries import held as stored
from app.db.queries.case_filter import CaseFilter
from app.db.queries.cases import AT_REST, Page, list_cases
from app.db.queries.feed import heads
from app.db.queries.held import CaseKey, Device, Telling
from app.db.queries.scope import Sight
from app.db.session import Tx
from app.db.tables.cases import Case
from app.domain.access import Scope

KEPT_AT_REST: Final = timedelta(days=90)
"""Cases that ended longer ago are not taken along when a device begins."""
WINDOW: Final = 500
"""Numbers of the feed looked at in one statement."""
MOST_WINDOWS: Final = 4
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NOWHERE: Final = 2**62
"""Beyond every number of a feed."""
SWEEP, WALK, FEED = "sweep", "walk", "feed"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a device is; what stands in its cursor."""

    since: int
    """When its store was empty, as the number of an answer: what was told before does not count."""
    answer: int
    """The number of the last answer that it has stored."""
    scope: str
    """Digest of the scope that it was led by."""
    stage: str
    place: tuple[str, str] | None = None
    """In a sweep tenant and id of the last case; in a walk instant and id."""
    feed: Mapping[str, int] = field(default_factory=dict)
    """The last number of each tenant that was looked at."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one answer has to tell: *cases* may hold some that the device knows as they are."""

    cases: Sequence[Case]
    removed: Sequence[str]
    position: Position
    more: bool
    by_feed: bool = False
    """Whether something happened to each of these cases."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, by which eyes, of which tenants (None: all that have a feed)."""

    device: Device
    sight: Sight
    tenants: Collection[str] | None
    now: datetime


def scope_digest(scope: Scope) -> str:
    """Return the same text as long as the actor's ways to see cases are the same."""
    return sha256(repr(scope).encode()).hexdigest()[:24]


async def start(tx: Tx, reader: Reader) -> Position:
    """Begin with an empty store: what happens from now on comes after the walk."""
    known = await heads(tx, reader.tenants)
    begun = _numbered(reader.now)
    return Position(begun, begun, scope_digest(reader.sight.scope), WALK, None, known)


def _numbered(at: datetime) -> int:
    """Return the number of an answer given at this instant: microseconds, so that two answers differ."""
    return (at - _EPOCH) // timedelta(microseconds=1)


async def next_changes(tx: Tx, reader: Reader, position: Position, limit: int) -> Found:
    """Return up to *limit* cases that may have changed, and the tickets of those that are gone."""
    known = await heads(tx, reader.tenants)
    scope = scope_digest(reader.sight.scope)
    if scope != position.scope:
        position = replace(position, scope=scope, stage=SWEEP, place=None)
        begins = known
    else:
        begins = dict.fromkeys(known, 0)
    # A tenant that came into the scope is walked through, and its feed counts from now; one whose first event
    # was numbered only now counts from there. One that went stays, since the device may hold cases of it.
    position = replace(position, feed={**begins, **position.feed})
    match position.stage:
        case "sweep":
            found = await _sweep(tx, reader, position)
        case "walk":
            found = await _walk(tx, reader, position, limit)
        case _:
            found = await _follow(tx, reader, position, known, limit)
    answer = _next_answer(reader, position)
    return replace(found, position=replace(found.position, answer=answer))


def _next_answer(reader: Reader, position: Position) -> int:
    return max(position.answer + 1, _numbered(reader.now))


async def to_tell(
    tx: Tx, device: Device, position: Position, found: Found, told: Sequence[Telling]
) -> set[CaseKey]:
    """Return which of the cases the device does not hold as they are, and write down that it is told.

    What came by the feed is told whatever is written down: a link that brings an old request a second time
    makes an answer that the device never sees. A walk may leave out what it holds, since the feed goes on
    from where it was.
    """
    answer = found.position.answer
    keys = [(one.tenant, one.case_id) for one in told]
    held = {} if found.by_feed else await stored.held_of(tx, device, keys)
    fresh = []
    for one in told:
        row = held.get((one.tenant, one.case_id))
        known = row is not None and not row.gone and position.since < row.told_in <= position.answer
        if row is None or not known or row.digest != one.digest:
            fresh.append(one)
    await stored.tell(tx, device, fresh, answer)
    return {(one.tenant, one.case_id) for one in fresh}


async def _sweep(tx: Tx, reader: Reader, position: Position) -> Found:
    after = None if position.place is None else (position.place[0], UUID(position.place[1]))
    rows = await stored.held_page(tx, reader.device, position.feed, after, WINDOW)
    gone = await _gone(tx, reader, position, {(row.regency_code, row.case_id): _NOWHERE for row in rows}, 0)
    if len(rows) == WINDOW:
        last = rows[-1]
        onward = replace(position, place=(last.regency_code, last.case_id.hex))
    else:
        onward = replace(position, stage=WALK, place=None)
    return Found((), gone, onward, more=True)


async def _walk(tx: Tx, reader: Reader, position: Position, limit: int) -> Found:
    after = None
    if position.place is not None:
        after = (datetime.fromisoformat(position.place[0]), UUID(position.place[1]))
    rows = await list_cases(tx, reader.sight, CaseFilter(), Page(limit, after))
    shown = rows[:limit]
    taken = [one for one in shown if not _is_old(one, reader.now)]
    if len(rows) > limit:
        onward = replace(position, place=(shown[-1].opened_at.isoformat(), shown[-1].id.hex))
    else:
        onward = replace(position, stage=FEED, place=None)
    return Found(taken, (), onward, more=True)


def _is_old(case: Case, now: datetime) -> bool:
    return case.status in AT_REST and case.updated_at < now - KEPT_AT_REST


async def _follow(tx: Tx, reader: Reader, position: Position, known: Mapping[str, int], limit: int) -> Found:
    cases: dict[CaseKey, Case] = {}
    removed: dict[str, None] = {}
    at = dict(position.feed)
    for _ in range(MOST_WINDOWS):
        tenant = next((one for one in sorted(known) if at[one] < known[one]), None)
        if tenant is None or len(cases) >= limit:
            break
        numbered = await stored.changed_in(tx, tenant, at[tenant], WINDOW)
        keys = {(tenant, case_id) for _, case_id in numbered if case_id is not None}
        seen = await stored.seen_of(tx, reader.sight, keys)
        upto, reached = _as_far_as(numbered, (tenant, at[tenant]), seen, cases, limit)
        cases.update({key: seen[key] for key in reached.keys() & seen.keys()})
        unseen = {key: n for key, n in reached.items() if key not in seen}
        removed.update(dict.fromkeys(await _gone(tx, reader, position, unseen, upto)))
        at[tenant] = upto if numbered else known[tenant]
    more = any(at[one] < known[one] for one in known)
    return Found(list(cases.values()), list(removed), replace(position, feed=at), more=more, by_feed=True)


def _as_far_as(
    numbered: Sequence[tuple[int, UUID | None]],
    place: tuple[str, int],
    seen: Mapping[CaseKey, Case],
    before: Mapping[CaseKey, Case],
    limit: int,
) -> tuple[int, dict[CaseKey, int]]:
    """Return the number up to which there is room, and the cases up to there with their first number."""
    (tenant, upto), room = place, limit - len(before)
    reached: dict[CaseKey, int] = {}
    for n, case_id in numbered:
        key = (tenant, case_id) if case_id is not None else None
        if key is not None and key not in reached:
            new = key in seen and key not in before
            if new and not room:
                break
            room -= new
            reached[key] = n
        upto = n
    return upto, reached


async def _gone(
    tx: Tx, reader: Reader, position: Position, keys: Mapping[CaseKey, int], upto: int
) -> list[str]:
    """Return the tickets of those of the cases that the device holds and may not see, and note it.

    *keys* come with the number of the feed at which something happened to each. A device that asks from the
    same place again is told again, also when an answer between was lost on the way. What happens to the case
    after *upto*, the number by which it was told to be gone, is not told: that it goes on is not to be seen.
    """
    held = await stored.held_of(tx, reader.device, keys)
    seen = await stored.seen_of(tx, reader.sight, held.keys())
    told = [
        Telling(row.regency_code, row.case_id, row.ticket, b"")
        for key, row in held.items()
        if key not in seen
        and row.told_in > position.since
        and (not row.gone or row.told_in > position.answer or keys[key] <= row.gone_upto)
    ]
    await stored.tell(tx, reader.device, told, _next_answer(reader, position), gone_upto=upto)
    return sorted(one.ticket for one in told)
