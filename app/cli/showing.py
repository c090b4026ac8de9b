"""The demo: everything set up on this machine, the story played over HTTP, and the server left running."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from app.cli.filling import DEMO_PEOPLE, fill_now
from app.cli.ground import Ground, migrate, stand
from app.cli.screen import console, refusal, say
from app.cli.serving import Server, address_of, bind, end_on_signals, run, server_of, working
from app.db.queries import seed
from app.db.session import connect, read_only
from app.demo.winding import Wind, Winder
from app.integrations.logs import set_up_logs
from app.main import open_house
from app.services.seed import DEMO_PASSWORD
from app.settings import Settings

Play = Callable[[str, Console, Wind], Coroutine[Any, Any, int]]
"""The story: given the server's address, the screen and what lets time pass, it returns 0 when every case
ended as it should."""
_LOG_INS = (
    ("siti@1374", "Petugas Puskesos Guguk Malintang / desk officer"),
    ("sekretariat@1374", "Sekretariat SLRT Padang Panjang / secretariat"),
    ("manajer@1374", "Manajer sekretariat / manager"),
    ("dinsos@1374", "Dinas Sosial / social office"),
    ("admin@1374", "Admin kota / city administrator"),
    ("admin@0000", "Admin nasional / system administrator"),
)


def demo_command(settings: Settings, play: Play, *, explicit: bool, once: bool) -> None:
    """Set up, play the story, and stay until Ctrl-C; with *once* end with the story's code."""
    console.print(Panel("[bold]Puskesos[/]\nLayanan kasus dari meja desa sampai tuntas\n"
                        "[dim]A case from the village desk to its resolution[/]"))  # fmt: skip
    with stand(settings, own_keys=True) as ground:
        say(
            f"Basis data siap: {ground.settings.data_dir}",
            f"The database is ready: {ground.settings.data_dir}",
        )
        migrate(ground)
        if ground.embedded is None:
            asyncio.run(_refuse_real_people(ground))
        fill_now(ground, demo=True, people=DEMO_PEOPLE)
        bound = bind(settings.host, settings.port, explicit=explicit)
        code = run(_live(ground, bound, play, once=once))
    if once:
        raise SystemExit(code)


async def _refuse_real_people(ground: Ground) -> None:
    """A database with accounts that are not the demo's is somebody's work."""
    database = await connect(ground.url, pool_size=1, intake_pool_size=1)
    try:
        async with read_only(database.sessions) as tx:
            real = await seed.any_real_account(tx)
    finally:
        await database.close()
    if real:
        raise refusal(
            "Basis data ini berisi akun sungguhan. Peragaan memakai basis data sendiri.",
            "This database has real accounts. The demo takes a database of its own.",
        )


async def _live(ground: Ground, bound: socket.socket, play: Play, *, once: bool) -> int:
    """Serve, play the story against the running server, and stay; return the story's code."""
    # The story has the screen to itself; what the service logs goes beside the data.
    log = ground.settings.data_dir / "demo.log"
    with log.open("a", encoding="utf-8") as stream:
        set_up_logs(ground.settings.log_level, stream)
        async with open_house(ground.settings) as house, working(ground, house):
            server = server_of(ground.settings, house)
            end_on_signals(server)
            async with _running(server, bound) as ended:
                wind = Winder(house.database, house.knowledge, house.vault, house.ids, house.clock)
                code = await _until_ended(play(address_of(bound), console, wind), ended)
                if not once and not ended.done():
                    _show_doors(address_of(bound), str(log))
                    await asyncio.wait([ended])
    return code


@asynccontextmanager
async def _running(server: Server, bound: socket.socket) -> AsyncIterator["asyncio.Task[None]"]:
    """Serve beside the block; afterwards, or when it was asked to end, it is ended in good order."""
    # The socket listens already, so whoever comes before the server is ready only waits.
    task = asyncio.create_task(server.serve(sockets=[bound]))
    try:
        yield task
    finally:
        server.should_exit = True
        await task


async def _until_ended(story: Coroutine[Any, Any, int], ended: "asyncio.Task[None]") -> int:
    """Play the story, unless the server ends before; then the code is 1."""
    playing = asyncio.create_task(story)
    await asyncio.wait([playing, ended], return_when=asyncio.FIRST_COMPLETED)
    if playing.done():
        return playing.result()
    playing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await playing
    return 1


def _show_doors(address: str, log: str) -> None:
    table = Table(
        "Masuk / log in", "Siapa / who", title=f"Kata sandi semua / everybody's password: {DEMO_PASSWORD}"
    )
    for login, who in _LOG_INS:
        table.add_row(login, who)
    console.print(table)
    console.print(
        f"API          {address}/v1\nDokumentasi  {address}/docs\nLog          {log}", soft_wrap=True
    )
    say("Ctrl-C untuk berhenti", "Ctrl-C ends it")
