"""The audit names the first bad row of whatever was done by hand in the database."""

import base64
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from app.db.queries import feed
from app.db.queries.events import CaseStream
from app.db.session import Database, transaction
from app.domain.chain import FaultKind
from app.integrations.seal_copies import SealCopies
from app.integrations.seals import SealSigner
from app.services.access_log import AccessLog
from app.services.audit import Evidence, Finding, Log, Report, verify
from app.services.seals import CopyKeeper, seal_next
from tests.services.test_access_log import entry
from tests.support.server import Address
from tests.support.streams import IDS, NOW, PADANG_PANJANG, cases_with_events, grow

pytestmark = pytest.mark.commits

SIGNER = SealSigner.parse(base64.b64encode(bytes(range(32))).decode())


class World:
    """Three cases of five events and ten entries of the access log, sealed twice, with copies."""

    def __init__(self, database: Database, superuser_url: str, folder: Path) -> None:
        self.database = database
        self.superuser_url = superuser_url
        self.copies = SealCopies(folder)
        self.cases: list[UUID] = []

    async def build(self) -> None:
        streams = await cases_with_events(self.database, [3, 3, 3])
        self.cases = [stream.id for stream in streams]
        log = AccessLog(self.database, IDS.new_id)
        for n in range(10):
            log.note(entry(n))
        await log.flush()
        await self.seal()
        for stream in streams:
            async with transaction(self.database.sessions) as tx:
                await grow(tx, stream, 2)
        await self.seal()

    async def seal(self) -> None:
        async with transaction(self.database.sessions) as tx:
            await feed.number_pending(tx, PADANG_PANJANG, NOW, 1_000)
        async with transaction(self.database.sessions) as tx:
            assert await seal_next(tx, PADANG_PANJANG, NOW, SIGNER)
        async with transaction(self.database.sessions) as tx:
            await CopyKeeper(self.copies).catch_up(tx, PADANG_PANJANG)

    async def sql(self, statement: str) -> None:
        """Run a statement past every wall, as whoever owns the machine could; ``$1`` is the second case."""
        connection = await asyncpg.connect(self.superuser_url)
        await connection.execute(statement, *([self.cases[1]] if "$1" in statement else []))
        await connection.close()

    async def audit(self) -> Report:
        told: list[int] = []
        async with transaction(self.database.sessions) as tx:
            report = await verify(tx, Evidence(SIGNER, self.copies), told.append)
        assert told[-1] == report.rows
        return report

    async def finding(self) -> Finding:
        report = await self.audit()
        assert len(report.findings) == 1, report.findings
        return report.findings[0]


@pytest.fixture
async def world(database: Database, address: Address, tmp_path: Path) -> World:
    made = World(database, address.superuser_url, tmp_path / "seals")
    await made.build()
    return made


async def test_a_sound_database_gives_no_finding(world: World) -> None:
    report = await world.audit()
    assert report == Report(tenants=1, rows=25, streams=4, seals=2, findings=())
    assert report.sound


INSERT = """
INSERT INTO events
SELECT regency_code, gen_random_uuid(), stream_id, 6, case_id, referral_id, type, at, actor_kind, actor_id,
       cause_id, data, prev_hash, hash
FROM events WHERE stream_id = $1 AND n = 5
"""
CUT = """
WITH cut AS (DELETE FROM events WHERE stream_id = $1 AND n > 3)
UPDATE cases SET event_count = 3, head = (SELECT hash FROM events WHERE stream_id = $1 AND n = 3)
WHERE id = $1
"""
ERASE = "WITH gone AS (DELETE FROM events WHERE stream_id = $1) DELETE FROM cases WHERE id = $1"
EDIT = "UPDATE events SET data = '{\"rating\": 5}' WHERE stream_id = $1 AND n = 2"
REDATE = "UPDATE events SET at = at + interval '1 us' WHERE stream_id = $1 AND n = 4"
REORDER = "UPDATE events SET n = 105 - n WHERE stream_id = $1 AND n IN (2, 3)"

TAMPERED: dict[str, tuple[str, FaultKind, int]] = {
    "edited": (EDIT, FaultKind.EDITED, 2),
    "edited_instant": (REDATE, FaultKind.EDITED, 4),
    "deleted_inside": ("DELETE FROM events WHERE stream_id = $1 AND n = 3", FaultKind.DELETED, 3),
    "inserted": (INSERT, FaultKind.INSERTED, 5),
    "reordered": (REORDER, FaultKind.REORDERED, 2),
    "cut_tail": (CUT, FaultKind.CUT, 4),
    "deleted_case": (ERASE, FaultKind.CUT, 1),
    "case_row_only": ("DELETE FROM cases WHERE id = $1", FaultKind.HEAD, 5),
    "head": ("UPDATE cases SET head = sha256(head) WHERE id = $1", FaultKind.HEAD, 5),
}


