"""The command as an operator calls it: in processes of its own, on databases of its own."""

import asyncio
import base64
import json
import os
import re
import signal
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
from httpx import AsyncClient
from rich.console import Console

from app.cli import CHECKOUT, counting, filling, ground, keeping, light, rotating, screen, serving, showing
from app.cli.keeping import COPY, SHIPPED
from app.db import roles
from app.db.queries import seed
from app.db.session import connect, read_only
from app.demo.winding import Wind
from app.settings import Settings
from tests.support.http import INDEX_KEYS, SEAL_KEY, TEST_KEYS, log_in
from tests.support.server import BARE, SEEDED, Address, Server

PUSKESOS = Path(sys.executable).with_name("puskesos")
KEYS = {"master_keys": TEST_KEYS, "index_keys": INDEX_KEYS, "seal_key": SEAL_KEY}
NAMED = tuple(f"puskesos_{name}" for name in KEYS)
PATIENCE = 60
pytestmark = pytest.mark.process


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Nothing of the machine's own settings, and a data folder of the test's."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PUSKESOS_")}
    return {**clean, "PUSKESOS_DATA_DIR": str(folder), "COLUMNS": "200", **more}


def settings_for(folder: Path, address: Address | None = None, **more: object) -> Settings:
    values: dict[str, object] = {"data_dir": folder, "port": 0, **more}
    if address is not None:
        values |= {"database_url": address.url, "migrate_url": address.owner_url}
    return Settings.model_validate(values)


@contextmanager
def refused(capsys: pytest.CaptureFixture[str], *sentences: str) -> Iterator[None]:
    """Expect the block to end with 1, saying these things on the error output."""
    with pytest.raises(SystemExit) as ended, screen.told():
        yield
    assert ended.value.code == 1
    said = " ".join(capsys.readouterr().err.split())
    for sentence in sentences:
        assert sentence in said


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


def test_keys_are_new_each_time_and_of_the_right_length(capsys: pytest.CaptureFixture[str]) -> None:
    light.keys_command()
    first = capsys.readouterr().out.split()
    light.keys_command()
    second = capsys.readouterr().out.split()
    assert [line.partition("=")[0] for line in first] == [name.upper() for name in NAMED]
    assert not set(first) & set(second)
    for line in first:
        assert len(base64.b64decode(line.partition("=")[2].rpartition(":")[2])) == 32


