"""The worker as a process of its own: ``python -m app.worker`` or ``puskesos worker``."""

import asyncio
import signal
from pathlib import Path

from app import clock
from app.db.session import Database, connect
from app.integrations.keyring import Keyring
from app.integrations.object_store import store_of
from app.integrations.randomness import Ids
from app.integrations.seal_copies import SealCopies
from app.integrations.seals import SealSigner
from app.integrations.vault import Blind, Vault
from app.services.knowledge import KnowledgeSource
from app.settings import Settings
from app.worker.jobs.send import check_posts
from app.worker.loop import run
from app.worker.tools import Tools

POOL_SIZE = 6
"""Lanes that want a connection at the same time wait for one another; seldom are more of them busy."""


def tools_of(
    database: Database,
    settings: Settings,
    signer: SealSigner,
    stop: asyncio.Event | None = None,
    knowledge: KnowledgeSource | None = None,
) -> Tools:
    """Put together what the jobs need, on pools that the caller owns; the keys must be set.

    *knowledge* is shared where the worker lives in a process that has one.
    """
    master, index = settings.master_keys, settings.index_keys
    if master is None or index is None:
        raise ValueError("The worker needs the master keys and the index keys.")
    check_posts(settings)
    return Tools(
        database=database,
        now=clock.now,
        signer=signer,
        copies=SealCopies(seal_folder(settings)),
        settings=settings,
        knowledge=knowledge or KnowledgeSource(database),
        vault=Vault(Keyring.parse(master.get_secret_value())),
        blind=Blind(Keyring.parse(index.get_secret_value())),
        ids=Ids(),
        objects=store_of(settings),
        stop=stop or asyncio.Event(),
    )


def seal_folder(settings: Settings) -> Path:
    return settings.data_dir / "seals"


async def work(settings: Settings, database_url: str, signer: SealSigner) -> None:
    """Run the worker on its own pools until SIGTERM or SIGINT; it ends what it is at, and nothing more."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    database = await connect(database_url, pool_size=POOL_SIZE, intake_pool_size=1)
    try:
        await run(tools_of(database, settings, signer, stop))
    finally:
        await database.close()


def main() -> None:
    """Start from the environment alone; the embedded database has its worker in ``serve --with-worker``."""
    settings = Settings()
    keys = (settings.master_keys, settings.index_keys)
    if settings.database_url is None or settings.seal_key is None or None in keys:
        raise SystemExit(
            "puskesos worker: PUSKESOS_DATABASE_URL, PUSKESOS_SEAL_KEY, PUSKESOS_MASTER_KEYS and "
            "PUSKESOS_INDEX_KEYS must be set"
        )
    signer = SealSigner.parse(settings.seal_key.get_secret_value())
    asyncio.run(work(settings, settings.database_url.get_secret_value(), signer))


if __name__ == "__main__":
    main()
