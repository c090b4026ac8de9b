"""The whole story: each case in its panel, and at the end where each stands."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.demo.cast import MOTHER, RUNS, nik_of
from app.demo.story.callers import HASTE, Broken, Doors
from app.demo.story.scene import Ending, Scene, Shown
from app.demo.story.scenes import SCENES
from app.demo.story.telling import badge, ending_table, telling
from app.demo.winding import Wind
from puskesos_client import PuskesosError, connect

_PATIENCE: Final = 30.0


@dataclass(frozen=True, slots=True)
class Stage:
    """What every case of one run is played on."""

    doors: Doors
    run: int
    wind: Wind


async def play(base_url: str, console: Console, wind: Wind) -> int:
    """Play every case against the running service; return 0 when all ended where they should.

    Nobody can wait for a clock of days: *wind* lets time pass for one case.
    """
    started = time.monotonic()
    async with connect(base_url, retries=HASTE, timeout=_PATIENCE) as client:
        doors = Doors(client)
        try:
            run = await _next_run(doors)
        except (Broken, PuskesosError) as error:
            _say(console, f"Cerita tidak dapat dimulai: {error}", f"The story cannot begin: {error}")
            return 1
        if run > RUNS:
            _say(
                console,
                f"Cerita sudah dimainkan {RUNS} kali pada data ini; mulai lagi dengan data baru.",
                f"The story was played {RUNS} times on these data; start again with new ones.",
            )
            return 1
        _say(
            console,
            f"Cerita ke-{run}: semua orang di dalamnya rekaan, semua jawaban dari API.",
            f"Story {run}: everybody in it is invented, every answer is the API's.",
        )
        stage = Stage(doors, run, wind)
        endings = [await _show(console, stage, number, shown) for number, shown in enumerate(SCENES, 1)]
    right = _conclude(console, endings)
    seconds = time.monotonic() - started
    _say(
        console,
        f"{right} dari {len(SCENES)} kasus berakhir sebagaimana mestinya, {seconds:.0f} detik.",
        f"{right} of {len(SCENES)} cases ended as they should, {seconds:.0f} seconds.",
    )
    return 0 if right == len(SCENES) else 1


def _say(console: Console, indonesian: str, english: str) -> None:
    console.print(f"{indonesian}\n[dim]{english}[/]")


def _conclude(console: Console, endings: Sequence[Ending | None]) -> int:
    """Show where each case stands; return how many stand where they should."""
    table = ending_table()
    right = [
        _add(table, number, shown, ending)
        for number, (shown, ending) in enumerate(zip(SCENES, endings, strict=True), 1)
    ]
    console.print(table)
    return sum(right)


async def _next_run(doors: Doors) -> int:
    """Find the first run whose mother has no case yet; runs use the casts in their order."""
    desk = await doors.officer("yanti", "13.08", "Puskesos Durian Tinggi")

    async def used(run: int) -> bool:
        found = await desk.post("/v1/cases/search", {"q": nik_of(MOTHER, run), "limit": 1})
        return bool(found.body["items"])

    low, high = 1, 1
    while high <= RUNS and await used(high):
        low, high = high + 1, high * 2
    high = min(high, RUNS + 1)
    while low < high:
        middle = (low + high) // 2
        if await used(middle):
            low = middle + 1
        else:
            high = middle
    return low


async def _show(console: Console, stage: Stage, number: int, shown: Shown) -> Ending | None:
    title = f"{number}. {shown.title[0]} · {shown.place}"
    with telling(console, title, shown.title[1]) as tell:
        try:
            return await shown.play(Scene(stage.doors, tell, stage.run, stage.wind))
        except (Broken, PuskesosError, KeyError) as error:
            tell.fail(f"{type(error).__name__}: {error}")
            return None


def _add(table: Table, number: int, shown: Shown, ending: Ending | None) -> bool:
    right = ending is not None and ending.is_as(shown.expected)
    mark = Text("✓", style="bold green") if right else Text("✗", style="bold red")
    where = Text(shown.person, style="bold")
    where.append(f"\n{shown.place}\n{shown.title[0]}", style="dim")
    table.add_row(str(number), ending.ticket if ending else "", where, _standing(ending), mark)
    return right


def _standing(ending: Ending | None) -> Text:
    if ending is None:
        return Text("gagal / failed", style="red")
    standing = badge(ending.status)
    if ending.outcome:
        standing.append(f" {ending.outcome['label']}")
    for program, status in ending.referrals:
        standing.append(f"\n{program} ", style="not bold white")
        standing.append_text(badge(status))
    return standing
