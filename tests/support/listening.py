"""An application on a real socket, in the test's own loop."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn

from app.api.deps import House
from app.main import create_app


@asynccontextmanager
async def listening(house: House) -> AsyncIterator[str]:
    """Serve *house* on a free port of 127.0.0.1; give the address."""
    with socket.create_server(("127.0.0.1", 0)) as bound:
        config = uvicorn.Config(create_app(house.settings, house), log_config=None, ws="none")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[bound]))
        try:
            yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving
