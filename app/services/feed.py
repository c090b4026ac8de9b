"""What an actor reads of the feed: all tenants that the grants reach, each in the order of its numbers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.db.queries import feed
from app.db.queries.feed import FeedEvent, Viewer, Window
from app.db.queries.scope import Sight
from app.db.session import Tx
from app.domain.access import Actor, Role
from app.domain.ids import NATION, tenant_of

WINDOW: Final = 2_000
"""Numbers looked at in one statement, so that an actor who sees one event in a million waits for none."""
MAX_WINDOWS: Final = 10

Position = Mapping[str, int]
"""The last number seen of each tenant; what stands in a cursor."""


@dataclass(frozen=True, slots=True)
class FeedPage:
    events: list[FeedEvent]
    position: Position
    more: bool
    """Whether there are further numbers now; without, the same cursor is asked again later."""


def viewer_of(actor: Actor, sight: Sight) -> Viewer:
    run = (g.region for g in actor.grants if g.role is Role.REGENCY_ADMIN and g.region)
    return Viewer(sight, frozenset(tenant_of(region) for region in run))


def tenants_of(actor: Actor, sight: Sight) -> Collection[str] | None:
    """Return the tenants that the actor's grants reach, or ``None`` for all of them."""
    regions = {grant.region or (NATION if grant.agency else "") for grant in actor.grants} - {""}
    if NATION in regions:
        return None
    found: set[str] = set()
    for region in regions:
        found.add(tenant_of(region))
        if "." not in region:
            found.update(sight.regencies_of(region))
    return found


async def read_feed(
    tx: Tx, actor: Actor, sight: Sight, after: Position, *, limit: int, types: Sequence[str] = ()
) -> FeedPage:
    """Return the next events after a position, tenant by tenant, and the position behind them.

    The position moves past what the actor may not see, too; it never moves past a number that is not
    committed, so no event is missed and none comes twice.
    """
    viewer = viewer_of(actor, sight)
    known = await feed.heads(tx, tenants_of(actor, sight))
    position = {tenant: n for tenant, n in after.items() if tenant in known}
    events: list[FeedEvent] = []
    for _ in range(MAX_WINDOWS):
        window = _next_window(known, position)
        if window is None or len(events) == limit:
            break
        wanted = limit - len(events)
        found = await feed.read_window(tx, viewer, window, wanted, types)
        events.extend(found)
        position[window.regency_code] = found[-1].n if len(found) == wanted else window.until
    return FeedPage(events, position, more=_next_window(known, position) is not None)


def _next_window(known: Position, position: Position) -> Window | None:
    for tenant in sorted(known):
        after = position.get(tenant, 0)
        if after < known[tenant]:
            return Window(tenant, after, min(after + WINDOW, known[tenant]))
    return None
