"""One row of a list of persons: read, tidied, and judged. Values in, values out.

A million rows go through here, so what a list says again and again (dates, villages, deciles) is remembered.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from app.domain.errors import FieldError
from app.domain.identity import parse_kk, parse_nik
from app.domain.lists.places import Places
from app.domain.lists.profile import FIELDS, Cells, Layout, Profile, find_layout, plain_word
from app.domain.lists.values import plain, read_date, read_desil, read_flag, read_sex, remembered
from app.domain.lists.verdicts import Reason, Verdict, verdict_of
from app.domain.names import name_key

LISTED: Final = "ADA"
_STATUS_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "nonaktif": "NONAKTIF", "tidakaktif": "NONAKTIF", "tidakpadan": "TIDAK_PADAN",
        "belumpadan": "TIDAK_PADAN", "ganda": "GANDA", "exclude": "EXCLUDE", "dikecualikan": "EXCLUDE",
    }
)  # fmt: skip
_DEAD_WORDS: Final = frozenset({"meninggal", "meninggaldunia", "wafat", "md", "almarhum", "almarhumah"})
_MOVED_WORDS: Final = frozenset(
    {"pindah", "pindahdomisili", "pindahdatang", "pindahkeluar", "tidakditemukan"}
)
_TOTALS: Final = frozenset({"jumlah", "total", "jumlahtotal", "subtotal", "jumlahseluruhnya", "grandtotal"})
_SCIENTIFIC: Final = re.compile(r"\d(?:[.,]\d+)?e\+?\d+", re.IGNORECASE)
_AS_NUMBER: Final = re.compile(r"\d{13,17}[.,]0+")
_FORMULA: Final = ("=", "+", "@")
_WRAPPED: Final = re.compile(
    r"[\s.\-_'\"`=\u2018\u2019\u201c\u201d\u00a0\u2010-\u2014\u200b-\u200d\u2060\ufeff]+"
)
_SIXTEEN: Final = 16
_LONGEST_NAME: Final = 200
_NIK_FAULTS: Final[Mapping[str, Reason]] = MappingProxyType(
    {
        "nik.birth_date": Reason.NIK_BIRTH_DATE,
        "nik.serial": Reason.NIK_SERIAL,
        "nik.zero": Reason.NIK_ZERO,
        "nik.letters": Reason.NIK_LETTERS,
        "nik.length": Reason.NIK_LENGTH,
        "nik.number_format": Reason.NIK_NUMBER,
    }
)


class Tidied(NamedTuple):
    """A row with its verdict. What could not be kept of it stands in ``reasons``."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    nik: str | None
    kk: str | None
    name: str
    name_key: str
    born_on: date | None
    sex: str | None
    village: str
    """A village's code; the regency's where the list does not tell."""
    desil: int | None
    """0 is "not ranked"."""
    status: str
    programs: tuple[str, ...]
    extra: Mapping[str, object]
    """What the profile's further columns hold, as it was read."""


