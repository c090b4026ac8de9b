"""A real Chromium without scripts, 320 pixels wide, led by its keyboard alone: DevTools over two pipes."""

import asyncio
import base64
import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_FLAGS = (
    "--headless",
    "--accept-lang=id",
    "--no-sandbox",
    "--disable-gpu",
    "--remote-debugging-pipe",
    "--hide-scrollbars",
)
_KEYS = {"Tab": 9, "Enter": 13, " ": 32}


class Browser:
    """One tab. Commands are answered in order of their numbers; what the browser tells meanwhile is kept."""

    def __init__(self, reader: asyncio.StreamReader, write_to: int) -> None:
        self._reader = reader
        self._write_to = write_to
        self._n = 0
        self._session: str | None = None
        self.told: list[dict[str, Any]] = []

    async def send(self, method: str, **params: Any) -> dict[str, Any]:
        self._n += 1
        message: dict[str, Any] = {"id": self._n, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write_to, json.dumps(message).encode() + b"\0")
        while True:
            answer = await self._next()
            if answer.get("id") == self._n:
                assert "error" not in answer, (method, answer["error"])
                return dict(answer["result"])

    async def _next(self) -> dict[str, Any]:
        raw = await asyncio.wait_for(self._reader.readuntil(b"\0"), 30)
        answer: dict[str, Any] = json.loads(raw[:-1])
        if "method" in answer:
            self.told.append(answer)
        return answer

    async def wait_for(self, method: str) -> None:
        while not any(one["method"] == method for one in self.told):
            await self._next()

    async def begin(self, width: int, height: int) -> None:
        target = await self.send("Target.createTarget", url="about:blank")
        found = await self.send("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = found["sessionId"]
        await self.send("Page.enable")
        await self.send("Log.enable")
        await self.send("Emulation.setScriptExecutionDisabled", value=True)
        await self.send(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=True
        )

    async def go(self, url: str) -> None:
        self.told.clear()
        await self.send("Page.navigate", url=url)
        await self.wait_for("Page.loadEventFired")

    async def type(self, text: str) -> None:
        await self.send("Input.insertText", text=text)

    async def press(self, key: str, *, loads: bool = False) -> None:
        """Press a key; *loads*: and wait for the page that comes of it."""
        self.told.clear()
        text = {"Enter": "\r", " ": " "}.get(key, "")
        common = {"key": key, "windowsVirtualKeyCode": _KEYS[key], "code": "Space" if key == " " else key}
        await self.send("Input.dispatchKeyEvent", type="keyDown", text=text, **common)
        await self.send("Input.dispatchKeyEvent", type="keyUp", **common)
        if loads:
            await self.wait_for("Page.loadEventFired")

    async def focus(self, css: str) -> None:
        await self.send("DOM.focus", nodeId=await self._node(css))

    async def choose_file(self, css: str, path: Path) -> None:
        await self.send("DOM.setFileInputFiles", nodeId=await self._node(css), files=[str(path)])

    async def _node(self, css: str) -> int:
        root = (await self.send("DOM.getDocument"))["root"]["nodeId"]
        found = (await self.send("DOM.querySelector", nodeId=root, selector=css))["nodeId"]
        assert found, f"nothing is {css}"
        return int(found)

    async def html(self) -> str:
        root = (await self.send("DOM.getDocument"))["root"]["nodeId"]
        return str((await self.send("DOM.getOuterHTML", nodeId=root))["outerHTML"])

    async def spoken(self) -> list[tuple[str, str]]:
        """Return role and name of everything, as a screen reader has it."""
        nodes = (await self.send("Accessibility.getFullAXTree"))["nodes"]
        return [
            (one["role"]["value"], one.get("name", {}).get("value", ""))
            for one in nodes
            if not one["ignored"]
        ]

    async def width(self) -> float:
        """Return how wide the page is, in its own pixels."""
        size = await self.send("Page.getLayoutMetrics")
        return float(size["cssContentSize"]["width"])

    async def picture(self, path: Path) -> None:
        shot = await self.send("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))  # noqa: ASYNC240  # nothing else runs here


@asynccontextmanager
async def browsing(width: int = 320, height: int = 640) -> AsyncIterator[Browser]:
    home = tempfile.mkdtemp(prefix="puskesos-chromium-")
    their_in, our_out = os.pipe()
    our_in, their_out = os.pipe()
    flags = " ".join((*_FLAGS, f'--user-data-dir="{home}"'))
    command = f'exec "{CHROMIUM}" {flags} about:blank 3<&{their_in} 4>&{their_out}'
    process = await asyncio.create_subprocess_exec(
        "bash", "-c", command, pass_fds=(their_in, their_out), stderr=asyncio.subprocess.DEVNULL
    )
    os.close(their_in)
    os.close(their_out)
    reader = asyncio.StreamReader(limit=1 << 26)
    pipe = os.fdopen(our_in, "rb")
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), pipe
    )
    try:
        browser = Browser(reader, our_out)
        await browser.begin(width, height)
        yield browser
    finally:
        process.kill()
        await process.wait()
        transport.close()
        os.close(our_out)
        shutil.rmtree(home, ignore_errors=True)
