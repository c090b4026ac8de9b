"""Places per component and district: given, or shared out by the largest remainder."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

Cell = tuple[str, str]
"""Component, district."""


class Share(StrEnum):
    """How places that are not given per district are shared out; the set ``campaign_share``."""

    EQUAL = "equal"
    NEED = "need"
    """In proportion to those who fit the component in each district."""


@dataclass(frozen=True, slots=True)
class Places:
    """The quota of one component. *districts* are given by hand; empty when they are to be shared out."""

    component: str
    quota: int
    districts: Mapping[str, int]


def apportion(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Share *total* places out in proportion to *weights*: whole parts first, then the largest remainders.

    Equal remainders go to the smaller code; without any weight all count alike. The parts sum up to *total*.
    """
    if not weights:
        return {}
    if not any(weights.values()):
        weights = dict.fromkeys(weights, 1)
    whole = sum(weights.values())
    parts = {code: total * weight // whole for code, weight in weights.items()}
    order = sorted(weights, key=lambda code: (-(total * weights[code] % whole), code))
    for code in order[: total - sum(parts.values())]:
        parts[code] += 1
    return parts


def cells_of(
    places: tuple[Places, ...],
    districts: tuple[str, ...],
    share: Share,
    fitting: Mapping[Cell, int],
) -> dict[Cell, int]:
    """Return the places of every cell. *fitting* counts who fits each, for shares by need."""
    found: dict[Cell, int] = {}
    for one in places:
        parts = dict(one.districts)
        if not parts:
            by_need = share is Share.NEED
            weights = {code: fitting.get((one.component, code), 0) if by_need else 1 for code in districts}
            parts = apportion(one.quota, weights)
        found |= {(one.component, code): parts.get(code, 0) for code in districts}
    return found
