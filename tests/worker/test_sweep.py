"""The daily sweep takes away what has had its time, and nothing before."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.db.queries import attempts
from app.db.queries.idempotency import Key, claim
from app.db.session import Database, read_only, transaction
from app.db.tables.access import Attempt, IdempotencyKey, SignInState
from app.db.tables.events import FeedHead
from app.domain.sign_in import GOOD_FOR, Secrets
from app.services import sign_ins
from app.worker.jobs.sweep import ANSWERS_KEPT, EVERY, TRIES_KEPT, sweep
from tests.support.working import claim_of, make_tools

pytestmark = pytest.mark.commits
NOW = datetime(2026, 11, 25, 3, tzinfo=UTC)
TENANT = "13.74"


async def test_a_kept_answer_stays_thirty_days_and_a_counter_a_quarter(
    database: Database, tmp_path: Path
) -> None:
    ages = {
        "young": NOW - ANSWERS_KEPT + timedelta(minutes=1),
        "old": NOW - ANSWERS_KEPT - timedelta(minutes=1),
    }
    async with transaction(database.sessions) as tx:
        for key, at in ages.items():
            assert await claim(tx, Key(TENANT, uuid4(), "POST /v1/cases", key), b"digest", at)
        tx.add(FeedHead(regency_code=TENANT, n=0))
        long_ago = NOW - TRIES_KEPT - timedelta(hours=1)
        await attempts.count_try(tx, TENANT, "pin", b"old", timedelta(hours=1), long_ago)
        await attempts.count_try(tx, TENANT, "pin", b"new", timedelta(hours=1), NOW)
    tools = make_tools(database, lambda: NOW, tmp_path)
    assert await sweep(tools, claim_of("sweep")) == NOW + EVERY
    async with read_only(database.sessions) as tx:
        assert (await tx.scalars(select(IdempotencyKey.key))).all() == ["young"]
        assert (await tx.scalars(select(Attempt.key_digest))).all() == [b"new"]


async def test_a_sign_in_that_never_came_back_goes(database: Database, tmp_path: Path) -> None:
    on_its_way, given_up = Secrets("a", "x"), Secrets("b", "x")
    async with transaction(database.sessions) as tx:
        await sign_ins.set_out(tx, on_its_way, "https://puskesos.example/konsol/masuk/kembali", NOW)
        await sign_ins.set_out(tx, given_up, "https://puskesos.example/konsol/masuk/kembali", NOW - GOOD_FOR)
    await sweep(make_tools(database, lambda: NOW, tmp_path), claim_of("sweep"))
    async with read_only(database.sessions) as tx:
        assert (await tx.scalars(select(SignInState.state_digest))).all() == [on_its_way.digest]
