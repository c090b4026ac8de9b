"""Starting, preparing and stopping the embedded PostgreSQL."""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from app.integrations.embedded_postgres import child, errors, leftover
from app.integrations.embedded_postgres.binaries import MAJOR, Binaries
from app.integrations.embedded_postgres.home import Home

_START_SECONDS = 300.0
"""Recovery after a crash in the middle of a large load takes minutes, not seconds."""
_SHARED_MEMORY_SECONDS = 20.0
"""How long the backends of a killed postmaster may take to notice."""
_STOP_SECONDS = 60.0
_POLL = 0.02
_STATUS_LINE = 7
"""The line of postmaster.pid, from 0, that says ``ready``."""

_OPTIONS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "fsync": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "logging_collector": "off",
    # Statements and the details of errors hold personal data, which no log may.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


class Role(StrEnum):
    APP = "puskesos_app"
    """The service; owns nothing."""
    OWNER = "puskesos_owner"
    """Migrations; owns the database and all in it."""
    SUPERUSER = "postgres"


@dataclass(frozen=True)
class EmbeddedPostgres:
    """How to run it. ``options`` are settings of PostgreSQL that replace the defaults above."""

    binaries: Binaries = field(default_factory=Binaries.of_wheel)
    options: Mapping[str, str] = field(default_factory=dict)

    def start(self, data_dir: Path, *, database: str = "puskesos") -> "Running":
        """Start on that folder, making cluster, roles and database where they are missing.

        Blocks for about a second the first time, a fifth of one later. Use the answer as a
        context manager, or call ``stop``.

        Raises:
            EmbeddedPostgresError: ``code`` says why; ``postgres_busy`` when another process
                runs on the same folder.
        """
        _check_name(database)
        home = Home.open(data_dir)
        running = Running(home, self.binaries, self.options, database)
        try:
            running.restart()
        except BaseException:
            running.stop()
            raise
        return running


