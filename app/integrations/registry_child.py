"""The process that reads a registry list: parsed, tidied, digested, sealed, and written as rows for COPY.

Its standard input is a length and a JSON head, then the file itself; its standard output are frames of a
letter, a length and a content: ``D`` rows in PostgreSQL's text form, ``B`` the end of a batch, ``R`` a
refusal, ``E`` the end. The same file gives the same rows, so after a kill the next process reads it again and
leaves out what is stored.
"""

import json
import os
import sys
from array import array
from collections.abc import Iterator
from datetime import date
from itertools import chain, count, islice
from typing import Any, Final

from app.domain.lists import (
    Cells,
    Columns,
    NoHeaderError,
    Places,
    Reason,
    Tidied,
    Tidier,
    Verdict,
    find_layout,
    parse_profile,
    verdict_of,
)
from app.domain.lists.files import FileFault, ListFaultError, ListKind
from app.domain.lists.profile import HEADER_WITHIN
from app.domain.lists.values import plain
from app.integrations.bulk_sealing import BulkKeys, Digester, RowSealer
from app.integrations.list_files import CsvRows, Encoding, xlsx_rows

TABLE: Final = "registry_rows"
COLUMNS: Final = (
    "regency_code", "snapshot_id", "n", "verdict", "reasons", "enters", "nik_digest", "kk_digest",
    "name_key", "born_on", "village_code", "desil", "status", "programs", "sealed", "decision", "decided_at",
    "decided_by",
)  # fmt: skip
LENGTH: Final = 4
SEPARATOR: Final = "\x1f"
"""Between the sealed parts of a row: name, NIK, KK, sex, and the cells as they came."""
_PIECE: Final = 1 << 18
_CHUNK: Final = 1000
_NULL: Final = "\\N"
_BYTES: Final = "\\\\x"
_TAIL: Final = "\t\\N\t\\N\t\\N\n"
_ENTERING: Final = frozenset({Verdict.ACCEPTED, Verdict.CORRECTED})
_VERDICTS: Final = {verdict: verdict.value for verdict in Verdict}
_ENTERS: Final = {verdict: "t" if verdict in _ENTERING else "f" for verdict in Verdict}
_BITS: Final = 25
_MASK: Final = (1 << _BITS) - 1


class Seen:
    """Whether a digest may have come before: four megabytes, wrong for one in seventy of a million."""

    def __init__(self) -> None:
        self._bits = bytearray(1 << (_BITS - 3))

    def add(self, digest: bytes) -> bool:
        place, bits = int.from_bytes(digest[2:6], "big") & _MASK, self._bits
        byte, bit = bits[place >> 3], 1 << (place & 7)
        if byte & bit:
            return True
        bits[place >> 3] = byte | bit
        return False


class Writer:
    """Writes rows for COPY, and tells which may be twins of earlier ones."""

    def __init__(self, head: dict[str, Any]) -> None:
        keys = BulkKeys.of_json(head["keys"])
        self._nik, self._kk = Digester(keys, "nik"), Digester(keys, "kk")
        self._sealer, self._stem = RowSealer(keys, TABLE, "sealed"), head["snapshot"][:20]
        self._start = f"{head['regency']}\t{head['snapshot']}\t"
        self._seen = Seen()
        self._programs: dict[tuple[str, ...], str] = {(): "[]"}
        self._days: dict[date | None, str] = {None: _NULL}
        self._last_kk: tuple[str | None, str] = (None, _NULL)
        self.twins = array("Q")

    def write(self, rows: Iterator[tuple[int, Tidied, Cells]], skip: int) -> list[str]:
        """Write rows; those up to *skip* are stored already and only remembered.

        One loop over everything that a row costs, since a million rows wait for it.
        """
        digest, seal, seen, start = self._nik.digest, self._sealer.seal, self._seen.add, self._start
        stem, days, programs, lines = self._stem, self._days, self._programs, list[str]()
        last, last_text = self._last_kk
        for n, row, cells in rows:
            verdict, reasons, nik, kk, name, key, born, sex, village, desil, status, held, _ = row
            nik_text, said = _NULL, ""
            if nik is not None:
                found = digest(nik)
                if seen(found) and n > skip:
                    self.twins.append(n)
                nik_text = _BYTES + found.hex()
            if n <= skip:
                continue
            if kk != last:
                last, last_text = kk, _NULL if kk is None else _BYTES + self._kk.digest(kk).hex()
            private = f"{name}\x1f{nik or ''}\x1f{kk or ''}\x1f{sex or ''}"
            if reasons:
                private, said = f"{private}\x1f{_as_it_came(cells)}", " ".join(reasons)
            sealed = seal(f"{stem}{n:012x}", _encoded(private) if reasons else private.encode()).hex()
            lines.append(
                f"{start}{n}\t{_VERDICTS[verdict]}\t{said}\t{_ENTERS[verdict]}\t{nik_text}\t{last_text}\t"
                f"{key}\t"
                f"{days.get(born) or self._day(born)}\t{village}\t{_NULL if desil is None else desil}\t"
                f"{status}\t{programs.get(held) or self._listed(held)}\t{_BYTES}{sealed}{_TAIL}"
            )
        self._last_kk = (last, last_text)
        return lines

    def _listed(self, held: tuple[str, ...]) -> str:
        return self._programs.setdefault(held, json.dumps(list(held)))

    def _day(self, born: date | None) -> str:
        if born is None:
            return _NULL
        return self._days.setdefault(born, born.isoformat())


