"""Which column of a list holds what: by the words of its header, those of a saved profile before our own.

Lists come with titles above the header, with a header of two rows, with a row of column numbers below it,
and with columns that nobody needs. The words of our own are those of SIKS-NG, of city copies of DTKS and of
payment lists (domain.md 5.2).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from app.domain.documents import Words
from app.domain.errors import FieldError, Invalid

Cells = Sequence[object]
"""One row as it was read: text, and in workbooks also numbers, dates, truth values, None."""

HEADER_WITHIN: Final = 30
"""Rows from the top in which the header is looked for."""
LONGEST_WORD: Final = 80
MOST_WORDS: Final = 20
MOST_PROGRAMS: Final = 60
_NO_WORD: Final = re.compile(r"[\W_]+")
_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}", re.ASCII)

_OWN: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "nik": ("nik", "nikktp", "noktp", "nomornik", "nonik", "nikpm", "nikkpm", "nomorindukkependudukan"),
        "kk": ("kk", "nokk", "nomorkk", "nokartukeluarga", "nomorkartukeluarga", "nokeluarga"),
        "name": (
            "nama", "namalengkap", "namapenerima", "namapm", "namakpm", "namaart", "namakrt", "namapeserta",
            "namakepalakeluarga", "namapenerimamanfaat",
        ),
        "born_on": ("tanggallahir", "tgllahir", "tgllhr", "lahir"),
        "sex": ("jeniskelamin", "jk", "kelamin", "jnskelamin", "lp"),
        "village_code": ("iddesa", "kodedesa", "kodekelurahan", "kodedesakelurahan", "kodewilayah", "kddesa"),
        "village": (
            "desakelurahan", "kelurahandesa", "kelurahan", "desa", "nagari", "nmkel", "namadesa",
            "namakelurahan", "desakel", "keldesa", "namadesakelurahan",
        ),
        "district": ("kecamatan", "nmkec", "namakecamatan", "kec"),
        "desil": ("desil", "desilkesejahteraan", "desilnasional", "peringkatkesejahteraan"),
        "status": ("status", "statusdtsen", "statusdtks", "statuspadan", "keteranganpadan"),
        "inactive": ("isnonaktif", "nonaktif"),
        "alive": ("masihhiduplabel", "masihhidup", "statushidup"),
        "death_note": ("keteranganmeninggal", "meninggal"),
        "moved": ("pindah", "keteranganpindah", "statuspindah"),
        "note": ("keterangan", "ket", "catatan"),
        "address": ("alamat", "jalan", "alamatlengkap"),
        "rt": ("rt",),
        "rw": ("rw",),
        "registry_id": ("idsemesta", "iddtks", "idbdt", "idsemestabdt"),
    }
)  # fmt: skip
FIELDS: Final = tuple(_OWN)
OWN_PROGRAMS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "PKH": ("pkh", "bansospkh"),
        "SEMBAKO": ("bpnt", "bansosbpnt", "sembako", "bpntsembako"),
        "PBI_JK": ("pbi", "pbijk", "bansospbi", "pbijkn"),
    }
)


@dataclass(frozen=True, slots=True)
class Profile:
    """Words of headers by field, by programme flag, and by further columns that the reader asks for."""

    fields: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    programs: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: OWN_PROGRAMS)
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def words(self, name: str) -> tuple[str, ...]:
        return (*self.fields.get(name, ()), *_OWN[name])

    def to_json(self) -> dict[str, Any]:
        return {
            part: {name: list(words) for name, words in getattr(self, part).items()}
            for part in ("fields", "programs", "extra")
        }


OWN_PROFILE: Final = Profile()


def parse_profile(raw: Mapping[str, Any], pointer: str = "") -> Profile:
    """Read a profile: ``fields``, ``programs`` and ``extra``, each of names to header words.

    Raises:
        Invalid: a field that no list has, or words that are none.
    """
    errors: list[FieldError] = []
    fields = _read(raw.get("fields") or {}, f"{pointer}/fields", errors, frozenset(FIELDS))
    programs = _read(raw.get("programs") or {}, f"{pointer}/programs", errors, None)
    extra = _read(raw.get("extra") or {}, f"{pointer}/extra", errors, None)
    if errors:
        raise Invalid(fields=tuple(errors[:20]))
    return Profile(
        MappingProxyType(fields), MappingProxyType({**OWN_PROGRAMS, **programs}), MappingProxyType(extra)
    )


def _read(
    raw: Mapping[str, Any], pointer: str, errors: list[FieldError], known: frozenset[str] | None
) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    if len(raw) > MOST_PROGRAMS:
        errors.append(_wrong(pointer, "too_many", Words("Terlalu banyak kolom.", "Too many columns.")))
        return found
    for name, words in raw.items():
        if not _CODE.fullmatch(name) or (known is not None and name not in known):
            said = Words("Kolom ini tidak dikenal.", "There is no such field.")
            errors.append(_wrong(pointer, "unknown_field", said))
            continue
        plain = tuple(dict.fromkeys(plain_word(word) for word in words if len(word) <= LONGEST_WORD))
        if not plain or "" in plain or len(words) > MOST_WORDS or len(plain) < len(set(words)) // 2:
            said = Words(
                "Isi 1 sampai 20 judul kolom, masing-masing paling panjang 80 huruf.",
                "Give 1 to 20 column titles of at most 80 characters each.",
            )
            errors.append(_wrong(f"{pointer}/{name}", "bad_words", said))
            continue
        found[name] = plain
    return found


def _wrong(pointer: str, code: str, said: Words) -> FieldError:
    return FieldError(pointer, code, said.id, said.en)


def plain_word(cell: object) -> str:
    """The letters and digits of a title, small: ``No. KK`` is ``nokk``."""
    return _NO_WORD.sub("", cell.casefold()) if isinstance(cell, str) else ""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each thing stands in a row."""

    at: Mapping[str, int]
    programs: Mapping[str, int]
    extra: Mapping[str, int]
    width: int
    header: tuple[str, ...]
    """The titles as they stand, for whoever shows the row."""
    skip: int
    """Rows from the top that are no data."""


