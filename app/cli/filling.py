"""Loading data, with its progress on the screen."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app import clock
from app.cli.ground import Ground, check_keys, migrate, stand
from app.cli.screen import console, refusal, say
from app.db.session import connect
from app.demo.cast import cast
from app.demo.crowd import crowd
from app.demo.people import Village, invent
from app.domain.ids import tenant_digits
from app.domain.region_changes import BadList, Change, read_changes
from app.integrations.keyring import Keyring
from app.integrations.passwords import Passwords
from app.integrations.randomness import Ids
from app.integrations.vault import Blind, Vault
from app.services.seed import (
    Household,
    Say,
    Sealing,
    Tools,
    Villages,
    change_regions,
    seed_cast,
    seed_demo_accounts,
    seed_people_of,
    seed_reference,
)
from app.settings import Settings

DEMO_PEOPLE = 20_000
_WORDS = {
    "regions": "Wilayah / regions",
    "codes": "Kode / codes",
    "agencies": "Instansi / agencies",
    "programs": "Program / programmes",
    "policies": "Kebijakan / policies",
    "letter_templates": "Templat surat / letter templates",
    "holidays": "Hari libur / holidays",
    "messages": "Templat pesan / message templates",
    "places": "Lima daerah / five places",
    "frontends": "Klien / clients",
    "accounts": "Akun peragaan / demo accounts",
}


async def fill(ground: Ground, *, demo: bool, people: int) -> int:
    """Load the reference data; with *demo* the public log-ins; and so many invented *people*.

    Returns:
        How many rows came in or were corrected: 0 when everything was there.
    """
    database = await connect(ground.url, pool_size=2, intake_pool_size=1)
    try:
        with _shown() as shown:
            return await _fill(ground, Tools(database, Ids(), clock.now(), shown), demo=demo, people=people)
    finally:
        await database.close()


async def _fill(ground: Ground, tools: Tools, *, demo: bool, people: int) -> int:
    touched = sum((await seed_reference(tools)).values())
    if demo:
        touched += await seed_demo_accounts(tools, Passwords())
    if people:
        touched += await seed_people_of(tools, _sealing(ground), people, _invent)
    if demo and people:
        touched += await seed_cast(tools, _sealing(ground), cast())
        touched += await seed_cast(tools, _sealing(ground), crowd(), "crowd_seeded")
    return touched


def _sealing(ground: Ground) -> Sealing:
    settings = ground.settings
    masters = settings.master_keys.get_secret_value() if settings.master_keys else ""
    indexes = settings.index_keys.get_secret_value() if settings.index_keys else ""
    return Sealing(Vault(Keyring.parse(masters)), Blind(Keyring.parse(indexes)))


def _invent(regency: str, persons: int, villages: Villages, day: date) -> Iterator[Household]:
    """The same people for the same place in every run."""
    named = [Village(code, name) for code, name in villages]
    return invent(int(tenant_digits(regency)), persons, named, today=day)


@contextmanager
def _shown() -> Iterator[Say]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        lines = {}

        def told(part: str, done: int, of: int) -> None:
            if part not in lines:
                lines[part] = progress.add_task(_words(part), total=of or None)
            progress.update(lines[part], completed=done, total=of or None)

        yield told


def _words(part: str) -> str:
    if part.startswith("people "):
        return f"Warga rekaan / invented people {part.removeprefix('people ')}"
    return _WORDS.get(part, part)


def fill_now(ground: Ground, *, demo: bool, people: int) -> None:
    """Load, and say what came in."""
    touched = asyncio.run(fill(ground, demo=demo, people=people))
    if touched:
        say(f"Data dimuat: {touched:,} baris", f"Data loaded: {touched:,} rows")
    else:
        say("Data sudah lengkap", "All data was there")


def migrate_command(settings: Settings) -> None:
    """Bring the schema of the settings' database, or of the embedded one, to this release."""
    with stand(settings) as ground:
        migrate(ground)
        say("Skema sesuai dengan rilis ini", "The schema is that of this release")


def seed_command(settings: Settings, *, demo: bool, people: int) -> None:
    """Load the reference data; people are sealed, so they need keys."""
    with stand(settings) as ground:
        if people:
            check_keys(ground, seals=False)
        if ground.embedded is not None:
            migrate(ground)
        fill_now(ground, demo=demo, people=people)


def regions_command(settings: Settings, changes: Path) -> None:
    """End region codes and let others take their place.

    Raises:
        SystemExit: the list does not fit; nothing was changed.
    """
    try:
        wanted = read_changes(changes.read_text("utf-8"))
        with stand(settings) as ground:
            touched = asyncio.run(_change(ground, wanted))
    except (BadList, UnicodeDecodeError) as error:
        raise refusal(f"Tidak ada yang diubah: {error}", f"Nothing was changed: {error}") from None
    say(f"{touched} baris wilayah diubah.", f"{touched} region rows were changed.")


async def _change(ground: Ground, wanted: list[Change]) -> int:
    database = await connect(ground.url, pool_size=1, intake_pool_size=1)
    try:
        return await change_regions(Tools(database, Ids(), clock.now()), wanted)
    finally:
        await database.close()
