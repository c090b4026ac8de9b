"""Facts about a person, her household, her place and her case: values in a fixed dictionary.

A fact that is missing is **unknown**, which is neither true nor false and never counts as met.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from app.domain.documents import Reader, Words, step
from app.domain.fact_dictionary import FACTS, Fact, FactType, Source

__all__ = [
    "ELDERLY_FROM",
    "FACTS",
    "LEDGER",
    "Fact",
    "FactType",
    "FactValue",
    "Facts",
    "Member",
    "Source",
    "Value",
    "age_on",
    "derive",
    "facts_to_json",
    "known",
    "parse_fact",
    "parse_facts",
    "village_kind",
]

Value = bool | int | str | frozenset[str]
Facts = Mapping[str, Value]
"""By name; a missing name is unknown."""

LEDGER: Final = "ledger.active_programs"
DESIL: Final = "registry.desil"
NOT_RANKED: Final = 0
ELDERLY_FROM: Final = 60
"""Years; Law 13/1998 (recalled, to be confirmed)."""
ADULT_FROM: Final = 18
TODDLER_TO: Final = 6
_MAX_CODE: Final = 80
_VILLAGE_KINDS: Final = {"1": "kelurahan", "2": "desa", "3": "desa_adat"}
_SEGMENTS_OF_VILLAGE: Final = 4


@dataclass(frozen=True, slots=True)
class FactValue:
    """A value with where it comes from and when it was true."""

    value: Value
    source: str
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the household, as far as known."""

    born_on: date | None = None
    disability_severe: bool | None = None
    pregnant: bool | None = None
    school_grade: str | None = None


def known(values: Mapping[str, FactValue]) -> Facts:
    """Drop the provenance: what the rules look at."""
    return {name: found.value for name, found in values.items()}


def parse_fact(name: str, raw: object) -> Value | None:
    """Read one answer. ``None`` is unknown: null, or a desil of 0 (not ranked).

    Raises:
        Invalid: no such fact, or a value of another type or out of bounds.
    """
    reader = Reader()
    value = _read(reader, name, raw, step("", name))
    reader.finish()
    return value


def parse_facts(raw: object, pointer: str = "/facts") -> Facts:
    """Read a JSON object of answers; unknown ones are left out.

    Raises:
        Invalid: with every wrong fact named.
    """
    reader = Reader()
    if not isinstance(raw, dict):
        reader.wrong(pointer, "type", Words("Harus berupa objek.", "Must be an object."))
        reader.finish()
        return {}
    found = {name: _read(reader, name, raw[name], step(pointer, name)) for name in raw}
    reader.finish()
    return {name: value for name, value in found.items() if value is not None}


def facts_to_json(facts: Facts) -> dict[str, object]:
    """Plain JSON in a stable order, for storing; :func:`parse_facts` reads it back."""
    return {
        name: sorted(value) if isinstance(value, frozenset) else value
        for name, value in sorted(facts.items())
    }


def _read(reader: Reader, name: str, raw: object, pointer: str) -> Value | None:
    fact = FACTS.get(name)
    if fact is None:
        reader.wrong(pointer, "unknown_fact", Words("Fakta ini tidak dikenal.", "No such fact."))
        return None
    if raw is None or (name == DESIL and raw == NOT_RANKED and raw is not False):
        return None
    return _READ[fact.type](reader, fact, raw, pointer)


def _read_bool(reader: Reader, _fact: Fact, raw: object, pointer: str) -> Value:
    return reader.flag(raw, pointer)


def _read_int(reader: Reader, fact: Fact, raw: object, pointer: str) -> Value:
    return reader.whole(raw, pointer, fact.low, fact.high)


def _read_code(reader: Reader, fact: Fact, raw: object, pointer: str) -> Value:
    if fact.codes is not None:
        return reader.code(raw, pointer, fact.codes)
    return _short(reader, raw, pointer)


def _read_set(reader: Reader, _fact: Fact, raw: object, pointer: str) -> Value:
    return frozenset(_short(reader, item, at) for item, at in reader.items(raw, pointer))


def _short(reader: Reader, raw: object, pointer: str) -> str:
    text = reader.text(raw, pointer)
    if len(text) > _MAX_CODE:
        said = Words(f"Paling panjang {_MAX_CODE} huruf.", f"At most {_MAX_CODE} characters.")
        reader.wrong(pointer, "too_long", said)
    return text


_READ: Final[Mapping[FactType, Callable[[Reader, Fact, object, str], Value]]] = {
    FactType.BOOL: _read_bool,
    FactType.INT: _read_int,
    FactType.CODE: _read_code,
    FactType.SET: _read_set,
}


def age_on(born_on: date, today: date) -> int:
    """Completed years on the local date *today*; never negative."""
    before = (today.month, today.day) < (born_on.month, born_on.day)
    return max(0, today.year - born_on.year - before)


def village_kind(village: str | None) -> str | None:
    """The kind that a Kemendagri village code tells by the first digit of its last part."""
    parts = (village or "").split(".")
    if len(parts) != _SEGMENTS_OF_VILLAGE:
        return None
    return _VILLAGE_KINDS.get(parts[3][:1])


def derive(
    facts: Facts,
    *,
    today: date,
    born_on: date | None = None,
    household: Sequence[Member] | None = None,
) -> Facts:
    """Add what follows from what is known; a fact that was given is never overwritten.

    *household* are all who live there, the person herself included; ``None`` is unknown.
    """
    found: dict[str, Value] = {}
    if born_on is not None:
        found["person.age"] = age_on(born_on, today)
    if household:
        found |= _counts(household, today)
    found |= facts
    for name, value in _consequences(found):
        found.setdefault(name, value)
    return found


def _counts(household: Sequence[Member], today: date) -> dict[str, Value]:
    found: dict[str, Value] = {"household.size": len(household)}
    births = [member.born_on for member in household]
    ages = [age_on(born, today) for born in births if born is not None]
    if len(ages) == len(births):
        found["household.children_0_6"] = sum(age <= TODDLER_TO for age in ages)
        found["household.children"] = sum(age < ADULT_FROM for age in ages)
        found["household.elderly"] = sum(age >= ELDERLY_FROM for age in ages)
    grades = [member.school_grade for member in household]
    if None not in grades:
        for grade in ("SD", "SMP", "SMA"):
            found[f"household.school_children.{grade.lower()}"] = grades.count(grade)
    _some(found, "household.severe_disability", [m.disability_severe for m in household])
    _some(found, "household.pregnant", [m.pregnant for m in household])
    return found


def _some(found: dict[str, Value], name: str, marks: Sequence[bool | None]) -> None:
    """One yes is enough; no only if nobody is unknown."""
    if True in marks:
        found[name] = True
    elif None not in marks:
        found[name] = False


def _consequences(found: Facts) -> list[tuple[str, Value]]:
    more: list[tuple[str, Value]] = []
    if DESIL in found:
        more.append(("registry.listed", True))
    if found.get("person.disability_severe") is True:
        more += [("person.disability", True), ("household.severe_disability", True)]
    size, age = found.get("household.size"), found.get("person.age")
    if isinstance(size, int) and size > 1:
        more += [("household.single_person_kk", False), ("household.elderly_alone", False)]
    if size == 1:
        more.append(("household.single_person_kk", True))
        if isinstance(age, int):
            more += [
                ("household.elderly_alone", age >= ELDERLY_FROM),
                ("household.elderly", int(age >= ELDERLY_FROM)),
            ]
    return more