@pytest.mark.parametrize("name", TAMPERED)
async def test_a_tampered_case_is_named_with_its_first_bad_row(world: World, name: str) -> None:
    statement, kind, n = TAMPERED[name]
    await world.sql(statement)
    found = await world.finding()
    assert (found.regency_code, found.log, found.stream_id) == (PADANG_PANJANG, Log.EVENTS, world.cases[1])
    assert (found.fault.kind, found.fault.n) == (kind, n)


async def test_swapped_rows_are_named_as_reordered(world: World) -> None:
    for step in ("n = n + 100 WHERE n IN (2, 3)", "n = 3 WHERE n = 102", "n = 2 WHERE n = 103"):
        await world.sql(f"UPDATE events SET {step} AND stream_id = $1")  # noqa: S608 - a test's own text
    found = await world.finding()
    assert found.stream_id == world.cases[1]
    assert (found.fault.kind, found.fault.n) == (FaultKind.REORDERED, 2)


async def test_a_case_hashed_anew_shows_against_the_seal(world: World) -> None:
    await world.sql("DELETE FROM events WHERE stream_id = $1")
    await world.sql("UPDATE cases SET event_count = 0, head = '' WHERE id = $1")
    async with transaction(world.database.sessions) as tx:
        await grow(tx, CaseStream(PADANG_PANJANG, world.cases[1]), 5)
    found = await world.finding()
    assert (found.stream_id, found.fault.kind, found.fault.n) == (world.cases[1], FaultKind.REWRITTEN, 1)


ACCESS: dict[str, tuple[str, FaultKind, int]] = {
    "edited": ("UPDATE access_log SET result = 'forbidden' WHERE n = 4", FaultKind.EDITED, 4),
    "deleted": ("DELETE FROM access_log WHERE n = 4", FaultKind.DELETED, 4),
    "cut": ("DELETE FROM access_log WHERE n > 8", FaultKind.CUT, 9),
}


@pytest.mark.parametrize("name", ACCESS)
async def test_a_tampered_access_log_is_named(world: World, name: str) -> None:
    statement, kind, n = ACCESS[name]
    await world.sql(statement)
    found = await world.finding()
    assert (found.log, found.fault.kind, found.fault.n) == (Log.ACCESS, kind, n)


async def test_a_segment_that_is_gone_is_named(world: World) -> None:
    await world.sql("DELETE FROM access_log")
    found = await world.finding()
    assert (found.fault.kind, found.fault.n) == (FaultKind.CUT, 1)


SEALS: dict[str, tuple[str, FaultKind, int]] = {
    "first_deleted": ("DELETE FROM seals WHERE n = 1", FaultKind.DELETED, 1),
    "last_deleted": ("DELETE FROM seals WHERE n = 2", FaultKind.CUT, 2),
    "all_deleted": ("DELETE FROM seals", FaultKind.CUT, 1),
    "edited": ("UPDATE seals SET feed_n = feed_n + 1 WHERE n = 2", FaultKind.SIGNATURE, 2),
    "made_unreadable": ("UPDATE seals SET heads = '[[1, 2]]' WHERE n = 1", FaultKind.SIGNATURE, 1),
}


@pytest.mark.parametrize("name", SEALS)
async def test_a_tampered_seal_is_named(world: World, name: str) -> None:
    statement, kind, n = SEALS[name]
    await world.sql(statement)
    found = await world.finding()
    assert (found.log, found.fault.kind, found.fault.n) == (Log.SEALS, kind, n)


async def test_a_tail_cut_together_with_its_seal_shows_against_the_copy(world: World) -> None:
    await world.sql(TAMPERED["cut_tail"][0])
    await world.sql("DELETE FROM seals WHERE n = 2")
    found = await world.finding()
    assert (found.log, found.fault.kind, found.fault.n) == (Log.SEALS, FaultKind.CUT, 2)


async def edit_copy(world: World) -> None:
    path = world.copies.folder / f"{PADANG_PANJANG}.jsonl"
    path.write_bytes(path.read_bytes().replace(b'\\"feed_n\\":9', b'\\"feed_n\\":8'))


async def spoil_copy(world: World) -> None:
    path = world.copies.folder / f"{PADANG_PANJANG}.jsonl"
    path.write_bytes(b"{}\n" + path.read_bytes())


@pytest.mark.parametrize("spoil", [edit_copy, spoil_copy])
async def test_a_tampered_copy_is_told_apart_from_the_database(
    world: World, spoil: Callable[[World], Awaitable[None]]
) -> None:
    await spoil(world)
    found = await world.finding()
    assert (found.log, found.fault.kind, found.fault.n) == (Log.COPY, FaultKind.EDITED, 1)


async def test_a_signature_by_another_key_is_refused(world: World) -> None:
    stranger = SealSigner.parse(base64.b64encode(bytes(32)).decode())
    async with transaction(world.database.sessions) as tx:
        report = await verify(tx, Evidence(stranger, None), lambda _: None)
    assert [(f.log, f.fault.kind) for f in report.findings] == [(Log.SEALS, FaultKind.SIGNATURE)]
