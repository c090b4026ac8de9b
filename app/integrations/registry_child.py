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
from itertools import chain, islice
from typing import Any, Final

from app.domain.lists import (
    Cells,
    Columns,
    Layout,
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
from app.integrations.bulk_sealing import BulkKeys, Digester, RowSealer, row_hex
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
_TEXTS: Final = {verdict: (verdict.value, "t" if verdict in _ENTERING else "f") for verdict in Verdict}
_BITS: Final = 25
_MASK: Final = (1 << _BITS) - 1


class Seen:
    """Whether a digest may have come before: four megabytes, wrong for one in a thousand of a million."""

    def __init__(self) -> None:
        self._bits = bytearray(1 << (_BITS - 3))

    def add(self, digest: bytes) -> bool:
        drawn, bits, seen = int.from_bytes(digest[2:12], "big"), self._bits, True
        for place in (drawn & _MASK, drawn >> _BITS & _MASK, drawn >> 2 * _BITS & _MASK):
            bit = 1 << (place & 7)
            if not bits[place >> 3] & bit:
                seen = False
                bits[place >> 3] |= bit
        return seen


class Writer:
    """Writes rows for COPY, and tells which may be twins of earlier ones."""

    def __init__(self, head: dict[str, Any]) -> None:
        keys = BulkKeys.of_json(head["keys"])
        self._nik, self._kk = Digester(keys, "nik"), Digester(keys, "kk")
        self._sealer, self._snapshot = RowSealer(keys, TABLE, "sealed"), head["snapshot"]
        self._start = f"{head['regency']}\t{head['snapshot']}\t"
        self._seen = Seen()
        self._last_kk: tuple[str | None, str] = (None, _NULL)
        self._programs: dict[tuple[str, ...], str] = {(): "[]"}
        self.twins = array("Q")

    def line(self, n: int, row: Tidied, cells: Cells, *, wanted: bool) -> str:
        """Write a row; one that is stored already is only remembered."""
        digest = self._nik.digest(row.nik) if row.nik is not None else b""
        if digest and self._seen.add(digest) and wanted:
            self.twins.append(n)
        if not wanted:
            return ""
        if row.kk != self._last_kk[0]:
            text = _NULL if row.kk is None else _BYTES + self._kk.digest(row.kk).hex()
            self._last_kk = (row.kk, text)
        sealed = self._sealer.seal(row_hex(self._snapshot, n), _private(row, cells)).hex()
        programs = self._programs.get(row.programs) or self._listed(row.programs)
        verdict, enters = _TEXTS[row.verdict]
        return (
            f"{self._start}{n}\t{verdict}\t{' '.join(row.reasons) if row.reasons else ''}\t{enters}\t"
            f"{_BYTES + digest.hex() if digest else _NULL}\t{self._last_kk[1]}\t{row.name_key}\t"
            f"{_NULL if row.born_on is None else row.born_on.isoformat()}\t{row.village}\t"
            f"{_NULL if row.desil is None else row.desil}\t{row.status}\t{programs}\t{_BYTES}{sealed}{_TAIL}"
        )

    def _listed(self, programs: tuple[str, ...]) -> str:
        return self._programs.setdefault(programs, json.dumps(list(programs)))


def _private(row: Tidied, cells: Cells) -> bytes:
    text = f"{row.name}{SEPARATOR}{row.nik or ''}{SEPARATOR}{row.kk or ''}{SEPARATOR}{row.sex or ''}"
    if row.reasons:
        came = (plain(cell).replace(SEPARATOR, " ") for cell in cells)
        text += SEPARATOR + SEPARATOR.join(came)
    try:
        return text.encode()
    except UnicodeEncodeError:
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
        self._columns = Columns(tidier)
        self._writer = Writer(head)
        self._lines: list[str] = []
        self._size = self._in_batch = self._rows = 0

    def go(self, rows: Iterator[Cells]) -> None:
        layout: Layout = self._tidier.layout
        rows = islice(rows, layout.skip, None)
        n, chunk = layout.skip, list(islice(rows, _CHUNK))
        while chunk:
            ahead = list(islice(rows, _CHUNK))
            for cells, row in zip(chunk, self._columns.read(chunk), strict=True):
                n += 1
                if row is not None:
                    self._add(n, row if ahead or cells is not chunk[-1] else self._last(row, cells), cells)
            chunk = ahead
        if not self._rows:
            raise ListFaultError(FileFault.EMPTY)
        self._end_batch(n)
        columns = {name: layout.header[place] for name, place in {**layout.at, **layout.programs}.items()}
        _send(self._out, b"E", json.dumps({"rows": self._rows, "columns": columns}).encode())

    def _last(self, row: Tidied, cells: Cells) -> Tidied:
        """The last row of a file that was cut off has fewer cells than columns, and no end of line."""
        if self._source is None or self._source.ends_with_line or len(cells) >= self._tidier.layout.width:
            return row
        reasons = (*row.reasons, Reason.CUT_OFF)
        return row._replace(reasons=reasons, verdict=verdict_of(reasons))

    def _add(self, n: int, row: Tidied, cells: Cells) -> None:
        self._rows += 1
        line = self._writer.line(n, row, cells, wanted=n > self._skip)
        if not line:
            return
        self._lines.append(line)
        self._size += len(line)
        self._in_batch += 1
        if self._size >= _PIECE:
            self._flush()
        if self._in_batch >= self._batch:
            self._end_batch(n)

    def _flush(self) -> None:
        if self._lines:
            _send(self._out, b"D", "".join(self._lines).encode())
            self._lines, self._size = [], 0

    def _end_batch(self, n: int) -> None:
        self._flush()
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
