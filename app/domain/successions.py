"""Region codes that are no more, and what took their place.

Rows keep the code under which they were written: a decree renames a village, it does not rewrite a case. So
whoever reads by a region reads by its *family*: the code itself, those that went over into it, and, of a code
that is no more, what took its place.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from app.domain.ids import NATION


def covers(region: str, code: str) -> bool:
    """Tell whether *code* is *region* or lies in it."""
    return region in (code, NATION) or code.startswith(f"{region}.")


@dataclass(frozen=True, slots=True)
class Former:
    """A code that is no more."""

    code: str
    name: str
    valid_to: date
    """The first day on which it was no more."""
    successor: str | None


class Successions:
    """All former codes. Never changes; made anew when the regions are read again."""

    __slots__ = ("_final", "_former")

    def __init__(self, former: Iterable[Former] = ()) -> None:
        self._former: Mapping[str, Former] = MappingProxyType({one.code: one for one in former})
        self._final = {code: self._follow(code) for code in self._former}

    def __contains__(self, code: object) -> bool:
        return code in self._former

    def __len__(self) -> int:
        return len(self._former)

    def codes(self) -> Iterator[str]:
        return iter(self._former)

    def of(self, code: str) -> Former | None:
        return self._former.get(code)

    def present(self, code: str) -> str:
        """Return the code that stands for *code* today: itself, if it stands."""
        return self._final.get(code) or code

    def family(self, code: str) -> tuple[str, ...]:
        """Return the codes under which what lies in *code* may be written, itself first."""
        if not self._former:
            return (code,)
        now = self.present(code)
        found = {old for old, final in self._final.items() if final and covers(now, final)}
        kept = _widest({code, now, *found})
        return (code, *(one for one in kept if one != code and not covers(code, one)))

    def _follow(self, code: str) -> str | None:
        seen = {code}
        found = self._former[code].successor
        while found is not None and found in self._former and found not in seen:
            seen.add(found)
            found = self._former[found].successor
        return found if found not in self._former else None


NO_SUCCESSIONS = Successions()


def _widest(codes: set[str]) -> Iterator[str]:
    return (one for one in sorted(codes) if not any(other != one and covers(other, one) for other in codes))
