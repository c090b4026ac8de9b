"""Numbers of letters have no gap, whoever signs at once and whatever is undone."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.db.queries.letters import next_number
from app.db.session import Database, transaction
from app.db.tables.papers import LetterCounter, LetterTemplate

pytestmark = pytest.mark.commits
REGENCY = "13.74"
AT = datetime(2026, 11, 25, 3, tzinfo=UTC)


class Undone(Exception):
    """This signature fails after it was given its number."""


async def sign(database: Database, which: int) -> int:
    """Take a number and keep it with a row; every third signature fails after it took its own."""
    async with transaction(database.sessions) as tx:
        n = await next_number(tx, REGENCY, 2026)
        await asyncio.sleep(0.001 * (which % 5))
        tx.add(
            LetterTemplate(
                regency_code=REGENCY,
                id=UUID(int=which + 1),
                kind="kept",
                n=n,
                title="",
                body="",
                number_format="",
                valid_days=1,
                active=False,
                created_at=AT,
            )
        )
        await tx.flush()
        if which % 3 == 0:
            raise Undone
    return n


async def test_fifty_at_once_and_a_third_undone_leave_no_gap(database: Database) -> None:
    given = await asyncio.gather(*(sign(database, which) for which in range(50)), return_exceptions=True)
    kept = sorted(n for n in given if isinstance(n, int))
    assert {type(one) for one in given} == {int, Undone}
    assert kept == list(range(1, len(kept) + 1))
    assert len(kept) == 33
    async with transaction(database.sessions) as tx:
        stored = await tx.scalar(select(func.max(LetterTemplate.n)).where(LetterTemplate.kind == "kept"))
        counter = await tx.scalar(select(LetterCounter.n).where(LetterCounter.regency_code == REGENCY))
    assert stored == counter == 33


async def test_each_year_and_each_regency_begins_at_one(database: Database) -> None:
    async with transaction(database.sessions) as tx:
        found = [
            await next_number(tx, regency, year)
            for regency, year in ((REGENCY, 2026), (REGENCY, 2026), (REGENCY, 2027), ("13.71", 2026))
        ]
    assert found == [1, 2, 1, 1]
