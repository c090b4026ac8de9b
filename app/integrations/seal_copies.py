"""Copies of the seals outside the database: one file per tenant, one line per seal, only added to."""

import base64
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

_CHUNK: Final = 65_536
_SUFFIX: Final = ".jsonl"


class SealCopy(NamedTuple):
    n: int
    body: bytes
    """The canonical bytes that were signed."""
    key_id: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class SealCopies:
    """Blocking: call it in a thread."""

    folder: Path

    def tenants(self) -> list[str]:
        return sorted(path.name.removesuffix(_SUFFIX) for path in self.folder.glob(f"*{_SUFFIX}"))

    def last_n(self, regency_code: str) -> int:
        """Return the number of the last whole line, 0 if there is none."""
        path = self._path(regency_code)
        if not path.exists():
            return 0
        with path.open("rb") as file:
            line = _last_line(file.fileno())
        return _parse(line).n if line else 0

    def append(self, regency_code: str, copies: Sequence[SealCopy]) -> None:
        """Add lines behind the last whole one, readable by the owner only; on return they are on the disk."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._path(regency_code), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            # What a crash left of a line ends without a line end; the whole line is written again.
            os.ftruncate(handle, _whole_length(handle))
            os.lseek(handle, 0, os.SEEK_END)
            with os.fdopen(handle, "ab", closefd=False) as file:
                file.writelines(_line(copy) for copy in copies)
            os.fsync(handle)
        finally:
            os.close(handle)
        _sync_folder(self.folder)

    def read(self, regency_code: str) -> Iterator[SealCopy]:
        """Yield the copies in the order they were written, one in memory at a time.

        Raises:
            ValueError: a line is no seal.
        """
        path = self._path(regency_code)
        if path.exists():
            with path.open("rb") as file:
                yield from (_parse(line) for line in file if line.endswith(b"\n"))

    def _path(self, regency_code: str) -> Path:
        return self.folder / f"{regency_code}{_SUFFIX}"


def _line(copy: SealCopy) -> bytes:
    content = {
        "n": copy.n,
        "key_id": copy.key_id,
        "signature": base64.b64encode(copy.signature).decode(),
        "body": copy.body.decode(),
    }
    return json.dumps(content, ensure_ascii=False).encode() + b"\n"


def _parse(line: bytes) -> SealCopy:
    try:
        found = json.loads(line)
        signature = base64.b64decode(found["signature"], validate=True)
        return SealCopy(int(found["n"]), found["body"].encode(), found["key_id"], signature)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ValueError("a line of the seals' copy is no seal") from None


def _whole_length(handle: int) -> int:
    """Return the length of the file up to and with its last line end."""
    end = os.fstat(handle).st_size
    while end:
        start = max(0, end - _CHUNK)
        found = os.pread(handle, end - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


def _last_line(handle: int) -> bytes:
    end = _whole_length(handle)
    start, found = end, b""
    while start:
        size = min(_CHUNK, start)
        start -= size
        found = os.pread(handle, size, start) + found
        before = found.rfind(b"\n", 0, len(found) - 1)
        if before >= 0:
            return found[before + 1 :]
    return found


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
