"""National holidays and cuti bersama, from the ``holidays`` library: what calendars are made of."""

from datetime import date
from typing import Any, Final

import holidays

from app.db.queries import knowledge, seed
from app.db.session import transaction
from app.domain.ids import NATION
from app.services.seed.tools import Tools

_ESTIMATED: Final = " (perkiraan)"
_KINDS: Final = (("government", "cuti_bersama"), ("public", "public"))
"""The library's category and ours; of two on one day the later one stands."""
_BACK: Final = 1
_AHEAD: Final = 2
_KEY: Final = ("regency_code", "on_date")


async def seed_holidays(tools: Tools) -> int:
    """Bring the years around *now* up to what the library knows; holidays of regencies stay as they are."""
    years = range(tools.now.year - _BACK, tools.now.year + _AHEAD + 1)
    rows = national(years)
    async with transaction(tools.database.sessions) as tx:
        there = await seed.keys(tx, "holidays", NATION, _KEY)
        wanted = {row["on_date"] for row in rows}
        # An estimate that came out otherwise is no holiday any more.
        gone = [key for key in there if key[1].year in years and key[1] not in wanted]
        await seed.remove(tx, "holidays", _KEY, gone)
        changed = await seed.put_current(tx, "holidays", rows, _KEY) + len(gone)
        if changed:
            await knowledge.bump(tx, ["settings"])
    return changed


def national(years: range) -> list[dict[str, Any]]:
    found: dict[date, dict[str, Any]] = {}
    for category, kind in _KINDS:
        known = holidays.country_holidays("ID", years=years, categories=(category,), language="id")
        for day, name in known.items():
            found[day] = {
                "regency_code": NATION,
                "on_date": day,
                "name": name.replace(_ESTIMATED, ""),
                "kind": kind,
                "estimated": _ESTIMATED in name,
            }
    return [found[day] for day in sorted(found)]
