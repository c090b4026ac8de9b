"""What is told of a person or a family: only the fields that client and purpose both allow.

Names, addresses, phones and numbers of others are not among them: whoever asks brought the one number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from app.domain.dci.asking import Ask, Entity, Key

FIELDS: Final = ("status", "poverty_score", "period", "programs", "birth_date", "village", "group_size")
"""The closed set, in the order in which a record tells them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the registry says of one person, as it counts today."""

    regency: str
    village: str
    source: str
    period: str
    status: str
    desil: int | None
    born_on: date | None
    programs: Sequence[str] = ()
    family: bytes | None = field(default=None, repr=False)
    """The digest of the KK that it names."""

    @property
    def values(self) -> Mapping[str, Any]:
        """What conditions are asked of."""
        return {
            "birth_date": self.born_on.isoformat() if self.born_on else None,
            "poverty_score": self.desil,
            "village": self.village,
        }


@dataclass(frozen=True, slots=True)
class Told:
    """One record before it is written: of a person, or of a family with its size."""

    entry: Entry
    entity: Entity
    size: int | None = None


def record_of(told: Told, ask: Ask | None, fields: frozenset[str]) -> dict[str, Any]:
    """Write one record in the published shape, with nothing in it beyond *fields* and the number asked by.

    *ask*: None where no number is told back.
    """
    entry = told.entry
    record: dict[str, Any] = {"@type": told.entity.value, **_named(told, ask)}
    if told.entity is Entity.GROUP:
        record["group_type"] = "family"
        if "group_size" in fields and told.size is not None:
            record["group_size"] = told.size
    if "poverty_score" in fields and entry.desil is not None:
        record |= {"poverty_score": entry.desil, "poverty_score_type": "desil"}
    if "birth_date" in fields and entry.born_on is not None and told.entity is Entity.MEMBER:
        record["demographic_info"] = {"@type": "SRPerson", "birth_date": entry.born_on.isoformat()}
    if "village" in fields:
        record["place"] = {"@type": "Place", "code": entry.village}
    further = _further(entry, fields)
    return {**record, "additional_attributes": further} if further else record


def _named(told: Told, ask: Ask | None) -> dict[str, Any]:
    """The number is told back to whoever sent it, and only of the thing that it names."""
    if ask is None or ask.key.entity is not told.entity:
        return {}
    name = "member_identifier" if ask.key is Key.NIK else "group_identifier"
    return {name: [{"@type": "Identifier", "identifier_type": ask.key.value, "identifier_value": ask.number}]}


def _further(entry: Entry, fields: frozenset[str]) -> list[dict[str, Any]]:
    found: dict[str, Any] = {}
    if "status" in fields:
        found |= {"registry_status": entry.status}
    if "period" in fields:
        found |= {"registry_source": entry.source, "registry_period": entry.period}
    if "programs" in fields:
        found |= {"programmes": sorted(map(str, entry.programs))}
    return [{"name": name, "value": value} for name, value in found.items()]
