"""Did somebody else change what the officer saw: base, mine and theirs, field by field.

Different fields merge; the same field, changed to something else by both, is for a person to decide.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

PLACE: Final = "place"
_NEEDS_NO_BASE: Final = frozenset({"priority_reason"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that two changed: what the device knew, what it wants, and what stands there now."""

    field: str
    base: Any
    mine: Any
    theirs: Any


def flat(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields with those of the place named one by one: ``place.village``."""
    found = {name: value for name, value in fields.items() if name != PLACE}
    place = fields.get(PLACE)
    if isinstance(place, Mapping):
        found.update({f"{PLACE}.{name}": value for name, value in place.items()})
    return found


def without_base(mine: Mapping[str, Any], base: Mapping[str, Any]) -> list[str]:
    """Return the fields that the change names and the base does not."""
    known = flat(base)
    return [name for name in flat(mine) if name not in known and name not in _NEEDS_NO_BASE]


def differences(
    mine: Mapping[str, Any], base: Mapping[str, Any], theirs: Mapping[str, Any]
) -> tuple[Difference, ...]:
    """Return where *theirs* is neither what the device knew nor what it wants.

    *theirs* holds each field as it is shown to the one who changes it; a field that it lacks is not compared.
    """
    known, now = flat(base), flat(theirs)
    return tuple(
        Difference(name, known.get(name), wanted, now[name])
        for name, wanted in flat(mine).items()
        if name in now and name in known and now[name] not in (known[name], wanted)
    )
