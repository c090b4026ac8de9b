"""The desk's newer pages as they look: on a desktop and a phone, with axe finding no serious fault."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from app.api.deps import House
from tests.conftest import LogIn
from tests.support.chromium import CHROMIUM
from tests.support.console import DESKTOP, PHONE, a_browser, on_loopback, seated
from tests.support.desk import open_case
from tests.support.hands import made, plan_visit
from tests.support.letters import Office
from tests.support.meetings import Clock, Meeting

pytestmark = [
    pytest.mark.commits,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


@pytest.fixture(scope="module")
async def base(house: House) -> AsyncIterator[str]:
    async with on_loopback(house) as address:
        yield address


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as one:
        yield one


@pytest.fixture(scope="module")
async def pages(login: LogIn) -> dict[str, str]:
    """One of each thing, as a desk has them; name of the picture and address."""
    siti = await login("siti@1374")
    case = await open_case(siti)
    visit = await plan_visit(siti, case.ticket)
    await made(siti, f"/v1/cases/{case.ticket}/tasks", {"text": "Minta surat keterangan RT."})
    letter = await Office(siti.client).drafted(case)
    meeting = Meeting(siti.client, Clock())
    await meeting.plan()
    await meeting.put_person("Nurhayati Contoh")
    person = (await case.read())["subject"]["person"]["id"]
    return {
        "kasus-kerja": f"/konsol/kasus/{case.ticket}",
        "kunjungan-daftar": "/konsol/kunjungan",
        "kunjungan": f"/konsol/kasus/{case.ticket}/kunjungan/{visit['id']}",
        "surat": f"/konsol/kasus/{case.ticket}/surat/{letter['id']}",
        "surat-daftar": "/konsol/surat",
        "musyawarah-daftar": "/konsol/musyawarah",
        "musyawarah": f"/konsol/musyawarah/{meeting.id}",
        "warga": f"/konsol/warga/{person}",
        "warga-cari": "/konsol/warga",
    }


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_the_pages_of_the_desk_fit_and_axe_finds_no_serious_fault(
    browser: Browser, base: str, pages: dict[str, str], size: tuple[int, int]
) -> None:
    async with seated(browser, base, "sekretariat@1374", size) as office:
        for name, path in pages.items():
            await office.go(path)
            await office.looked(name)
