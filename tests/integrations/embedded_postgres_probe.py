"""Starts the embedded PostgreSQL in a process of its own, which a test can kill.

    probe FOLDER [--as-nobody] [--hold]

Prints one JSON line: what came of it. With --hold it stays until its standard input ends.
"""

import asyncio
import json
import os
import sys
from pathlib import Path

import asyncpg

from app.integrations.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError, Running
from app.integrations.embedded_postgres.binaries import Binaries
from app.integrations.embedded_postgres.child import unprivileged

COUNT = """
CREATE TABLE IF NOT EXISTS starts (n int);
INSERT INTO starts VALUES (1);
"""


async def work(running: Running) -> int:
    """Write a row as the owner and count all that earlier starts have left."""
    connection = await asyncpg.connect(running.migrate_url)
    try:
        await connection.execute(COUNT)
        return int(await connection.fetchval("SELECT count(*) FROM starts"))
    finally:
        await connection.close()


def main(folder: Path, *, as_nobody: bool, hold: bool) -> int:
    binaries = Binaries.of_wheel()
    if as_nobody:
        # Dropped here and not by the parent: the interpreter itself may lie below a closed folder.
        user = unprivileged()
        binaries = binaries.runnable_by(user)
        os.setgroups([])
        os.setgid(user.gid)
        os.setuid(user.uid)
    try:
        with EmbeddedPostgres(binaries).start(folder) as running:
            rows = asyncio.run(work(running))
            said = {
                "pid": running.pid,
                "rows": rows,
                "url": running.url,
                "data_dir": str(running.data_dir),
                "socket_dir": str(running.socket_dir),
                "postgres_uid": running.socket_dir.stat().st_uid,
            }
            print(json.dumps(said), flush=True)  # noqa: T201  # this is its answer
            if hold:
                sys.stdin.read()
    except EmbeddedPostgresError as refused:
        print(json.dumps({"code": refused.code, "words": str(refused)}), flush=True)  # noqa: T201
        return 3
    return 0


if __name__ == "__main__":
    flags = set(sys.argv[2:])
    sys.exit(main(Path(sys.argv[1]), as_nobody="--as-nobody" in flags, hold="--hold" in flags))
