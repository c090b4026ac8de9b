"""Reports of a period in a real browser: nothing serious for axe-core, and no wider than a phone."""

import pytest

from app.api.deps import House
from tests.conftest import LogIn
from tests.support.chromium import CHROMIUM
from tests.support.console import DESKTOP, PHONE, a_browser, on_loopback, seated
from tests.support.desk import open_case
from tests.support.periodic_reports import counted, made

pytestmark = [
    pytest.mark.commits,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


async def test_reports_read_on_a_desk_and_on_a_phone(house: House, login: LogIn) -> None:
    office = await login("sekretariat@1374")
    await open_case(office)
    await counted(house)
    monthly, tally = await made(office), await made(office, kind="tally")
    pages = {
        "daftar": "/konsol/laporan",
        "bulanan": f"/konsol/laporan/{monthly['id']}",
        "rekap": f"/konsol/laporan/{tally['id']}",
        "kk": f"/konsol/laporan/{tally['id']}/kk?purpose=service",
    }
    async with on_loopback(house) as base, a_browser() as browser:
        for size in (DESKTOP, PHONE):
            async with seated(browser, base, "sekretariat@1374", size) as seat:
                for name, path in pages.items():
                    await seat.go(path)
                    await seat.looked(f"laporan-{name}")
