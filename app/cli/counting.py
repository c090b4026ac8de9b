"""Counting the figures from scratch, with a bar that shows how far it is."""

import asyncio

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from app import clock
from app.cli.ground import Ground, stand
from app.cli.screen import console, say
from app.db.queries import counting
from app.db.session import connect, read_only, transaction
from app.services.counting import rebuild
from app.settings import Settings


def rebuild_command(settings: Settings) -> None:
    """Count every tenant anew, each in one transaction: readers see the old figures until it ends."""
    with stand(settings) as ground:
        cases, tenants = asyncio.run(_rebuild(ground))
    say(
        f"Angka dari {cases:,} kasus di {tenants:,} wilayah dihitung ulang",
        f"Counted {cases:,} cases of {tenants:,} tenants anew",
    )


async def _rebuild(ground: Ground) -> tuple[int, int]:
    database = await connect(ground.url, pool_size=1, intake_pool_size=1)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    cases = 0
    try:
        async with read_only(database.sessions) as tx:
            tenants = await counting.tenants_with_cases(tx)
            total = await counting.case_count(tx, tenants)
        with Progress(*columns, console=console, transient=True) as progress:
            line = progress.add_task("", total=total)
            for tenant in tenants:
                async with transaction(database.sessions) as tx:
                    cases += await rebuild(tx, tenant, clock.now(), lambda done: progress.advance(line, done))
    finally:
        await database.close()
    return cases, len(tenants)
