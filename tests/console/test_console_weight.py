"""How heavy the console's pages are on the wire: a desk on a bad link pays for every one of them."""

import re

import pytest
from httpx import AsyncClient

from app.api.deps import House
from tests.conftest import LogIn
from tests.console.test_console_door import a_browser
from tests.support.desk import open_case

pytestmark = pytest.mark.commits
FIRST, AFTER = 100_000, 20_000
"""Bytes of the first page with all that it brings, and of each page after it."""
ASSETS = re.compile(r'(?:href|src)="(/konsol/aset/[^"]+)"')
CASES = 60


@pytest.fixture(scope="module")
async def busy(login: LogIn) -> list[str]:
    """A desk with a full queue, some of it referred."""
    siti = await login("siti@1374")
    desks = [await open_case(siti) for _ in range(CASES)]
    for desk in desks[:3]:
        await desk.refer({"program": "BLT_KOTA", "purpose": "AID"})
    return [desk.ticket for desk in desks]


async def weight(browser: AsyncClient, path: str) -> tuple[int, str]:
    """Return the bytes that came over the wire, compressed as a browser asks for it, and the text."""
    async with browser.stream(
        "GET", path, headers={"Accept-Encoding": "gzip"}, follow_redirects=True
    ) as answer:
        assert answer.status_code == 200, path
        await answer.aread()
        return answer.num_bytes_downloaded, answer.text


def links(page: str) -> set[str]:
    main = {one for one in re.findall(r'href="(/konsol/[^"#?]*)"', page) if "/aset/" not in one}
    return main - {"/konsol/keluar", "/konsol/bahasa"}


@pytest.mark.parametrize("who", ["siti@1374", "sekretariat@1374", "manajer@1374", "admin@1374"])
async def test_the_first_page_is_light_and_every_other_one_lighter(
    who: str, house: House, busy: list[str]
) -> None:
    async with a_browser(house, who) as browser:
        first, page = await weight(browser, "/konsol/")
        brought = [(await weight(browser, asset))[0] for asset in sorted(set(ASSETS.findall(page)))]
        assert len(brought) >= 3
        assert first + sum(brought) <= FIRST
        seen = links(page)
        more = {f"/konsol/kasus/{busy[0]}"} if who[:4] in {"siti", "sekr", "mana"} else set()
        for path in sorted(seen | more):
            heavy, _ = await weight(browser, path)
            assert heavy <= AFTER, (path, heavy)
