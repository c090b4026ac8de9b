"""What has had its time goes, by the regency's own days, and what proves anything stays."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, insert, select

from app.db.queries import messages, notices, work
from app.db.queries.messages import NewMessage, Outcome
from app.db.queries.notices import NewNotice
from app.db.session import Database, read_only, transaction
from app.db.tables.events import FeedHead
from app.db.tables.knowledge import KnowledgeVersion
from app.db.tables.messages import Message, Notice
from app.db.tables.places import Policy, Work
from app.worker.jobs.retention import BATCH, EVERY, retain
from app.worker.tools import Tools
from tests.support.streams import IDS
from tests.support.working import claim_of, make_tools

pytestmark = pytest.mark.commits
NOW = datetime(2026, 11, 25, 3, tzinfo=UTC)
TENANT = "13.74"


def a_notice(age: timedelta) -> NewNotice:
    at = NOW - age
    return NewNotice(TENANT, IDS.new_id(at), uuid4(), "case_opened", TENANT, uuid4(), None, {}, at)


def a_message(age: timedelta) -> NewMessage:
    at = NOW - age
    return NewMessage(
        TENANT, IDS.new_id(at), uuid4(), "case_opened", "resident", "phone", "id", "person", uuid4(),
        uuid4(), None, {}, at, at,
    )  # fmt: skip


@pytest.fixture
def tools(database: Database, tmp_path: Path) -> Tools:
    return make_tools(database, lambda: NOW, tmp_path)


@pytest.fixture
async def filled(database: Database) -> Database:
    """Notices and messages a day around a year and two years old, and work of every kind."""
    async with transaction(database.sessions) as tx:
        tx.add(FeedHead(regency_code=TENANT, n=0))
        tx.add(KnowledgeVersion(kind="policies", version=1))
        await notices.add(tx, [a_notice(timedelta(days=days)) for days in (1, 364, 366)])
        await messages.add(tx, [a_message(timedelta(days=days)) for days in (1, 729, 731, 732)])
        kept = await messages.claim(tx, TENANT, NOW, timedelta(minutes=1), 4)
        # The oldest was never settled: it is still on its way, however long ago it was made.
        for held in sorted(kept, key=lambda one: one.created_at)[1:]:
            await messages.settle(tx, TENANT, held, Outcome("sent"), NOW)
        for kind in (work.RECOUNT_CLOCKS, "told", "people_seeded", work.TRANSFER_CASE):
            await tx.execute(
                insert(Work).values(
                    regency_code=TENANT,
                    id=uuid4(),
                    kind=kind,
                    key="k",
                    due_at=NOW,
                    attempts=1,
                    done_at=NOW - timedelta(days=91),
                    payload={},
                )
            )
    return database


async def count(database: Database, table: type[Notice] | type[Message]) -> int:
    async with read_only(database.sessions) as tx:
        return await tx.scalar(select(func.count()).where(table.regency_code == TENANT)) or 0


async def test_each_class_goes_after_its_days(filled: Database, tools: Tools) -> None:
    assert await retain(tools, claim_of("retention")) == NOW + EVERY
    assert await count(filled, Notice) == 2
    assert await count(filled, Message) == 3
    async with read_only(filled.sessions) as tx:
        kinds = set(await tx.scalars(select(Work.kind).where(Work.regency_code == TENANT)))
    assert kinds == {"told", "people_seeded", work.TRANSFER_CASE}


async def test_a_regency_may_keep_less(filled: Database, tools: Tools) -> None:
    async with transaction(filled.sessions) as tx:
        tx.add(
            Policy(
                regency_code=TENANT,
                id=uuid4(),
                name="retention_days",
                kind=None,
                category=None,
                priority=None,
                value={"value": {"notices": 30, "messages": 90}},
                source="OURS",
                trust="OURS",
            )
        )
    await retain(tools, claim_of("retention"))
    assert await count(filled, Notice) == 1
    assert await count(filled, Message) == 2


async def test_more_than_a_batch_goes_and_a_kill_loses_no_more(filled: Database, tools: Tools) -> None:
    async with transaction(filled.sessions) as tx:
        await notices.add(tx, [a_notice(timedelta(days=400)) for _ in range(BATCH + 7)])
    for naps in range(0, 60, 5):
        task = asyncio.create_task(retain(tools, claim_of("retention")))
        for _ in range(naps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await retain(tools, claim_of("retention"))
    assert await count(filled, Notice) == 2
