"""Files that strangers send, cleaned in their own process: what stays, what is refused, what it costs."""

import resource
import struct
import sys
import zlib
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from app.domain.attachments import Clean, FileRefusedError, Refusal
from app.domain.errors import Unavailable
from app.integrations import cleaning
from app.integrations.cleaning import Cleaner
from app.integrations.cleaning_child import clean
from app.integrations.pdfs import without_metadata
from tests.support.files import CANARY, a_pdf, a_photo, a_scan, an_action

N = NameObject


def refused(content: bytes) -> Refusal:
    with pytest.raises(FileRefusedError) as told:
        clean(content)
    return told.value.refusal


def png(width: int, height: int, packed: bytes) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_kept_upright_and_says_nothing_of_its_camera(form: str) -> None:
    sent = a_photo(form=form)
    made = clean(sent)
    assert (made.media_type, made.width, made.height) == ("image/jpeg", 240, 320)
    assert CANARY in sent
    assert CANARY not in made.content
    with Image.open(BytesIO(made.content)) as picture:
        assert (picture.format, dict(picture.getexif())) == ("JPEG", {})
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}


def test_a_large_photo_is_made_smaller_within_its_target() -> None:
    sent = a_photo(4000, 3000)
    before = resource.getrusage(resource.RUSAGE_SELF)
    made = clean(sent)
    after = resource.getrusage(resource.RUSAGE_SELF)
    assert max(made.width or 0, made.height or 0) == 2400
    assert after.ru_utime - before.ru_utime <= 1.5


def test_what_is_transparent_becomes_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (8, 8), (10, 20, 30, 0)).save(out, "PNG")
    with Image.open(BytesIO(clean(out.getvalue()).content)) as picture:
        assert picture.getpixel((4, 4)) == (255, 255, 255)


def test_the_same_picture_gives_the_same_bytes() -> None:
    assert clean(a_photo()) == clean(a_photo())


def test_a_picture_that_is_also_something_else_is_only_a_picture() -> None:
    for tail in (b"PK\x03\x04 a zip file", b"<script>alert(1)</script>", b"%PDF-1.7"):
        assert tail not in clean(a_photo() + tail).content


@pytest.mark.parametrize(
    "content",
    [
        a_photo()[:2000],
        b"\xff\xd8\xff\xe0" + b"\x00" * 500,
        b"\x89PNG\r\n\x1a\n" + b"x" * 100,
        png(100, 100, b"not packed"),
        b"RIFF\xff\xff\xff\xffWEBPVP8 " + b"\x00" * 40,
        b"\xff\xd8\xff" + a_photo(form="PNG"),
        b"%PDF-1.7\n",
        b"%PDF-1.7\n" + b"1 0 obj\n<<" * 50,
        a_scan()[:600],
    ],
    ids=["cut", "zeros", "no png", "no pixels", "no webp", "two magics", "pdf head", "pdf open", "pdf cut"],
)
def test_what_is_damaged_is_refused(content: bytes) -> None:
    assert refused(content) in {Refusal.UNREADABLE, Refusal.TOO_COMPLEX}


def test_a_flood_of_pixels_is_refused_from_its_head() -> None:
    assert refused(png(50_000, 50_000, zlib.compress(bytes(1000)))) is Refusal.TOO_MANY_PIXELS
    assert refused(png(8_000, 7_000, zlib.compress(bytes(1000)))) is Refusal.TOO_MANY_PIXELS
    out = BytesIO()
    Image.new("1", (9_000, 9_000)).save(out, "PNG")
    assert refused(out.getvalue()) is Refusal.TOO_MANY_PIXELS


def test_a_scan_keeps_its_pages_and_nothing_of_its_camera() -> None:
    sent = a_scan(3)
    made = clean(sent)
    assert (made.media_type, made.pages) == ("application/pdf", 3)
    assert CANARY not in made.content
    read = PdfReader(BytesIO(made.content))
    assert len(read.pages) == 3
    assert not read.metadata
    assert [len(page.images) for page in read.pages] == [1, 1, 1]
    assert read.pages[1].images[0].image is not None