class Tidier:
    """Tidies the rows of one list, one after the other."""

    def __init__(self, layout: Layout, places: Places, today: date) -> None:
        self.layout = layout
        self._places = places
        self._today = today
        at = layout.at
        self._nik_at, self._kk_at, self._name_at = (at.get(one, -1) for one in ("nik", "kk", "name"))
        self._born_at, self._sex_at, self._desil_at = (at.get(one, -1) for one in ("born_on", "sex", "desil"))
        self._place_at = tuple(at.get(one, -1) for one in ("village_code", "village", "district"))
        self.regency = places.regency
        self.no_extra: Mapping[str, object] | None = None if layout.extra else MappingProxyType({})
        """What a row has of further columns where none are asked for."""
        self.marks = tuple(
            (read, at[name])
            for name, read in (
                ("status", _status), ("note", _note), ("inactive", _inactive), ("alive", _alive),
                ("death_note", _death), ("moved", _moved),
            )
            if name in at
        )  # fmt: skip
        self._programs = tuple(layout.programs.items())
        self._header = tuple(plain_word(title) for title in layout.header)
        self._nik_good: Callable[[str], bool] = lru_cache(2_000)(self.is_good)
        self._date, self._sex = remembered(read_date, 2_000), remembered(read_sex, 100)
        self._desil, self._flag = remembered(read_desil, 100), remembered(read_flag, 100)
        self._last_kk: tuple[object, str | None, tuple[Reason, ...]] = (None, None, ())

    def tidy(self, cells: Cells) -> Tidied:
        """Read one row; blank ones are `is_blank` and no business of this."""
        reasons: list[Reason] = []
        if len(cells) != self.layout.width:
            cells = self._fitted(cells, reasons)
        name = self._name(cells, reasons)
        nik = self._nik(cells[self._nik_at] if self._nik_at >= 0 else None, reasons)
        kk = self._kk(cells, nik, reasons)
        born = self.born(cells[self._born_at], reasons) if self._born_at >= 0 else None
        sex = self.sexed(cells[self._sex_at], reasons) if self._sex_at >= 0 else None
        desil = self.ranked(cells[self._desil_at], reasons) if self._desil_at >= 0 else None
        village = self.village(cells, reasons)
        status = self.status(cells, reasons)
        programs = self.held(cells, reasons) if self._programs else ()
        key = name_key(name) if name else ""
        if reasons or not key:
            reasons = self._whole(cells, name, key, reasons)
        extra = {name_: cells[place] for name_, place in self.layout.extra.items()}
        return Tidied(
            verdict_of(reasons) if reasons else Verdict.ACCEPTED,
            tuple(reasons), nik, kk, name, key, born, sex, village, desil, status, programs, extra,
        )  # fmt: skip

    def _fitted(self, cells: Cells, reasons: list[Reason]) -> Cells:
        width = self.layout.width
        if any(plain(cell) for cell in cells[width:]):
            reasons.append(Reason.COLUMNS_SHIFTED)
        return [*cells[:width], *[""] * (width - len(cells))]

    def _name(self, cells: Cells, reasons: list[Reason]) -> str:
        value = cells[self._name_at]
        name = value if type(value) is str else plain(value)
        if not name.isascii() or "\x00" in name:
            name = _readable(name, reasons)
        name = " ".join(name.split())[:_LONGEST_NAME]
        if name.startswith(_FORMULA):
            reasons.append(Reason.FORMULA)
        return name

    def _nik(self, value: object, reasons: list[Reason]) -> str | None:
        if (
            type(value) is str
            and len(value) == _SIXTEEN
            and value.isdigit()
            and value.isascii()
            and value[12:] != "0000"
            and self._nik_good(value[6:12])
            and value != value[0] * _SIXTEEN
        ):
            return value
        number, found = read_nik(value, self._today)
        reasons += found
        return number

    def is_good(self, six: str) -> bool:
        """Whether six digits of a NIK, the seventh to the twelfth, are a birth date."""
        return not isinstance(parse_nik(f"137101{six}0001", today=self._today), FieldError)

    def _kk(self, cells: Cells, nik: str | None, reasons: list[Reason]) -> str | None:
        if self._kk_at < 0:
            return None
        value = cells[self._kk_at]
        if value != self._last_kk[0] or type(value) is not type(self._last_kk[0]):
            self._last_kk = (value, *read_kk(value))
        _, kk, found = self._last_kk
        if kk is not None and kk == nik:
            reasons.append(Reason.KK_IS_NIK)
            return None
        reasons += found
        return kk

    def born(self, value: object, reasons: list[Reason]) -> date | None:
        found: Any = self._date(value, self._today)
        if found is None:
            reasons.append(Reason.BORN_DROPPED)
            return None
        if found[1]:
            reasons.append(Reason.BORN_ORDER)
        born: date | None = found[0]
        return born

    def sexed(self, value: object, reasons: list[Reason]) -> str | None:
        found: Any = self._sex(value)
        if found is None:
            reasons.append(Reason.SEX_DROPPED)
        return found or None

    def ranked(self, value: object, reasons: list[Reason]) -> int | None:
        found: Any = self._desil(value)
        if found is None:
            reasons.append(Reason.DESIL_RANGE)
        return None if found is None or found < 0 else int(found)

    def village(self, cells: Cells, reasons: list[Reason]) -> str:
        code, village, district = (
            (cells[place] if type(cells[place]) is str else plain(cells[place])) if place >= 0 else ""
            for place in self._place_at
        )
        found, wrong = self._places.find(code, village, district)  # type: ignore[arg-type]  # all are text
        if wrong is not None:
            reasons.append(wrong)
        return found

    def status(self, cells: Cells, reasons: list[Reason]) -> str:
        found = LISTED
        for read, place in self.marks:
            found = read(cells[place], reasons, self._flag) or found
        return found

    def held(self, cells: Cells, reasons: list[Reason]) -> tuple[str, ...]:
        held = []
        for program, place in self._programs:
            said: Any = self._flag(cells[place])
            if said:
                held.append(program)
            elif said is None and Reason.FLAG_DROPPED not in reasons:
                reasons.append(Reason.FLAG_DROPPED)
        return tuple(held)

    def _whole(self, cells: Cells, name: str, key: str, reasons: list[Reason]) -> list[Reason]:
        """Judge the row as a whole: a header that comes again and a sum are nobody's rows."""
        said = tuple(plain_word(cell) for cell in cells)
        if said[self._name_at] and said[self._name_at] == self._header[self._name_at]:
            return [Reason.HEADER_AGAIN]
        if any(word in _TOTALS for word in said) and not plain(
            cells[self._nik_at] if self._nik_at >= 0 else ""
        ):
            return [Reason.TOTAL_ROW]
        if not key or not any(letter.isalpha() for letter in name):
            reasons.insert(0, Reason.NAME_MISSING)
        return list(dict.fromkeys(reasons))


