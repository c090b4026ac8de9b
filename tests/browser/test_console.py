"""A case from the desk to the resident through the browser alone, as each of those who handle it."""

from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType

import pytest
from playwright.async_api import Browser

from app.api.deps import House
from tests.support.chromium import CHROMIUM
from tests.support.console import DESKTOP, PHONE, Seat, a_browser, on_loopback, seated
from tests.support.people import a_nik

pytestmark = [
    pytest.mark.commits,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])


@pytest.fixture(scope="module")
async def base(house: House) -> AsyncIterator[str]:
    async with on_loopback(house) as address:
        yield address


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as one:
        yield one


async def opened(desk: Seat, story: str) -> str:
    """Search, find nobody, fill the form in, and return the ticket of the slip."""
    page = desk.page
    await desk.go("/konsol/kasus/baru")
    await desk.looked("siapa")
    await page.fill("#nik", a_nik())
    await desk.press("Cari")
    await desk.looked("hasil")
    await desk.press("Orang baru: lanjut ke formulir")
    await page.fill("[name='subject.name']", "Rahma Contoh")
    await page.fill("[name='subject.born_on']", "1991-07-05")
    await page.select_option("[name='subject.sex']", "P")
    await page.fill("[name='place.address']", "RT 001")
    await page.select_option("[name='kind']", "LAYANAN")
    await page.select_option("[name='category']", "PERMOHONAN_BANSOS")
    await page.select_option("[name='channel']", "DATANG")
    await page.fill("[name='chronology']", story)
    await desk.press("Lihat bantuan yang cocok")
    await page.wait_for_selector("#bantuan .finder")
    await page.check("[name='papers'][value='KTP']")
    await page.check("[name='papers'][value='KK']")
    await desk.looked("formulir")
    await desk.press("Buka kasus dan cetak slip")
    await page.wait_for_selector(".slip")
    assert "PIN" in await desk.said()
    await desk.looked("slip")
    return (await page.locator(".slip .ticket").inner_text()).strip()


async def step(
    seat: Seat,
    code: str,
    chosen: Mapping[str, str] = MappingProxyType({}),
    typed: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Take a step that the page offers, as far as a person would fill it in."""
    where = await seat.opened(code)
    for name, value in chosen.items():
        await seat.page.select_option(f"{where} [name='{name}']", value)
    for name, value in typed.items():
        await seat.page.fill(f"{where} [name='{name}']", value)
    await seat.page.locator(f"{where} form button").click()
    await seat.page.wait_for_selector(".said, [role=alert]")
    assert await seat.page.locator("[role=alert]").all_inner_texts() == [], code


@SIZES
async def test_a_case_lives_from_the_desk_to_its_end_in_the_browser(
    browser: Browser, base: str, size: tuple[int, int]
) -> None:
    async with seated(browser, base, "siti@1374", size) as desk:
        await desk.looked("hari-ini")
        ticket = await opened(desk, "Ibu dengan balita, belum menerima bantuan.")
        await desk.go(f"/konsol/kasus/{ticket}")
        await desk.looked("kasus")
        await desk.opened("catatan")
        await desk.page.fill("#catatan-text", "<script>alert(1)</script> Datang lagi besok.")
        await desk.press("Catat sesuatu", within="#langkah-catatan form")
        said = await desk.said()
        assert "<script>alert(1)</script> Datang lagi besok." in said, said[-900:]
        await step(desk, "verify")
        await step(desk, "record_verification", {"verdict": "confirmed", "method": "visit"})
        await step(desk, "propose", {"recommendation": "refer"}, {"reason": "Sesuai di lapangan."})
    async with seated(browser, base, "pemaraf@1374", size) as office:
        await office.go(f"/konsol/kasus/{ticket}")
        await office.looked("kasus-sekretariat")
        typed = {"referrals.other": "BLT_KOTA", "incomplete_reason": "Bukti komponen menyusul."}
        await step(office, "decide_refer", {}, typed)
    async with seated(browser, base, "dinsos@1374", size) as agency:
        await agency.looked("kotak-masuk")
        # Until it is accepted, a receiver is not told whose it is.
        await agency.page.locator("tr:has-text('BLT Kota') a").first.click()
        await agency.page.wait_for_load_state()
        await agency.looked("rujukan")
        await step(agency, "accept")
        await step(agency, "start")
        given = {
            "component": "cash",
            "amount_idr": "300000",
            "period": "2026-01",
            "date": "2026-01-05",
            "proof": "B1",
        }
        await step(agency, "deliver", {}, given)
        await step(agency, "fulfil", {"extent": "partial"})
    async with seated(browser, base, "siti@1374", size) as desk:
        await desk.go(f"/konsol/kasus/{ticket}")
        told = {"told.by": "Siti"}
        await step(desk, "resolve", {"outcome": "aid_partial", "told.method": "phone"}, told)
        assert "Selesai ditangani" in await desk.said()
        await desk.looked("selesai")
