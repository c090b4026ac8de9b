"""Pages of the office in a real browser: nothing serious for axe-core, and no wider than a phone."""

import pytest

from app.api.deps import House
from tests.conftest import LogIn
from tests.support.chromium import CHROMIUM
from tests.support.console import DESKTOP, PHONE, a_browser, on_loopback, seated
from tests.support.desk import open_case
from tests.support.registry import work_off
from tests.support.rules import AGES, draft
from tests.support.twins import family, opened, person

pytestmark = [
    pytest.mark.commits,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


async def test_the_office_reads_on_a_desk_and_on_a_phone(house: House, login: LogIn) -> None:
    manager, siti, home = await login("manajer@1374"), await login("siti@1374"), family()
    for _ in range(2):
        await opened(siti, person(kk=home))
    made = await draft(manager, criteria={"all": [AGES]})
    version = f"/konsol/program/BLT_KOTA/versi/{made['n']}"
    asked = {"from": "2026-01-01", "to": "2026-12-31"}
    job = await manager.post(f"/v1/programs/BLT_KOTA/versions/{made['n']}/try", asked)
    await work_off(house)
    case = await open_case(siti)
    pages = {
        "kantor": "/konsol/kantor",
        "aturan": f"{version}/aturan?fakta=person.age",
        "percobaan": f"{version}/coba/{job.json()['id']}",
        "ganda": "/konsol/ganda",
        "tim": "/konsol/tim",
        "kebijakan": "/konsol/kebijakan",
        "pesan": "/konsol/pesan/terkirim",
        "audit": f"/konsol/audit?case={case.ticket}",
        "segel": "/konsol/audit/segel",
        "peta": "/konsol/peta",
    }
    admin = await login("admin@1374")
    account = (await admin.get("/v1/accounts")).json()["items"][0]["id"]
    accounts = {"akun": "/konsol/akun", "satu-akun": f"/konsol/akun/{account}"}
    async with on_loopback(house) as base, a_browser() as browser:
        for size in (DESKTOP, PHONE):
            async with seated(browser, base, "manajer@1374", size) as seat:
                for name, path in pages.items():
                    await seat.go(path)
                    await seat.looked(f"kantor-{name}")
            async with seated(browser, base, "admin@1374", size) as seat:
                for name, path in accounts.items():
                    await seat.go(path)
                    await seat.looked(f"kantor-{name}")
