"""How two cases belong together, as it reads from each side, and to whom it may be told."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from app.domain.codes import Confidentiality


class Relation(StrEnum):
    """What one case is to the other, read from the first; stored as ``case_links.relation``."""

    DUPLICATE = "duplicate"
    SAME_EVENT = "same_event"
    FOLLOW_UP = "follow_up"
    SPAWNED = "spawned"


OTHER_SIDE: Final[Mapping[Relation, str]] = MappingProxyType(
    {
        Relation.DUPLICATE: "duplicate",
        Relation.SAME_EVENT: "same_event",
        Relation.FOLLOW_UP: "followed_up_by",
        Relation.SPAWNED: "spawned_by",
    }
)
"""The same relation read from the second case: codes of the set ``link_relation``."""

_RANK: Final = {level: rank for rank, level in enumerate(Confidentiality)}


def tells(on: Confidentiality, other: Confidentiality) -> bool:
    """Whether the history of a case may say that it was linked: never to a more secret one.

    Who reads the history of an ordinary case need not be one who may know that a secret one exists.
    """
    return _RANK[other] <= _RANK[on]
