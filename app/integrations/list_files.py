"""Reading lists as files: CSV of any encoding and delimiter, workbooks of today's Excel. In constant memory.

Nothing is written to a disk. What cannot be read is refused with a reason that its sender can act on.
"""

import codecs
import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, islice
from typing import Any, Final

from python_calamine import CalamineError, CalamineWorkbook

from app.domain.lists.files import FileFault, ListFaultError, ListKind

Rows = Iterator[Sequence[Any]]

MOST_UNPACKED: Final = 700_000_000
"""Bytes that a workbook may unpack to; a million rows of ten columns take less."""
MOST_RATIO: Final = 250
"""How many times its size a file in a workbook may unpack to, once it is larger than ``FREE``."""
FREE: Final = 30_000_000
LONGEST_FIELD: Final = 20_000
"""Characters of one cell: beyond it a quote was opened and never closed."""
HEAD: Final = 65_536
"""Bytes from the beginning by which a file is told."""
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_MARKUP: Final = re.compile(rb"\s*<(?:!doctype|html|table|\?xml|meta)", re.IGNORECASE)
_BINARY: Final = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")
_FORMULA: Final = re.compile(rb"<f[ >/]")
_STRAY: Final = re.compile("[\udc80-\udcff]")
_BEYOND: Final = re.compile("[^\x00-\x7f]")
_DELIMITERS: Final = ",;\t|"
_SAMPLE: Final = 20
_DAMAGE: Final = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError,
)  # fmt: skip


class Encoding(StrEnum):
    UTF_8 = "utf-8"
    UTF_8_SIG = "utf-8-sig"
    UTF_16 = "utf-16"
    UTF_16_LE = "utf-16-le"
    UTF_16_BE = "utf-16-be"
    CP1252 = "cp1252"


def kind_of(head: bytes) -> ListKind:
    """Tell a list by its first bytes.

    Raises:
        ListFaultError: it is empty, or nothing that we read.
    """
    if not head.strip(b"\x00 \t\r\n"):
        raise ListFaultError(FileFault.EMPTY)
    if head.startswith(b"PK\x03\x04"):
        return ListKind.XLSX
    if head.startswith(_OLE):
        raise ListFaultError(FileFault.LOCKED if _ENCRYPTED in head else FileFault.OLD_EXCEL)
    if _MARKUP.match(head.removeprefix(codecs.BOM_UTF8)):
        raise ListFaultError(FileFault.WEB_PAGE)
    if head.startswith(_BINARY):
        raise ListFaultError(FileFault.UNKNOWN)
    return ListKind.CSV


