"""All regions of the nation, packed: 91,599 names in about two and a half megabytes.

A dictionary of them would take some seventeen, in every process. Codes become whole numbers of one width
(``13.74`` is 1374000000), sorted, so that a region and all below it are one stretch of the array.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, Final, NamedTuple

from app.domain.ids import NATION, is_region
from app.domain.successions import NO_SUCCESSIONS, Successions, covers

_WIDTH: Final = 10
_CUTS: Final = (2, 4, 6, 10)
"""Where the digits of province, regency, district and village end."""


_LEVEL_WORDS: Final = frozenset({"kabupaten", "kota", "provinsi"})


class Below(NamedTuple):
    """How many regions of each level lie in one."""

    regencies: int
    districts: int
    villages: int


class Regions(Mapping[str, str]):
    """Code to name. Build it with ``Regions.of``; it never changes afterwards.

    It holds the codes that stand. Of one that is no more ``get`` still gives the name, since what was written
    under it is still read; ``in`` says that it can be chosen no more.
    """

    __slots__ = ("_keys", "_starts", "_text", "successions")

    def __init__(
        self, keys: "array[int]", starts: "array[int]", text: bytes, successions: Successions = NO_SUCCESSIONS
    ) -> None:
        self._keys, self._starts, self._text = keys, starts, text
        self.successions = successions

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str]], successions: Successions = NO_SUCCESSIONS) -> "Regions":
        """Pack rows of code and name, sorted by code.

        Raises:
            ValueError: a code that is none, or rows out of order.
        """
        keys, starts, names = array("Q"), array("I"), bytearray()
        for code, name in rows:
            key = _key(code)
            if key is None or (keys and key <= keys[-1]):
                raise ValueError(code)
            keys.append(key)
            starts.append(len(names))
            names += name.encode()
        starts.append(len(names))
        return cls(keys, starts, bytes(names), successions)

    def __getitem__(self, code: str) -> str:
        place = self._place(code)
        if place is None:
            raise KeyError(code)
        return self._text[self._starts[place] : self._starts[place + 1]].decode()

    def __contains__(self, code: object) -> bool:
        return isinstance(code, str) and self._place(code) is not None

    def get(self, code: str, default: Any = None) -> Any:
        """Return the name of a code that stands, or once stood."""
        if self._place(code) is not None:
            return self[code]
        former = self.successions.of(code)
        return default if former is None else former.name

    def __iter__(self) -> Iterator[str]:
        return map(_code, self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def below(self, code: str) -> Below:
        """Count what lies in *code* (``ID`` is everything), itself left out."""
        low, high = self._stretch(code)
        found = [0, 0, 0, 0]
        for key in self._keys[low:high]:
            found[_depth(key)] += 1
        own = _depth(self._keys[low]) if code != NATION and low < high else None
        if own is not None:
            found[own] -= 1
        return Below(*found[1:])

    def regencies(self, code: str) -> tuple[str, ...]:
        """The codes of the regencies in *code* (``ID`` is everywhere), in order."""
        return tuple(self._of_depth(code, 1))

    def tenants(self, code: str) -> tuple[str, ...]:
        """The regencies in *code* that may hold rows: those that are no more as well."""
        former = (one for one in self.successions.codes() if one.count(".") == 1 and covers(code, one))
        return (*self.regencies(code), *former)

    def districts(self, code: str) -> tuple[str, ...]:
        """The codes of the kecamatan in *code*, in order."""
        return tuple(self._of_depth(code, 2))

    def villages(self, code: str) -> tuple[str, ...]:
        """The codes of the villages in *code*, in order."""
        return tuple(self._of_depth(code, 3))

    def inside(self, code: str) -> tuple[str, ...]:
        """Everything that lies in *code*, itself left out, in order."""
        low, high = self._stretch(code)
        return tuple(found for found in map(_code, self._keys[low:high]) if found != code)

    def _of_depth(self, code: str, depth: int) -> Iterator[str]:
        low, high = self._stretch(code)
        return (_code(key) for key in self._keys[low:high] if _depth(key) == depth)

    def _place(self, code: str) -> int | None:
        key = _key(code)
        if key is None:
            return None
        place = bisect_left(self._keys, key)
        return place if place < len(self._keys) and self._keys[place] == key else None

    def _stretch(self, code: str) -> tuple[int, int]:
        if code == NATION:
            return 0, len(self._keys)
        key = _key(code)
        if key is None:
            return 0, 0
        after = key + 10 ** (_WIDTH - len(code.replace(".", "")))
        return bisect_left(self._keys, key), bisect_left(self._keys, after)


def parents(code: str) -> tuple[str, ...]:
    """The codes above *code*, the province first: of ``13.74.01`` these are ``13`` and ``13.74``."""
    parts = code.split(".")
    return tuple(".".join(parts[:count]) for count in range(1, len(parts)))


def level_of(code: str) -> str:
    """``province``, ``regency``, ``district`` or ``village``, by the number of parts."""
    return ("province", "regency", "district", "village")[code.count(".")]


def search_name(name: str) -> str:
    """The form in which names are searched: small letters and digits, without the word for the level."""
    words = "".join(letter if letter.isalnum() else " " for letter in name.casefold()).split()
    if len(words) > 1 and words[0] in _LEVEL_WORDS:
        words = words[1:]
    return " ".join(words)


def _key(code: str) -> int | None:
    if code == NATION or not is_region(code):
        return None
    return int(code.replace(".", "").ljust(_WIDTH, "0"))


def _depth(key: int) -> int:
    """0 for a province, 3 for a village."""
    if key % 10_000:
        return 3
    if key % 1_000_000:
        return 2
    return 1 if key % 100_000_000 else 0


def _code(key: int) -> str:
    digits = str(key)
    cuts = (0, *_CUTS[: _depth(key) + 1])
    return ".".join(digits[start:end] for start, end in pairwise(cuts))
