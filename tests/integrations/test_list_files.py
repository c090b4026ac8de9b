"""Files that claim to be lists: what is no workbook, or should not be unpacked, is refused for its reason."""

import io
import zipfile
from collections.abc import Callable

import pytest
from xlsxwriter import Workbook

from app.domain.lists.files import FileFault, ListFaultError
from app.integrations.list_files import CsvRows, Encoding, EncodingScan, delimiter_of, kind_of, xlsx_rows


def a_workbook(write: Callable[[Workbook], None] | None = None) -> bytes:
    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["NIK", "Nama"])
        page.write_row(1, 0, ["1374010101800001", "SITI"])
        if write is not None:
            write(book)
    return out.getvalue()


def repacked(content: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            changed = change(name, old.read(name))
            if changed is not None:
                new.writestr(name, changed)
    return out.getvalue()


def a_lying_bomb() -> bytes:
    """A workbook whose sheet says that it is small."""
    content = bytearray(repacked(a_workbook(), _swollen))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as packed:
        size = packed.getinfo("xl/worksheets/sheet1.xml").file_size
    at = -1
    while (at := content.find(size.to_bytes(4, "little"), at + 1)) >= 0:
        content[at : at + 4] = (1000).to_bytes(4, "little")
    return bytes(content)


def _swollen(name: str, content: bytes) -> bytes:
    return content + b" " * 60_000_000 if name == "xl/worksheets/sheet1.xml" else content


def _formula(book: Workbook) -> None:
    book.worksheets()[0].write_formula(2, 0, "=1+1", None, "2")


CASES = {
    "cut off": (a_workbook()[:-200], FileFault.DAMAGED),
    "no archive": (b"PK\x03\x04 and nothing more", FileFault.DAMAGED),
    "another kind of archive": (
        repacked(a_workbook(), lambda name, content: None if name == "xl/workbook.xml" else content),
        FileFault.UNKNOWN,
    ),
    "a broken sheet": (
        repacked(a_workbook(), lambda name, content: b"<worksheet><" if "sheet1" in name else content),
        FileFault.DAMAGED,
    ),
    "no row": (
        repacked(a_workbook(), lambda name, content: b"<worksheet/>" if "sheet1.xml" in name else content),
        FileFault.EMPTY,
    ),
    "formulas": (a_workbook(_formula), FileFault.FORMULAS),
    "a bomb": (repacked(a_workbook(), _swollen), FileFault.BOMB),
    "a bomb that lies": (a_lying_bomb(), FileFault.DAMAGED),
}


@pytest.mark.parametrize("name", CASES)
def test_a_workbook_that_cannot_be_read_is_refused(name: str) -> None:
    content, fault = CASES[name]
    with pytest.raises(ListFaultError) as refused:
        list(xlsx_rows(content))
    assert refused.value.fault is fault


def test_a_good_workbook_gives_its_rows() -> None:
    assert list(xlsx_rows(a_workbook())) == [["NIK", "Nama"], ["1374010101800001", "SITI"]]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("NIK;Nama\n1;José\n".encode(), Encoding.UTF_8),
        ("NIK;Nama\n1;José\n".encode("utf-8-sig"), Encoding.UTF_8_SIG),
        ("NIK;Nama\n1;José\n".encode("cp1252"), Encoding.CP1252),
        ("NIK;Nama\n1;José\n".encode("utf-16"), Encoding.UTF_16),
        ("NIK;Nama\n1;Jose\n".encode("utf-16-be"), Encoding.UTF_16_BE),
        ("NIK;Nama\n1;José\n2;Renée\n".encode() + b"3;NUR\xffAINI\n", Encoding.UTF_8),
        (b"NIK;Nama\n1;SITI\x00\n" + b"2;BUDI CONTOH\n" * 20, Encoding.UTF_8),
    ],
)
def test_the_encoding_is_found_by_the_whole_file(content: bytes, found: Encoding) -> None:
    for size in (1, 3, 1000):
        scan = EncodingScan()
        for at in range(0, len(content), size):
            scan.update(content[at : at + size])
        assert scan.found() is found


def test_rows_come_whole_whatever_the_pieces() -> None:
    text = 'NIK,Nama\r\n1,"SITI, ""Contoh""\nAMINAH"\r\n' + "2,BUDI\r\n" * 60
    rows = list(CsvRows([text.encode()], Encoding.UTF_8))
    assert rows == list(CsvRows([bytes([one]) for one in text.encode()], Encoding.UTF_8))
    assert rows[1] == ["1", 'SITI, "Contoh"\nAMINAH']
    assert len(rows) == 62


def test_a_quote_that_is_never_closed_is_told() -> None:
    with pytest.raises(ListFaultError) as refused:
        list(CsvRows([b'NIK,Nama\n1,"SITI\n' + b"2,BUDI\n" * 5000], Encoding.UTF_8))
    assert refused.value.fault is FileFault.OPEN_QUOTE


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_cuts_most_rows_alike(mark: str) -> None:
    assert delimiter_of([f"NIK{mark}Nama, gelar{mark}KK", f"1{mark}Siti; S.Pd{mark}2"]) == mark


def test_a_pdf_is_no_list() -> None:
    with pytest.raises(ListFaultError):
        kind_of(b"%PDF-1.7")
