"""An embedded PostgreSQL with reference data and log-ins, and a service on it that can be killed."""

import asyncio
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from app.db import migrations
from app.db.session import connect
from app.integrations.embedded_postgres import EmbeddedPostgres, Role, Running
from app.integrations.randomness import Ids
from app.services.seed import DEMO_PASSWORD, Tools, seed_demo_accounts, seed_reference
from tests.support.server import CHEAP

LOGIN = "siti@1374"


@dataclass
class Folder:
    """Where one embedded database lies; at most one process has it at a time."""

    path: Path

    def postmaster(self) -> int:
        """The process id of the PostgreSQL that runs on it."""
        return int((self.path / "pgdata" / "postmaster.pid").read_text("utf-8").splitlines()[0])


async def _fill(running: Running) -> None:
    migrations_engine = migrations.migration_engine(running.migrate_url)
    async with migrations_engine.begin() as connection:
        await connection.run_sync(lambda one: migrations.grant_app_role(one, Role.APP))
    await migrations_engine.dispose()
    database = await connect(running.migrate_url, pool_size=2, intake_pool_size=1)
    tools = Tools(database, Ids(), datetime.now(UTC))
    try:
        await seed_reference(tools)
        await seed_demo_accounts(tools, CHEAP)
    finally:
        await database.close()


@pytest.fixture(scope="module")
def folder() -> Iterator[Folder]:
    # With fsync on, as in earnest: what is acknowledged must be on the disk.
    path = Path(tempfile.gettempdir()) / f"puskesos-crash-{uuid4().hex[:12]}"
    with EmbeddedPostgres().start(path) as running:
        migrations.upgrade(running.migrate_url)
        asyncio.run(_fill(running))
        path = running.data_dir
    yield Folder(path)
    shutil.rmtree(path, ignore_errors=True)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        return int(bound.getsockname()[1])


@dataclass
class Service:
    """``puskesos serve --with-worker`` as a process of its own."""

    folder: Folder
    log: Path
    port: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it, and wait until it is ready."""
        environment = {
            **os.environ,
            "PUSKESOS_DATA_DIR": str(self.folder.path),
            "PUSKESOS_ACCESS_MINUTES": "1440",
            "PUSKESOS_LOG_LEVEL": "ERROR",
        }
        command = (
            Path(sys.executable).parent / "puskesos",
            "serve",
            "--with-worker",
            "--port",
            str(self.port),
        )
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *command, env=environment, stdout=log, stderr=log
            )
        async with asyncio.timeout(90), httpx.AsyncClient(base_url=self.url) as client:
            while True:
                assert self.process.returncode is None, self.log.read_text("utf-8", "replace")[-2_000:]
                with suppress(httpx.TransportError):
                    if (await client.get("/readyz", timeout=2)).status_code == 200:
                        return
                await asyncio.sleep(0.1)

    async def kill(self) -> None:
        """Take the process away in the middle of whatever it does."""
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    def kill_postgres(self) -> None:
        os.kill(self.folder.postmaster(), signal.SIGKILL)

    async def stop(self) -> None:
        """Ask it to end, as an operator does."""
        assert self.process is not None
        self.process.terminate()
        async with asyncio.timeout(40):
            await self.process.wait()


async def token_of(client: httpx.AsyncClient) -> str:
    form = {"grant_type": "password", "client_id": "konsol@1374", "username": LOGIN}
    answer = await client.post("/v1/oauth/token", data={**form, "password": DEMO_PASSWORD})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])
