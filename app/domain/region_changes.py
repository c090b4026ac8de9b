"""A list of region codes that a decree ends, and what takes their place: read, completed, checked.

One line each: old code, new code, name, day, with tabs between. ``-`` for the old code brings in a region
that follows none (a new regency). What lies below an old code goes along: of ``13.74.02`` to ``13.79.02``
each village keeps its last digits, unless the list says otherwise.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.domain.ids import NATION, is_region
from app.domain.regions import Regions

NOTHING: Final = "-"
_PARTS: Final = 4


class BadList(ValueError):
    """A line that cannot be taken; says which and why."""


@dataclass(frozen=True, slots=True)
class Change:
    old: str | None
    new: str
    name: str
    on: date


def read_changes(text: str) -> list[Change]:
    """Read the list.

    Raises:
        BadList: a line is no change.
    """
    found = []
    for n, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = [part.strip() for part in line.split("\t")]
        if len(parts) != _PARTS:
            raise BadList(f"line {n}: old code, new code, name and day, with tabs between")
        old, new, name, day = parts
        try:
            on = date.fromisoformat(day)
        except ValueError:
            raise BadList(f"line {n}: the day is written 2026-01-31") from None
        if not is_region(new) or new == NATION or not name or (old != NOTHING and not is_region(old)):
            raise BadList(f"line {n}: a code is written 13.74.01.1003, and a name is needed")
        if old != NOTHING and old.count(".") != new.count("."):
            raise BadList(f"line {n}: both codes are of one level")
        if old == new:
            raise BadList(f"line {n}: the new code is another one")
        found.append(Change(None if old == NOTHING else old, new, name, on))
    return found


def complete(changes: Iterable[Change], regions: Regions) -> list[Change]:
    """Add what lies below each old code, and check that everything fits; parents come before children.

    Raises:
        BadList: an old code that does not stand, a new one that stands or came twice, or lies in nothing.
    """
    listed = list(changes)
    said = {one.old for one in listed}
    for one in list(listed):
        if one.old is None:
            continue
        for child in regions.inside(one.old):
            if child not in said:
                said.add(child)
                listed.append(Change(child, one.new + child[len(one.old) :], str(regions.get(child)), one.on))
    listed.sort(key=lambda one: (one.new.count("."), one.new))
    there = {one.new for one in listed}
    for one in listed:
        parent = one.new.rpartition(".")[0]
        if one.old is not None and one.old not in regions:
            raise BadList(f"{one.old} does not stand, or was ended before")
        if parent and parent not in regions and parent not in there:
            raise BadList(f"{one.new} lies in nothing that stands")
    return listed
