"""Files of a case: what may come in, what is said to a refusal, and how an upload in parts goes on.

A file is what its first bytes say, never what its sender declares. What is kept is always written anew by
us: a JPEG without metadata, or a PDF of pages and nothing else.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from app.domain.ids import tenant_digits

LARGEST_SIDE: Final = 2400
"""Pixels of the longer side of a picture that is kept; enough to read an identity card. Ours."""
MOST_PIXELS: Final = 50_000_000
MOST_PAGES: Final = 60
SMALLEST_PART: Final = 32_768
"""Bytes of a part of an upload, the last one excepted."""
LONGEST_NAME: Final = 120

JPEG: Final = "image/jpeg"
PDF: Final = "application/pdf"
ENDINGS: Final[Mapping[str, str]] = MappingProxyType({JPEG: "jpg", PDF: "pdf"})


class Kind(StrEnum):
    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    PDF = "pdf"


class Refusal(StrEnum):
    """Why a file is not taken; the code of the problem, and of the set ``attachment_refusal``."""

    EMPTY = "file_empty"
    TOO_LARGE = "file_too_large"
    UNKNOWN_TYPE = "file_type_not_taken"
    TOO_MANY_PIXELS = "file_too_many_pixels"
    TOO_MANY_PAGES = "file_too_many_pages"
    UNREADABLE = "file_unreadable"
    LOCKED = "file_locked"
    ACTIVE = "file_active"
    TOO_COMPLEX = "file_too_complex"
    VIRUS = "file_infected"
    ABANDONED = "upload_abandoned"


@dataclass(frozen=True, slots=True)
class Said:
    id: str
    en: str


SENTENCES: Final[Mapping[Refusal, Said]] = MappingProxyType(
    {
        Refusal.EMPTY: Said("Berkas kosong. Pilih berkas lagi.", "The file is empty. Choose it again."),
        Refusal.TOO_LARGE: Said(
            "Berkas terlalu besar. Kecilkan foto, atau pindai dengan mutu lebih rendah.",
            "The file is too large. Make the photo smaller, or scan it at a lower quality.",
        ),
        Refusal.UNKNOWN_TYPE: Said(
            "Hanya foto JPEG, PNG, WEBP dan dokumen PDF yang diterima.",
            "Only JPEG, PNG and WEBP photos and PDF documents are taken.",
        ),
        Refusal.TOO_MANY_PIXELS: Said(
            "Ukuran gambar terlalu besar. Ambil foto dengan resolusi lebih rendah.",
            "The picture has too many pixels. Take the photo at a lower resolution.",
        ),
        Refusal.TOO_MANY_PAGES: Said(
            f"Dokumen lebih dari {MOST_PAGES} halaman. Kirim halaman yang diperlukan saja.",
            f"The document has more than {MOST_PAGES} pages. Send only the pages that are needed.",
        ),
        Refusal.UNREADABLE: Said(
            "Berkas rusak atau terpotong sehingga tidak dapat dibaca. Ambil atau pindai lagi.",
            "The file is damaged or cut off and cannot be read. Take or scan it again.",
        ),
        Refusal.LOCKED: Said(
            "Dokumen PDF ini dikunci dengan kata sandi. Simpan tanpa kata sandi, lalu kirim lagi.",
            "This PDF is locked with a password. Save it without one and send it again.",
        ),
        Refusal.ACTIVE: Said(
            "Dokumen PDF ini memuat program atau berkas tersembunyi. Cetak atau pindai ulang, lalu kirim.",
            "This PDF holds a program or hidden files. Print or scan it anew, then send it.",
        ),
        Refusal.TOO_COMPLEX: Said(
            "Berkas terlalu rumit untuk dibaca dengan aman. Foto atau pindai ulang, lalu kirim.",
            "The file is too complex to be read safely. Photograph or scan it anew, then send it.",
        ),
        Refusal.VIRUS: Said(
            "Berkas ini terdeteksi berbahaya dan tidak disimpan.",
            "This file was found to be harmful and was not kept.",
        ),
        Refusal.ABANDONED: Said(
            "Pengiriman tidak dilanjutkan. Mulai lagi dari awal.",
            "The upload was not continued. Start again from the beginning.",
        ),
    }
)


class FileRefusedError(Exception):
    """A file that is not taken. Its message is the code, which says nothing of the content."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Clean:
    """What is kept of a file: written anew, without what its sender did not mean to tell."""

    content: bytes
    media_type: str
    width: int | None = None
    height: int | None = None
    pages: int | None = None


def sniff(content: bytes) -> Kind:
    """Tell what a file is by its first bytes.

    Raises:
        FileRefusedError: it is empty, or none of what is taken. A PDF must begin with its mark, though
            readers look for it in the first kilobyte: what stands before it would make it two things at once.
    """
    if not content:
        raise FileRefusedError(Refusal.EMPTY)
    if content.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return Kind.WEBP
    if content.startswith(b"%PDF-"):
        return Kind.PDF
    raise FileRefusedError(Refusal.UNKNOWN_TYPE)


def clean_name(name: str) -> str:
    """Return the last part of a file's name as words only: no folders, no controls, no change of direction.

    The name is shown to officers, never used as one.
    """
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(one for one in last if unicodedata.category(one) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    return " ".join(shown.split())[:LONGEST_NAME].strip(" .")


def object_key(regency_code: str, id_: UUID) -> str:
    """Return where an object lies in the store: by tenant, then spread by the random end of its id."""
    return f"{tenant_digits(regency_code)}/{id_.hex[-2:]}/{id_.hex}"


@dataclass(frozen=True, slots=True)
class Quota:
    """What a case and an account may bring; numbers of the policy ``attachment_quota``."""

    case_files: int
    case_bytes: int
    account_bytes_a_day: int


@dataclass(frozen=True, slots=True)
class Used:
    case_files: int
    case_bytes: int
    account_bytes: int


def over_quota(quota: Quota, used: Used, coming: int) -> str | None:
    """Name the limit that *coming* bytes more would break, or None."""
    if used.case_files + 1 > quota.case_files:
        return "case_files"
    if used.case_bytes + coming > quota.case_bytes:
        return "case_bytes"
    if used.account_bytes + coming > quota.account_bytes_a_day:
        return "account_bytes_a_day"
    return None


class Came(StrEnum):
    """What a part of an upload is."""

    NEXT = "next"
    BEFORE = "before"
    """It came already: its answer was lost."""
    ELSEWHERE = "elsewhere"
    """It does not join what came."""
    BEYOND = "beyond"
    """It goes over the end that was declared."""
    SMALL = "small"


def place_part(*, offset: int, length: int, received: int, declared: int) -> Came:
    """Judge a part of *length* bytes at *offset* of an upload of which *received* bytes came.

    An empty part at the end is good: it asks to end an upload whose last answer was lost.
    """
    if offset + length > declared:
        return Came.BEYOND
    if offset == received:
        is_last = offset + length == declared
        return Came.NEXT if is_last or length >= SMALLEST_PART else Came.SMALL
    return Came.BEFORE if offset + length <= received else Came.ELSEWHERE
