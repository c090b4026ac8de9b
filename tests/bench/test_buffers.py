"""Ten times as many cases, and a page of each list reads about as much as before: at 10k and 100k."""

from datetime import UTC, datetime

import asyncpg
import pytest

from bench.fill import Sizes, fill
from bench.lists import LIMIT, LISTS, Compared, Plan, compare, plans_of
from tests.support.server import SEEDED, Server

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
BOUND = 1.3
HEIGHT = 3 * LIMIT
"""Each of a page's rows is looked up in three trees; each may be a level higher at ten times the rows."""
_FILTERED = "the filter has no index of its own: rows of other kinds are read over"
GROWS: dict[str, str] = {
    "cases_nation": "no index leads with the instant; screens above the regency are to read rollups",
    "cases_closed_to": "the office's own cases lie between those of the region",
    "cases_by_village": "the officer's own cases of other villages are read over",
    "cases_by_program": _FILTERED,
    "cases_by_agency": _FILTERED,
    "cases_updated_after": _FILTERED,
    "inbox_regency_overdue": _FILTERED,
    "referrals_secretariat": "each referral's case is looked up to see whether it may be seen",
    "feed_agency": "events of other receivers are read over",
}
"""Lists that are known to read more as the database grows, and why."""


async def _plans(server: Server, cases: int) -> dict[str, Plan]:
    address = await server.copy(SEEDED)
    owner = await asyncpg.connect(address.owner_url)
    try:
        await fill(owner, Sizes(cases, cases), NOW, lambda _part: None)
    finally:
        await owner.close()
    found = await plans_of(address.url, NOW)
    await server.drop(address.name)
    return found


@pytest.fixture(scope="module")
async def compared(seeded_server: Server) -> dict[str, Compared]:
    small = await _plans(seeded_server, 10_000)
    return compare(small, await _plans(seeded_server, 100_000))


@pytest.mark.parametrize("name", LISTS)
async def test_a_page_costs_the_same_in_a_larger_database(compared: dict[str, Compared], name: str) -> None:
    found = compared[name]
    if name in GROWS:
        pytest.xfail(f"{GROWS[name]}: {found.ratio:.1f} times")
    allowed = BOUND * found.small.buffers * found.larger_page + HEIGHT
    assert found.large.buffers <= allowed, f"{found.small} -> {found.large}"


async def test_every_list_but_one_finds_something(compared: dict[str, Compared]) -> None:
    # The filling writes no events of referrals: an agency looks through its whole window in vain.
    assert [name for name, found in compared.items() if not found.small.rows] == ["feed_agency"]
