"""A report as SP4N-LAPOR! exports it: titles are read tolerantly, values strictly, faults named by field."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from app.domain.errors import FieldError, Invalid

MOST_ROWS: Final = 100
"""Reports of one file."""
_LONGEST_BODY: Final = 8000
_LONGEST: Final = 200
_REFERENCE: Final = re.compile(r"[A-Za-z0-9._/#-]{1,64}", re.ASCII)
_REGION: Final = re.compile(r"[1-9][0-9](\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?", re.ASCII)
_DIGITS: Final = re.compile(r"[1-9][0-9]{3}([0-9]{2}([0-9]{4})?)?", re.ASCII)
_NOT_WORD: Final = re.compile(r"[^a-z0-9]+")

TITLES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "tracking_id": ("id_laporan", "nomor_laporan", "no_laporan", "nomor_tracking", "id"),
        "klasifikasi": ("klasifikasi_laporan", "jenis_laporan", "classification"),
        "judul": ("judul_laporan", "title"),
        "isi": ("isi_laporan", "body"),
        "tanggal_kejadian": ("tgl_kejadian", "event_date"),
        "kode_wilayah": ("region", "kode_lokasi"),
        "lokasi": ("lokasi_kejadian", "location"),
        "instansi": ("instansi_terlapor", "instansi_tujuan", "institution"),
        "kategori": ("kategori_laporan", "category"),
        "anonim": ("anonymous",),
        "rahasia": ("secret",),
        "nama_pelapor": ("pelapor", "reporter_name"),
        "telepon_pelapor": ("telepon", "no_telepon", "nomor_telepon", "reporter_phone"),
    }
)
"""Our name of each field, and what else it is called at the head of a column."""
_FIELD: Final[Mapping[str, str]] = MappingProxyType(
    {title: name for name, others in TITLES.items() for title in (name, *others)}
)
_YES: Final = frozenset({"ya", "y", "true", "1", "yes"})
_NO: Final = frozenset({"", "tidak", "t", "false", "0", "no", "n"})


@dataclass(frozen=True, slots=True)
class Report:
    tracking_id: str
    classification: str
    """A code of the set ``lapor_class``."""
    title: str
    body: str
    region: str | None = None
    """As far as the report says where: regency, district or village, with dots."""
    event_on: date | None = None
    location: str | None = None
    institution: str | None = None
    category: str | None = None
    anonymous: bool = False
    secret: bool = False
    reporter: str | None = None
    """None of an anonymous one, whatever the file says."""
    phone: str | None = None


def plain(text: str) -> str:
    """Return a title or label as it is compared: small letters and digits, words joined by ``_``."""
    return _NOT_WORD.sub("_", text.casefold()).strip("_")


def read_csv(text: str) -> list[dict[str, Any]]:
    """Return the rows of a file with a line of titles, separated by commas, semicolons or tabs.

    Raises:
        Invalid: no titles that anybody knows, or more than `MOST_ROWS` rows.
    """
    text = text.removeprefix("\ufeff")
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    try:
        lines = [line for line in csv.reader(io.StringIO(text), delimiter=mark, strict=True) if any(line)]
    except csv.Error as error:
        raise _file("unreadable", "Berkas CSV tidak terbaca.", "The CSV file cannot be read.") from error
    names = [_FIELD.get(plain(title)) for title in lines[0]] if lines else []
    if "tracking_id" not in names:
        raise _file(
            "no_titles",
            "Baris pertama harus memuat judul kolom, termasuk tracking_id.",
            "The first line must hold the titles of the columns, tracking_id among them.",
        )
    if len(lines) - 1 > MOST_ROWS:
        raise _file(
            "too_many", f"Kirim paling banyak {MOST_ROWS} laporan.", f"Send {MOST_ROWS} reports at most."
        )
    return [
        {name: value for name, value in zip(names, line, strict=False) if name is not None}
        for line in lines[1:]
    ]


def _file(code: str, indonesian: str, english: str) -> Invalid:
    return Invalid(fields=(FieldError("/csv", code, indonesian, english),))


def read_report(raw: Mapping[str, Any], classes: Mapping[str, Sequence[str]]) -> Report:
    """Read one row; *classes* is each code of ``lapor_class`` with its labels.

    Raises:
        Invalid: with every wrong field named by its title.
    """
    row = {_FIELD[plain(str(key))]: value for key, value in raw.items() if plain(str(key)) in _FIELD}
    errors: list[FieldError] = []
    tracking = _text(row, "tracking_id", errors, needed=True)
    if tracking is not None and not _REFERENCE.fullmatch(tracking):
        errors.append(_fault("tracking_id", "malformed", "Nomor laporan tidak terbaca.", "No such number."))
    named = plain(_text(row, "klasifikasi", errors, needed=True) or "")
    by_label = {plain(label): code for code, labels in classes.items() for label in (code, *labels)}
    if named and named not in by_label:
        errors.append(
            _fault("klasifikasi", "unknown_code", "Klasifikasi tidak dikenal.", "Unknown classification.")
        )
    anonymous, secret = _flag(row, "anonim", errors), _flag(row, "rahasia", errors)
    report = Report(
        tracking or "",
        by_label.get(named, ""),
        _text(row, "judul", errors, needed=True) or "",
        _text(row, "isi", errors, needed=True, longest=_LONGEST_BODY) or "",
        _region(row, errors),
        _day(row, errors),
        _text(row, "lokasi", errors),
        _text(row, "instansi", errors),
        _text(row, "kategori", errors),
        anonymous,
        secret,
        None if anonymous else _text(row, "nama_pelapor", errors),
        None if anonymous else _text(row, "telepon_pelapor", errors, longest=40),
    )
    if errors:
        raise Invalid(fields=tuple(errors))
    return report


def _text(
    row: Mapping[str, Any],
    name: str,
    errors: list[FieldError],
    *,
    needed: bool = False,
    longest: int = _LONGEST,
) -> str | None:
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | None):
        errors.append(_fault(name, "malformed", "Isi dengan teks.", "Give a text."))
        return None
    found = "" if value is None else str(value).strip()
    if len(found) > longest:
        errors.append(
            _fault(name, "too_long", f"Paling panjang {longest} huruf.", f"At most {longest} letters.")
        )
        return None
    if "\x00" in found or any("\ud800" <= letter <= "\udfff" for letter in found):
        errors.append(
            _fault(name, "malformed", "Teks memuat karakter rusak.", "The text has broken characters.")
        )
        return None
    if needed and not found:
        errors.append(_fault(name, "missing", "Wajib diisi.", "Required."))
    return found or None


def _flag(row: Mapping[str, Any], name: str, errors: list[FieldError]) -> bool:
    value = row.get(name)
    said = "" if value is None else str(value).strip().casefold()
    if said not in _YES | _NO:
        errors.append(_fault(name, "malformed", "Isi ya atau tidak.", "Say ya or tidak (yes or no)."))
    return said in _YES


def _region(row: Mapping[str, Any], errors: list[FieldError]) -> str | None:
    text = _text(row, "kode_wilayah", errors)
    if text is None or _REGION.fullmatch(text):
        return text
    if _DIGITS.fullmatch(text):
        cuts = [cut for cut in (text[:2], text[2:4], text[4:6], text[6:10]) if cut]
        return ".".join(cuts)
    errors.append(
        _fault(
            "kode_wilayah",
            "malformed",
            "Tulis kode wilayah Kemendagri, misalnya 13.74 atau 13.74.01.1005.",
            "Write the ministry's region code, such as 13.74 or 13.74.01.1005.",
        )
    )
    return None


def _day(row: Mapping[str, Any], errors: list[FieldError]) -> date | None:
    text = _text(row, "tanggal_kejadian", errors)
    if text is None:
        return None
    turned = re.fullmatch(r"([0-9]{1,2})[-/]([0-9]{1,2})[-/]([0-9]{4})", text, re.ASCII)
    try:
        if turned is not None:
            return date(int(turned[3]), int(turned[2]), int(turned[1]))
        return date.fromisoformat(text[:10])
    except ValueError:
        errors.append(
            _fault("tanggal_kejadian", "malformed", "Tulis 2026-01-31 atau 31-01-2026.", "Write 2026-01-31.")
        )
        return None


def _fault(name: str, code: str, indonesian: str, english: str) -> FieldError:
    return FieldError(f"/{name}", code, indonesian, english)
