"""Who gets a place: by need, one each, true to the quota of every component and district.

Candidates are taken in one order per district; each gets a place in a component that fits her as long as
there is one, where need be by moving somebody before her to another component that fits that one as well
(an augmenting path). So nobody loses a place to somebody who needs it less, and no place that somebody left
over could fill stays empty. The same candidates and quotas always give the same answer, in whatever order
they come in.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from itertools import pairwise
from uuid import UUID

from app.domain.campaigns.quotas import Cell


@dataclass(frozen=True, slots=True)
class Candidate:
    id: UUID
    home: UUID | None
    """The household, where only one of a household may be chosen and it is known."""
    district: str
    fits: tuple[str, ...]
    """Components, in the campaign's order."""
    need: int
    aid: int
    """How many programmes the household holds."""
    born: int | None
    """The ordinal of the birth date."""
    lot: str


class Tie(StrEnum):
    """What decided between two of equal need; the set ``campaign_tie``."""

    FEWER_AID = "fewer_aid"
    OLDER = "older"
    LOT = "lot"


@dataclass(frozen=True, slots=True)
class Placed:
    chosen: Mapping[UUID, Cell]
    reserve: frozenset[UUID]
    """Everybody else who fits and whose household has no place."""
    beside: frozenset[UUID]
    """Whose household has a place already."""
    order: tuple[UUID, ...]
    """Everybody, in the order in which they were taken; the reserve moves up in this order."""
    ties: Mapping[UUID, Tie]


def lot_of(seed: UUID, person: UUID) -> str:
    """Draw a person's lot in a campaign; selecting again draws the same, so nobody draws until it fits."""
    return sha256(seed.bytes + person.bytes).hexdigest()[:16]


def place(candidates: Iterable[Candidate], quotas: Mapping[Cell, int]) -> Placed:
    """Choose by the rules of this module."""
    districts: dict[str, list[Candidate]] = defaultdict(list)
    for one in candidates:
        districts[one.district].append(one)
    chosen: dict[UUID, Cell] = {}
    homes: set[UUID] = set()
    queue = sorted((one for found in districts.values() for one in found), key=_rank)
    # Sorted: where two ways of moving somebody are as short, the order in which quotas come must not decide.
    cells = sorted(quotas.items())
    tables = {
        code: _Table({component: places for (component, there), places in cells if there == code})
        for code in districts
    }
    for one in queue:
        if (one.home is None or one.home not in homes) and tables[one.district].seat(one) and one.home:
            homes.add(one.home)
    for code, table in tables.items():
        chosen |= {one.id: (component, code) for component, seated in table.seated.items() for one in seated}
    left = [one for one in queue if one.id not in chosen]
    beside = frozenset(one.id for one in left if one.home is not None and one.home in homes)
    return Placed(
        chosen,
        frozenset(one.id for one in left if one.fits) - beside,
        beside,
        tuple(one.id for one in queue),
        _ties(queue),
    )


@dataclass(slots=True)
class _Table:
    """The places of one district."""

    places: Mapping[str, int]
    seated: dict[str, list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    settled: set[str] = field(default_factory=set)
    """Components that are full and can never be freed any more: whoever sits there fits nothing else."""

    def seat(self, one: Candidate) -> bool:
        path = self._path(one)
        if path is None:
            return False
        for source, target in reversed(list(pairwise(path))):
            moved = self._last_that_fits(source, target)
            if moved is not None:
                self.seated[source].remove(moved)
                self.seated[target].append(moved)
        self.seated[path[0]].append(one)
        return True

    def _path(self, one: Candidate) -> list[str] | None:
        """Return components from one that fits to one with room; each takes somebody of the one before."""
        came: dict[str, str | None] = {
            code: None for code in one.fits if code in self.places and code not in self.settled
        }
        waiting = deque(came)
        while waiting:
            code = waiting.popleft()
            if len(self.seated[code]) < self.places[code]:
                return _walked(came, code)
            for other in self.places:
                if other not in came and other not in self.settled and self._last_that_fits(code, other):
                    came[other] = code
                    waiting.append(other)
        self.settled |= came.keys()
        return None

    def _last_that_fits(self, source: str, target: str) -> Candidate | None:
        fitting = [one for one in self.seated[source] if target in one.fits]
        return max(fitting, key=_rank, default=None)


def _walked(came: Mapping[str, str | None], last: str) -> list[str]:
    path, at = [last], came[last]
    while at is not None:
        path.append(at)
        at = came[at]
    return path[::-1]


def _rank(one: Candidate) -> tuple[int, int, int, int, str, UUID]:
    unknown = one.born is None
    return (-one.need, one.aid, unknown, one.born or 0, one.lot, one.id)


def _ties(queue: Sequence[Candidate]) -> dict[UUID, Tie]:
    """Say what parted neighbours of equal need in a district: from the one before, else the one after."""
    found: dict[UUID, Tie] = {}
    last: dict[str, Candidate] = {}
    for one in queue:
        before = last.get(one.district)
        if before is not None and before.need == one.need:
            found[one.id] = _parted(before, one)
            found.setdefault(before.id, found[one.id])
        last[one.district] = one
    return found


def _parted(one: Candidate, other: Candidate) -> Tie:
    if one.aid != other.aid:
        return Tie.FEWER_AID
    return Tie.OLDER if one.born != other.born else Tie.LOT
