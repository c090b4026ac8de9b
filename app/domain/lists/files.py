"""Files that hold lists: their kinds, and what is said to one that cannot be read."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from app.domain.documents import Words
from app.domain.errors import Invalid


class ListKind(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


class FileFault(StrEnum):
    """Why a list is not taken; the code of the problem."""

    EMPTY = "list_empty"
    LOCKED = "list_locked"
    OLD_EXCEL = "list_old_excel"
    WEB_PAGE = "list_web_page"
    UNKNOWN = "list_type_not_taken"
    DAMAGED = "list_damaged"
    BOMB = "list_unpacks_too_large"
    FORMULAS = "list_formulas"
    OPEN_QUOTE = "list_open_quote"
    NO_HEADER = "list_no_header"
    TOO_COMPLEX = "list_too_complex"


SENTENCES: Final[Mapping[FileFault, Words]] = MappingProxyType(
    {
        FileFault.EMPTY: Words(
            "Berkas ini kosong. Pilih berkas yang berisi daftar.",
            "The file is empty. Choose the one that holds the list.",
        ),
        FileFault.LOCKED: Words(
            "Buku kerja ini dikunci dengan kata sandi. Buka di Excel, hapus kata sandinya, lalu kirim lagi.",
            "This workbook is locked with a password. Open it, take the password off, send it again.",
        ),
        FileFault.OLD_EXCEL: Words(
            "Ini berkas Excel lama (.xls). Buka di Excel, simpan sebagai .xlsx, lalu kirim lagi.",
            "This is an old Excel file (.xls). Open it in Excel, save it as .xlsx and send it again.",
        ),
        FileFault.WEB_PAGE: Words(
            "Ini halaman web, bukan buku kerja. Buka di Excel, simpan sebagai .xlsx, lalu kirim lagi.",
            "This is a web page and no workbook. Open it in Excel, save it as .xlsx and send it again.",
        ),
        FileFault.UNKNOWN: Words(
            "Hanya daftar CSV dan buku kerja Excel (.xlsx) yang diterima.",
            "Only CSV lists and Excel workbooks (.xlsx) are taken.",
        ),
        FileFault.DAMAGED: Words(
            "Buku kerja ini rusak atau terpotong. Minta kirim ulang, atau simpan lagi dari Excel.",
            "This workbook is damaged or cut off. Ask for it again, or save it once more from Excel.",
        ),
        FileFault.BOMB: Words(
            "Buku kerja ini membengkak jauh melebihi ukuran daftar. Simpan sebagai CSV, lalu kirim lagi.",
            "This workbook unpacks to far more than a list. Save it as CSV and send it again.",
        ),
        FileFault.FORMULAS: Words(
            "Buku kerja ini memuat rumus. Salin lalu tempel sebagai nilai, simpan, dan kirim lagi.",
            "This workbook holds formulas. Copy, paste as values, save, and send it again.",
        ),
        FileFault.OPEN_QUOTE: Words(
            'Ada tanda kutip (") yang tidak ditutup, sehingga barisnya tidak dapat dipisahkan. Perbaiki '
            "atau simpan sebagai .xlsx.",
            'A quotation mark (") is never closed, so rows cannot be told apart. Mend it, or save as .xlsx.',
        ),
        FileFault.NO_HEADER: Words(
            "Tidak ada baris judul. Daftar perlu kolom Nama dan sedikitnya satu kolom lain, misalnya NIK; "
            "atau buat profil kolom untuk daftar ini.",
            "There is no header row. A list needs a column Nama and at least one more, such as NIK; or make "
            "a column profile for this list.",
        ),
        FileFault.TOO_COMPLEX: Words(
            "Berkas ini terlalu rumit untuk dibaca dengan aman. Simpan sebagai CSV, lalu kirim lagi.",
            "This file is too complex to be read safely. Save it as CSV and send it again.",
        ),
    }
)


class ListFaultError(Exception):
    """A file that cannot be read as a list. Its message is the code, which says nothing of the content."""

    def __init__(self, fault: FileFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def refusal_of(fault: FileFault) -> Invalid:
    """What the sender of the file reads."""
    said = SENTENCES[fault]
    return Invalid(fault.value, said.id, said.en)
