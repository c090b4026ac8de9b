"""What a household holds is found by indexes, however large the ledger is."""

import json
from typing import Any

import asyncpg
import pytest
from sqlalchemy import event

from app.api.deps import House
from app.db.queries.holding import Home, holding_of
from app.db.queries.person_aid import lines_of
from app.db.queries.scope import Sight
from app.db.session import transaction
from app.domain.access import Actor, scope_of
from app.domain.codes import ActorKind

pytestmark = pytest.mark.commits
MOST = 60
"""Buffers of 8 KB of all statements of one question together."""

_FILL = """
INSERT INTO assistance_lines (regency_code, id, person_id, household_id, nik_digest, program_code, component,
  n, kind, state, amount_idr, period, given_on, source, created_at, updated_at)
SELECT '13.74', md5('l' || i)::uuid, md5('p' || i / 2)::uuid, md5('h' || i / 6)::uuid,
  sha256(('n' || i / 2)::bytea), (ARRAY['PKH', 'SEMBAKO'])[1 + i % 2], '*', 1, 'cash', 'given', 600000,
  '2026-10', '2026-10-05', 'import', now(), now()
FROM generate_series(1, 60000) i
"""


async def test_one_question_reads_few_pages_of_a_large_ledger(fresh_house: House) -> None:
    url = fresh_house.settings.migrate_url
    assert url is not None
    owner = await asyncpg.connect(url.get_secret_value())
    try:
        await owner.execute(_FILL)
        for table in ("assistance_lines", "referrals", "cases", "persons"):
            await owner.execute(f"ANALYZE {table}")
        row = await owner.fetchrow(
            "SELECT person_id, household_id, nik_digest FROM assistance_lines WHERE id = md5('l30000')::uuid"
        )
    finally:
        await owner.close()
    home = Home("13.74", row["person_id"], row["household_id"], (row["nik_digest"],))
    sight = Sight(scope_of(Actor(ActorKind.SYSTEM, "13.74")), lambda _: ())

    async def asks(tx: Any) -> None:
        assert len((await holding_of(tx, home)).rows) == 6
        assert len(await lines_of(tx, home, sight)) == 6

    read = await _buffers(fresh_house, asks)
    assert sum(read) <= MOST, read


async def _buffers(house: House, asks: Any) -> list[int]:
    caught: list[tuple[str, Any]] = []

    def listen(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        caught.append((statement, parameters))

    async with transaction(house.database.sessions) as tx:
        event.listen(house.database.engine.sync_engine, "before_cursor_execute", listen)
        await asks(tx)
        event.remove(house.database.engine.sync_engine, "before_cursor_execute", listen)
        connection = await tx.connection()
        found = []
        for statement, parameters in caught:
            explained = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}"
            raw = (await connection.exec_driver_sql(explained, parameters)).scalar_one()
            plan = (raw if isinstance(raw, list) else json.loads(raw))[0]["Plan"]
            found.append(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
    return found