def test_metadata_of_a_jpeg_inside_a_pdf_goes_and_its_pixels_stay() -> None:
    bare = without_metadata(a_photo())
    assert CANARY not in bare
    with Image.open(BytesIO(a_photo())) as before, Image.open(BytesIO(bare)) as after:
        assert list(after.convert("L").tobytes()) == list(before.convert("L").tobytes())
    assert without_metadata(b"no jpeg") == b"no jpeg"
    assert without_metadata(b"\xff\xd8\xff\xe1\xff\xff") == b"\xff\xd8\xff\xe1\xff\xff"


@pytest.mark.parametrize(
    "entries",
    [
        {"OpenAction": an_action("JavaScript", JS="app.alert(1)")},
        {"OpenAction": an_action("Launch", F="cmd.exe")},
        {"AA": DictionaryObject({N("/WC"): an_action("JavaScript", JS="1")})},
        {"Names": DictionaryObject({N("/EmbeddedFiles"): DictionaryObject()})},
        {"Names": DictionaryObject({N("/JavaScript"): DictionaryObject()})},
        {"AcroForm": DictionaryObject({N("/XFA"): TextStringObject("<x/>")})},
        {"Extensions": DictionaryObject({N("/A"): an_action("SubmitForm", F="http://x.example")})},
    ],
    ids=["script", "launch", "on close", "files", "named script", "xfa", "submit"],
)
def test_a_document_that_acts_or_hides_is_refused(entries: dict[str, object]) -> None:
    assert refused(a_pdf(**entries)) is Refusal.ACTIVE


def test_a_locked_document_is_refused() -> None:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("", algorithm="AES-256")
    out = BytesIO()
    writer.write(out)
    assert refused(out.getvalue()) is Refusal.LOCKED


def test_a_document_of_too_many_pages_is_refused() -> None:
    writer = PdfWriter()
    for _ in range(61):
        writer.add_blank_page(10, 10)
    out = BytesIO()
    writer.write(out)
    assert refused(out.getvalue()) is Refusal.TOO_MANY_PAGES


def with_stream(data: bytes, **entries: object) -> bytes:
    """Return a document whose page shows one stream of these bytes."""
    writer = PdfWriter()
    page = writer.add_blank_page(100, 100)
    stream = StreamObject()
    stream.set_data(data)
    stream.update({N(f"/{name}"): value for name, value in entries.items()})
    page[N("/Contents")] = writer._add_object(stream)  # noqa: SLF001
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def packed_zeros(megabytes: int) -> bytes:
    pack = zlib.compressobj(9)
    return b"".join(pack.compress(bytes(1 << 20)) for _ in range(megabytes)) + pack.flush()


def test_a_document_that_unpacks_to_too_much_is_refused() -> None:
    flate = N("/FlateDecode")
    bomb = with_stream(packed_zeros(200), Filter=flate)
    assert len(bomb) < 1_000_000
    assert refused(bomb) is Refusal.TOO_COMPLEX
    twice = with_stream(zlib.compress(packed_zeros(20)), Filter=ArrayObject([flate, flate]))
    assert refused(twice) is Refusal.TOO_COMPLEX
    short = with_stream(packed_zeros(200), Filter=N("/Fl"))
    assert refused(short) is Refusal.TOO_COMPLEX
    flood = with_stream(b"x", Width=NumberObject(50_000), Height=NumberObject(50_000))
    assert refused(flood) is Refusal.TOO_MANY_PIXELS


