"""The resident's page in a real browser: 320 pixels, no script, the keyboard alone."""

import asyncio
import os
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from httpx import AsyncClient

from app.api.deps import House
from app.main import create_app
from tests.conftest import LogIn
from tests.support.chromium import CHROMIUM, Browser, browsing
from tests.support.desk import Desk, acted, open_case
from tests.support.files import a_photo
from tests.support.http import Person

pytestmark = [
    pytest.mark.commits,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
TOLD = {"at": "2026-01-06T03:00:00Z", "method": "phone", "by": "Siti"}
PICTURES = Path(os.environ.get("PUSKESOS_PICTURES") or tempfile.mkdtemp(prefix="puskesos-pictures-"))
"""Where the screenshots lie, for whoever wants to look at them."""
WIDTH = 320


@asynccontextmanager
async def on_loopback(house: House) -> AsyncIterator[str]:
    app = create_app(house.settings, house)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        running = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await running


async def enter(browser: Browser, base: str, desk: Desk) -> str:
    """Open the address of the slip's QR and type the PIN, as a resident would."""
    await browser.go(f"{base}/lacak?t={desk.ticket}")
    await browser.picture(PICTURES / "form.png")
    await browser.focus("#pin")
    await browser.type(desk.pin)
    await browser.press("Enter", loads=True)
    return await browser.html()


async def told_by_api(client: AsyncClient, desk: Desk) -> dict[str, Any]:
    entered = await client.post("/v1/track", json={"ticket": desk.ticket, "pin": desk.pin})
    token = entered.json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "id"}
    return dict((await client.get("/v1/track", headers=headers)).json())


def words_of(told: dict[str, Any]) -> set[str]:
    """Return each sentence that the API tells, which the page must tell as well."""
    said = {told["ticket"], told["words"], told["status"]["label"]}
    said |= {one["words"] for one in told["steps"]} | {one["why"] for one in told["steps"] if one["why"]}
    said |= {one["name"] for one in told["held_by"] if one["kind"] != "resident"}
    said |= {one["paper"]["label"] for one in told["needed"]} | {one["text"] for one in told["notes"]}
    said |= {one["name"] for one in told["programs"]} | {one["status"]["label"] for one in told["programs"]}
    return said


async def looks_right(browser: Browser, name: str) -> None:
    await browser.picture(PICTURES / f"{name}.png")
    assert await browser.width() <= WIDTH
    html = await browser.html()
    assert len(html.encode()) <= 30_000
    assert "<script" not in html
    assert [one for one in browser.told if one["method"] == "Log.entryAdded"] == []
    spoken = await browser.spoken()
    assert sum(role == "heading" for role, _ in spoken) >= 1
    assert [
        role for role, text in spoken if role in {"textbox", "button", "link", "combobox"} and not text
    ] == []


async def a_case_in_service(siti: Person, login: LogIn) -> Desk:
    desk = await open_case(siti)
    (referral,) = await desk.refer({"program": "BLT_KOTA", "purpose": "AID"})
    await acted(await login("dinsos@1374"), referral, "accept")
    return desk


async def a_case_that_waits_for_a_paper(siti: Person) -> Desk:
    desk = await open_case(siti)
    await desk.took("ask_completion", {"missing": ["KTP", "SKTM"]})
    note = {"text": "Bawa juga surat dari RT.", "to_resident": True}
    assert (await siti.post(f"/v1/cases/{desk.ticket}/notes", note)).status_code == 201
    return desk


async def a_case_with_aid(siti: Person, login: LogIn) -> Desk:
    desk, dinsos = await open_case(siti), await login("dinsos@1374")
    (referral,) = await desk.refer({"program": "BLT_KOTA", "purpose": "AID"})
    await acted(dinsos, referral, "accept")
    money = {
        "component": "cash",
        "amount_idr": 300000,
        "period": "2026-01",
        "date": "2026-01-05",
        "proof": "BAST",
    }
    await acted(dinsos, referral, "deliver", money)
    await acted(dinsos, referral, "fulfil", {"extent": "partial"})
    await desk.read()
    await desk.took("resolve", {"outcome": "aid_partial", "told": TOLD})
    return desk


async def test_the_page_tells_what_the_api_tells(client: AsyncClient, house: House, login: LogIn) -> None:
    siti = await login("siti@1374")
    cases = {
        "in-service": await a_case_in_service(siti, login),
        "paper": await a_case_that_waits_for_a_paper(siti),
        "resolved": await a_case_with_aid(siti, login),
        "closed-channel": await open_case(siti, kind="PENGADUAN", category="KEKERASAN_PEREMPUAN"),
    }
    async with on_loopback(house) as base, browsing(WIDTH) as browser:
        for name, desk in cases.items():
            html = await enter(browser, base, desk)
            await looks_right(browser, name)
            told = await told_by_api(client, desk)
            assert {one for one in words_of(told) if one not in html} == set(), name
            assert desk.pin not in html
            if name == "closed-channel":
                assert "<form" in html  # only the one that logs out
                assert html.count("<form") == 1


async def test_she_sends_a_paper_confirms_and_logs_out(house: House, login: LogIn, tmp_path: Path) -> None:
    siti = await login("siti@1374")
    waiting, resolved = await a_case_that_waits_for_a_paper(siti), await a_case_with_aid(siti, login)
    photo = tmp_path / "ktp.jpg"
    photo.write_bytes(a_photo())
    async with on_loopback(house) as base, browsing(WIDTH) as browser:
        await enter(browser, base, waiting)
        await browser.choose_file("#file", photo)
        await browser.focus("form[enctype] button")
        await browser.press("Enter", loads=True)
        html = await browser.html()
        assert "Berkas sudah kami terima" in html
        assert "sudah kami terima</li>" in html
        await looks_right(browser, "paper-sent")
        await enter(browser, base, resolved)
        await browser.focus("input[name=got1][value=all]")
        await browser.press(" ")
        await browser.focus("form[action^='/lacak/benar'] button")
        await browser.press("Enter", loads=True)
        html = await browser.html()
        assert "Jawaban Anda sudah dicatat" in html
        await looks_right(browser, "confirmed")
        await browser.focus("form[action^='/lacak/keluar'] button")
        await browser.press("Enter", loads=True)
        assert "Anda sudah keluar" in await browser.html()
        await browser.go(f"{base}/lacak/kasus")
        assert "Waktu 15 menit sudah habis" in await browser.html()
        await looks_right(browser, "over")
    assert await resolved.status() == "closed"


async def test_a_wrong_pin_is_said_plainly(house: House, login: LogIn) -> None:
    desk = await open_case(await login("siti@1374"))
    wrong = Desk(desk.officer, desk.ticket, f"{(int(desk.pin) + 1) % 1_000_000:06}", "")
    async with on_loopback(house) as base, browsing(WIDTH) as browser:
        html = await enter(browser, base, wrong)
        assert "Tiket atau PIN tidak cocok" in html
        assert desk.ticket in html
        await browser.picture(PICTURES / "wrong-pin.png")
        assert ("alert", "") in [(role, "") for role, _ in await browser.spoken() if role == "alert"]
