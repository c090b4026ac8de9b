"""The command as an operator calls it: in processes of its own, on databases of its own."""

import asyncio
import base64
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import asyncpg
import pytest

from app.cli.keeping import COPY, SHIPPED
from app.db import roles
from app.db.queries import seed
from app.db.session import connect, read_only
from tests.support.http import INDEX_KEYS, SEAL_KEY, TEST_KEYS
from tests.support.server import BARE, SEEDED, Address, Server

PUSKESOS = Path(sys.executable).with_name("puskesos")
KEYS = {
    "PUSKESOS_MASTER_KEYS": TEST_KEYS,
    "PUSKESOS_INDEX_KEYS": INDEX_KEYS,
    "PUSKESOS_SEAL_KEY": SEAL_KEY,
}
PATIENCE = 60
pytestmark = pytest.mark.process


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Nothing of the machine's own settings, and a data folder of the test's."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PUSKESOS_")}
    return {**clean, "PUSKESOS_DATA_DIR": str(folder), "COLUMNS": "200", **more}


def call(folder: Path, *args: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PUSKESOS, *args],
        env=environment(folder, **more),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@contextmanager
def started(folder: Path, *args: str, **more: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [PUSKESOS, *args],
        env=environment(folder, **more),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)


def first_line(process: "subprocess.Popen[str]", holds: str) -> str:
    """Read its output up to the line that holds a text."""
    assert process.stdout is not None
    seen = []
    for line in process.stdout:
        seen.append(line)
        if holds in line:
            return line
    raise AssertionError("".join(seen))


def answers(url: str) -> dict[str, object]:
    limit = time.monotonic() + PATIENCE
    while True:
        try:
            with urlopen(url, timeout=5) as answer:  # noqa: S310  # our own server
                found: dict[str, object] = json.load(answer)
                return found
        except OSError:
            if time.monotonic() > limit:
                raise
            time.sleep(0.1)


@pytest.fixture
def seeded(seeded_server: Server) -> Iterator[Address]:
    made = asyncio.run(seeded_server.copy(SEEDED))
    yield made
    asyncio.run(seeded_server.drop(made.name))


@pytest.fixture
def bare(server: Server) -> Iterator[Address]:
    made = asyncio.run(server.copy(BARE))
    yield made
    asyncio.run(server.drop(made.name))


def test_keys_are_new_each_time_and_of_the_right_length(tmp_path: Path) -> None:
    first, second = (call(tmp_path, "keys").stdout.split() for _ in range(2))
    assert [line.partition("=")[0] for line in first] == list(KEYS)
    assert not set(first) & set(second)
    for line in first:
        assert len(base64.b64decode(line.partition("=")[2].rpartition(":")[2])) == 32


def test_a_real_database_is_not_served_without_keys(tmp_path: Path, bare: Address) -> None:
    refused = call(tmp_path, "serve", PUSKESOS_DATABASE_URL=bare.url)
    assert refused.returncode == 1
    assert "PUSKESOS_MASTER_KEYS, PUSKESOS_INDEX_KEYS" in refused.stderr
    assert "Kunci belum diisi" in refused.stderr
    worker = call(tmp_path, "worker", PUSKESOS_DATABASE_URL=bare.url, **{**KEYS, "PUSKESOS_SEAL_KEY": ""})
    assert worker.returncode == 1


def test_a_real_database_is_not_served_with_a_demos_keys(tmp_path: Path, bare: Address) -> None:
    demo_ring = TEST_KEYS.replace("1:", "65000:", 1)
    keys = {**KEYS, "PUSKESOS_MASTER_KEYS": demo_ring}
    refused = call(tmp_path, "serve", PUSKESOS_DATABASE_URL=bare.url, **keys)
    assert refused.returncode == 1
    assert "Keys of a demo" in refused.stderr


def test_a_real_database_with_demo_accounts_is_not_served(tmp_path: Path, seeded: Address) -> None:
    refused = call(tmp_path, "serve", PUSKESOS_DATABASE_URL=seeded.url, **KEYS)
    assert refused.returncode == 1
    assert "the demo's accounts" in refused.stderr


