"""The receiver that the integrators' guide prints, run as it stands and sent to by the worker."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from httpx import AsyncClient

from app.api.deps import House
from tests.conftest import LogIn
from tests.support.desk import open_case
from tests.support.posts import nobody
from tests.support.webhooks import Pusher

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "integrators.md"
pytestmark = pytest.mark.commits


def receiver() -> str:
    (block,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    assert len(block.splitlines()) <= 30
    return str(block)


@asynccontextmanager
async def running(folder: Path, secret: str, port: int) -> AsyncIterator[asyncio.StreamReader]:
    file = folder / "receiver.py"
    file.write_text(receiver(), "utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(file),
        env={**os.environ, "SECRET": secret, "PORT": str(port)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        await until_it_listens(port)
        yield process.stdout
    finally:
        process.kill()
        await process.wait()


async def until_it_listens(port: int) -> None:
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise AssertionError("the receiver does not listen")


async def test_the_receiver_of_the_guide_does_each_event_once_and_refuses_a_forged_one(
    house: House, login: LogIn, tmp_path: Path
) -> None:
    object.__setattr__(house, "settings", house.settings.model_copy(update={"webhook_loopback": True}))
    leader, siti = await login("manajer@1374"), await login("siti@1374")
    pusher, port = Pusher(house, tmp_path), int(nobody().partition(":")[2])
    await pusher.put_out()
    made = (
        await leader.post(
            "/v1/webhooks",
            {"url": f"http://127.0.0.1:{port}/hook", "types": ["case.opened", "case.step_taken"]},
        )
    ).json()
    path = f"/v1/webhooks/{made['webhook']['id']}"
    async with running(tmp_path, made["secret"], port) as said:
        case = await open_case(siti)
        pusher.at = datetime.now(UTC)
        await pusher.push()
        (delivery,) = (await leader.get(f"{path}/deliveries")).json()["items"]
        assert delivery["state"] == "delivered"
        await leader.post(f"{path}/deliveries/{delivery['n']}/redeliver")
        pusher.at = datetime.now(UTC)
        await pusher.send()
        await case.took("verify")
        pusher.at = datetime.now(UTC)
        await pusher.push()
        async with AsyncClient(base_url=f"http://127.0.0.1:{port}") as outside:
            names = {"webhook-id": "x", "webhook-timestamp": "1", "webhook-signature": "v1,AAAA"}
            assert (await outside.post("/hook", json={"type": "x"}, headers=names)).status_code == 401
        lines = [(await said.readline()).decode().strip() for _ in range(2)]
        assert lines == [f"case.opened {case.ticket}", f"case.step_taken {case.ticket}"]
    tag = (await leader.get(path)).headers["ETag"]
    assert (await leader.patch(path, {"active": False}, etag=tag)).status_code == 200
    assert (await leader.post(f"{path}/remove")).status_code == 200
