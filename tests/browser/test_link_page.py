"""The receiver's page in a real browser: opened by its address, filled in, sent."""

import asyncio
import shutil
import socket
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from httpx import AsyncClient
from starlette.types import Receive, Scope, Send

from app.api.deps import House
from app.main import create_app
from tests.conftest import LogIn
from tests.support.desk import open_case
from tests.support.letters import REASON, Office

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.commits,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
PAGE = Path(__file__).resolve().parents[2] / "app" / "api" / "static" / "link.js"
HANDS = """
(async () => {
  const until = async (found) => {
    while (!found()) await new Promise((go) => setTimeout(go, 50));
    return found();
  };
  const at = (css) => document.querySelector(css);
  const press = async (code) => {
    (await until(() => at(`[data-code=${code}]`))).click();
    return until(() => at("form"));
  };
  const send = async (form) => form.querySelector("button").click();
  let form = await press("accept");
  form.elements.note.value = "Kami layani <b>besok</b>.";
  await send(form);
  await until(() => at(".done"));
  form = await press("deliver");
  await send(form);
  await until(() => at(".fault"));
  window.wrong = at(".fault").textContent;
  form.elements.amount_idr.value = "300000";
  form.elements.proof.value = "BAST 7";
  await send(form);
  await until(() => at("[data-code=fulfil]"));
  form = await press("fulfil");
  form.elements.extent.value = "partial";
  await send(form);
  await until(() => !at(".actions"));
  document.body.append(Object.assign(document.createElement("pre"), { textContent: `SAID ${window.wrong}` }));
})();
"""
"""What a person would do: accept, send a form that is not complete, complete it, end the referral."""


def with_hands(inner: Any) -> Any:
    """Serve *inner*, with the page's own file going on to press its buttons."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/l/link.js":
            body = (PAGE.read_text("utf-8") + HANDS).encode()
            headers = [(b"content-type", b"text/javascript")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})
            return
        await inner(scope, receive, send)

    return app


async def shown(url: str) -> str:
    """Return the page as it stands once its script has come to rest."""
    process = await asyncio.create_subprocess_exec(
        str(CHROMIUM),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--virtual-time-budget=30000",
        "--dump-dom",
        url,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    out, _ = await process.communicate()
    return out.decode()


async def test_a_receiver_without_an_account_answers_in_her_browser(
    client: AsyncClient, house: House, login: LogIn
) -> None:
    office, desk = Office(client), await open_case(await login("siti@1374"))
    (referral,) = await desk.refer({"program": "BLT_KOTA", "purpose": "AID"})
    letter = await office.signed(desk, kind="rujukan", referral_id=referral, fields=REASON)
    link = await office.link(desk, letter)
    served = with_hands(create_app(house.settings, house))
    server = uvicorn.Server(uvicorn.Config(served, log_level="warning", lifespan="off"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        running = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            page = await shown(f"http://127.0.0.1:{listening.getsockname()[1]}/l#{link['token']}")
        finally:
            server.should_exit = True
            await running
    assert "Terpenuhi" in page
    assert "Nomor bukti: " in page.partition("SAID ")[2]
    assert link["token"] not in page
    sender = await office.person("sekretariat")
    ended = (await sender.get(f"/v1/referrals/{referral}")).json()
    assert (ended["status"]["code"], ended["fulfilled_as"]) == ("fulfilled", "partial")
    assert [line["amount_idr"] for line in ended["lines"] if line["state"]["code"] == "given"] == [300000]
    assert "Kami layani <b>besok</b>." in [one["text"] for one in ended["messages"]]
