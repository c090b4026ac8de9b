"""The application on a real socket, in a thread of its own: for clients that know no event loop of ours."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import uvicorn

from app.main import create_app, open_house
from app.settings import Settings
from tests.support.server import CHEAP


@contextmanager
def listening(settings: Settings) -> Iterator[str]:
    """Serve *settings* on a free port of 127.0.0.1; give the address."""
    held = socket.create_server(("127.0.0.1", 0))
    ready = threading.Event()
    stopping = threading.Event()
    failed: list[BaseException] = []

    async def serve() -> None:
        async with open_house(settings) as made:
            app = create_app(settings, replace(made, passwords=CHEAP))
            server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", http="httptools"))
            serving = asyncio.create_task(server.serve(sockets=[held]))
            # Uvicorn says neither by an event; the stop comes from another thread.
            while not server.started and not serving.done():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            ready.set()
            while not stopping.is_set() and not serving.done():  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            server.should_exit = True
            await serving

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:  # noqa: BLE001  # told in the test's own thread
            failed.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=run, name="loopback")
    thread.start()
    try:
        if not ready.wait(30) or failed:
            raise RuntimeError("the service did not start") from (failed[0] if failed else None)
        yield f"http://127.0.0.1:{held.getsockname()[1]}"
    finally:
        stopping.set()
        thread.join(20)
        held.close()
    if failed:
        raise failed[0]
