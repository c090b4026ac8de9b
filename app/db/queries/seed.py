"""Putting shipped data into tables: rows that are missing, rows that differ, and COPY for the many."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, cast
from uuid import UUID

from sqlalchemy import Table, and_, delete, insert, select, update

from app.db.session import Raw, Tx
from app.db.tables import Base
from app.db.tables.access import Account
from app.db.tables.knowledge import ProgramVersion, Region
from app.db.tables.places import RegencySettings

Row = Mapping[str, Any]
_TENANT = "regency_code"
_PEOPLE = "people_seeded"


class Copying(Protocol):
    async def copy_records_to_table(
        self, table_name: str, *, records: Iterable[Sequence[object]], columns: Sequence[str]
    ) -> str: ...


async def copy(raw: Raw, table: str, columns: Sequence[str], records: Iterable[Sequence[object]]) -> None:
    """COPY *records* into *table*: the only way for rows by the ten thousand."""
    await cast("Copying", raw).copy_records_to_table(table, records=records, columns=columns)


@dataclass(frozen=True, slots=True)
class PeopleDone:
    """How many of a regency's invented people are loaded."""

    persons: int
    households: int


async def people_done(raw: Raw, regency: str, series: str) -> PeopleDone:
    """Say how far one series of a regency's people is loaded: the crowd, or the cast of the story."""
    row = await raw.fetchrow(
        "SELECT payload FROM work WHERE regency_code = $1 AND kind = $2 AND key = $3",
        regency,
        _PEOPLE,
        series,
    )
    found = json.loads(row["payload"]) if row else {"persons": 0, "households": 0}
    return PeopleDone(found["persons"], found["households"])


async def mark_people(
    raw: Raw, regency: str, series: str, id_: UUID, now: datetime, done: PeopleDone
) -> None:
    """Remember *done*, in the transaction that loads them."""
    payload = json.dumps({"persons": done.persons, "households": done.households})
    await raw.execute(
        "INSERT INTO work (regency_code, id, kind, key, due_at, attempts, done_at, payload)"
        " VALUES ($1, $2, $3, $6, $4, 0, $4, $5::jsonb)"
        " ON CONFLICT (regency_code, kind, key) DO UPDATE SET payload = excluded.payload",
        regency,
        id_,
        _PEOPLE,
        now,
        payload,
        series,
    )


async def put_missing(tx: Tx, table: str, rows: Sequence[Row], match: Sequence[str]) -> list[Row]:
    """Insert those of *rows* whose *match* columns no row has yet, and return them.

    What is there stays as it is: an operator may have changed it. Rows of a tenant table are of one tenant.
    """
    target = Base.metadata.tables[table]
    there = await _stored(tx, target, rows, match, match)
    new = [row for row in rows if _key(row, match) not in there]
    if new:
        await tx.execute(insert(target), [dict(row) for row in new])
    return new


async def put_current(tx: Tx, table: str, rows: Sequence[Row], match: Sequence[str]) -> int:
    """Insert what is missing and correct what differs; return how many rows that were."""
    if not rows:
        return 0
    target = Base.metadata.tables[table]
    columns = [name for name in rows[0] if name not in match]
    there = await _stored(tx, target, rows, match, columns)
    new = [row for row in rows if _key(row, match) not in there]
    if new:
        await tx.execute(insert(target), [dict(row) for row in new])
    differing = [
        row
        for row in rows
        if (found := there.get(_key(row, match))) is not None and found != _key(row, columns)
    ]
    for row in differing:
        same = and_(*(target.c[name] == row[name] for name in match))
        await tx.execute(update(target).where(same).values({name: row[name] for name in columns}))
    return len(new) + len(differing)


async def remove(tx: Tx, table: str, match: Sequence[str], gone: Iterable[Sequence[object]]) -> None:
    """Delete the rows with these keys."""
    target = Base.metadata.tables[table]
    for key in gone:
        same = and_(*(target.c[name] == part for name, part in zip(match, key, strict=True)))
        await tx.execute(delete(target).where(same))


async def keys(tx: Tx, table: str, tenant: str, columns: Sequence[str]) -> list[tuple[Any, ...]]:
    """The *columns* of every row of a tenant."""
    target = Base.metadata.tables[table]
    found = await tx.execute(select(*(target.c[name] for name in columns)).where(target.c[_TENANT] == tenant))
    return [tuple(row) for row in found]


async def program_digests(tx: Tx) -> dict[str, dict[int, str]]:
    """By programme, the digest of each stored version."""
    found: dict[str, dict[int, str]] = {}
    statement = select(ProgramVersion.program_code, ProgramVersion.n, ProgramVersion.digest)
    for row in await tx.execute(statement):
        found.setdefault(row.program_code, {})[row.n] = row.digest
    return found


async def programs_written(tx: Tx) -> frozenset[str]:
    """The programmes of which people wrote a version."""
    found = await tx.execute(select(ProgramVersion.program_code, ProgramVersion.makers))
    return frozenset(row.program_code for row in found if row.makers)


async def close_regions(tx: Tx, codes: Sequence[str], on: date) -> None:
    """Regions that the decree no longer names stay readable, but are chosen no more."""
    await tx.execute(update(Region).where(Region.code.in_(codes)).values(valid_to=on))


async def end_region(tx: Tx, code: str, successor: str, on: date) -> None:
    """Let a region be no more, and another take its place."""
    ended = update(Region).where(Region.code == code).values(valid_to=on, successor_code=successor)
    await tx.execute(ended)


async def changed_regions(tx: Tx, since: date) -> tuple[frozenset[str], frozenset[str]]:
    """Return the codes that were ended for a successor, and those that came after the shipped decree."""
    ended = await tx.scalars(
        select(Region.code).where(Region.valid_to.is_not(None), Region.successor_code != "")
    )
    made = await tx.scalars(select(Region.code).where(Region.valid_from > since))
    return frozenset(ended), frozenset(made)


async def name_inspectorate(tx: Tx, tenant: str, account_id: UUID) -> None:
    """Set who hears complaints about the head of the Dinas, where nobody is set yet."""
    await tx.execute(
        update(RegencySettings)
        .where(RegencySettings.regency_code == tenant, RegencySettings.inspectorate_account_id.is_(None))
        .values(inspectorate_account_id=account_id)
    )


async def any_demo_account(tx: Tx) -> bool:
    """Tell whether an account of the demo is there, in any tenant."""
    return await _any_account(tx, demo=True)


async def any_real_account(tx: Tx) -> bool:
    """Tell whether an account that is not the demo's is there, in any tenant."""
    return await _any_account(tx, demo=False)


async def _any_account(tx: Tx, *, demo: bool) -> bool:
    found = await tx.scalar(select(Account.id).where(Account.demo.is_(demo)).limit(1))
    return found is not None


async def _stored(
    tx: Tx, target: Table, rows: Sequence[Row], match: Sequence[str], columns: Sequence[str]
) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    statement = select(*(target.c[name] for name in match), *(target.c[name] for name in columns))
    if _TENANT in target.c:
        tenants = {row[_TENANT] for row in rows}
        if len(tenants) > 1:
            raise ValueError("rows of one tenant only")
        statement = statement.where(target.c[_TENANT].in_(tenants))
    found = await tx.execute(statement)
    cut = len(match)
    return {tuple(row[:cut]): tuple(row[cut:]) for row in found}


def _key(row: Row, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)
