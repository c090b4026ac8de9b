"""What is known of the resident: the registry, the ledger, her household, and what the desk states."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from app.domain.facts import LEDGER, Facts, Value, derive, parse_facts

STATED: Final = ("person.", "household.")
"""The facts that a desk may state; the registry, the ledger, the case and the place speak for themselves."""
STILL_HELD: Final = timedelta(days=92)
"""Aid given within the last quarter counts as held: the longest span between two payments of a programme."""


def facts_of(
    *,
    registry: Mapping[str, Any] | None,
    aid: Iterable[list[Any]],
    stored: Iterable[Mapping[str, Any]],
    stated: Facts,
    person: Mapping[str, Any],
    today: date,
) -> Facts:
    """Join the sources, the nearest to the resident last: what the desk states wins over the registry.

    *registry* is None when there is no NIK to ask with: then listed is unknown. *stored* are the facts kept
    of the person and her household. *person* holds ``born_on``, ``sex``, ``has_nik``, ``ppks``.
    """
    found: dict[str, Value] = {}
    if registry is not None:
        found |= _of_registry(registry)
    for kept in stored:
        found |= parse_facts(dict(kept))
    found |= _of_person(person)
    found |= stated
    found[LEDGER] = _held(aid, today) | _told_by(registry or {})
    return derive(found, today=today, born_on=person.get("born_on"))


def _of_registry(entry: Mapping[str, Any]) -> dict[str, Value]:
    if not entry:
        return {"registry.listed": False}
    origin: dict[str, Value] = {
        "registry.source": str(entry["source"]),
        "registry.period": str(entry["period"]),
        "registry.old": bool(entry.get("old")),
    }
    if entry.get("dropped_in"):
        # A newer list of that source leaves her out: what the older one said holds no more.
        return {**origin, "registry.listed": False, "registry.dropped_in": str(entry["dropped_in"])}
    found: dict[str, Value] = dict(parse_facts(dict(entry["facts"])))
    found |= origin
    found["registry.listed"] = True
    found["registry.status"] = str(entry["status"])
    if entry["desil"]:
        found["registry.desil"] = int(entry["desil"])
    # A registry that was read and carries no mark says that she is not excluded.
    found.setdefault("registry.excluded", False)
    return found


def _told_by(entry: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(() if entry.get("dropped_in") else entry.get("programs") or ())


def _of_person(person: Mapping[str, Any]) -> dict[str, Value]:
    found: dict[str, Value] = {"person.has_nik": bool(person.get("has_nik"))}
    if person.get("sex"):
        found["person.sex"] = str(person["sex"])
    if person.get("ppks"):
        found["person.ppks"] = frozenset({str(person["ppks"])})
    return found


def _held(aid: Iterable[list[Any]], today: date) -> frozenset[str]:
    held: set[str] = set()
    for program, state, given_on in aid:
        recent = given_on is not None and today - date.fromisoformat(given_on) <= STILL_HELD
        if state == "planned" or recent:
            held.add(str(program))
    return frozenset(held)