class NoHeaderError(Exception):
    """No row near the top names a column of names and one by which they are told apart."""


def find_layout(top: Sequence[Cells], profile: Profile) -> Layout:
    """Find the header in the first rows of a list.

    Raises:
        NoHeaderError: there is none.
    """
    for place, row in enumerate(top[:HEADER_WITHIN]):
        names = _joined(row, top[place - 1] if place else ())
        if not _is_header(names, profile):
            continue
        skip, below = place + 1, top[place + 1] if place + 1 < len(top) else ()
        if _continues(below, names, profile):
            # Where both rows say something the lower one is the column: "Bansos" over "PKH".
            names = [plain_word(low) or name for low, name in _paired(below, names)]
            skip += 1
        if skip < len(top) and _numbers_columns(top[skip]):
            skip += 1
        return _layout(names, row, profile, skip)
    raise NoHeaderError


def _joined(row: Cells, above: Cells) -> list[str]:
    names = [plain_word(cell) for cell in row]
    for place, cell in enumerate(above[: len(names)]):
        names[place] = names[place] or plain_word(cell)
    return names


def _paired(below: Cells, names: list[str]) -> list[tuple[object, str]]:
    width = max(len(below), len(names))
    low = [*below, *[""] * (width - len(below))]
    return list(zip(low, [*names, *[""] * (width - len(names))], strict=True))


def _is_header(names: Sequence[str], profile: Profile) -> bool:
    found = _columns(names, {name: profile.words(name) for name in FIELDS})
    return "name" in found and len(found) > 1


def _continues(below: Cells, names: Sequence[str], profile: Profile) -> bool:
    """A second header row says nothing below the names and NIKs, and names a column elsewhere."""
    found = _columns(names, {name: profile.words(name) for name in FIELDS})
    said = [plain_word(cell) for cell in below]
    for name in ("name", "nik"):
        place = found.get(name)
        if place is not None and place < len(said) and said[place] not in {"", names[place]}:
            return False
    words = {word for name in FIELDS for word in profile.words(name)}
    words |= {word for listed in (*profile.programs.values(), *profile.extra.values()) for word in listed}
    return any(word in words for word in said)


def _numbers_columns(row: Cells) -> bool:
    said = [str(cell).strip(" ().") for cell in row if cell not in {None, ""}]
    if len(said) < 2:  # noqa: PLR2004  # one number is a row's own
        return False
    try:
        numbers = [int(float(text)) for text in said]
    except ValueError:
        return False
    return numbers == list(range(numbers[0], numbers[0] + len(numbers))) and numbers[0] in {0, 1}


def _columns(names: Sequence[str], words: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, listed in words.items():
        place = next((names.index(word) for word in listed if word in names), None)
        if place is not None:
            found[name] = place
    return found


def _layout(names: Sequence[str], row: Cells, profile: Profile, skip: int) -> Layout:
    titles = [cell if isinstance(cell, str) else "" for cell in row]
    titles += [""] * (len(names) - len(titles))
    return Layout(
        MappingProxyType(_columns(names, {name: profile.words(name) for name in FIELDS})),
        MappingProxyType(_columns(names, profile.programs)),
        MappingProxyType(_columns(names, profile.extra)),
        len(names),
        tuple(title.strip() or name for title, name in zip(titles, names, strict=True)),
        skip,
    )
