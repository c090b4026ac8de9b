"""From the feed to what waits: each event once for each endpoint that may see it and wants it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.db.queries import webhooks as stored
from app.db.queries.feed import FeedEvent
from app.db.session import Tx
from app.domain.chain import dump
from app.domain.events.telling import Homes, told_event
from app.domain.webhooks import Wanted

Position = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Group:
    """Endpoints of one owner that stand at the same place of the feed: it is read once for all of them."""

    regency: str
    account_id: UUID | None
    position: Position
    ids: Sequence[UUID]


def group(following: Sequence[stored.Following]) -> list[Group]:
    found: dict[tuple[Any, ...], list[stored.Following]] = defaultdict(list)
    for one in following:
        found[one.regency_code, one.account_id, tuple(sorted(one.position.items()))].append(one)
    return [
        Group(same[0].regency_code, same[0].account_id, same[0].position, [one.id for one in same])
        for same in found.values()
    ]


async def put_out(
    tx: Tx, of: Group, events: Sequence[FeedEvent], homes: Homes, until: Position, now: datetime
) -> int:
    """Write the events down for each endpoint that is still where it was; return how many were written.

    Whoever puts out at the same time finds the place moved, and writes nothing.
    """
    ready = [(event, _delivery(event, homes)) for event in events]
    count = 0
    for hook in await stored.lock_many(tx, of.regency, of.ids):
        if hook.position != of.position:
            continue
        wanted = Wanted(hook.types, hook.regencies, hook.programs)
        new = [made for event, made in ready if wanted.takes(event.type, event.regency_code, event.data)]
        hook.position = dict(until)
        await stored.put_out(tx, hook, new, now)
        count += len(new)
    return count


def _delivery(event: FeedEvent, homes: Homes) -> stored.NewDelivery:
    return stored.NewDelivery(
        event.regency_code,
        event.id,
        event.type,
        event.n,
        event.case_id or event.id,
        dump(told_event(event, homes)),
    )
