"""The map of a regency, loaded by those who set its calendar and its policies."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from app.db.queries import maps as stored
from app.db.queries import policies
from app.db.queries.acting import Acting
from app.db.tables.places import RegencyMap
from app.domain.access import Permission, covers
from app.domain.errors import NotFound
from app.domain.events.settings import MapSet
from app.domain.maps import picture_of
from app.domain.regions import level_of

_DRAWN = frozenset({"village", "district"})


async def set_map(acting: Acting, regency: str, source: str, collection: Mapping[str, Any]) -> RegencyMap:
    """Replace the map of a regency; return it as it is stored.

    Raises:
        Forbidden: the actor sets no policies there.
        Invalid: a regency that is not served, or shapes that are none.
    """
    acting.actor.require(Permission.POLICY_MANAGE, regency)

    def fits(code: str) -> bool:
        return code in acting.known.regions and covers(regency, code) and level_of(code) in _DRAWN

    # Most of a second where there are many corners: neither the loop nor the regency's settings wait for it.
    picture = await asyncio.to_thread(picture_of, collection, fits)
    await policies.lock_regency(acting, regency)
    await stored.put(acting.tx, regency, picture, source, acting.now, acting.actor.account_id)
    happened = MapSet(thing_id=map_of(regency), shapes=len(picture.shapes))
    await policies.follow_change(acting, regency, policies.Changed(happened, "map", (), moves_clocks=False))
    return await find_map(acting, regency)


async def find_map(acting: Acting, regency: str) -> RegencyMap:
    """Return the map of a regency.

    Raises:
        NotFound: it has loaded none.
    """
    found = await stored.one(acting.tx, regency)
    if found is None:
        raise NotFound(id="Wilayah ini belum memuat peta.", en="This region has loaded no map yet.")
    return found


def map_of(regency: str) -> UUID:
    """The stream of a regency's map: the same for everybody, without a row that says so."""
    return uuid5(NAMESPACE_URL, f"urn:puskesos:map:{regency}")