def tidy(row: Mapping[str, object], profile: Profile, places: Places, today: date) -> Tidied:
    """Tidy one row that is given by its titles."""
    titles = list(row)
    layout = find_layout([titles], profile)
    return Tidier(layout, places, today).tidy([row[title] for title in titles])


def retidied(fields: Mapping[str, object], places: Places, today: date) -> Tidied:
    """Judge values that a person gives by the names of fields, as a row of them would be."""
    names = [name for name in FIELDS if name in fields]
    layout = Layout(
        MappingProxyType({name: place for place, name in enumerate(names)}),
        MappingProxyType({}), MappingProxyType({}), len(names), tuple(f"={name}" for name in names), 0,
    )  # fmt: skip
    return Tidier(layout, places, today).tidy([fields[name] for name in names])


def is_blank(cells: Cells) -> bool:
    """Whether a row says nothing at all."""
    return not any(cells) or not any(plain(cell) for cell in cells)


def read_nik(value: object, today: date) -> tuple[str | None, tuple[Reason, ...]]:
    """Read a NIK as lists have it: the number, or None with the reason."""
    if isinstance(value, int | float | date):
        return None, (Reason.NIK_NUMBER,)
    text = plain(value)
    bare = _WRAPPED.sub("", text)
    if _SCIENTIFIC.fullmatch(text) or _AS_NUMBER.fullmatch(text):
        return None, (Reason.NIK_NUMBER,)
    if not bare.strip("0"):
        return None, (Reason.NIK_ZERO if bare else Reason.NIK_MISSING,)
    found = parse_nik(bare, today=today)
    if isinstance(found, FieldError):
        return None, (_NIK_FAULTS.get(found.code, Reason.NIK_LETTERS),)
    if bare == bare[0] * _SIXTEEN:
        return None, (Reason.NIK_PLACEHOLDER,)
    return bare, (Reason.NIK_SEPARATORS,) if bare != text else ()


def read_kk(value: object) -> tuple[str | None, tuple[Reason, ...]]:
    """Read a family card number; what is none is dropped. An empty cell says nothing."""
    if type(value) is str and len(value) == _SIXTEEN and value.isdigit() and value.isascii():
        return (value, ()) if value != value[0] * _SIXTEEN else (None, (Reason.KK_DROPPED,))
    if isinstance(value, int | float | date):
        return None, (Reason.KK_NUMBER,)
    text = plain(value)
    if _SCIENTIFIC.fullmatch(text) or _AS_NUMBER.fullmatch(text):
        return None, (Reason.KK_NUMBER,)
    bare = _WRAPPED.sub("", text)
    if not bare:
        return None, ()
    if isinstance(parse_kk(bare), FieldError):
        return None, (Reason.KK_DROPPED,)
    return bare, (Reason.KK_SEPARATORS,) if bare != text else ()


def _readable(name: str, reasons: list[Reason]) -> str:
    """Note what could not be decoded; a NUL or half a character is taken out."""
    kept = "".join(letter for letter in name if letter != "\x00" and not "\ud800" <= letter <= "\udfff")
    if kept != name or "\ufffd" in name:
        reasons.append(Reason.UNDECODABLE)
    return kept


Flag = Callable[[object], object]


def _status(value: object, reasons: list[Reason], _flag: Flag) -> str | None:
    return _note(value, reasons, _flag) or _STATUS_WORDS.get(plain_word(plain(value)))


def _note(value: object, reasons: list[Reason], _flag: Flag) -> str | None:
    word = plain_word(value)
    if word in _DEAD_WORDS:
        reasons.append(Reason.DEAD)
        return "MENINGGAL"
    if word in _MOVED_WORDS:
        reasons.append(Reason.MOVED)
        return "PINDAH"
    return None


def _inactive(value: object, _reasons: list[Reason], flag: Flag) -> str | None:
    return "NONAKTIF" if flag(value) else None


def _alive(value: object, reasons: list[Reason], flag: Flag) -> str | None:
    if plain(value) and (flag(value) is False or plain_word(plain(value)) in _DEAD_WORDS):
        reasons.append(Reason.DEAD)
        return "MENINGGAL"
    return None


def _death(value: object, reasons: list[Reason], flag: Flag) -> str | None:
    if flag(value) is not False:
        reasons.append(Reason.DEAD)
        return "MENINGGAL"
    return None


def _moved(value: object, reasons: list[Reason], flag: Flag) -> str | None:
    if flag(value) is not False:
        reasons.append(Reason.MOVED)
        return "PINDAH"
    return None