def test_a_real_database_is_not_served_without_keys(
    tmp_path: Path, bare: Address, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_for(tmp_path, bare)
    with refused(capsys, "PUSKESOS_MASTER_KEYS, PUSKESOS_INDEX_KEYS.", "Kunci belum diisi"):
        serving.serve_command(settings, explicit=False, with_worker=False)
    with refused(capsys, "PUSKESOS_INDEX_KEYS, PUSKESOS_SEAL_KEY."):
        serving.serve_command(settings, explicit=False, with_worker=True)
    with refused(capsys, "PUSKESOS_SEAL_KEY."):
        serving.worker_command(settings)


def test_the_worker_alone_needs_a_real_database(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with refused(capsys, "puskesos serve --with-worker"):
        serving.worker_command(settings_for(tmp_path))


def test_a_real_database_is_not_served_with_a_demos_keys(
    tmp_path: Path, bare: Address, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("master_keys", "index_keys"):
        keys = {**KEYS, name: KEYS[name].replace("1:", "65000:", 1)}
        with refused(capsys, "Keys of a demo"):
            serving.serve_command(settings_for(tmp_path, bare, **keys), explicit=False, with_worker=False)


def test_a_real_database_with_demo_accounts_is_not_served(
    tmp_path: Path, seeded: Address, capsys: pytest.CaptureFixture[str]
) -> None:
    with refused(capsys, "the demo's accounts"):
        serving.serve_command(settings_for(tmp_path, seeded, **KEYS), explicit=False, with_worker=False)


def test_keys_that_cannot_be_read_are_named(
    tmp_path: Path, bare: Address, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = {**KEYS, "master_keys": "1:short"}
    with refused(capsys, "The keys cannot be used"):
        serving.serve_command(settings_for(tmp_path, bare, **keys), explicit=False, with_worker=False)


def test_a_real_database_is_filled_and_gets_its_first_administrator(
    tmp_path: Path, bare: Address, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_for(tmp_path, bare, **KEYS)
    filling.migrate_command(settings)
    filling.seed_command(settings, demo=False, people=50)
    assert "Data loaded: 94," in capsys.readouterr().out
    filling.seed_command(settings, demo=False, people=50)
    assert "All data was there" in capsys.readouterr().out
    keeping.admin_command(settings, "budi@1374", "Budi", "panjang-sekali")
    with refused(capsys, "login is taken"):
        keeping.admin_command(settings, "budi@1374", "Budi", "panjang-sekali")
    for login, password in (
        ("budi", "panjang-sekali"),
        ("budi@1300", "panjang-sekali"),
        ("ani@1374", "pendek"),
    ):
        with refused(capsys):
            keeping.admin_command(settings, login, "Ani", password)
    keeping.verify_command(settings)
    assert "All chains are sound" in capsys.readouterr().out
    counting.rebuild_command(settings)
    assert re.search(r"Counted \d+ cases of \d+ tenants anew", capsys.readouterr().out)
    rotated = settings_for(tmp_path, bare, **{**KEYS, "master_keys": f"2:{'B' * 43}=,{TEST_KEYS}"})
    rotating.rotate_command(rotated)
    said = capsys.readouterr().out
    assert re.search(r"(\d+) of \1 keys were wrapped again", said), said
    with refused(capsys, "is not in PUSKESOS_MASTER_KEYS"):
        rotating.rotate_command(settings)


def test_people_are_not_loaded_without_keys(
    tmp_path: Path, bare: Address, capsys: pytest.CaptureFixture[str]
) -> None:
    with refused(capsys, "Keys are not set"):
        filling.seed_command(settings_for(tmp_path, bare), demo=False, people=1)


def test_an_edited_event_is_named(
    tmp_path: Path, seeded: Address, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_for(tmp_path, seeded, **KEYS)
    keeping.admin_command(settings, "budi@1374", "Budi", "panjang-sekali")
    statement = "UPDATE events SET data = '{}' WHERE type = 'account.grant_given'"
    asyncio.run(execute(seeded.superuser_url, statement))
    with refused(capsys, "A chain is not sound"):
        keeping.verify_command(settings)


async def execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def test_a_port_that_was_asked_for_must_be_free(
    tmp_path: Path, bare: Address, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving.bind("127.0.0.1", 0, explicit=False) as taken:
        port = taken.getsockname()[1]
        with refused(capsys, f"Port {port} on 127.0.0.1 is taken"):
            serving.serve_command(
                settings_for(tmp_path, bare, **{**KEYS, "port": port}), explicit=True, with_worker=False
            )


def test_without_a_wish_another_port_is_taken_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    with serving.bind("127.0.0.1", 0, explicit=False) as first:
        port = first.getsockname()[1]
        with serving.bind("127.0.0.1", port, explicit=False) as second:
            other = second.getsockname()[1]
            assert other > port
            assert f"Port {port} is taken, so port {other} is used" in capsys.readouterr().out
            assert serving.address_of(second) == f"http://127.0.0.1:{other}"


def test_the_embedded_database_is_set_up_served_and_its_keys_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a process of its own, as an operator starts it; a second one beside it is told to wait."""
    with started(tmp_path, "serve", "--with-worker", "--port", "0") as process:
        address = first_line(process, "Serving at").split()[-1]
        ready = answers(f"{address}/readyz")
        assert (ready["status"], ready["tamper_protection"]) == ("ready", True)
        assert answers(f"{address}/v1/regions/13.74")["name"] == "Kota Padang Panjang"
        with refused(capsys, "is in use by another Puskesos"):
            filling.seed_command(settings_for(tmp_path), demo=False, people=0)
    assert process.returncode == 0
    with ground.stand(settings_for(tmp_path)) as again:
        keys = again.settings.data_dir / ground.KEY_FILE
        assert stat.S_IMODE(keys.stat().st_mode) == 0o600
        assert again.settings.master_keys is not None
        assert again.settings.master_keys.get_secret_value() in keys.read_text()


def test_the_demo_sets_up_plays_its_story_and_ends_with_its_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[object] = []

    async def play(address: str, _: Console, _wind: Wind) -> int:
        async with AsyncClient(base_url=address) as client:
            person = await log_in(client, "siti@1374")
            told.append((await person.get("/v1/me")).json()["name"])
        return 7

    with pytest.raises(SystemExit) as ended:
        showing.demo_command(settings_for(tmp_path), play, explicit=False, once=True)
    assert (ended.value.code, told) == (7, ["Siti Rahmah"])
    assert "Data loaded" in capsys.readouterr().out
    start = time.monotonic()
    with pytest.raises(SystemExit):
        showing.demo_command(settings_for(tmp_path), play, explicit=False, once=True)
    assert "All data was there" in capsys.readouterr().out
    # Beside the imports of a new process (4 s) the second start may take as much again.
    assert time.monotonic() - start < 10


def test_the_demo_leaves_a_database_with_real_accounts_alone(
    tmp_path: Path, seeded: Address, capsys: pytest.CaptureFixture[str]
) -> None:
    keeping.admin_command(settings_for(tmp_path, seeded, **KEYS), "budi@1374", "Budi", "panjang-sekali")

    async def play(_address: str, _screen: Console, _wind: Wind) -> int:
        raise AssertionError

    with refused(capsys, "real accounts"):
        showing.demo_command(settings_for(tmp_path, seeded), play, explicit=False, once=True)


def test_addresses_of_roles_keep_the_host(capsys: pytest.CaptureFixture[str]) -> None:
    with refused(capsys, "small letters"):
        keeping.roles_command("postgresql://nobody@localhost/x", "No!")
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


def test_openapi_is_what_the_code_says() -> None:
    keeping.openapi_command(check=True)


def test_the_benchmark_is_run_from_a_checkout_only(capsys: pytest.CaptureFixture[str]) -> None:
    if (CHECKOUT / "bench" / "__main__.py").is_file():
        pytest.skip("this is one")
    with refused(capsys, "checkout of the repository"):
        light.bench_command("run", [])


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
