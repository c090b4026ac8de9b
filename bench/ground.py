"""The benchmark's own PostgreSQL, databases, keys and accounts, kept under ``bench/data``."""

import asyncio
import base64
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import asyncpg
from sqlalchemy import Connection

from app import clock
from app.db import migrations
from app.db.session import connect, transaction
from app.domain.access import SYSTEM, Role
from app.integrations.embedded_postgres import EmbeddedPostgres, Running
from app.integrations.embedded_postgres import Role as PostgresRole
from app.integrations.keyring import Keyring
from app.integrations.passwords import Passwords
from app.integrations.randomness import Ids
from app.integrations.vault import Blind, Vault
from app.services.accounts import Act, NewAccount, NewGrant, create_account
from app.services.seed import Tools, seed_reference
from bench.fill import Keyed, Sizes, fill
from bench.people import nik_of

DATA: Final = Path(__file__).resolve().parent / "data"
LARGE: Final = "bench_large"
SMALL: Final = "bench_small"
PASSWORD: Final = "a-benchmark-password"  # noqa: S105  # of a database that holds invented people
LOGIN: Final = "bangku"
"""One officer of each regency has this login."""
REGENCIES: Final = ("13.08", "13.71", "13.74", "18.72", "63.03")
SIZES: Final = {LARGE: Sizes(1_000_000, 1_000_000), SMALL: Sizes(100_000, 100_000)}

FAST: Final = {
    "fsync": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "16GB",
    "maintenance_work_mem": "512MB",
    "work_mem": "128MB",
    "shared_buffers": "1GB",
    "autovacuum": "off",
    "jit": "off",
}
"""While loading: nothing of it is worth keeping if the machine stops."""
HONEST: Final = {"shared_buffers": "512MB", "max_wal_size": "4GB", "checkpoint_timeout": "15min"}
"""While measuring: fsync and synchronous_commit are on. Both arms run on it."""


@dataclass(frozen=True, slots=True)
class Keys:
    master: str
    index: str
    seal: str

    @classmethod
    def kept(cls) -> "Keys":
        path = DATA / "keys.json"
        if not path.exists():
            # Not marked as a demo's: the service refuses those with a database of settings.
            DATA.mkdir(parents=True, exist_ok=True)
            made = {name: os.urandom(32) for name in ("master", "index", "seal")}
            texts = {name: _base64(key) for name, key in made.items()}
            path.write_text(
                json.dumps({**texts, "master": f"1:{texts['master']}", "index": f"1:{texts['index']}"})
            )
            path.chmod(0o600)
        return cls(**json.loads(path.read_text()))

    def environment(self) -> dict[str, str]:
        return {
            "PUSKESOS_MASTER_KEYS": self.master,
            "PUSKESOS_INDEX_KEYS": self.index,
            "PUSKESOS_SEAL_KEY": self.seal,
        }


def _base64(key: bytes) -> str:
    return base64.b64encode(key).decode()


@contextmanager
def postgres(options: Mapping[str, str]) -> Iterator[Running]:
    with EmbeddedPostgres(options=options).start(DATA / "postgres", database="unused") as running:
        yield running


def is_filled() -> bool:
    return (DATA / "filled.json").exists()


def make_data() -> None:
    """Fill both databases from nothing; a second call finds the mark of the first."""
    if is_filled():
        print(f"{DATA}: filled already; remove it to fill again")
        return
    DATA.mkdir(parents=True, exist_ok=True)
    begun = clock.now()
    keys = Keys.kept()
    with postgres(FAST) as running:
        for name, sizes in SIZES.items():
            running.drop_database(name)
            running.create_database(name)
            owner = running.url_for(PostgresRole.OWNER, name)
            migrations.upgrade(owner)
            asyncio.run(_load(running, name, keys, sizes, begun))
    os.sync()
    took = (clock.now() - begun).total_seconds()
    (DATA / "filled.json").write_text(json.dumps({"at": begun.isoformat(), "seconds": round(took)}))
    print(f"filled in {took:.0f} s")


async def _load(running: Running, name: str, keys: Keys, sizes: Sizes, now: datetime) -> None:
    owner = running.url_for(PostgresRole.OWNER, name)
    engine = migrations.migration_engine(owner)
    async with engine.begin() as connection:
        await connection.run_sync(grant)
    await engine.dispose()
    await reference(running.url_for(PostgresRole.APP, name), now)
    raw = await asyncpg.connect(owner)
    try:

        def say(part: str) -> None:
            print(f"{(clock.now() - now).total_seconds():6.1f} s  {name}  {part}", flush=True)

        await fill(raw, sizes, now, say, _keyed(keys, sizes))
    finally:
        await raw.close()


def grant(connection: Connection) -> None:
    """Give the service's role what it may do to the tables."""
    migrations.grant_app_role(connection, PostgresRole.APP)


async def reference(url: str, now: datetime) -> None:
    """Seed the reference data, and one officer for each regency."""
    database = await connect(url, pool_size=2, intake_pool_size=1)
    ids = Ids()
    try:
        await seed_reference(Tools(database, ids, now))
        hashed = await Passwords().hash(PASSWORD)
        for regency in REGENCIES:
            async with transaction(database.sessions) as tx:
                given = NewGrant(ids.new_id(now), Role.SECRETARIAT_OFFICER, regency, None, None, None, None)
                new = NewAccount(regency, ids.new_id(now), LOGIN, "Petugas Bangku", hashed, (given,))
                await create_account(tx, Act(SYSTEM, now, ids.new_id(now)), new)
    finally:
        await database.close()


def _keyed(keys: Keys, sizes: Sizes) -> Iterator[Keyed]:
    """The people with even numbers are met by the service, so their digests and keys are real."""
    blind, vault = Blind(Keyring.parse(keys.index)), Vault(Keyring.parse(keys.master), cache_size=1)
    unmet = b""
    for n in range(0, sizes.people, 2):
        wrapped = vault.new_data_key().wrapped if n % 4 < 2 else unmet  # noqa: PLR2004  # see `Sizes.persons`
        yield n, blind.digest("nik", nik_of(n)), wrapped
