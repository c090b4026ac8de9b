"""The pages of figures in a real browser: nothing serious for axe-core, and no wider than a phone."""

from pathlib import Path

import pytest
from httpx import AsyncClient

from app.api.deps import House
from tests.support.chromium import CHROMIUM
from tests.support.console import DESKTOP, PHONE, a_browser, on_loopback, seated
from tests.support.figured import lived
from tests.support.http import log_in
from tests.support.maps import A_MAP
from tests.support.personas import settle

pytestmark = [
    pytest.mark.commits,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
PARTS = ("alur", "rujukan", "jangkauan")


async def test_the_figures_of_months_read_on_a_desk_and_on_a_phone(
    house: House, client: AsyncClient, tmp_path: Path
) -> None:
    await lived(house, await settle(house, client), tmp_path)
    assert (await (await log_in(client, "manajer@1374")).put("/v1/maps/13.74", A_MAP)).status_code == 200
    async with on_loopback(house) as base, a_browser() as browser:
        for size in (DESKTOP, PHONE):
            async with seated(browser, base, "manajer@1374", size) as seat:
                await seat.go("/konsol/angka")
                await seat.page.locator("svg.areas").wait_for()
                await seat.looked("angka-peta")
                for part in PARTS:
                    await seat.go(f"/konsol/angka/{part}?periode=6")
                    await seat.looked(f"angka-{part}")
                await seat.go("/konsol/angka/kerja")
                await seat.looked("angka-kerja")
                await seat.go("/konsol/angka/alur?periode=6&wilayah=13.74.01")
                link = seat.page.locator("#masuk-selesai ~ .scroll a").first
                number = int((await link.get_attribute("aria-label") or "").rpartition(" ")[2])
                await link.click(force=True)
                await seat.page.wait_for_load_state()
                assert f"{number} kasus" in await seat.said()
