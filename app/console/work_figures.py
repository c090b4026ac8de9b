"""Who has how much in hand, and how far campaigns, pledges, graduations and data requests are.

Each number is the count of a list of the API in the sight of whoever looks; what is not hers is left out.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from app.console.sitting import part
from app.console.visit import Visit

_RUNNING: Final = "distributing"
_CAMPAIGNS: Final = 5
"""Campaigns that are shown with what was handed out; a regency has seldom two at a time."""
_Count = tuple[tuple[str, str], Mapping[str, str]]
_PLEDGES: Final[Sequence[_Count]] = (
    (("Dipesan", "Reserved"), {"state": "reserved"}),
    (("Dijanjikan", "Promised"), {"state": "pledged"}),
    (("Bukti menunggu diperiksa", "Proof waits to be checked"), {"state": "delivered"}),
    (("Diterima", "Accepted"), {"state": "accepted"}),
    (("Lewat batas", "Expired"), {"state": "expired"}),
)
_GRADUATIONS: Final[Sequence[_Count]] = (
    (("Didampingi", "Guided"), {"state": "active"}),
    (("Tinjauannya sudah waktunya", "Review is due"), {"due": "true"}),
    (("Mandiri", "Graduated"), {"state": "graduated"}),
    (("Berakhir tanpa mandiri", "Ended without graduation"), {"state": "ended"}),
)
_REQUESTS: Final[Sequence[_Count]] = (
    (("Terbuka", "Open"), {"state": "open"}),
    (("Menunggu keputusan", "Waits for a decision"), {"state": "proposed"}),
    (("Lewat 3 x 24 jam", "Beyond 3 x 24 hours"), {"overdue": "true"}),
)


async def work_of(visit: Visit) -> dict[str, Any]:
    """Return what the page shows; a part is empty where she may not read its list."""
    team = await _read(visit, "/v1/team") if visit.may("team:manage") else []
    return {
        "people": sorted(team, key=lambda one: (-one["open"], one["name"])),
        "campaigns": await _campaigns(visit),
        "pledges": await _counts(visit, "/v1/pledges", "/konsol/janji", _PLEDGES),
        "graduations": await _counts(visit, "/v1/graduations", "", _GRADUATIONS),
        "targets": await _read(visit, "/v1/targets"),
        "requests": await _counts(visit, "/v1/data-requests", "/konsol/permintaan-data", _REQUESTS),
    }


async def _read(visit: Visit, path: str, **query: object) -> list[dict[str, Any]]:
    """Return the items of a list; none where it is not hers, or is of a place and she is of no one place."""
    told = await visit.sitting.get(path, **query)
    return list(told.body["items"]) if told.fine else []


async def _campaigns(visit: Visit) -> list[dict[str, Any]]:
    rows = await _read(visit, "/v1/campaigns", state=_RUNNING, limit=_CAMPAIGNS)
    found = [await visit.sitting.read(f"/v1/campaigns/{part(one['id'])}") for one in rows]
    return [one for one in found if one is not None]


async def _counts(visit: Visit, path: str, page: str, wanted: Sequence[_Count]) -> list[dict[str, Any]]:
    counted = []
    for words, query in wanted:
        told = await visit.sitting.get(path, **query, limit=1, count=True)
        if not told.fine:
            return []
        to = f"{page}?{urlencode(query)}" if page else ""
        counted.append({"words": words, "n": told.body["count"], "to": to})
    return counted