def _as_it_came(cells: Cells) -> str:
    return SEPARATOR.join(plain(cell).replace(SEPARATOR, " ") for cell in cells)


def _encoded(text: str) -> bytes:
    """A broken byte of the file becomes the mark for one."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace").encode()


def read(head: dict[str, Any], pieces: Iterator[bytes], out: Any) -> None:
    """Read a list to its end.

    Raises:
        ListFaultError: it cannot be read.
    """
    csv_rows = None
    if head["kind"] == ListKind.CSV:
        csv_rows = CsvRows(pieces, Encoding(head["encoding"]))
        rows = iter(csv_rows)
    else:
        rows = xlsx_rows(b"".join(pieces))
    top = list(islice(rows, HEADER_WITHIN + 2))
    try:
        layout = find_layout(top, parse_profile(head["profile"]))
    except NoHeaderError as error:
        raise ListFaultError(FileFault.NO_HEADER) from error
    places = Places(head["regency"], head["villages"], head["districts"])
    tidier = Tidier(layout, places, date.fromisoformat(head["today"]))
    _Work(head, tidier, csv_rows, out).go(chain(top, rows))


class _Work:
    def __init__(self, head: dict[str, Any], tidier: Tidier, source: CsvRows | None, out: Any) -> None:
        self._skip, self._batch = int(head["skip"]), int(head["batch"])
        self._tidier, self._source, self._out = tidier, source, out
        self._columns, self._writer = Columns(tidier), Writer(head)
        self._in_batch = self._rows = 0

    def go(self, rows: Iterator[Cells]) -> None:
        layout, size = self._tidier.layout, min(_CHUNK, self._batch)
        rows = islice(rows, layout.skip, None)
        n, chunk = layout.skip, list(islice(rows, size))
        while chunk:
            ahead = list(islice(rows, size))
            self._take(n, chunk, last=not ahead)
            n, chunk = n + len(chunk), ahead
        if not self._rows:
            raise ListFaultError(FileFault.EMPTY)
        self._end_batch(n)
        columns = {name: layout.header[place] for name, place in {**layout.at, **layout.programs}.items()}
        _send(self._out, b"E", json.dumps({"rows": self._rows, "columns": columns}).encode())

    def _take(self, n: int, chunk: list[Cells], *, last: bool) -> None:
        read = list(self._columns.read(chunk))
        if last and read[-1] is not None:
            read[-1] = self._last(read[-1], chunk[-1])
        found = [(at, row, cells) for at, row, cells in zip(count(n + 1), read, chunk) if row is not None]
        self._rows += len(found)
        lines = self._writer.write(iter(found), self._skip)
        if lines:
            _send(self._out, b"D", "".join(lines).encode())
        self._in_batch += len(lines)
        if self._in_batch >= self._batch:
            self._end_batch(n + len(chunk))

    def _last(self, row: Tidied, cells: Cells) -> Tidied:
        """The last row of a file that was cut off has fewer cells than columns, and no end of line."""
        if self._source is None or self._source.ends_with_line or len(cells) >= self._tidier.layout.width:
            return row
        reasons = (*row.reasons, Reason.CUT_OFF)
        return row._replace(reasons=reasons, verdict=verdict_of(reasons))

    def _end_batch(self, n: int) -> None:
        said = {
            "n": n,
            "rows": self._rows,
            "twins": self._writer.twins.tolist(),
            "taken": self._source.bytes_taken if self._source else 0,
        }
        _send(self._out, b"B", json.dumps(said).encode())
        self._writer.twins, self._in_batch = array("Q"), 0


def _send(out: Any, kind: bytes, content: bytes) -> None:
    out.write(kind + len(content).to_bytes(LENGTH, "big"))
    out.write(content)
    out.flush()


def main() -> None:
    os.nice(5)
    source, out = sys.stdin.buffer, sys.stdout.buffer
    head = json.loads(source.read(int.from_bytes(source.read(LENGTH), "big")))
    try:
        read(head, iter(lambda: source.read(_PIECE), b""), out)
    except ListFaultError as error:
        _send(out, b"R", json.dumps({"fault": error.fault.value}).encode())


if __name__ == "__main__":
    main()