class EncodingScan:
    """Finds the encoding of a text file while it comes in: UTF-8 first, and by the whole file."""

    def __init__(self) -> None:
        self._head = b""
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._good = self._bad = self._nul = 0

    def update(self, piece: bytes) -> None:
        if len(self._head) < HEAD:
            self._head += piece[: HEAD - len(self._head)]
        self._nul += piece.count(0)
        text = self._decoder.decode(piece)
        if not text.isascii():
            bad = len(_STRAY.findall(text))
            self._bad += bad
            self._good += len(_BEYOND.findall(text)) - bad

    def found(self) -> Encoding:
        """Return the encoding.

        Raises:
            ListFaultError: it is no text.
        """
        if self._head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return Encoding.UTF_16
        if self._nul:
            return self._without_mark()
        self._bad += len(_STRAY.findall(self._decoder.decode(b"", final=True)))
        if self._head.startswith(codecs.BOM_UTF8):
            return Encoding.UTF_8_SIG
        return Encoding.CP1252 if self._bad > self._good else Encoding.UTF_8

    def _without_mark(self) -> Encoding:
        """A text in UTF-16 has a NUL beside nearly every letter; a few NULs are damage in a row."""
        half = max(1, len(self._head) // 2)
        even, odd = self._head[0::2].count(0), self._head[1::2].count(0)
        if odd > half * 0.7:
            return Encoding.UTF_16_LE
        if even > half * 0.7:
            return Encoding.UTF_16_BE
        if even + odd > len(self._head) * 0.05:
            raise ListFaultError(FileFault.UNKNOWN)
        return Encoding.CP1252 if self._bad > self._good else Encoding.UTF_8


class _Pieces(io.RawIOBase):
    """Pieces of bytes as a file."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._rest = memoryview(b"")
        self.ends_with_line = True
        self.taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
            if piece:
                self.ends_with_line = piece[-1:] in b"\r\n\x00"
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        self.taken += count
        return count


@dataclass(slots=True)
class CsvRows:
    """The rows of a text file; iterate it once."""

    pieces: Iterable[bytes]
    encoding: Encoding
    _file: _Pieces | None = None

    @property
    def bytes_taken(self) -> int:
        return self._file.taken if self._file else 0

    @property
    def ends_with_line(self) -> bool:
        """Whether the file ended with an end of line; asked after the last row."""
        return self._file is None or self._file.ends_with_line

    def __iter__(self) -> Rows:
        self._file = _Pieces(self.pieces)
        stray = "replace" if self.encoding.startswith("utf-16") else "surrogateescape"
        text = io.TextIOWrapper(
            io.BufferedReader(self._file, HEAD), encoding=self.encoding, errors=stray, newline=""
        )
        csv.field_size_limit(LONGEST_FIELD)
        try:
            top = list(islice(text, _SAMPLE))
            yield from csv.reader(chain(top, text), delimiter=delimiter_of(top))
        except csv.Error as error:
            raise ListFaultError(FileFault.OPEN_QUOTE) from error
        except UnicodeError as error:
            raise ListFaultError(FileFault.UNKNOWN) from error


def delimiter_of(lines: Sequence[str]) -> str:
    """The delimiter that cuts the lines into most columns, the same number in most of them."""
    best, most = ",", (0, 0)
    for mark in _DELIMITERS:
        counts = [len(row) for row in csv.reader(lines, delimiter=mark) if any(row)]
        common = max(set(counts), key=lambda one: (counts.count(one) * (one > 1), one), default=1)
        score = (counts.count(common) if common > 1 else 0, common)
        if score > most:
            best, most = mark, score
    return best


def xlsx_rows(content: bytes) -> Rows:
    """Give the rows of the first sheet of a workbook that says something. Numbers come as numbers.

    Raises:
        ListFaultError: it cannot be read, or may not be.
    """
    _inspect(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [book.get_sheet_by_name(name) for name in book.sheet_names[:10]]
        filled = next((sheet for sheet in sheets if sheet.height > 1), None)
    except (CalamineError, ValueError, OSError) as error:
        raise ListFaultError(FileFault.DAMAGED) from error
    if filled is None:
        raise ListFaultError(FileFault.EMPTY)
    yield from filled.iter_rows()


def _inspect(content: bytes) -> None:
    """Look a workbook over before its reader unpacks it: declared sizes, real sizes, formulas, macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            members = packed.infolist()
            names = {one.filename for one in members}
            if any(one.flag_bits & 1 for one in members):
                raise ListFaultError(FileFault.LOCKED)
            if "xl/workbook.xml" not in names:
                raise ListFaultError(FileFault.UNKNOWN)
            if sum(one.file_size for one in members) > MOST_UNPACKED or any(map(_swells, members)):
                raise ListFaultError(FileFault.BOMB)
            for one in members:
                _read_through(packed, one)
    except _DAMAGE as error:
        raise ListFaultError(FileFault.DAMAGED) from error


def _swells(one: zipfile.ZipInfo) -> bool:
    return one.file_size > FREE and one.file_size > MOST_RATIO * max(one.compress_size, 1)


def _read_through(packed: zipfile.ZipFile, one: zipfile.ZipInfo) -> None:
    """Unpack a member piece by piece: its checksum is wrong where its size was a lie."""
    sheet = one.filename.startswith("xl/worksheets/")
    with packed.open(one) as opened:
        tail = b""
        while piece := opened.read(1 << 20):
            if sheet and _FORMULA.search(tail + piece):
                raise ListFaultError(FileFault.FORMULAS)
            tail = piece[-3:]
