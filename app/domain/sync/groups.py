"""Which operations belong together: those of one case, and those that build on one another."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Linked:
    """One operation with the names of what it touches; two that share a name are linked."""

    id: str
    links: Collection[str]


def groups(operations: Sequence[Linked]) -> list[list[str]]:
    """Return the ids of linked operations together, in each group and by their first in the order given."""
    leads: dict[str, str] = {}

    def lead(name: str) -> str:
        while leads.setdefault(name, name) != name:
            leads[name] = leads[leads[name]]
            name = leads[name]
        return name

    for one in operations:
        for link in one.links:
            leads[lead(link)] = lead(f"operation {one.id}")
    found: dict[str, list[str]] = {}
    for one in operations:
        found.setdefault(lead(f"operation {one.id}"), []).append(one.id)
    return list(found.values())


def packed(found: Sequence[Sequence[str]], most: int) -> list[list[str]]:
    """Put small groups together, and cut large ones, into pieces of at most *most*; the order stays."""
    pieces: list[list[str]] = []
    for group in found:
        for n in range(0, len(group), most):
            piece = list(group[n : n + most])
            if pieces and len(pieces[-1]) + len(piece) <= most:
                pieces[-1].extend(piece)
            else:
                pieces.append(piece)
    return pieces
