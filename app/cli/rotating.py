"""Putting everything under the first master key, with a bar that shows how far it is."""

import asyncio
from datetime import timedelta
from typing import Final

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from app import clock
from app.cli.ground import Ground, check_keys, stand
from app.cli.screen import console, refusal, say
from app.db.queries import rotation
from app.db.session import Database, connect, read_only, transaction
from app.integrations.keyring import Keyring
from app.integrations.vault import CannotOpen, Vault
from app.services.key_rotation import Part, parts, turn
from app.settings import Settings

ANSWERS_KEPT: Final = timedelta(days=30)
"""Stored answers lie in boxes of the key of their day, and are kept this long (design section 10)."""


def rotate_command(settings: Settings) -> None:
    """Wrap every data key and lasting box by the first master key; what lies under it is passed over."""
    with stand(settings) as ground:
        if ground.settings.master_keys is None:
            check_keys(ground, seals=False)
        try:
            renewed, seen = asyncio.run(_rotate(ground))
        except CannotOpen as error:
            raise refusal(
                "Ada kunci data di bawah kunci induk yang tidak ada dalam PUSKESOS_MASTER_KEYS. "
                "Tambahkan kunci lama di belakang kunci baru, lalu jalankan lagi; yang sudah selesai tetap.",
                "A data key lies under a master key that is not in PUSKESOS_MASTER_KEYS. "
                "Add the old key behind the new one and run it again; what is done stays.",
            ) from error
    until = (clock.now() + ANSWERS_KEPT).date()
    say(
        f"{renewed:,} dari {seen:,} kunci dibungkus ulang. Kunci lama masih perlu sampai {until}.",
        f"{renewed:,} of {seen:,} keys were wrapped again. The old key is needed until {until}.",
    )


async def _rotate(ground: Ground) -> tuple[int, int]:
    masters = ground.settings.master_keys
    vault = Vault(Keyring.parse(masters.get_secret_value() if masters else ""))
    database = await connect(ground.url, pool_size=1, intake_pool_size=1)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    renewed = seen = 0
    try:
        with Progress(*columns, console=console, transient=True) as progress:
            for part in parts():
                async with read_only(database.sessions) as tx:
                    total = await rotation.count(tx, part.column)
                    tenants = await rotation.tenants(tx, part.column)
                line = progress.add_task(part.column.entity.__tablename__, total=total)
                for tenant in tenants:
                    more, looked = await _tenant(database, vault, part, tenant)
                    renewed, seen = renewed + more, seen + looked
                    progress.advance(line, looked)
    finally:
        await database.close()
    return renewed, seen


async def _tenant(database: Database, vault: Vault, part: Part, tenant: str) -> tuple[int, int]:
    after, renewed, seen = None, 0, 0
    while True:
        async with transaction(database.sessions) as tx:
            done = await turn(tx, vault, part, tenant, after)
        renewed, seen, after = renewed + done.renewed, seen + done.seen, done.last
        if after is None:
            return renewed, seen
