"""The worker as a process of its own: it starts, works, and stops when it is told to."""

import asyncio
import base64
import os
import signal
import sys
from pathlib import Path

import pytest

from app.db.queries import feed
from app.db.session import Database, transaction
from tests.support.http import TEST_KEYS
from tests.support.server import Address
from tests.support.streams import PADANG_PANJANG, cases_with_events

pytestmark = [pytest.mark.commits, pytest.mark.process]


async def start(environment: dict[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app.worker", env={**os.environ, **environment}, stderr=asyncio.subprocess.PIPE
    )


async def test_the_worker_numbers_seals_and_stops_on_sigterm(
    database: Database, address: Address, tmp_path: Path
) -> None:
    await cases_with_events(database, [2, 3])
    process = await start(
        {
            "PUSKESOS_DATABASE_URL": address.url,
            "PUSKESOS_SEAL_KEY": base64.b64encode(bytes(range(32))).decode(),
            "PUSKESOS_MASTER_KEYS": TEST_KEYS,
            "PUSKESOS_INDEX_KEYS": TEST_KEYS,
            "PUSKESOS_DATA_DIR": str(tmp_path),
        }
    )
    async with asyncio.timeout(30):
        while True:
            async with transaction(database.sessions) as tx:
                if await feed.heads(tx, None) == {PADANG_PANJANG: 5}:
                    break
            await asyncio.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(10):
        assert await process.wait() == 0


async def test_without_a_database_url_the_worker_says_what_is_missing() -> None:
    process = await start({"PUSKESOS_DATABASE_URL": "postgresql://nobody@/none"})
    assert process.stderr is not None
    said = await process.stderr.read()
    assert await process.wait() == 1
    assert b"PUSKESOS_SEAL_KEY" in said
