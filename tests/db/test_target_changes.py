"""Households that rose in the registry: each once, none that graduated already, no dropouts."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from app.api.deps import House
from app.db.queries.targets import Moved, Year, moved
from app.db.session import Tx, transaction
from app.db.tables.lists import ListFile
from app.db.tables.people import DataKey, Person
from app.db.tables.registry import RegistryChange, RegistryDiff, RegistryRow, RegistrySnapshot

pytestmark = pytest.mark.commits
R, NOW = "13.74", datetime(2026, 7, 1, tzinfo=UTC)
KEY, FILE, OLD, NEW = (UUID(int=n) for n in range(1, 5))
YEAR = Year(R, datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
HOME = UUID(int=99)


def nik(n: int) -> bytes:
    return b"nik" + bytes([n])


def kk(n: int) -> bytes:
    return b"kk" + bytes([n])


async def lay(tx: Tx) -> None:
    """Two snapshots of 2026: six people in five families, and what became of them."""
    tx.add(DataKey(regency_code=R, id=KEY, wrapped=b"k", created_at=NOW, destroyed_at=None, copy_of=None))
    await tx.flush()
    tx.add(
        ListFile(
            regency_code=R, id=FILE, data_key_id=KEY, name_sealed=None, kind="csv", encoding="utf-8", size=1,
            sha256=b"s" * 32, parts=[], created_at=NOW, created_by=None, deleted_at=None,
        )
    )  # fmt: skip
    await tx.flush()
    for id_, period in ((OLD, "2026-Q1"), (NEW, "2026-Q2")):
        tx.add(
            RegistrySnapshot(
                regency_code=R, id=id_, source="DTSEN", period=period, decree=None, list_id=FILE,
                profile_id=None, data_key_id=KEY, state="committed", job_id=UUID(int=7), rows=6, columns={},
                counts={}, version=1, created_at=NOW, created_by=None, checked_at=NOW, committed_at=NOW,
            )
        )  # fmt: skip
    await tx.flush()
    tx.add(RegistryDiff(regency_code=R, snapshot_id=NEW, against_id=OLD, counts={}, flagged=0, at=NOW))
    # Family 1 has two who rose; 2 rose within the poor; 3 fell; 4 dropped out; 5 rose, and graduated already.
    for n, family, before, after in (
        (1, 1, 3, 6), (2, 1, 3, 6), (3, 2, 1, 4), (4, 3, 6, 2), (5, 4, 2, None), (6, 5, 4, 5),
    ):  # fmt: skip
        tx.add(row(n, family, before))
        tx.add(change(n, before, after))
    tx.add(
        Person(
            regency_code=R, id=UUID(int=50), data_key_id=KEY, household_id=HOME, name="Contoh",
            name_key="contoh", kk_digest=kk(5), village_code="13.74.01.1005", facts={}, provisional=False,
            do_not_contact=False, created_at=NOW, seen_at=NOW, version=1, born_on=date(1990, 1, 1),
        )
    )  # fmt: skip
    await tx.flush()


def row(n: int, family: int, desil: int) -> RegistryRow:
    return RegistryRow(
        regency_code=R, snapshot_id=OLD, n=n, verdict="accepted", reasons="", enters=True, nik_digest=nik(n),
        kk_digest=kk(family), name_key="contoh", born_on=None, village_code="13.74.01.1005", desil=desil,
        status="ADA", programs=[], sealed=b"x", decision=None, decided_at=None, decided_by=None,
    )  # fmt: skip


def change(n: int, before: int, after: int | None) -> RegistryChange:
    kinds: dict[bool, tuple[str, str]] = {True: ("dropped", "not_listed"), False: ("desil", "ranked_up")}
    kind, reason = kinds[after is None]
    return RegistryChange(
        regency_code=R, snapshot_id=NEW, against_id=OLD, nik_digest=nik(n), kind=kind, reason=reason,
        name_key="contoh", village_code="13.74.01.1005", desil_before=before, desil_after=after,
    )  # fmt: skip


async def test_households_are_counted_once_and_what_dropped_out_is_told_apart(fresh_house: House) -> None:
    found: dict[str, Any] = {}
    async with transaction(fresh_house.database.sessions) as tx:
        await lay(tx)
        found["all"] = await moved(tx, YEAR, 4, [])
        found["without"] = await moved(tx, YEAR, 4, [HOME])
        found["higher"] = await moved(tx, YEAR, 5, [])
        found["before"] = await moved(tx, Year(R, datetime(2025, 1, 1, tzinfo=UTC), YEAR.begins), 4, [])
    assert found["all"] == Moved("DTSEN", "2026-Q1", "2026-Q2", risen=2, dropped=1)
    assert found["without"].risen == 1
    assert (found["higher"].risen, found["before"]) == (1, None)
