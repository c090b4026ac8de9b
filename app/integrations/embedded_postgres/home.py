"""The folder that holds one embedded database: its lock, its passwords, its socket folder."""

import fcntl
import hashlib
import json
import os
import re
import secrets
import stat
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from app.integrations.embedded_postgres import child, errors

_FALLBACK = Path("/var/tmp")  # noqa: S108  # the owner of what is found there is checked
_SOCKET_NAME = ".s.PGSQL.5432"
_SOCKET_PATH_MAX = 103
"""Bytes of a socket's path: 107 on Linux, 103 on macOS."""
_LOG_MAX = 16 * 1024 * 1024
"""Bytes after which the log is put aside at the next start."""


def _password() -> str:
    # Only letters, digits, "-" and "_": it stands in a URL and in a statement as it is.
    return secrets.token_urlsafe(24)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What must be remembered beside the data; readable by the owner alone."""

    superuser: str = field(default_factory=_password)
    owner: str = field(default_factory=_password)
    app: str = field(default_factory=_password)
    socket_dir: str = ""
    socket_of: str = ""
    """The data folder that the socket folder belongs to: a copy of the data takes another one."""
    databases: tuple[str, ...] = ()


class Home:
    """An open, locked data folder. The lock lasts as long as this process or until ``close``."""

    def __init__(self, path: Path, run_as: child.RunAs, lock: int, moved_from: Path | None) -> None:
        self.path = path
        self.run_as = run_as
        self.moved_from = moved_from
        self.cluster = path / "pgdata"
        self.log = path / "postgres.log"
        self._secrets_file = path / "postgres.json"
        self._lock = lock
        self._secrets: Secrets | None = None

    @classmethod
    def open(cls, data_dir: Path) -> "Home":
        """Make the folder if needed and lock it.

        As root the folder must be within reach of the unprivileged user; where it is not, another
        one below /var/tmp is taken, always the same for the same ``data_dir``.
        """
        path, moved_from = data_dir.resolve(), None
        _make(path)
        run_as = child.for_folder(path)
        if not child.can_read(run_as, path):
            digest = hashlib.sha256(str(path).encode()).hexdigest()[:12]
            path, moved_from = _FALLBACK / f"puskesos-data-{digest}", path
            _make(path)
            found = path.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
                raise errors.not_yours(path)
            run_as = child.for_folder(path)
        return cls(path, run_as, _lock(path), moved_from)

    @property
    def closed(self) -> bool:
        """Then somebody else may be at work here."""
        return self._lock < 0

    def close(self) -> None:
        if not self.closed:
            os.close(self._lock)
            self._lock = -1

    def secrets(self) -> Secrets:
        if self._secrets is None:
            self._secrets = self._read_secrets()
        return self._secrets

    def remember_database(self, name: str, *, there: bool = True) -> None:
        others = tuple(known for known in self.secrets().databases if known != name)
        self._write(replace(self.secrets(), databases=(*others, name) if there else others))

    def socket_dir(self) -> Path:
        """A short folder of mode 0700, the same at every start as long as nobody else takes it.

        A client that knows the address finds the database again after a restart.
        """
        known = self.secrets().socket_dir
        if known and self.secrets().socket_of == str(self.path):
            with suppress(FileExistsError, FileNotFoundError):
                Path(known).mkdir(mode=0o700)
                self.run_as.own(Path(known))
            if _is_private(Path(known), self.run_as.uid):
                return Path(known)
        made = Path(tempfile.mkdtemp(prefix="puskesos-", dir=self._short_parent()))
        self.run_as.own(made)
        self._write(replace(self.secrets(), socket_dir=str(made), socket_of=str(self.path)))
        return made

    def clear_socket_dir(self) -> None:
        """Take away what a killed server left; call while no server runs here."""
        for left in (_SOCKET_NAME, f"{_SOCKET_NAME}.lock"):
            (Path(self.secrets().socket_dir) / left).unlink(missing_ok=True)

    def open_log(self) -> Path:
        if self.log.exists() and self.log.stat().st_size > _LOG_MAX:
            self.log.rename(self.log.with_suffix(".log.1"))
        os.close(os.open(self.log, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
        self._give(self.log)
        return self.log

    def _short_parent(self) -> str:
        for parent in (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108  # mkdtemp is private
            length = len(os.fsencode(f"{parent}/puskesos-12345678/{_SOCKET_NAME}"))
            plain = re.fullmatch(r"[A-Za-z0-9/._-]+", parent)
            if length <= _SOCKET_PATH_MAX and plain and child.can_read(self.run_as, Path(parent)):
                return parent
        raise errors.failed("socket", "no short temporary folder")

    def _read_secrets(self) -> Secrets:
        if not self._secrets_file.exists() and not self.cluster.exists():
            return self._write(Secrets())
        try:
            raw = json.loads(self._secrets_file.read_text("utf-8"))
            return Secrets(**{**raw, "databases": tuple(raw["databases"])})
        except PermissionError:
            raise errors.not_yours(self._secrets_file) from None
        except (OSError, ValueError, TypeError, KeyError):
            raise errors.no_passwords(self._secrets_file) from None

    def _write(self, value: Secrets) -> Secrets:
        """Write beside, flush, rename: a crash leaves the old file or the new one."""
        draft = self._secrets_file.with_suffix(".new")
        draft.unlink(missing_ok=True)
        file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "w", encoding="utf-8") as out:
            json.dump(asdict(value), out)
            out.flush()
            os.fsync(out.fileno())
        self._give(draft)
        draft.replace(self._secrets_file)
        self._secrets = value
        return value

    def _give(self, path: Path) -> None:
        """Root working in a user's folder leaves files that this user can use afterwards."""
        owner = self.path.stat()
        if owner.st_uid != os.geteuid():
            os.chown(path, owner.st_uid, owner.st_gid)


def _make(path: Path) -> None:
    try:
        path.mkdir(parents=True)
    except FileExistsError:
        if not path.is_dir():
            raise errors.not_yours(path) from None
    except PermissionError:
        raise errors.not_yours(path) from None
    except OSError as exc:
        raise errors.failed(f"mkdir {path}", exc.strerror or "") from None
    else:
        # Ours, just made. As root others may pass through it, since PostgreSQL runs as another
        # user; what lies in it is closed.
        path.chmod(0o711 if os.geteuid() == 0 else 0o700)
    if os.geteuid() not in {0, path.stat().st_uid}:
        raise errors.not_yours(path)


def _lock(path: Path) -> int:
    """Lock the folder itself: no lock file that another user could not open."""
    try:
        lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    except PermissionError:
        raise errors.not_yours(path) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise errors.busy(path) from None
    return lock


def _is_private(path: Path, uid: int) -> bool:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == uid and stat.S_IMODE(found.st_mode) == stat.S_IRWXU
