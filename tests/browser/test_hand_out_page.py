"""A hand-out on a phone: the list is taken along, the link breaks, and each note arrives once."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient

from app.api.deps import House
from tests.support.campaigns import Home, Walk, put_on_record, walk_of
from tests.support.chromium import CHROMIUM
from tests.support.console import DESKTOP, PHONE, PICTURES, Seat, a_browser, on_loopback, seated

pytestmark = [
    pytest.mark.commits,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
QUEUE = "localStorage.getItem('konsol-antre')"


@pytest.fixture
async def walk(fresh_house: House, fresh_client: AsyncClient, tmp_path: Path) -> Walk:
    await put_on_record(fresh_house, [Home(desil=1 + n % 4) for n in range(5)])
    made = await walk_of(fresh_house, fresh_client, tmp_path)
    await made.to_hand_out()
    return made


async def noted(walk: Walk) -> list[dict[str, Any]]:
    answer = await walk.office.get(f"{walk.path}/checkins")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def prepared(seat: Seat, walk: Walk) -> None:
    await seat.go(f"/konsol/kegiatan/{walk.id}")
    await seat.page.fill("#serah-nama-perangkat", "Ponsel uji")
    await seat.page.check("#serah-jadwal-1")
    await seat.page.get_by_role("button", name="Siapkan ponsel ini").click()
    await seat.page.locator("#serah-kerja").wait_for()


async def emptied(seat: Seat) -> None:
    """Wait until nothing is left to be sent; the page's policy lets no test wait inside it."""
    for _ in range(100):
        if await seat.page.evaluate(QUEUE) == "[]":
            return
        await asyncio.sleep(0.1)
    raise AssertionError(await seat.page.evaluate(QUEUE))


async def chosen(seat: Seat, text: str) -> None:
    await seat.page.fill("#serah-cari", text)
    await seat.page.locator("#serah-hasil button").first.click()


async def test_noted_without_a_link_it_arrives_once(walk: Walk, fresh_house: House) -> None:
    (first, second, *_) = await walk.recipients(state="selected")
    async with on_loopback(fresh_house) as base, a_browser() as browser:
        async with seated(browser, base, "sekretariat@1374", PHONE) as phone:
            await phone.go("/konsol/kegiatan")
            await phone.looked("kegiatan")
            await prepared(phone, walk)
            await phone.looked("serah-siap")
            await phone.page.context.set_offline(True)
            await chosen(phone, first["code"].lower())
            await phone.looked("serah-orang")
            await phone.page.get_by_role("button", name="Catat").click()
            sign = phone.page.locator("#belum-terkirim")
            await sign.wait_for(state="visible")
            assert "1 penyerahan belum terkirim" in await sign.inner_text()
            assert await noted(walk) == []
            await phone.page.fill("#serah-cari", first["code"])
            assert "dicatat, belum terkirim" in await phone.page.inner_text("#serah-hasil")
            assert await phone.page.locator("#serah-hasil button").count() == 0, "not twice on this phone"
            await phone.page.screenshot(path=PICTURES / "serah-belum-terkirim.png")
            kept = await phone.page.evaluate(QUEUE)
            await phone.page.context.set_offline(False)
            await phone.page.evaluate(
                "dispatchEvent(new Event('online')); dispatchEvent(new Event('online'))"
            )
            await phone.page.get_by_text("sudah diserahkan").wait_for()
            await sign.wait_for(state="hidden")
            # The answer was lost on its way: the phone sends the very same again.
            await phone.page.evaluate("kept => localStorage.setItem('konsol-antre', kept)", kept)
            await phone.page.reload()
            await emptied(phone)
            assert [one["verdict"]["code"] for one in await noted(walk)] == ["given"]
            await chosen(phone, second["code"])
            await phone.page.check("#serah-tidak")
            await phone.page.get_by_role("button", name="Catat").click()
            assert "Pilih sebab" in await phone.page.inner_text("#serah-kabar")
            await phone.page.select_option("#serah-sebab", "no_stock")
            await phone.page.get_by_role("button", name="Catat").click()
            await emptied(phone)
            await phone.page.fill("#serah-cari", second["code"])
            await phone.page.get_by_text("dicatat, tidak diserahkan").wait_for()
        assert sorted(one["outcome"]["code"] for one in await noted(walk)) == ["given", "turned_away"]


async def test_what_another_phone_gave_before_is_told(walk: Walk, fresh_house: House) -> None:
    (first, *_) = await walk.recipients(state="selected")
    async with on_loopback(fresh_house) as base, a_browser() as browser:
        async with (
            seated(browser, base, "sekretariat@1374", PHONE) as one,
            seated(browser, base, "manajer@1374", DESKTOP) as other,
        ):
            for seat in (one, other):
                await prepared(seat, walk)
            for seat in (one, other):
                await chosen(seat, first["code"])
                await seat.page.get_by_role("button", name="Catat").click()
                await emptied(seat)
            await other.page.locator("#serah-kabar.wrong").wait_for()
            assert "Ponsel uji" in await other.page.inner_text("#serah-kabar")
            await other.looked("serah-ganda")
            await other.page.locator("header").get_by_role("button", name="Keluar").click()
            await other.page.wait_for_load_state()
            left = await other.page.evaluate(
                "Object.keys(localStorage).filter(n => n.startsWith('konsol-serah'))"
            )
            assert left == [], "no list of names stays behind"
        assert sorted(one["verdict"]["code"] for one in await noted(walk)) == ["duplicate", "given"]


async def test_without_scripts_the_slots_read_and_why_is_said(walk: Walk, fresh_house: House) -> None:
    async with (
        on_loopback(fresh_house) as base,
        a_browser() as browser,
        seated(browser, base, "sekretariat@1374", PHONE, scripts=False) as seat,
    ):
        await seat.go(f"/konsol/kegiatan/{walk.id}")
        said = await seat.said()
        assert "Balai kota" in said
        assert "memerlukan JavaScript" in said
        assert "Siapkan ponsel ini" not in said
