"""The console as a person meets it: a real Chromium, driven by the names of what is on the page."""

import asyncio
import os
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright

from app.api.deps import House
from app.main import create_app
from app.services.seed import DEMO_PASSWORD
from tests.support.chromium import CHROMIUM

PICTURES: Final = Path(os.environ.get("PUSKESOS_PICTURES") or tempfile.mkdtemp(prefix="puskesos-pictures-"))
"""Where the screenshots lie, for whoever wants to look at them."""
DESKTOP: Final = (1200, 900)
PHONE: Final = (320, 640)
_SERIOUS: Final = {"serious", "critical"}
_RULES: Final = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
}


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


@asynccontextmanager
async def a_browser() -> AsyncIterator[Browser]:
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Seat:
    """One person before one screen."""

    page: Page
    base: str
    name: str
    complaints: list[str]
    """What the browser itself found wrong: refused scripts, failed requests, errors of ours."""

    async def go(self, path: str) -> None:
        await self.page.goto(f"{self.base}{path}")

    async def looked(self, what: str) -> None:
        """Keep a picture of the page, and let axe-core find no serious fault on it."""
        await self.page.screenshot(path=PICTURES / f"{what}-{self.name}.png", full_page=True)
        found = await Axe().run(self.page, options=_RULES)
        serious = [one for one in found.response["violations"] if one["impact"] in _SERIOUS]
        assert not serious, [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in serious]
        too_wide = await self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert too_wide <= 0, f"{what}: {too_wide} pixels wider than the screen"

    async def press(self, name: str, *, within: str = "main") -> None:
        await self.page.locator(within).get_by_role("button", name=name, exact=True).first.click()
        await self.page.wait_for_load_state()

    async def opened(self, code: str) -> str:
        """Open the step *code* of a page; return where its form is."""
        await self.page.locator(f"#langkah-{code} > summary").click()
        return f"#langkah-{code}"

    async def said(self) -> str:
        return await self.page.locator("main").inner_text()


@asynccontextmanager
async def seated(
    browser: Browser, base: str, login: str, size: tuple[int, int] = DESKTOP, *, scripts: bool = True
) -> AsyncIterator[Seat]:
    """Sign *login* in, in a browser context of its own."""
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="id-ID", java_script_enabled=scripts
    )
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    seat = Seat(page, base, f"{login}-{size[0]}", complaints)
    await seat.go("/konsol/masuk")
    await page.fill("#login", login)
    await page.fill("#password", DEMO_PASSWORD)
    await seat.press("Masuk")
    try:
        yield seat
        assert complaints == []
    finally:
        await context.close()
