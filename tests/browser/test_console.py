"""A case from the desk to the resident through the browser alone, as each of those who handle it."""

from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType

import pytest
from playwright.async_api import Browser

from app.api.deps import House
from tests.conftest import LogIn
from tests.support.chromium import CHROMIUM
from tests.support.console import DESKTOP, PHONE, PICTURES, Seat, a_browser, on_loopback, seated
from tests.support.desk import open_case
from tests.support.issuer import outside
from tests.support.outside import staged
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
    assert "PIN" in (said := await desk.said())
    assert f"{desk.base}/lacak?t=" in said
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


async def filled(desk: Seat, story: str) -> None:
    """Fill the form in, as far as it goes without asking anybody."""
    await desk.go("/konsol/kasus/baru")
    await desk.page.fill("#nik", a_nik())
    await desk.press("Cari")
    await desk.press("Orang baru: lanjut ke formulir")
    for name, value in (
        ("subject.name", "Upik Contoh"),
        ("subject.born_on", "1980-01-02"),
        ("chronology", story),
    ):
        await desk.page.fill(f"[name='{name}']", value)
    for name, value in (
        ("subject.sex", "P"),
        ("kind", "LAYANAN"),
        ("category", "PERMOHONAN_BANSOS"),
        ("channel", "DATANG"),
    ):
        await desk.page.select_option(f"[name='{name}']", value)


async def test_a_case_typed_without_a_link_arrives_once_when_it_is_back(browser: Browser, base: str) -> None:
    story = "Ditulis saat jaringan putus."
    async with seated(browser, base, "siti@1374", PHONE) as desk:
        await filled(desk, story)
        await desk.page.context.set_offline(True)
        await desk.page.locator("main").get_by_role("button", name="Buka kasus dan cetak slip").click()
        sign = desk.page.locator("#belum-terkirim")
        await sign.wait_for(state="visible")
        assert "1 kasus belum terkirim" in await sign.inner_text()
        await desk.page.screenshot(path=PICTURES / "belum-terkirim.png")
        for name in ("subject.nik", "subject.name", "chronology"):
            assert await desk.page.input_value(f"[name='{name}']") == "", (
                "nothing of her is left for the next one"
            )
        # Back for a moment, twice in a row: what is under way is not sent a second time.
        await desk.page.context.set_offline(False)
        await desk.page.evaluate("dispatchEvent(new Event('online')); dispatchEvent(new Event('online'))")
        await sign.locator("a").wait_for()
        ticket = (await sign.locator("a").inner_text()).strip()
        await desk.go(f"/konsol/kasus/{ticket}")
        assert story in await desk.said()
        assert await desk.page.evaluate("localStorage.getItem('konsol-antre')") == "[]"
        await desk.go("/konsol/kasus")
        assert (await desk.said()).count("Upik Contoh") == 1


async def test_without_scripts_everything_still_reads_and_every_form_goes(
    browser: Browser, base: str
) -> None:
    async with seated(browser, base, "siti@1374", PHONE, scripts=False) as desk:
        await filled(desk, "Tanpa skrip.")
        await desk.press("Lihat bantuan yang cocok")
        assert "Sejauh ini cocok" in await desk.said()
        await desk.press("Buka kasus dan cetak slip")
        ticket = (await desk.page.locator(".slip .ticket").inner_text()).strip()
        await desk.go("/konsol/kasus")
        assert ticket in await desk.said()
        await desk.page.get_by_role("link", name=ticket).first.click()
        assert "Tanpa skrip." in await desk.said()
        assert "Riwayat" in await desk.said()


@SIZES
async def test_the_figures_open_the_lists_that_they_count(
    browser: Browser, base: str, login: LogIn, size: tuple[int, int]
) -> None:
    for _ in range(3):
        await open_case(await login("siti@1374"))
    await open_case(await login("yulia@1374"), village="13.74.02.1004")
    async with seated(browser, base, "sekretariat@1374", size) as office:
        await office.go("/konsol/angka")
        await office.looked("angka")
        tile = office.page.locator("a.tile").last
        number = int(await tile.locator("b").inner_text())
        await tile.click()
        await office.page.wait_for_load_state()
        assert f"{number} kasus" in await office.said()
        await office.go("/konsol/angka")
        rows = office.page.locator("section[aria-labelledby=by_status] table a")
        await office.page.locator("section[aria-labelledby=by_status] details summary").click()
        number = int(await rows.first.inner_text())
        await rows.first.click()
        await office.page.wait_for_load_state()
        assert f"{number} kasus" in await office.said()


async def test_an_officer_comes_in_by_the_outside_issuer(
    browser: Browser, house: House, login: LogIn
) -> None:
    """A real browser keeps the cookie of the sign-in while it is elsewhere, and comes back with it."""
    async with outside() as issuer:
        scene = await staged(issuer, house, await login("admin@1374"))
        async with on_loopback(scene.again().house) as base:
            context = await browser.new_context(
                viewport={"width": PHONE[0], "height": PHONE[1]}, locale="id-ID", java_script_enabled=False
            )
            desk = Seat(await context.new_page(), base, "luar", [])
            await desk.go("/konsol/masuk?ke=/konsol/berita")
            await desk.page.get_by_role("link", name="Masuk dengan SSO Uji", exact=True).click()
            assert desk.page.url == f"{base}/konsol/berita"
            assert "/auth" in issuer.asked
            (kept,) = await context.cookies()
            assert (kept["name"], kept["httpOnly"], kept["sameSite"]) == ("konsol", True, "Lax")
            issuer.subject = "nobody-here"
            await desk.go("/konsol/masuk")
            await desk.page.get_by_role("link", name="Masuk dengan SSO Uji", exact=True).click()
            assert "Hubungi admin Anda" in await desk.said()
            await context.close()
        async with on_loopback(scene.again().house) as base:
            context = await browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]})
            desk = Seat(await context.new_page(), base, "luar", [])
            await desk.go("/konsol/masuk")
            await desk.looked("masuk-lewat-penyedia")
            await context.close()
