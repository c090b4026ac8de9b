"""Registry, persons and cases by the million, made inside PostgreSQL.

Everything is a function of its row number, so two fills of one size are equal. A smaller fill is the same two
years with fewer cases a day, not a shorter history: that is the harder of the two comparisons for a list.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import asyncpg

from app.services.seed.places import packed_regions, peopled

TABLES: Final = (
    "registry_entries", "data_keys", "persons", "assistance_lines", "cases", "case_readers",
    "routing_records", "clocks", "case_facts", "events", "feed_pending", "feed", "feed_heads", "referrals",
    "idempotency_keys",
)  # fmt: skip

Say = Callable[[str], None]
Keyed = tuple[int, bytes, bytes]
"""Number, digest of the NIK, wrapped data key: of the people whom the real service is to meet."""


@dataclass(frozen=True, slots=True)
class Sizes:
    people: int
    cases: int

    @property
    def persons(self) -> int:
        """How many of the people have been at a desk before: numbers 0 and 1 of every four."""
        return self.people // 2

    @property
    def staff(self) -> int:
        """How many officers each regency has: where more cases come in, more officers take them."""
        return self.cases // 1000


def places() -> list[tuple[str, str]]:
    """Regency and village by place number; a village with a desk stands there five times as often."""
    return [
        (regency, code) for regency, villages in peopled(packed_regions()).items() for code, _ in villages
    ]


def place_of(n: int, count: int) -> int:
    """The number of the place where person *n* lives; ``_PEOPLE`` says the same in SQL."""
    return n * 7919 % count


async def fill(
    connection: asyncpg.Connection,
    sizes: Sizes,
    now: datetime,
    say: Say,
    keyed: Iterable[Keyed] = (),
) -> None:
    """Replace the people and cases of the database; reference data, places and accounts stay."""
    async with connection.transaction():
        await _stage(connection, sizes, keyed)
        async with without_indexes(connection, TABLES, say):
            await connection.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
            for name, statement in _statements().items():
                say(name)
                await connection.execute(_filled(statement, _values(sizes, now)))
            say("indexes")
        await connection.execute("DROP TABLE bench_people, bench_keyed, bench_places")
        await connection.execute("DROP FUNCTION bench_uid")
    say("vacuum")
    for table in TABLES:
        await connection.execute(f"VACUUM (ANALYZE) {table}")


def _values(sizes: Sizes, now: datetime) -> dict[str, object]:
    return {
        "now": now.isoformat(),
        "people": sizes.people,
        "persons": sizes.persons,
        "cases": sizes.cases,
        "staff": sizes.staff,
    }


def _filled(statement: str, values: dict[str, object]) -> str:
    for name, value in values.items():
        statement = statement.replace(f"@{name}", f"'{value}'::timestamptz" if name == "now" else str(value))
    return statement


async def _stage(connection: asyncpg.Connection, sizes: Sizes, keyed: Iterable[Keyed]) -> None:
    await connection.execute(_UID)
    await connection.execute(
        "CREATE TABLE bench_places (k int PRIMARY KEY, regency text, village text, district text)"
    )
    rows = [(k, regency, code, code[:8]) for k, (regency, code) in enumerate(places())]
    await connection.copy_records_to_table("bench_places", records=rows)
    await connection.execute("CREATE TABLE bench_keyed (n int PRIMARY KEY, nik bytea, wrapped bytea)")
    await connection.copy_records_to_table("bench_keyed", records=keyed)
    await connection.execute(_PEOPLE.replace("@people", str(sizes.people)).replace("@places", str(len(rows))))
    await connection.execute("ANALYZE bench_people; ANALYZE bench_places")


@asynccontextmanager
async def without_indexes(
    connection: asyncpg.Connection, tables: Sequence[str], say: Say
) -> AsyncIterator[None]:
    """Take keys and indexes away for the block: built once at the end they cost a fifth."""
    constraints = await connection.fetch(_CONSTRAINTS, list(tables))
    indexes = await connection.fetch(_INDEXES, list(tables))
    for row in constraints:
        await connection.execute(f"ALTER TABLE {row['table']} DROP CONSTRAINT {row['name']}")
    for row in indexes:
        await connection.execute(f"DROP INDEX {row['name']}")
    yield
    say("indexes")
    for row in indexes:
        await connection.execute(row["definition"])
    for row in reversed(constraints):
        await connection.execute(
            f"ALTER TABLE {row['table']} ADD CONSTRAINT {row['name']} {row['definition']}"
        )


_CONSTRAINTS: Final = """
SELECT c.conname AS name, c.conrelid::regclass::text AS table, pg_get_constraintdef(c.oid) AS definition
FROM pg_constraint c
WHERE c.contype IN ('p', 'u', 'f')
  AND (c.conrelid::regclass::text = ANY($1) OR c.confrelid <> 0 AND c.confrelid::regclass::text = ANY($1))
ORDER BY CASE c.contype WHEN 'f' THEN 0 WHEN 'u' THEN 1 ELSE 2 END
"""
_INDEXES: Final = """
SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition
FROM pg_index i
WHERE i.indrelid::regclass::text = ANY($1)
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u'))
"""

_UID: Final = """
CREATE FUNCTION bench_uid(at timestamptz, n bigint, salt text) RETURNS uuid LANGUAGE sql STABLE AS $$
  SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0')
          || '7' || substr(md5(salt || n), 1, 3) || '8' || substr(md5(salt || n), 4, 15))::uuid
$$
"""
# Half of the digests are keyed by the service's key; pgbench can make the other half by itself.
_PEOPLE: Final = """
CREATE TABLE bench_people AS
SELECT n, p.regency, p.village, coalesce(k.nik, '\\x0001'::bytea || sha256(n::text::bytea)) AS nik,
       coalesce(k.wrapped,
                '\\x010001'::bytea || sha256(n::text::bytea) || substr(sha256('k'), 1, 28)) AS wrapped
FROM generate_series(0, @people - 1) n
JOIN bench_places p ON p.k = (n::bigint * 7919) % @places
LEFT JOIN bench_keyed k USING (n);
ALTER TABLE bench_people ADD PRIMARY KEY (n)
"""


def _statements() -> dict[str, str]:
    """The statements of ``fill.sql`` by what they make."""
    _, *parts = Path(__file__).with_suffix(".sql").read_text("utf-8").split("\n-- :")
    named = (part.partition("\n") for part in parts)
    return {name: statement for name, _, statement in named}
