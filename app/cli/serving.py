"""Serving HTTP, with the worker in the same process where asked."""

import asyncio
import contextlib
import errno
import gc
import signal
import socket
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any, TypeVar

import uvicorn

from app.api.deps import House
from app.cli.ground import Ground, check_keys, check_no_demo, migrate, stand
from app.cli.screen import refusal, say
from app.domain.sla import local_date
from app.integrations.logs import set_up_logs
from app.integrations.seals import SealSigner
from app.main import create_app, open_house
from app.settings import Settings
from app.worker.__main__ import tools_of, work
from app.worker.loop import run as run_worker

_OTHER_PORTS = 50
"""How many ports behind the taken one are tried."""
T = TypeVar("T")


class Server(uvicorn.Server):
    """A uvicorn that leaves signals to us: it would raise them again before our own closing is done."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def server_of(settings: Settings, house: House) -> Server:
    config = uvicorn.Config(
        create_app(settings, house),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        lifespan="on",
        timeout_graceful_shutdown=20,
    )
    return Server(config)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run *work* on the loop that uvicorn would choose."""
    factory = uvicorn.Config("", loop="auto", log_config=None).get_loop_factory()
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(work)


def bind(host: str, port: int, *, explicit: bool) -> socket.socket:
    """Take *port*; where it is taken and nobody asked for it, one of the next ones.

    Raises:
        SystemExit: the port was asked for and is taken, or nothing is free.
    """
    found = _try(host, port)
    if found is not None:
        return found
    if explicit:
        raise refusal(f"Port {port} di {host} sudah dipakai.", f"Port {port} on {host} is taken.")
    for other in range(port + 1, min(port + _OTHER_PORTS, 65535)):
        found = _try(host, other)
        if found is not None:
            say(
                f"Port {port} sudah dipakai, jadi dipakai port {other}",
                f"Port {port} is taken, so port {other} is used",
            )
            return found
    raise refusal(f"Tidak ada port kosong mulai {port}.", f"No port is free from {port} on.")


def _try(host: str, port: int) -> socket.socket | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
        # Bound only, two of us could hold the port; listening, the second is refused.
        made.listen(2048)
    except OSError as error:
        made.close()
        if error.errno == errno.EADDRINUSE:
            return None
        raise refusal(
            f"Tidak dapat memakai {host}:{port}: {error.strerror}",
            f"Cannot use {host}:{port}: {error.strerror}",
        ) from error
    return made


def address_of(bound: socket.socket) -> str:
    """The URL at which a person on this machine finds it."""
    host, port = bound.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104  # read, not bound
    return f"http://{shown}:{port}"


@asynccontextmanager
async def working(ground: Ground, house: House) -> AsyncIterator[None]:
    """Run the worker beside the block; afterwards it ends what it is at."""
    stop = asyncio.Event()
    signer = SealSigner.parse(ground.seal_key)
    task = asyncio.create_task(
        run_worker(tools_of(house.database, ground.settings, signer, stop, house.knowledge))
    )
    try:
        yield
    finally:
        stop.set()
        await task


async def serve(ground: Ground, bound: socket.socket, *, with_worker: bool) -> None:
    """Serve until SIGTERM or SIGINT; requests that are running are answered first."""
    async with open_house(ground.settings) as house:
        await warm(house)
        server = server_of(ground.settings, house)
        end_on_signals(server)
        async with working(ground, house) if with_worker else contextlib.nullcontext():
            await server.serve(sockets=[bound])


async def warm(house: House) -> None:
    """Read what the process knows before the first request, and keep the collector away from it.

    Regions, rules and modules live as long as the process; looking through them for garbage again and again
    took a fifth of the time of an intake.
    """
    now = house.clock()
    known = await house.knowledge.current(now)
    for regency in known.settings:
        if regency in known.regions:
            known.catalogue.view(regency, local_date(now, regency))
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def end_on_signals(server: Server) -> None:
    """Ask *server* to end at the first signal, and not to wait for anybody at the second."""

    def ask() -> None:
        server.force_exit = server.should_exit
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, ask)


def serve_command(settings: Settings, *, explicit: bool, with_worker: bool) -> None:
    """Serve the database of the settings, or the embedded one after bringing it up to date."""
    with stand(settings) as ground:
        check_keys(ground, seals=with_worker)
        if ground.embedded is not None:
            migrate(ground)
            bring_up_to_date(ground)
        check_no_demo(ground)
        set_up_logs(settings.log_level)
        bound = bind(settings.host, settings.port, explicit=explicit)
        say(f"Melayani di {address_of(bound)}", f"Serving at {address_of(bound)}")
        run(serve(ground, bound, with_worker=with_worker))


def bring_up_to_date(ground: Ground) -> None:
    # Seeding brings a calendar library of 20 MB along, which a service on a real database need not hold.
    import_module("app.cli.filling").fill_now(ground, demo=False, people=0)


def worker_command(settings: Settings) -> None:
    """Run the worker on the database of the settings.

    Raises:
        SystemExit: there is none; the embedded one is one process's alone.
    """
    if settings.database_url is None:
        raise refusal(
            "Isi PUSKESOS_DATABASE_URL. Basis data bawaan memakai: puskesos serve --with-worker",
            "Set PUSKESOS_DATABASE_URL. For the embedded database: puskesos serve --with-worker",
        )
    with stand(settings) as ground:
        check_keys(ground, seals=True)
        set_up_logs(settings.log_level)
        asyncio.run(work(ground.settings, ground.url, SealSigner.parse(ground.seal_key)))