def test_keys_that_cannot_be_read_are_named_without_a_traceback(tmp_path: Path, bare: Address) -> None:
    keys = {**KEYS, "PUSKESOS_MASTER_KEYS": "1:short"}
    refused = call(tmp_path, "serve", PUSKESOS_DATABASE_URL=bare.url, **keys)
    assert refused.returncode == 1
    assert "The keys cannot be used" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_migrate_seed_and_serve_a_real_database(tmp_path: Path, bare: Address) -> None:
    two = {"PUSKESOS_DATABASE_URL": bare.url, "PUSKESOS_MIGRATE_URL": bare.owner_url, **KEYS}
    assert call(tmp_path, "migrate", **two).returncode == 0
    assert "93," in call(tmp_path, "seed", **two).stdout
    assert "All data was there" in call(tmp_path, "seed", **two).stdout
    made = call(tmp_path, "admin", "budi@1374", "--name", "Budi", PUSKESOS_PASSWORD="panjang-sekali", **two)
    assert made.returncode == 0, made.stderr
    again = call(tmp_path, "admin", "budi@1374", "--name", "Budi", PUSKESOS_PASSWORD="panjang-sekali", **two)
    assert (again.returncode, "login is taken" in again.stderr) == (1, True)
    with started(tmp_path, "serve", "--with-worker", "--port", "0", **two) as process:
        address = first_line(process, "http://").split()[-1]
        ready = answers(f"{address}/readyz")
        assert (ready["status"], ready["tamper_protection"]) == ("ready", True)
        assert answers(f"{address}/v1/regions/13.74")["name"] == "Kota Padang Panjang"
    assert process.returncode == 0
    sound = call(tmp_path, "audit", "verify", **two)
    assert (sound.returncode, "All chains are sound" in sound.stdout) == (0, True)


def test_a_port_that_was_asked_for_must_be_free_and_another_is_found(tmp_path: Path, bare: Address) -> None:
    settings = {"PUSKESOS_DATABASE_URL": bare.url, **KEYS}
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = call(tmp_path, "serve", "--port", str(port), **settings)
        assert (refused.returncode, f"Port {port} on 127.0.0.1 is taken" in refused.stderr) == (1, True)
        asked = call(tmp_path, "serve", PUSKESOS_PORT=str(port), **settings)
        assert asked.returncode == 1


def test_without_a_wish_another_port_is_taken_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    serving = pytest.importorskip("app.cli.serving")
    with serving.bind("127.0.0.1", 0, explicit=False) as first:
        port = first.getsockname()[1]
        with serving.bind("127.0.0.1", port, explicit=False) as second:
            other = second.getsockname()[1]
            assert other > port
            assert f"Port {port} is taken, so port {other} is used" in capsys.readouterr().out
            assert serving.address_of(second) == f"http://127.0.0.1:{other}"
    assert tmp_path.exists()


def test_the_embedded_database_is_set_up_served_and_its_keys_kept(tmp_path: Path) -> None:
    folder = tmp_path / "data here"
    folder.mkdir()
    with started(folder, "serve", "--with-worker", "--port", "0") as process:
        address = first_line(process, "http://").split()[-1]
        assert answers(f"{address}/readyz")["status"] == "ready"
        busy = call(folder, "seed")
        assert (busy.returncode, "is in use by another Puskesos" in busy.stderr) == (1, True)
    assert process.returncode == 0
    keys = next(tmp_path.rglob("keys.json"), None)
    if keys is None:
        pytest.skip("as root the data lie elsewhere")
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600


def test_the_two_roles_are_made_with_a_database(tmp_path: Path, server: Server) -> None:
    # The embedded server has these roles already: a second run only makes new passwords, so it runs aside.
    folder = tmp_path
    refused = call(
        folder, "db", "init", "--admin-url", server.address("postgres").superuser_url, "--name", "No!"
    )
    assert refused.returncode == 1
    assert roles.with_login("postgresql://a:b@h:5/x?host=/s&user=q", "u", "p", "d") == (
        "postgresql://u:p@h:5/d?host=%2Fs"
    )
    assert roles.user_of("postgresql://puskesos_app:x@h/d") == "puskesos_app"
    assert roles.user_of("postgresql:///d?user=me") == "me"


async def test_made_roles_can_log_in_and_the_service_owns_nothing(server: Server) -> None:
    admin = server.address("postgres").superuser_url
    made = await roles.make_roles(admin, "made_by_init", owner="init_owner", app="init_app")
    again = await roles.make_roles(admin, "made_by_init", owner="init_owner", app="init_app")
    assert made.app != again.app
    connection = await asyncpg.connect(again.app)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("CREATE TABLE public.mine (id int)")
    finally:
        await connection.close()
    owner = await asyncpg.connect(again.owner)
    try:
        await owner.execute("CREATE TABLE public.mine (id int)")
    finally:
        await owner.close()
    await server.drop("made_by_init")


def test_the_committed_documents_are_the_same() -> None:
    assert SHIPPED.read_bytes() == COPY.read_bytes()


def test_openapi_is_what_the_code_says(tmp_path: Path) -> None:
    checked = call(tmp_path, "openapi", "--check")
    assert checked.returncode == 0, checked.stderr


async def test_demo_accounts_are_told_from_real_ones(seeded_server: Server) -> None:
    made = await seeded_server.copy(SEEDED)
    database = await connect(made.url, pool_size=1, intake_pool_size=1)
    try:
        async with read_only(database.sessions) as tx:
            assert await seed.any_demo_account(tx)
            assert not await seed.any_real_account(tx)
    finally:
        await database.close()
        await seeded_server.drop(made.name)