class Running:
    """A PostgreSQL that is our child. Usable as ``with`` and as ``async with``."""

    def __init__(self, home: Home, binaries: Binaries, options: Mapping[str, str], database: str) -> None:
        self._home = home
        self._options = {**_OPTIONS, **options}
        self._process: subprocess.Popen[bytes] | None = None
        self._binaries = binaries
        self.socket_dir = Path()
        self.database = database

    @property
    def pid(self) -> int:
        """The postmaster, running or ended."""
        if self._process is None:
            raise errors.failed("pid", "not started")
        return self._process.pid

    @property
    def bin_dir(self) -> Path:
        return self._binaries.bin_dir

    @property
    def data_dir(self) -> Path:
        """The folder in use; see ``moved_from``."""
        return self._home.path

    @property
    def moved_from(self) -> Path | None:
        """The folder that was asked for, if as root PostgreSQL could not reach it."""
        return self._home.moved_from

    @property
    def log(self) -> Path:
        return self._home.log

    @property
    def url(self) -> str:
        """The app role's address, for asyncpg and for libpq."""
        return self.url_for(Role.APP)

    @property
    def migrate_url(self) -> str:
        """The owner role's address."""
        return self.url_for(Role.OWNER)

    @property
    def sqlalchemy_url(self) -> str:
        return _for_sqlalchemy(self.url)

    @property
    def sqlalchemy_migrate_url(self) -> str:
        return _for_sqlalchemy(self.migrate_url)

    def url_for(self, role: Role, database: str | None = None) -> str:
        name = database or self.database
        password = self._password(role)
        return f"postgresql://{role}:{password}@/{name}?host={self.socket_dir}&port=5432"

    def restart(self) -> None:
        """Start again, after a kill or out of full work: same folder, same addresses."""
        if self._home.closed:
            raise errors.failed("restart", "stopped before")
        self._end()
        self._binaries = self._binaries.runnable_by(self._home.run_as)
        self._make_cluster()
        self.socket_dir = self._home.socket_dir()
        self._run()
        if self.database not in self._home.secrets().databases:
            self.create_database(self.database)

    def stop(self) -> None:
        """Fast shutdown; open transactions are rolled back. Harmless if it has ended."""
        if self._home.closed:
            return
        self._end()
        if self.socket_dir != Path():
            self._home.clear_socket_dir()
            with suppress(OSError):
                self.socket_dir.rmdir()
        self._home.close()

    def create_database(self, name: str, *, template: str | None = None) -> None:
        """Make a database of the owner role, empty or a copy of ``template`` (nobody in it)."""
        _check_name(name)
        source = ""
        if template is not None:
            _check_name(template)
            source = f" TEMPLATE {template} STRATEGY file_copy"
        # Passed on the standard input: an argument would show the passwords in the process list.
        variables = {
            "name": name,
            "source": source,
            "owner_password": self._password(Role.OWNER),
            "app_password": self._password(Role.APP),
        }
        self._sql(*(f"\\set {key} '{value}'" for key, value in variables.items()), _PREPARE)
        self._home.remember_database(name)

    def drop_database(self, name: str) -> None:
        """Drop it with all that are connected to it; harmless if it is not there."""
        _check_name(name)
        self._sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE);")
        self._home.remember_database(name, there=False)

    def run_tool(
        self,
        name: str,
        args: Sequence[str | Path] = (),
        *,
        role: Role = Role.OWNER,
        database: str | None = None,
        text: str | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run psql, pgbench, pg_dump … of the same version, connected as ``role``.

        ``text`` is its standard input. The answer's ``returncode`` is the caller's to judge.
        """
        tool = self.bin_dir / name
        if os.sep in name or not tool.is_file():
            raise errors.not_installed(name)
        return child.run([tool, *args], text=text, extra=self.environment(role, database))

    def environment(self, role: Role, database: str | None = None) -> dict[str, str]:
        """The variables by which libpq's programs connect, for a caller that starts them itself."""
        return {
            "PGHOST": str(self.socket_dir),
            "PGPORT": "5432",
            "PGUSER": str(role),
            "PGPASSWORD": self._password(role),
            "PGDATABASE": database or self.database,
            "PGCLIENTENCODING": "UTF8",
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await asyncio.to_thread(self.stop)

    def _end(self) -> None:
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGINT)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGQUIT)
            process.wait(_STOP_SECONDS)

    def _password(self, role: Role) -> str:
        known = self._home.secrets()
        return {Role.APP: known.app, Role.OWNER: known.owner, Role.SUPERUSER: known.superuser}[role]

    def _sql(self, *statements: str) -> None:
        done = self.run_tool(
            "psql",
            ["-X", "-q", "-v", "ON_ERROR_STOP=1"],
            role=Role.SUPERUSER,
            database="postgres",
            text="\n".join(statements),
        )
        if done.returncode != 0:
            raise errors.failed("psql", done.stderr.strip())

    def _make_cluster(self) -> None:
        cluster, run_as = self._home.cluster, self._home.run_as
        if cluster.is_dir():
            version = cluster / "PG_VERSION"
            found = version.read_text("utf-8").strip() if version.is_file() else "?"
            if found != MAJOR:
                raise errors.other_version(cluster, found, MAJOR)
            return
        # Made beside and renamed: what an interrupted initdb leaves is never taken for a cluster.
        draft = cluster.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        run_as.own(draft)
        password = self._home.socket_dir() / "password"
        password.touch(mode=0o600)
        try:
            password.write_text(self._password(Role.SUPERUSER) + "\n", "utf-8")
            run_as.own(password)
            self._initdb(draft, password)
        finally:
            password.unlink()
        draft.rename(cluster)

    def _initdb(self, cluster: Path, password: Path) -> None:
        said = child.run(
            [
                self.bin_dir / "initdb",
                f"--pgdata={cluster}",
                f"--username={Role.SUPERUSER}",
                "--locale-provider=builtin",
                "--locale=C.UTF-8",
                "--encoding=UTF8",
                "--auth=scram-sha-256",
                f"--pwfile={password}",
            ],
            self._home.run_as,
        )
        if said.returncode != 0:
            raise errors.failed("initdb", said.stderr.strip())

    def _run(self) -> None:
        """Start and wait until it takes connections."""
        patience = time.monotonic() + _SHARED_MEMORY_SECONDS
        while True:
            leftover.clear(self._home.cluster)
            self._home.clear_socket_dir()
            log = self._home.open_log()
            before = log.stat().st_size
            self._process = child.spawn(self._command(), self._home.run_as, log=log)
            if self._wait_until_ready(self._process):
                return
            with log.open("rb") as said:
                said.seek(before)
                tail = said.read().decode("utf-8", "replace").strip()[-2000:]
            # The backends of a killed postmaster are still on their way out.
            if "shared memory block" not in tail or time.monotonic() > patience:
                raise errors.failed("start", tail)
            time.sleep(0.2)

    def _command(self) -> list[str | Path]:
        options = {"unix_socket_directories": str(self.socket_dir), **self._options}
        return [
            self.bin_dir / "postgres",
            "-D",
            self._home.cluster,
            *(part for name, value in options.items() for part in ("-c", f"{name}={value}")),
        ]

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> bool:
        """False if it ended instead."""
        pid_file = self._home.cluster / "postmaster.pid"
        limit = time.monotonic() + _START_SECONDS
        while time.monotonic() < limit:
            if process.poll() is not None:
                return False
            with suppress(FileNotFoundError):
                lines = pid_file.read_text("utf-8").split("\n")
                if lines[0] == str(process.pid) and lines[_STATUS_LINE:][:1] == ["ready   "]:
                    return True
            time.sleep(_POLL)
        raise errors.failed("start", f"not ready after {_START_SECONDS:.0f} s")


_PREPARE = r"""
SELECT 'CREATE ROLE puskesos_owner'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'puskesos_owner') \gexec
SELECT 'CREATE ROLE puskesos_app'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'puskesos_app') \gexec
ALTER ROLE puskesos_owner LOGIN PASSWORD :'owner_password';
ALTER ROLE puskesos_app LOGIN PASSWORD :'app_password';
SELECT 'CREATE DATABASE ' || :'name' || ' OWNER puskesos_owner' || :'source'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"name" TO puskesos_app;
"""


def _check_name(name: str) -> None:
    """A database's name stands in statements as it is."""
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", name):
        raise ValueError(name)


def _for_sqlalchemy(url: str) -> str:
    return url.replace("postgresql://", "postgresql+asyncpg://", 1)
