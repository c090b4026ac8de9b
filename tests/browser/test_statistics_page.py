"""The published statistics in a real browser: 320 pixels, no script, nothing serious for axe-core."""

import pytest

from app.api.deps import House
from tests.support.chromium import CHROMIUM, browsing
from tests.support.console import DESKTOP, PHONE, a_browser, on_loopback, seated
from tests.support.figures import a_published_month

pytestmark = [
    pytest.mark.commits,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
PAGES = ("/statistik", "/statistik?wilayah=13.74", "/statistik/13.74/2026-09", "/statistik/13.74/2026-01")


async def test_the_statistics_read_without_scripts_on_a_phone(house: House) -> None:
    await a_published_month(house)
    async with on_loopback(house) as base, browsing(320) as browser:
        for path in PAGES:
            await browser.go(f"{base}{path}")
            assert await browser.width() <= 320
            assert len((await browser.html()).encode()) <= 30_000
            assert sum(role == "heading" for role, _ in await browser.spoken()) >= 1


async def test_the_statistics_have_no_serious_fault(house: House) -> None:
    await a_published_month(house)
    async with on_loopback(house) as base, a_browser() as browser:
        for size in (DESKTOP, PHONE):
            async with seated(browser, base, "manajer@1374", size) as seat:
                for n, path in enumerate(PAGES[:3]):
                    await seat.go(path)
                    await seat.looked(f"statistik-{n}")
