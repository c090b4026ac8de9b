"""The ground that a command stands on: its database and its keys, given by settings or made here."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pydantic import SecretStr
from sqlalchemy import Connection

from app.cli.screen import refusal, say
from app.db import migrations
from app.db.queries import seed
from app.db.roles import user_of
from app.db.session import connect, read_only
from app.integrations.embedded_postgres import EmbeddedPostgres, Running
from app.integrations.keyring import Keyring, make_keys
from app.settings import Settings

KEY_FILE = "keys.json"


@dataclass(frozen=True, slots=True)
class Ground:
    settings: Settings
    """With the addresses and keys that are in use, wherever they come from."""
    embedded: Running | None

    @property
    def url(self) -> str:
        return _secret(self.settings.database_url)

    @property
    def owner_url(self) -> str:
        """The address to migrate with; the service's own where there is one role only."""
        return _secret(self.settings.migrate_url) or self.url

    @property
    def seal_key(self) -> str:
        return _secret(self.settings.seal_key)


def _secret(value: SecretStr | None) -> str:
    return value.get_secret_value() if value else ""


@contextmanager
def stand(settings: Settings, *, own_keys: bool = False) -> Iterator[Ground]:
    """Stand on the database of the settings, or start the embedded one for the time of the block.

    Keys that are not set are made once and kept beside the embedded data; with a real database they must
    be set, unless *own_keys* (the demo).
    """
    if settings.database_url is not None:
        keys = _keys_beside(settings) if own_keys else settings
        yield Ground(keys, None)
        return
    with EmbeddedPostgres().start(settings.data_dir) as running:
        if running.moved_from is not None:
            say(
                f"Data disimpan di {running.data_dir}: PostgreSQL tidak dapat masuk ke {running.moved_from}",
                f"The data lie in {running.data_dir}: PostgreSQL cannot enter {running.moved_from}",
            )
        placed = settings.model_copy(
            update={
                "database_url": SecretStr(running.url),
                "migrate_url": SecretStr(running.migrate_url),
                "data_dir": running.data_dir,
            }
        )
        yield Ground(_keys_beside(placed), running)


def _keys_beside(settings: Settings) -> Settings:
    """Fill in the keys that are not set from the file beside the data; it is made first if need be."""
    if settings.master_keys and settings.index_keys and settings.seal_key:
        return settings
    made = make_keys(settings.data_dir / KEY_FILE)
    return settings.model_copy(
        update={
            "master_keys": settings.master_keys or SecretStr(made.master_keys),
            "index_keys": settings.index_keys or SecretStr(made.index_keys),
            "seal_key": settings.seal_key or SecretStr(made.seal_key),
        }
    )


def check_keys(ground: Ground, *, seals: bool) -> None:
    """Refuse to run on a real database without keys of its own, or with a demo's.

    Raises:
        SystemExit: after saying which setting is missing.
    """
    settings = ground.settings
    wanted = {"PUSKESOS_MASTER_KEYS": settings.master_keys, "PUSKESOS_INDEX_KEYS": settings.index_keys}
    if seals:
        wanted["PUSKESOS_SEAL_KEY"] = settings.seal_key
    missing = ", ".join(name for name, value in wanted.items() if value is None)
    if missing:
        raise refusal(
            f"Kunci belum diisi: {missing}. Buat dengan: puskesos keys",
            f"Keys are not set: {missing}. Make some with: puskesos keys",
        )
    rings = (Keyring.parse(_secret(settings.master_keys)), Keyring.parse(_secret(settings.index_keys)))
    if ground.embedded is None and any(ring.is_demo for ring in rings):
        raise refusal(
            "Kunci peragaan tidak boleh dipakai dengan basis data sungguhan. Buat dengan: puskesos keys",
            "Keys of a demo must not be used with a real database. Make some with: puskesos keys",
        )


def check_no_demo(ground: Ground) -> None:
    """Refuse to serve a real database in which the demo's public log-ins work.

    Raises:
        SystemExit: after saying so.
    """
    if ground.embedded is None and asyncio.run(has_demo_accounts(ground.url)):
        raise refusal(
            "Basis data ini berisi akun peragaan, yang kata sandinya diketahui umum. Pakai basis data lain.",
            "This database has the demo's accounts, whose password everybody knows. Use another database.",
        )


async def has_demo_accounts(url: str) -> bool:
    database = await connect(url, pool_size=1, intake_pool_size=1)
    try:
        async with read_only(database.sessions) as tx:
            return await seed.any_demo_account(tx)
    finally:
        await database.close()


def migrate(ground: Ground) -> None:
    """Bring the schema to this release; where owner and service are two roles, grant the service its part."""
    migrations.upgrade(ground.owner_url)
    role = user_of(ground.url)
    if role and role != user_of(ground.owner_url):
        asyncio.run(_grant(ground.owner_url, role))


async def _grant(owner_url: str, role: str) -> None:
    def grant(connection: Connection) -> None:
        migrations.grant_app_role(connection, role)

    engine = migrations.migration_engine(owner_url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(grant)
    finally:
        await engine.dispose()
