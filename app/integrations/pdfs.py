"""PDF documents, written anew: their pages with what these show, and nothing that acts or hides.

Programs, embedded files and forms that compute are refused, for whoever sends them does not send a scan.
Links, metadata, thumbnails and comments are left behind; a filled form keeps what it shows.
"""

import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from pypdf import Configuration, PageObject, PdfReader, PdfWriter, apply_configuration
from pypdf.errors import LimitReachedError
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    EncodedStreamObject,
    IndirectObject,
    NameObject,
    PdfObject,
    StreamObject,
)

from app.domain.attachments import MOST_PAGES, MOST_PIXELS, PDF, Clean, FileRefusedError, Refusal

_LARGEST_STREAM: Final = 60_000_000
"""Bytes that one stream may unpack to."""
_LARGEST_WHOLE: Final = 240_000_000
_DEEPEST: Final = 400
_MOST_OBJECTS: Final = 50_000
_OF_PAGE: Final = ("/MediaBox", "/CropBox", "/Rotate", "/Resources", "/Contents", "/Group", "/UserUnit")
_OF_MARK: Final = ("/Rect", "/AP", "/AS", "/F")
"""What of a note or a filled field stays: how it looks."""
_ACTS: Final = frozenset(
    {
        "/JavaScript",
        "/JS",
        "/Launch",
        "/EmbeddedFile",
        "/EmbeddedFiles",
        "/RichMedia",
        "/XFA",
        "/ImportData",
        "/SubmitForm",
        "/GoToE",
        "/Rendition",
        "/Movie",
        "/Sound",
        "/3D",
    }
)
_LEFT_BEHIND: Final = (
    "/Metadata",
    "/PieceInfo",
    "/AA",
    "/A",
    "/OpenAction",
    "/AF",
    "/Thumb",
    "/OPI",
    "/LastModified",
)

_LIMITS: Final = Configuration(
    zlib_maximum_output_length=_LARGEST_STREAM,
    lzw_maximum_output_length=_LARGEST_STREAM,
    run_length_maximum_output_length=_LARGEST_STREAM,
    page_tree_maximum_depth=50,
    page_tree_maximum_entries=5_000,
    jbig2dec_binary=None,
)
"""Of pypdf: what a document may make it unpack, and no foreign program to help it."""


def clean_pdf(content: bytes) -> Clean:
    """Return the document with its pages only.

    Raises:
        FileRefusedError: locked, too many pages, unpacks to too much, holds a program or files, or damaged.
    """
    try:
        with apply_configuration(_LIMITS):
            reader = PdfReader(BytesIO(content), strict=False)
            _require_open(reader)
            _refuse_what_acts(reader)
            return _written(reader)
    except (LimitReachedError, RecursionError) as error:
        raise FileRefusedError(Refusal.TOO_COMPLEX) from error
    except (FileRefusedError, MemoryError):
        raise
    except Exception as error:
        # A damaged document ends in any of a dozen errors of Python's own.
        raise FileRefusedError(Refusal.UNREADABLE) from error


def _require_open(reader: PdfReader) -> None:
    if reader.is_encrypted:
        raise FileRefusedError(Refusal.LOCKED)


def _refuse_what_acts(reader: PdfReader) -> None:
    """Walk everything that hangs on the document's root; what nothing points to is not written anyway."""
    for one in _walk(reader.trailer.get("/Root")):
        if isinstance(one, DictionaryObject):
            names = {*map(str, one), *(str(value) for value in one.values() if isinstance(value, NameObject))}
            if names & _ACTS:
                raise FileRefusedError(Refusal.ACTIVE)


def _walk(root: object) -> Iterator[PdfObject]:
    seen: set[int] = set()
    stack: list[tuple[object, int]] = [(root, 0)]
    while stack:
        one, depth = stack.pop()
        if isinstance(one, IndirectObject):
            if one.idnum in seen:
                continue
            seen.add(one.idnum)
            one = one.get_object()
        if depth > _DEEPEST or len(seen) > _MOST_OBJECTS or len(stack) > _MOST_OBJECTS:
            raise FileRefusedError(Refusal.TOO_COMPLEX)
        if isinstance(one, DictionaryObject):
            yield one
            stack.extend((dict.__getitem__(one, name), depth + 1) for name in one)
        elif isinstance(one, ArrayObject):
            stack.extend((list.__getitem__(one, n), depth + 1) for n in range(len(one)))


def _written(reader: PdfReader) -> Clean:
    if not 0 < len(reader.pages) <= MOST_PAGES:
        raise FileRefusedError(Refusal.TOO_MANY_PAGES if reader.pages else Refusal.UNREADABLE)
    writer = PdfWriter()
    writer.pdf_header = "%PDF-1.7"
    for page in reader.pages:
        writer.add_page(_bare(page))
    writer.metadata = None
    _tidy(writer)
    out = BytesIO()
    writer.write(out)
    return Clean(out.getvalue(), PDF, pages=len(reader.pages))


