"""PostgreSQL dies under a running service: 503 with Retry-After, alive, not ready; well again by itself."""

import asyncio
import json
import os
import signal
import time
from uuid import uuid4

import asyncpg
import httpx
import pytest
from pydantic import SecretStr

from app.integrations.embedded_postgres import EmbeddedPostgres, Running
from app.integrations.embedded_postgres import Role as EngineRole
from app.integrations.keyring import make_keys
from app.settings import Settings
from tests.crash.conftest import Folder, token_of
from tests.support.desk import CASE, a_person
from tests.support.loopback import listening

pytestmark = [pytest.mark.commits, pytest.mark.process]

READS = ("/v1/me", "/v1/cases", "/v1/events", "/v1/dashboards/queue")


async def test_the_service_outlives_its_database(folder: Folder) -> None:
    keys = make_keys(folder.path / "keys.json")
    with EmbeddedPostgres().start(folder.path) as running:
        settings = Settings.model_validate(
            {
                "database_url": SecretStr(running.url),
                "migrate_url": SecretStr(running.migrate_url),
                "master_keys": SecretStr(keys.master_keys),
                "index_keys": SecretStr(keys.index_keys),
                "data_dir": folder.path,
            }
        )
        with listening(settings) as url:
            async with httpx.AsyncClient(base_url=url, timeout=20) as client:
                token = await token_of(client)
                signed = {"Authorization": f"Bearer {token}"}
                assert (await open_case(client, signed)).status_code == 201
                await check_cut_off(running, client, signed)
                os.kill(folder.postmaster(), signal.SIGKILL)
                await check_away(client, signed)
                await asyncio.to_thread(running.restart)
                await check_back(client, signed)


async def open_case(client: httpx.AsyncClient, signed: dict[str, str]) -> httpx.Response:
    content = json.dumps({**CASE, "subject": a_person()}).encode()
    headers = {**signed, "Content-Type": "application/json", "Idempotency-Key": uuid4().hex}
    return await client.post("/v1/cases", content=content, headers=headers)


async def check_cut_off(running: Running, client: httpx.AsyncClient, signed: dict[str, str]) -> None:
    """An operator ends every connection, while they are in use: 503 at worst, and only for a moment."""
    root = await asyncpg.connect(running.url_for(EngineRole.SUPERUSER))
    for _ in range(3):
        asking = [asyncio.create_task(open_case(client, signed)) for _ in range(16)]
        asking += [asyncio.create_task(client.get("/v1/cases", headers=signed)) for _ in range(16)]
        await asyncio.sleep(0.02)
        await root.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", EngineRole.APP
        )
        answers = await asyncio.gather(*asking)
        assert {answer.status_code for answer in answers} <= {200, 201, 503}
    await root.close()
    assert (await open_case(client, signed)).status_code in {201, 503}
    assert (await open_case(client, signed)).status_code == 201


async def check_away(client: httpx.AsyncClient, signed: dict[str, str]) -> None:
    assert (await client.get("/livez")).status_code == 200
    assert (await client.get("/readyz")).status_code == 503
    # Beyond the second for which a session is believed.
    await asyncio.sleep(1.1)
    begun = time.monotonic()
    answers = await asyncio.gather(
        *(client.get(path, headers=signed) for path in READS),
        *(open_case(client, signed) for _ in range(8)),
        token_refused(client),
    )
    assert time.monotonic() - begun < 8
    for answer in answers:
        assert answer.status_code == 503, (answer.request.url.path, answer.text)
        assert answer.json()["code"] == "unavailable"
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.headers["content-type"] == "application/problem+json"
    assert (await client.get("/livez")).status_code == 200


async def token_refused(client: httpx.AsyncClient) -> httpx.Response:
    form = {
        "grant_type": "password",
        "client_id": "konsol@1374",
        "username": "yulia@1374",
        "password": "x" * 12,
    }
    return await client.post("/v1/oauth/token", data=form)


async def check_back(client: httpx.AsyncClient, signed: dict[str, str]) -> None:
    """Within five seconds it serves again: no restart, no connection that is dead forever."""
    until = time.monotonic() + 5
    while (await client.get("/readyz")).status_code != 200:
        assert time.monotonic() < until
        await asyncio.sleep(0.1)
    for _ in range(12):
        answer = await open_case(client, signed)
        if answer.status_code == 201:
            break
        assert answer.status_code == 503, answer.text
    answers = await asyncio.gather(*(open_case(client, signed) for _ in range(12)))
    assert [answer.status_code for answer in answers] == [201] * 12
    reads = [await client.get(path, headers=signed) for path in READS]
    assert [answer.status_code for answer in reads] == [200] * len(READS)
