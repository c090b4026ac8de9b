"""Seals: signed heads of what changed, chained, with a copy outside the database that survives a crash."""

import base64
from datetime import timedelta
from pathlib import Path

import pytest

from app.db.queries import feed, seals
from app.db.queries.seals import StoredSeal
from app.db.session import Database, transaction
from app.domain.chain import GENESIS, seal_body, seal_fault
from app.integrations.seal_copies import SealCopies
from app.integrations.seals import SealSigner
from app.services.access_log import AccessLog
from app.services.seals import BATCH, CopyKeeper, seal_next
from tests.services.test_access_log import entry
from tests.support.streams import IDS, NOW, PADANG_PANJANG, cases_with_events, grow

pytestmark = pytest.mark.commits


@pytest.fixture
def signer() -> SealSigner:
    return SealSigner.parse(base64.b64encode(bytes(range(32))).decode())


async def number(database: Database) -> None:
    async with transaction(database.sessions) as tx:
        await feed.number_pending(tx, PADANG_PANJANG, NOW, 100_000)


async def seal(database: Database, signer: SealSigner, hours: int = 1) -> StoredSeal | None:
    async with transaction(database.sessions) as tx:
        return await seal_next(tx, PADANG_PANJANG, NOW + timedelta(hours=hours), signer)


async def copy(database: Database, copies: SealCopies) -> int:
    async with transaction(database.sessions) as tx:
        return await CopyKeeper(copies).catch_up(tx, PADANG_PANJANG)


async def test_a_seal_holds_the_heads_that_changed_and_nothing_is_sealed_twice(
    database: Database, signer: SealSigner
) -> None:
    first, second = await cases_with_events(database, [3, 2])
    assert await seal(database, signer) is None, "what has no number yet is not sealed"
    await number(database)
    one = await seal(database, signer)
    assert one is not None
    assert {(head.stream_id, head.n) for head in one.signed.seal.heads} == {(first.id, 3), (second.id, 2)}
    assert await seal(database, signer) is None
    async with transaction(database.sessions) as tx:
        await grow(tx, second)
    await number(database)
    two = await seal(database, signer, 2)
    assert two is not None
    assert [(head.stream_id, head.n) for head in two.signed.seal.heads] == [(second.id, 3)]
    assert two.signed.seal.prev_digest == one.signed.digest
    async with transaction(database.sessions) as tx:
        stored = await seals.seals_after(tx, PADANG_PANJANG, 0, limit=10)
    assert [row.signed for row in stored] == [one.signed, two.signed]
    assert seal_fault(one.signed, 1, GENESIS, signer.verify) is None
    assert seal_fault(two.signed, 2, one.signed.digest, signer.verify) is None


async def test_segments_of_the_access_log_are_sealed_with_the_events(
    database: Database, signer: SealSigner
) -> None:
    log = AccessLog(database, IDS.new_id)
    await log.record(entry(1))
    one = await seal(database, signer)
    assert one is not None
    assert [head.n for head in one.signed.seal.heads] == [1]
    assert await seal(database, signer) is None
    await log.record(entry(2))
    two = await seal(database, signer, 2)
    assert two is not None
    assert [head.n for head in two.signed.seal.heads] == [2]


async def test_a_seal_is_bounded_and_the_next_goes_on(database: Database, signer: SealSigner) -> None:
    await cases_with_events(database, [BATCH - 1, 2])
    await number(database)
    reach = []
    while (sealed := await seal(database, signer)) is not None:
        reach.append(sealed.signed.seal.feed_n)
    assert reach == [BATCH, BATCH + 1]


async def test_the_copy_is_private_and_catches_up_after_a_crash(
    database: Database, signer: SealSigner, tmp_path: Path
) -> None:
    copies = SealCopies(tmp_path / "seals")
    (stream,) = await cases_with_events(database, [1])
    for hours in (1, 2, 3):
        async with transaction(database.sessions) as tx:
            await grow(tx, stream)
        await number(database)
        await seal(database, signer, hours)
        if hours == 1:
            assert await copy(database, copies) == 1
    path = tmp_path / "seals" / f"{PADANG_PANJANG}.jsonl"
    assert path.stat().st_mode & 0o777 == 0o600
    with path.open("ab") as file:
        file.write(b'{"n": 2, "key_id": "torn off by a cra')
    assert await copy(database, copies) == 2
    assert await copy(database, copies) == 0
    async with transaction(database.sessions) as tx:
        stored = await seals.seals_after(tx, PADANG_PANJANG, 0, limit=10)
    lines = list(copies.read(PADANG_PANJANG))
    assert [line.body for line in lines] == [seal_body(row.signed.seal) for row in stored]
    assert all(signer.verify(line.body, line.signature) for line in lines)
    assert copies.tenants() == [PADANG_PANJANG]