def test_a_note_keeps_how_it_looks_and_loses_what_it_does() -> None:
    writer = PdfWriter()
    page = writer.add_blank_page(100, 100)
    look = StreamObject()
    look.set_data(b"0 0 10 10 re f")
    look.update({N("/Type"): N("/XObject"), N("/Subtype"): N("/Form")})
    box = ArrayObject([NumberObject(n) for n in (0, 0, 10, 10)])
    field = DictionaryObject(
        {
            N("/Type"): N("/Annot"),
            N("/Subtype"): N("/Widget"),
            N("/Rect"): box,
            N("/AP"): DictionaryObject({N("/N"): writer._add_object(look)}),  # noqa: SLF001
            N("/A"): DictionaryObject({N("/S"): N("/URI"), N("/URI"): TextStringObject("http://x.example")}),
            N("/Contents"): TextStringObject(CANARY.decode()),
        }
    )
    link = DictionaryObject({N("/Type"): N("/Annot"), N("/Subtype"): N("/Link"), N("/Rect"): box})
    page[N("/Annots")] = ArrayObject([field, link])
    out = BytesIO()
    writer.write(out)
    made = clean(out.getvalue())
    (mark,) = PdfReader(BytesIO(made.content)).pages[0]["/Annots"]  # type: ignore[misc]  # an array
    assert set(mark.get_object()) == {"/Type", "/Subtype", "/Rect", "/AP"}
    assert b"x.example" not in made.content
    assert CANARY not in made.content


# The process ------------------------------------------------------------------------------------------


async def test_one_process_reads_all_files_niced_and_without_the_keys(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PUSKESOS_MASTER_KEYS", CANARY.decode())
    cleaner = Cleaner()
    try:
        first = await cleaner.clean(a_photo())
        child = cleaner._child  # noqa: SLF001
        assert child is not None
        assert await cleaner.clean(a_scan()) != first
        assert cleaner._child is child  # noqa: SLF001
        with open(f"/proc/{child.pid}/environ", "rb") as told:  # noqa: ASYNC230, PTH123
            assert CANARY not in told.read()
        with open(f"/proc/{child.pid}/stat") as told:  # noqa: ASYNC230, PTH123
            assert int(told.read().rpartition(") ")[2].split()[16]) >= 10
    finally:
        await cleaner.close()
    assert child.returncode is not None


@pytest.mark.parametrize(
    "harm",
    [
        "import os; os._exit(9)",
        "import os; os.abort()",
        "sys.stdout.close()",
        (
            "from app.integrations import cleaning_child as child; child._SECONDS = 1; child._limit_cpu()\n"
            "while True: pass"
        ),
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (1, 1)); bytearray(1 << 30)",
    ],
    ids=["ends", "aborts", "says nothing", "works without end", "wants too much"],
)
async def test_a_file_that_kills_the_process_is_refused_and_the_next_is_read(harm: str) -> None:
    wild = (sys.executable, "-c", f"import sys; sys.stdin.buffer.read(4); {harm}")
    cleaner = Cleaner(command=wild)
    try:
        with pytest.raises(FileRefusedError) as told:
            await cleaner.clean(a_photo())
        assert told.value.refusal is Refusal.TOO_COMPLEX
        cleaner.command = cleaning._COMMAND  # noqa: SLF001
        assert isinstance(await cleaner.clean(a_photo()), Clean)
    finally:
        await cleaner.close()


async def test_a_turn_that_takes_too_long_is_asked_for_again_and_the_next_is_read() -> None:
    cleaner = Cleaner(
        longest=timedelta(seconds=0.3), command=(sys.executable, "-c", "import time; time.sleep(60)")
    )
    try:
        with pytest.raises(Unavailable):
            await cleaner.clean(a_photo())
        cleaner.command = cleaning._COMMAND  # noqa: SLF001
        cleaner.longest = timedelta(seconds=60)
        assert isinstance(await cleaner.clean(a_photo()), Clean)
    finally:
        await cleaner.close()


async def test_a_process_that_was_killed_between_two_files_is_started_again() -> None:
    cleaner = Cleaner()
    try:
        await cleaner.clean(a_photo())
        child = cleaner._child  # noqa: SLF001
        assert child is not None
        child.kill()
        await child.wait()
        assert (await cleaner.clean(a_photo())).width == 240
    finally:
        await cleaner.close()


async def test_too_many_files_in_line_are_asked_to_come_again() -> None:
    cleaner = Cleaner()
    cleaner._waiting = cleaning.LONGEST_LINE  # noqa: SLF001
    with pytest.raises(Unavailable):
        await cleaner.clean(a_photo())
