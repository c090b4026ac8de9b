"""What of a meeting's result anyone may read.

A neighbour must be able to recognise whom she may object to, and nobody else should learn a name from it. So
the page of a village shows the eligible only, by initials, RT and RW; whoever was found not eligible or is
yet to be surveyed stands in it as a number. The regency may set full names (policy
``deliberation_public_names``), as many villages pin them up on paper. No NIK, no address, no reason, and
nobody whose case is confidential (she is put on no agenda by default).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

POLICY: Final = "deliberation_public_names"


class Names(StrEnum):
    INITIALS = "initials"
    NAMES = "names"


@dataclass(frozen=True, slots=True)
class Shown:
    """One candidate as the village publishes her."""

    n: int
    rank: int | None
    name: str
    rt: str | None
    rw: str | None


def published_name(name: str, names: Names) -> str:
    """Return a name as the policy lets it be shown: ``Y. C.``, or in full."""
    if names is Names.NAMES:
        return name
    return " ".join(f"{part[0].upper()}." for part in name.split() if part[0].isalpha()) or "-"
