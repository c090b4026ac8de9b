"""Who stands above whom: for a supervisor's view, for leave, and for handing over somebody's work."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from app.domain.access import Grant, Role, covers

_RANK: Final[Mapping[Role, int]] = MappingProxyType(
    {
        Role.CADRE: 1,
        Role.FACILITATOR: 2,
        Role.DESK_OFFICER: 2,
        Role.DESK_COORDINATOR: 3,
        Role.SUPERVISOR: 4,
        Role.SECRETARIAT_OFFICER: 4,
        Role.APPROVER: 5,
        Role.MANAGER: 6,
        Role.HEAD: 7,
    }
)
"""The escalation ladder read as a line. Whoever is absent works on no case and stands in no line."""


def rank_at(grants: Iterable[Grant], region: str) -> int:
    """Return the highest rank that *grants* hold over *region*; 0 for none."""
    held = (grant for grant in grants if grant.agency is None and grant.reaches(region))
    return max((_RANK.get(grant.role, 0) for grant in held), default=0)


def is_below(person: Iterable[Grant], above: Iterable[Grant]) -> bool:
    """Tell whether *person* works for *above*: in a region of theirs, and at a lower rank wherever it lies.

    Somebody with a second, higher office elsewhere in the area is nobody's subordinate there.
    """
    person, above = tuple(person), tuple(above)
    placed = [(grant.region, _RANK[grant.role]) for grant in person if grant.region and grant.role in _RANK]
    here = [(region, rank) for region, rank in placed if rank_at(above, region)]
    return bool(here) and all(rank < rank_at(above, region) for region, rank in here)


def regions_in(grants: Iterable[Grant], area: str) -> tuple[str, ...]:
    """Return the regions of *grants* that have to do with *area*: in it, or over it; sorted."""
    found = {grant.region for grant in grants if grant.region and grant.role in _RANK}
    return tuple(sorted(one for one in found if covers(area, one) or covers(one, area)))
