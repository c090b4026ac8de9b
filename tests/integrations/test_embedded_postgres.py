"""The embedded PostgreSQL where it must work: odd folders, odd users, after kill -9."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from app.integrations.embedded_postgres import (
    EmbeddedPostgres,
    EmbeddedPostgresError,
    Role,
    Running,
    leftover,
)
from app.integrations.embedded_postgres.binaries import Binaries

ROOT = os.geteuid() == 0
REPO = Path(__file__).parents[2]
PROBE = Path(__file__).with_name("embedded_postgres_probe.py")


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder of the test's own, which every user may enter."""
    made = Path(tempfile.mkdtemp(prefix="puskesos-test-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """One data folder after its first start, for all tests that leave it whole.

    Making one costs two seconds of processor time.
    """
    folder = Path(tempfile.mkdtemp(prefix="puskesos-test-"))
    folder.chmod(0o711)
    EmbeddedPostgres().start(folder).stop()
    yield folder
    shutil.rmtree(folder)


def probe_command(folder: Path, *flags: str) -> tuple[list[str], dict[str, str]]:
    environment = {**os.environ, "PYTHONPATH": str(REPO), "PGOPTIONS": "-c nonsense=1"}
    return [sys.executable, str(PROBE), str(folder), *flags], environment


def probe(folder: Path, *flags: str, **extra: str) -> dict[str, Any]:
    command, environment = probe_command(folder, *flags)
    done = subprocess.run(
        command,
        env={**environment, **extra},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )
    assert done.stdout, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == (3 if "code" in answer else 0), done.stderr
    return answer


@contextmanager
def held_probe(folder: Path, *flags: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    command, environment = probe_command(folder, "--hold", *flags)
    with subprocess.Popen(
        command, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        yield process, json.loads(process.stdout.readline())


def wait_until_gone(pid: int) -> None:
    limit = time.monotonic() + 20
    while leftover.alive(pid):
        assert time.monotonic() < limit
        time.sleep(0.02)


async def ask(url: str, query: str) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_two_roles_and_the_settings_we_promise(data: Path) -> None:
    async with EmbeddedPostgres().start(data) as running:
        assert await ask(running.url, "SELECT current_user::text") == "puskesos_app"
        assert await ask(running.migrate_url, "SELECT current_user::text") == "puskesos_owner"
        for name, value in {
            "server_version": "18.4",
            "listen_addresses": "",
            "fsync": "on",
            "max_connections": "100",
            "shared_buffers": "128MB",
            "lc_messages": "C",
            "TimeZone": "UTC",
            "server_encoding": "UTF8",
        }.items():
            assert await ask(running.url, f"SHOW {name}") == value
        owned = "SELECT count(*) FROM pg_shdepend WHERE refobjid = 'puskesos_app'::regrole"
        owned += " AND deptype = 'o'"
        assert await ask(running.url, owned) == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ask(running.url, "CREATE TABLE t (n int)")
        wrong = running.url.replace(":", ":x", 2).replace("postgresql:x", "postgresql:")
        with pytest.raises(asyncpg.InvalidPasswordError):
            await ask(wrong, "SELECT 1")
        engine = create_async_engine(running.sqlalchemy_migrate_url)
        async with engine.connect() as connection:
            who = await connection.scalar(text("SELECT current_user::text"))
        await engine.dispose()
        assert who == "puskesos_owner"
        kept = running.data_dir / "postgres.json"
        assert kept.stat().st_mode & 0o777 == 0o600
        assert running.socket_dir.stat().st_mode & 0o777 == 0o700
    assert not running.socket_dir.exists()
    assert not leftover.alive(running.pid)


async def test_personal_data_of_a_failing_statement_is_not_logged(data: Path) -> None:
    with EmbeddedPostgres().start(data) as running:
        connection = await asyncpg.connect(running.migrate_url)
        await connection.execute("CREATE TABLE p (nik text PRIMARY KEY)")
        await connection.execute("INSERT INTO p VALUES ('1374015705900001')")
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute("INSERT INTO p VALUES ('1374015705900001')")
        await connection.close()
        said = running.log.read_text("utf-8")
    assert "duplicate key" in said
    assert "1374015705900001" not in said


async def test_tools_and_further_databases(data: Path) -> None:
    with EmbeddedPostgres().start(data) as running:
        loaded = running.run_tool("pgbench", ["-i", "-s", "1", "-q"])
        assert loaded.returncode == 0, loaded.stderr
        dump = running.run_tool("pg_dump", ["--schema-only", "-t", "pgbench_tellers"])
        assert "CREATE TABLE public.pgbench_tellers" in dump.stdout
        said = running.run_tool("psql", ["-Atc", "SELECT 'Ünggul, Ḥasan'"], role=Role.APP)
        assert said.stdout == "Ünggul, Ḥasan\n"
        running.create_database("copy", template="puskesos")
        copied = running.url_for(Role.OWNER, "copy")
        assert await ask(copied, "SELECT count(*) FROM pgbench_tellers") == 10
        running.drop_database("copy")
        with pytest.raises(asyncpg.InvalidCatalogNameError):
            await ask(copied, "SELECT 1")
        with pytest.raises(EmbeddedPostgresError, match="no-such-tool"):
            running.run_tool("no-such-tool")
        with pytest.raises(ValueError, match="robert"):
            running.create_database("robert; --")


def test_a_folder_with_spaces_and_a_language_nobody_knows(place: Path) -> None:
    folder = place / "folder with spaces, 'quotes' and ümlaut"
    odd = {"LANG": "xx_YY.UTF-8", "LC_ALL": "xx_YY.UTF-8", "PGDATA": "/nonexistent", "TZ": "Mars"}
    assert probe(folder, **odd)["rows"] == 1
    assert probe(folder, **odd)["rows"] == 2


def test_two_at_once_in_different_folders_one_a_copy_of_the_other(place: Path, data: Path) -> None:
    subprocess.run(["cp", "-a", str(data), str(place / "two")], check=True)
    with EmbeddedPostgres().start(data) as first, EmbeddedPostgres().start(place / "two") as second:
        assert first.pid != second.pid
        assert first.socket_dir != second.socket_dir
        assert asyncio.run(ask(first.url, "SELECT 1")) == 1
        assert asyncio.run(ask(second.url, "SELECT 1")) == 1


def test_a_second_on_the_same_folder_is_told_so_in_both_languages(data: Path) -> None:
    with EmbeddedPostgres().start(data) as running:
        refused = probe(data)
        assert refused["code"] == "postgres_busy"
        assert "sedang dipakai" in refused["words"]
        assert "in use by another" in refused["words"]
        assert asyncio.run(ask(running.url, "SELECT 1")) == 1


def test_after_kill_9_of_postgresql_it_comes_back_at_the_same_address(data: Path) -> None:
    with EmbeddedPostgres().start(data) as running:
        address, first = running.migrate_url, running.pid
        asyncio.run(ask(address, "CREATE TABLE t (n int)"))
        os.kill(first, signal.SIGKILL)
        running.restart()
        assert running.pid != first
        assert running.migrate_url == address
        assert asyncio.run(ask(address, "SELECT count(*) FROM t")) == 0


def test_after_kill_9_of_the_parent_the_orphan_is_found_and_replaced(data: Path) -> None:
    with held_probe(data) as (process, orphan):
        process.kill()
        process.wait()
    assert leftover.alive(orphan["pid"])
    with EmbeddedPostgres().start(data) as running:
        assert not leftover.alive(orphan["pid"])
        assert running.pid != orphan["pid"]
        assert str(running.socket_dir) == orphan["socket_dir"]
        rows = asyncio.run(ask(running.migrate_url, "SELECT count(*) FROM starts"))
        assert rows == orphan["rows"]


def test_after_kill_9_of_both(data: Path) -> None:
    with held_probe(data) as (process, orphan):
        process.kill()
        os.kill(orphan["pid"], signal.SIGKILL)
        process.wait()
    assert probe(data)["rows"] == orphan["rows"] + 1


def test_a_pid_file_that_names_another_program_does_not_stop_us(data: Path) -> None:
    """After a container's restart the number of the dead server belongs to something else."""
    with held_probe(data) as (process, orphan):
        process.kill()
        os.kill(orphan["pid"], signal.SIGKILL)
        process.wait()
    wait_until_gone(orphan["pid"])
    with subprocess.Popen(["sleep", "60"]) as bystander:
        pid_file = data / "pgdata" / "postmaster.pid"
        lines = pid_file.read_text("utf-8").split("\n")
        pid_file.write_text("\n".join([str(bystander.pid), *lines[1:]]), "utf-8")
        assert probe(data)["rows"] == orphan["rows"] + 1
        assert bystander.poll() is None
        bystander.kill()


def test_what_it_cannot_open_it_names(place: Path, data: Path) -> None:
    (data / "postgres.json").rename(place / "kept")
    refused = probe(data)
    assert refused["code"] == "postgres_no_passwords"
    assert "postgres.json" in refused["words"]
    (place / "kept").rename(data / "postgres.json")
    (data / "pgdata" / "PG_VERSION").write_text("15\n", "utf-8")
    assert probe(data)["code"] == "postgres_other_version"
    (data / "pgdata" / "PG_VERSION").write_text("18\n", "utf-8")
    (place / "file").write_text("", "utf-8")
    assert probe(place / "file")["code"] == "postgres_not_yours"


def test_a_path_of_150_characters_and_an_interrupted_first_start(place: Path) -> None:
    folder = place / ("x" * 150)
    (folder / "pgdata.new").mkdir(parents=True)
    (folder / "pgdata.new" / "PG_VERSION").write_text("18\n", "utf-8")
    assert probe(folder)["rows"] == 1


def private_install(parent: Path) -> Binaries:
    """The wheel's programs below a folder that only root may enter."""
    wheel = Binaries.of_wheel()
    site = wheel.install.parent.parent
    for name in (wheel.install.relative_to(site), Path(f"{wheel.install.parent.name}.libs")):
        if (site / name).is_dir():
            shutil.copytree(site / name, parent / name)
    return Binaries(parent / wheel.install.relative_to(site))


if ROOT:

    def test_as_root_below_a_closed_folder_data_and_programs_move(place: Path) -> None:
        place.chmod(0o700)
        server = EmbeddedPostgres(private_install(place / "site"))
        moved: list[Running] = []
        try:
            for _ in range(2):
                with server.start(place / "data") as running:
                    moved.append(running)
                    assert running.moved_from == place / "data"
                    assert running.bin_dir.is_relative_to("/var/tmp")  # noqa: S108
                    assert asyncio.run(ask(running.url, "SELECT 1")) == 1
            assert moved[0].data_dir == moved[1].data_dir
            assert moved[0].bin_dir == moved[1].bin_dir
            assert place.stat().st_mode & 0o777 == 0o700
        finally:
            for running in moved[:1]:
                shutil.rmtree(running.data_dir)
                shutil.rmtree(running.bin_dir.parents[2])

    def test_as_nobody_and_as_a_user_after_root(place: Path) -> None:
        before = (place.stat().st_mode, place.stat().st_uid, place.stat().st_gid)
        assert probe(place / "roots")["postgres_uid"] != 0
        assert (place / "roots" / "postgres.json").stat().st_uid == 0
        assert (place.stat().st_mode, place.stat().st_uid, place.stat().st_gid) == before
        user_folder = place / "users"
        user_folder.mkdir()
        shutil.chown(user_folder, "nobody")
        user = user_folder.stat().st_uid
        mine = probe(user_folder, "--as-nobody")
        assert mine["postgres_uid"] == user
        refused = probe(place / "roots", "--as-nobody")
        assert refused["code"] == "postgres_not_yours"
        assert "milik pengguna lain" in refused["words"]
        # Root on a user's data works as that user and leaves nothing that locks the user out.
        assert probe(user_folder)["rows"] == 2
        assert probe(user_folder, "--as-nobody")["rows"] == 3
