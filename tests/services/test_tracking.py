"""Ticket and PIN below HTTP: what is counted, and that a refusal is a value."""

import asyncio
from datetime import timedelta

import pytest

from app.db.queries import attempts
from app.db.session import Database, transaction
from app.integrations.keyring import Keyring
from app.integrations.vault import Blind
from app.services.tracking import Refused, Slip, open_slip
from app.services.tracking.slip import TRIES_OF_TICKET, WINDOW
from tests.support.streams import IDS, NOW, PADANG_PANJANG

pytestmark = pytest.mark.commits
BLIND = Blind(Keyring.parse("1:" + "B" * 43 + "="))
TICKET = IDS.ticket(PADANG_PANJANG).text
SLIP = Slip(PADANG_PANJANG, TICKET, "482913", "198.51.100.7")


async def tried(database: Database, at: timedelta = timedelta(0)) -> Refused:
    async with transaction(database.sessions) as tx:
        found = await open_slip(tx, SLIP, BLIND, NOW + at)
    assert isinstance(found, Refused)
    return found


async def test_parallel_guesses_are_all_counted(database: Database) -> None:
    found = await asyncio.gather(*(tried(database) for _ in range(8)))
    assert sum(one.retry_after is not None for one in found) == 8 - TRIES_OF_TICKET
    async with transaction(database.sessions) as tx:
        key = BLIND.digest("track", TICKET)
        count = await attempts.find_count(tx, PADANG_PANJANG, "track.ticket", key)
    assert count is not None
    assert count.tries == 8


async def test_a_new_window_begins_anew(database: Database) -> None:
    for _ in range(TRIES_OF_TICKET + 1):
        last = await tried(database)
    assert last.retry_after == WINDOW
    assert (await tried(database, WINDOW)).retry_after is None
