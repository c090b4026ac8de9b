"""Random lives of cases over HTTP, then: replaying their events gives the stored clocks."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from app.db.session import connect, read_only
from app.services.knowledge import KnowledgeSource
from tests.model.test_case_machine import AGENCY, DECIDER, OFFICE, Lives, log_in, without_end
from tests.support.clock_story import differences
from tests.support.http import test_settings
from tests.support.loopback import listening
from tests.support.proof import LONG, size
from tests.support.server import SEEDED, Address, Server

pytestmark = [pytest.mark.commits, pytest.mark.process, pytest.mark.timeout(7_200)]


@pytest.fixture
def address(seeded_server: Server) -> Iterator[Address]:
    made = asyncio.run(seeded_server.copy(SEEDED))
    asyncio.run(without_end(made))
    yield made
    asyncio.run(seeded_server.drop(made.name))


async def replayed(address: Address) -> list[str]:
    database = await connect(address.url, pool_size=2, intake_pool_size=1)
    known = await KnowledgeSource(database).current(datetime.now(UTC))
    async with read_only(database.sessions) as tx:
        wrong = await differences(tx, known, "13.74")
    await database.close()
    return wrong


def test_replaying_the_events_of_a_case_gives_the_stored_due_instants(address: Address) -> None:
    running: Callable[..., None] = run_state_machine_as_test
    with (
        listening(test_settings(address, access_minutes=24 * 60)) as url,
        httpx.Client(base_url=url, timeout=20) as client,
    ):
        Lives.client = client
        Lives.tokens = {login: log_in(client, login) for login in (OFFICE, DECIDER, AGENCY)}
        running(
            Lives,
            settings=settings(
                max_examples=size(5, 200),
                stateful_step_count=size(12, 60),
                derandomize=not LONG,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    assert asyncio.run(replayed(address)) == []
