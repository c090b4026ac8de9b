"""The tools of a worker in tests, and a claim for a job that is called without its loop."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import SecretStr

from app.api.deps import House
from app.db.queries.work import Claim
from app.db.session import Database
from app.domain.ids import NATION
from app.integrations.seals import SealSigner
from app.settings import Settings
from app.worker.__main__ import tools_of
from app.worker.loop import run
from app.worker.tools import Tools
from tests.support.http import INDEX_KEYS, TEST_KEYS
from tests.support.server import knowledge_of

SEAL_KEY = base64.b64encode(bytes(range(32))).decode()


def make_tools(database: Database, now: Callable[[], datetime], data_dir: Path) -> Tools:
    keys = {"master_keys": SecretStr(TEST_KEYS), "index_keys": SecretStr(INDEX_KEYS)}
    settings = Settings.model_validate({**keys, "seal_key": SecretStr(SEAL_KEY), "data_dir": data_dir})
    tools = tools_of(database, settings, SealSigner.parse(SEAL_KEY), knowledge=knowledge_of(database))
    return replace(tools, now=now)


@asynccontextmanager
async def working(house: House, data_dir: Path) -> AsyncIterator[None]:
    """Run the worker of *house* beside the block."""
    tools = make_tools(house.database, house.clock, data_dir)
    task = asyncio.create_task(run(tools))
    try:
        yield
    finally:
        tools.stop.set()
        await task


def claim_of(kind: str, payload: dict[str, Any] | None = None, tenant: str = NATION) -> Claim:
    at = datetime(2026, 11, 25, 3, tzinfo=UTC)
    return Claim(tenant, UUID(int=0), kind, kind, at, at + timedelta(minutes=10), 1, payload or {})
