"""In which village of a regency somebody stands who is listed by code, by name, or by both."""

import re
from collections.abc import Mapping
from typing import Final

from app.domain.lists.verdicts import Reason
from app.domain.regions import search_name

_DIGITS: Final = re.compile(r"\D+")
_KINDS: Final = re.compile(r"^(?:desa|kelurahan|kel|nagari|gampong|kampung|pekon|kalurahan|kecamatan|kec) ")
_VILLAGE: Final = 10
Placed = tuple[str, Reason | None]
"""The village's code (the regency's own where none is told), and what is wrong with it."""


class Places:
    """The villages of one regency."""

    def __init__(self, regency: str, villages: Mapping[str, str], districts: Mapping[str, str]) -> None:
        self.regency = regency
        self._names = {code: _plain(name) for code, name in villages.items()}
        self._codes = {code.replace(".", ""): code for code in villages}
        self._prefix = regency.replace(".", "")
        self._by_name: dict[str, list[str]] = {}
        for code, name in self._names.items():
            self._by_name.setdefault(name, []).append(code)
        self._districts = {code: _plain(name) for code, name in districts.items()}
        self._known: dict[tuple[str, str, str], Placed] = {}

    def find(self, code: str, village: str, district: str) -> Placed:
        """Look a village up; each of the three may be empty."""
        asked = (code, village, district)
        found = self._known.get(asked)
        if found is None:
            found = self._find(*asked)
            if len(self._known) < 20_000:  # noqa: PLR2004  # a file with nonsense in the column stays small
                self._known[asked] = found
        return found

    def _find(self, code: str, village: str, district: str) -> Placed:
        digits, name = _DIGITS.sub("", code), _plain(village)
        if digits:
            known = self._codes.get(digits)
            if known is None:
                elsewhere = len(digits) == _VILLAGE and not digits.startswith(self._prefix)
                return self.regency, Reason.VILLAGE_ELSEWHERE if elsewhere else Reason.VILLAGE_UNKNOWN
            if name and not _alike(name, self._names[known]):
                return known, Reason.VILLAGE_DIFFERS
            return known, None
        if not name:
            return self.regency, None
        return self._by_words(name, _plain(district))

    def _by_words(self, name: str, district: str) -> Placed:
        found = self._by_name.get(name) or [
            code for code, known in self._names.items() if _alike(name, known)
        ]
        if district:
            found = [code for code in found if _alike(self._districts.get(code[:8], ""), district)]
        if len(found) == 1:
            return found[0], None
        return self.regency, Reason.VILLAGE_UNKNOWN


def _plain(name: str) -> str:
    return _KINDS.sub("", search_name(name))


def _alike(one: str, other: str) -> bool:
    return one.replace(" ", "") == other.replace(" ", "")