def _bare(page: PageObject) -> PageObject:
    """Return the page with what it shows. The reader has put on it what it has from the tree above it."""
    made = PageObject()
    made[NameObject("/Type")] = NameObject("/Page")
    for name in _OF_PAGE:
        if name in page:
            # As it is written, mostly a reference: what pages share is then written once.
            made[NameObject(name)] = page.raw_get(name)
    marks = ArrayObject(
        _mark(one.get_object()) for one in page.get("/Annots") or () if _shows(one.get_object())
    )
    if marks:
        made[NameObject("/Annots")] = marks
    return made


def _shows(mark: object) -> bool:
    return isinstance(mark, DictionaryObject) and "/AP" in mark and mark.get("/Subtype") != "/Link"


def _mark(mark: DictionaryObject) -> DictionaryObject:
    kept = DictionaryObject({NameObject(name): mark[name] for name in _OF_MARK if name in mark})
    kept[NameObject("/Type")] = NameObject("/Annot")
    kept[NameObject("/Subtype")] = NameObject("/Stamp")
    return kept


def _tidy(writer: PdfWriter) -> None:
    """Take out of every object what must not stay, and count what its streams unpack to."""
    whole = 0
    for one in writer._objects:  # noqa: SLF001  # the writer has no other way to all that it will write
        if not isinstance(one, DictionaryObject):
            continue
        for name in _LEFT_BEHIND:
            one.pop(NameObject(name), None)
        if isinstance(one, StreamObject):
            whole += _tidy_stream(one)
            if whole > _LARGEST_WHOLE:
                raise FileRefusedError(Refusal.TOO_COMPLEX)


def _tidy_stream(one: StreamObject) -> int:
    width, height = one.get("/Width"), one.get("/Height")
    if isinstance(width, int) and isinstance(height, int) and width * height > MOST_PIXELS:
        raise FileRefusedError(Refusal.TOO_MANY_PIXELS)
    names = _filters(one)
    if names == ["/DCTDecode"] and isinstance(one, EncodedStreamObject):
        one._data = without_metadata(one._data)  # noqa: SLF001  # set_data of an encoded stream packs anew
    packers = [name for name in names if name in _PACKERS]
    if len(packers) > 1:
        # What is packed twice unpacks to a million times its size; no scanner does that.
        raise FileRefusedError(Refusal.TOO_COMPLEX)
    if names[:1] == ["/FlateDecode"]:
        return _unpacked(one._data)  # noqa: SLF001
    return len(one.get_data() if packers else one._data)  # noqa: SLF001


def _filters(one: StreamObject) -> list[str]:
    named = one.get("/Filter")
    if named is None:
        return []
    names = [str(name) for name in named] if isinstance(named, ArrayObject) else [str(named)]
    return [_SHORT.get(name, name) for name in names]


def _unpacked(packed: bytes) -> int:
    """Count what a stream unpacks to, a megabyte at a time; what is damaged unpacks to nothing more."""
    inflate, total, rest = zlib.decompressobj(), 0, packed
    try:
        while rest:
            total += len(inflate.decompress(rest, 1 << 20))
            if total > _LARGEST_STREAM:
                raise FileRefusedError(Refusal.TOO_COMPLEX)
            rest = inflate.unconsumed_tail
    except zlib.error:
        return total
    return total


def without_metadata(jpeg: bytes) -> bytes:
    """Return a JPEG without its EXIF, XMP, IPTC and comments; pixels and colour marks stay as they are.

    What has not the form of a JPEG is returned as it is: a reader of the PDF would not show it either.
    """
    if not jpeg.startswith(b"\xff\xd8"):
        return jpeg
    kept, at = bytearray(b"\xff\xd8"), 2
    while at + 4 <= len(jpeg) and jpeg[at] == _MARK:
        marker = jpeg[at + 1]
        if marker == _SCAN:
            return bytes(kept + jpeg[at:])
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if not (marker == _COMMENT or (_FIRST_APP <= marker <= _LAST_APP and marker not in _COLOUR)):
            kept += jpeg[at:end]
        at = end
    return jpeg


_SHORT: Final = {"/Fl": "/FlateDecode", "/LZW": "/LZWDecode", "/RL": "/RunLengthDecode", "/DCT": "/DCTDecode"}
_PACKERS: Final = frozenset({"/FlateDecode", "/LZWDecode", "/RunLengthDecode"})
_MARK: Final = 0xFF
_SCAN: Final = 0xDA
_COMMENT: Final = 0xFE
_FIRST_APP: Final = 0xE0
_LAST_APP: Final = 0xEF
_COLOUR: Final = frozenset({0xE0, 0xE2, 0xEE})
"""JFIF, the colour profile and Adobe's mark: without them colours change."""
