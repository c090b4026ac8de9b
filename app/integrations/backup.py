"""A backup as files: what PostgreSQL's own programs write and read, and the manifest that names every part.

The folder holds ``database.dump`` (pg_dump's custom form), ``objects/``, ``seals/`` and ``manifest.json``.
No key is in it.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from app.domain.errors import DeskError
from app.integrations.embedded_postgres import child
from app.integrations.embedded_postgres.binaries import MAJOR, Binaries

DUMP: Final = "database.dump"
OBJECTS: Final = "objects"
SEALS: Final = "seals"
MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
_CHUNK: Final = 1 << 20
_FROM_QUERY: Final = {"host": "PGHOST", "port": "PGPORT", "sslmode": "PGSSLMODE", "user": "PGUSER"}


@dataclass
class BackupError(DeskError):
    """A backup that cannot be made, read or put back."""

    code: str = "backup"


def broken(what: str) -> BackupError:
    return BackupError(
        code="backup_broken",
        id=f"Cadangan ini rusak atau tidak lengkap: {what}.",
        en=f"This backup is damaged or not complete: {what}.",
    )


@dataclass(frozen=True, slots=True)
class Manifest:
    made_at: str
    service: str
    """The release that made it."""
    server: int
    """The database server's version as a number."""
    client: str
    migration: str
    rows: Mapping[str, int]
    parts: Mapping[str, tuple[int, str]]
    """Path below the backup's folder to bytes and SHA-256."""
    key_check: str
    """Sealed with the master keys: it opens with the right ones only, and says nothing."""
    seal_key_id: str
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Client:
    """PostgreSQL's own programs, from the wheel; they reach any server that their version knows."""

    binaries: Binaries = field(default_factory=Binaries.of_wheel)

    @property
    def major(self) -> int:
        return int(MAJOR)

    def dump(self, url: str, snapshot: str, target: Path) -> None:
        """Write the database of *url* as it is in *snapshot*; the password stands in no list of processes.

        Raises:
            BackupError: pg_dump says why not.
        """
        args = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
        self._run("pg_dump", [*args, f"--file={target}"], url)

    def restore(self, url: str, source: Path) -> None:
        """Read a dump into the database of *url*, all or nothing.

        Raises:
            BackupError: pg_restore says why not; then nothing was written.
        """
        name = environment_of(url)["PGDATABASE"]
        args = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
        self._run("pg_restore", [*args, f"--dbname={name}", str(source)], url)

    def version(self) -> str:
        return self.binaries.version()

    def _run(self, program: str, args: list[str], url: str) -> None:
        done = child.run([self.binaries.bin_dir / program, *args], extra=environment_of(url))
        if done.returncode != 0:
            # The first line names the fault; those behind it may hold a statement with its values.
            said = (done.stderr.strip().splitlines() or ["?"])[0][:300]
            raise BackupError(
                code="backup_failed", id=f"{program} gagal: {said}", en=f"{program} failed: {said}"
            )


def environment_of(url: str) -> dict[str, str]:
    """Return the variables by which libpq's programs connect to *url*."""
    parts = urlsplit(url)
    found = {"PGDATABASE": unquote(parts.path.lstrip("/")) or "postgres"}
    if parts.hostname:
        found["PGHOST"] = parts.hostname
    if parts.port:
        found["PGPORT"] = str(parts.port)
    if parts.username:
        found["PGUSER"] = unquote(parts.username)
    if parts.password:
        found["PGPASSWORD"] = unquote(parts.password)
    for name, value in parse_qsl(parts.query):
        if name in _FROM_QUERY:
            found[_FROM_QUERY[name]] = value
        elif name == "password":
            found["PGPASSWORD"] = value
    return found


def make_folder(target: Path) -> None:
    """Make the backup's folder, for its owner only.

    Raises:
        BackupError: something is there already.
    """
    try:
        target.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        if not target.is_dir() or any(target.iterdir()):
            raise BackupError(
                code="backup_target",
                id=f"{target} sudah berisi sesuatu. Pilih tempat yang kosong.",
                en=f"There is something at {target} already. Choose an empty place.",
            ) from None
        target.chmod(0o700)


def copy_folder(source: Path, target: Path) -> int:
    """Copy the files of a folder, if it is there; return how many."""
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    count = 0
    for path in sorted(source.rglob("*")) if source.is_dir() else ():
        if path.is_file() and not path.is_symlink():
            placed = target / path.relative_to(source)
            placed.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copyfile(path, placed)
            placed.chmod(0o600)
            count += 1
    return count


def parts_of(folder: Path) -> dict[str, tuple[int, str]]:
    """Return size and SHA-256 of every file of a backup but its manifest."""
    return {
        path.relative_to(folder).as_posix(): _digest(path)
        for path in _files(folder)
        if path.name != MANIFEST or path.parent != folder
    }


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            raise broken(f"{path.name} is a link")
        if path.is_file():
            yield path


def _digest(path: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_CHUNK):
            digest.update(block)
            size += len(block)
    return size, digest.hexdigest()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it last: a backup without one was not finished."""
    path = folder / MANIFEST
    draft = path.with_suffix(".new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(asdict(manifest), file, indent=1, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest, and hold every part against it.

    Raises:
        BackupError: a part is missing, changed or too many, or this is no backup of a form that we know.
    """
    try:
        raw: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
        parts = {str(name): (int(size), str(digest)) for name, (size, digest) in raw["parts"].items()}
        manifest = Manifest(**{**raw, "parts": parts})
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise broken(MANIFEST) from None
    if manifest.format != FORMAT:
        raise broken(f"format {manifest.format}")
    found = parts_of(folder)
    for name in sorted({*found, *manifest.parts}):
        if found.get(name) != manifest.parts.get(name):
            raise broken(name)
    return manifest
