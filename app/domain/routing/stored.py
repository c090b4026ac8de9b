"""A decision on paper: plain JSON out and in, and the same answer again from the same input."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final

from app.domain.codes import CaseKind, Priority
from app.domain.facts import Facts, facts_to_json, parse_facts
from app.domain.programs import Override, Program, overlaid
from app.domain.routing.catalogue import compile_catalogue
from app.domain.routing.decision import Decision, route
from app.domain.routing.entries import record
from app.domain.routing.model import (
    ENGINE_VERSION,
    Availability,
    Entry,
    Mode,
    Need,
    Obstacle,
    Place,
    Question,
    Record,
    State,
    Verdict,
)

Json = dict[str, object]


class Replayed(StrEnum):
    SAME = "same"
    DIFFERENT = "different"
    FACTS_ERASED = "facts_erased"
    """The verdicts and codes stay; what they were made from is gone."""
    OTHER_ENGINE = "other_engine"
    """Made by an engine that answers differently; the record stays as it is."""
    VERSION_MISSING = "version_missing"


@dataclass(frozen=True, slots=True)
class Difference:
    """One programme that would be answered otherwise."""

    program: str
    before: Verdict | None
    after: Verdict | None


def to_json(one: Record) -> Json:
    """Give the public part: what may stay after the facts are erased."""
    return {**_head_to_json(one), "entries": [_entry_to_json(entry) for entry in one.entries]}


def to_text(one: Record) -> str:
    """Write what :func:`to_json` gives as JSON. An entry that was written before is not spelt again."""
    head = json.dumps(_head_to_json(one))
    return f'{head[:-1]}, "entries": [{", ".join(map(_entry_to_text, one.entries))}]}}'


@lru_cache(maxsize=4096)
def _entry_to_text(one: Entry) -> str:
    return json.dumps(_entry_to_json(one))


def _head_to_json(one: Record) -> Json:
    return {
        "engine_version": one.engine_version,
        "mode": one.mode.value,
        "today": one.today.isoformat(),
        "need": {
            "kind": one.need.kind.value,
            "category": one.need.category,
            "sector": one.need.sector,
            "priority": one.need.priority.value,
            "root": one.need.root,
            "names_need": one.need.names_need,
            "duty": one.need.duty,
        },
        "place": {"regency": one.place.regency, "village": one.place.village},
        "availability": {
            code: {"state": said.state.value, "until": said.until and said.until.isoformat()}
            for code, said in sorted(one.availability.items())
        },
        "capacity": dict(sorted(one.capacity.items())),
        "about": one.about and list(one.about),
        "tried": list(one.tried),
        "questions": list(one.questions),
        "ladder": list(one.ladder),
    }


_HEAD: Final = Entry._fields.index("obstacles")
_REST: Final = Entry._fields[_HEAD:]


def _entry_to_json(one: Entry) -> list[object]:
    """Write a short list, since every case has as many entries as there are programmes.

    What is empty or false is left out.
    """
    more = {
        name: list(some) if isinstance(some, tuple) else some
        for name, some in zip(_REST, one[_HEAD:], strict=True)
        if some
    }
    head = [one.program, one.version, one.verdict.value, one.leaves]
    return [*head, more] if more else [*head]


def sealed_to_json(question: Question) -> Json:
    """Give the part that is encrypted under the person's key: what is known of her."""
    return {
        "facts": facts_to_json(question.facts),
        "live": sorted(question.live),
        "papers": sorted(question.papers),
    }


def from_json(raw: Mapping[str, object]) -> Record:
    """Read back what :func:`to_json` wrote; only our own records come here."""
    return replace(head_of(raw), entries=tuple(_entry_from_json(_list(one)) for one in _list(raw["entries"])))


def head_of(raw: Mapping[str, object]) -> Record:
    """Read a record without its entries: what its question needs."""
    need, place = _object(raw["need"]), _object(raw["place"])
    about = raw["about"]
    return Record(
        engine_version=str(raw["engine_version"]),
        mode=Mode(str(raw["mode"])),
        need=Need(
            CaseKind(str(need["kind"])),
            _maybe(need["category"]),
            _maybe(need["sector"]),
            Priority(str(need["priority"])),
            _maybe(need["root"]),
            need["names_need"] is True,
            _maybe(need["duty"]),
        ),
        place=Place(str(place["regency"]), _maybe(place["village"])),
        today=date.fromisoformat(str(raw["today"])),
        availability={
            code: _availability(_object(said)) for code, said in _object(raw["availability"]).items()
        },
        capacity={code: int(str(n)) for code, n in _object(raw["capacity"]).items()},
        about=(str(about[0]), int(str(about[1]))) if isinstance(about, list) else None,
        tried=_texts(raw["tried"]),
        entries=(),
        questions=_texts(raw.get("questions")),
        ladder=_texts(raw.get("ladder")),
    )


def _entry_from_json(raw: list[object]) -> Entry:
    program, version, verdict, leaves, *rest = raw
    more = _object(rest[0]) if rest else {}
    return Entry(
        program=str(program),
        version=int(str(version)),
        verdict=Verdict(str(verdict)),
        leaves=str(leaves),
        obstacles=tuple(Obstacle(str(one)) for one in _list(more.get("obstacles"))),
        excluded_by=_texts(more.get("excluded_by")),
        warned_by=_texts(more.get("warned_by")),
        complements=_texts(more.get("complements")),
        answers_need="answers_need" in more,
        covered="covered" in more,
        papers_missing=_texts(more.get("papers_missing")),
        questions=_texts(more.get("questions")),
        open_facts=_texts(more.get("open_facts")),
        override=int(str(more.get("override", 0))),
    )


def _object(raw: object) -> dict[str, object]:
    return dict(raw) if isinstance(raw, dict) else {}


def _list(raw: object) -> list[object]:
    return list(raw) if isinstance(raw, list | tuple) else []


def _texts(raw: object) -> tuple[str, ...]:
    return tuple(map(str, _list(raw)))


def _maybe(raw: object) -> str | None:
    return None if raw is None else str(raw)


def _availability(raw: Mapping[str, object]) -> Availability:
    until = raw["until"]
    return Availability(State(str(raw["state"])), date.fromisoformat(str(until)) if until else None)


def question_of(one: Record, sealed: Mapping[str, object]) -> Question:
    """Put the question together again from both parts of what was stored."""
    return question_with(one, sealed, parse_facts(sealed["facts"]))


def question_with(one: Record, sealed: Mapping[str, object], facts: Facts) -> Question:
    """The same with *facts* that are read already; of *one* the entries are not looked at."""
    return Question(
        facts=facts,
        need=one.need,
        place=one.place,
        today=one.today,
        availability=one.availability,
        capacity=one.capacity,
        live=frozenset(_texts(sealed["live"])),
        papers=frozenset(_texts(sealed["papers"])),
        about_program=one.about and one.about[0],
        tried=frozenset(one.tried),
    )


OverrideKey = tuple[str, str, int]
"""Regency, programme, number."""
NO_OVERRIDES: Final[Mapping[OverrideKey, Override]] = {}


def as_used(
    one: Record,
    programs: Mapping[tuple[str, int], Program],
    overrides: Mapping[OverrideKey, Override] = NO_OVERRIDES,
) -> dict[tuple[str, int], Program] | None:
    """Give the programmes as a decision used them, with its regency's overrides; None if one is missing."""
    found: dict[tuple[str, int], Program] = {}
    if one.about is not None:
        about = programs.get(one.about)
        if about is None:
            return None
        found[one.about] = about
    for entry in one.entries:
        key = (entry.program, entry.version)
        own = overrides.get((one.place.regency, entry.program, entry.override)) if entry.override else None
        if key not in programs or (entry.override and own is None):
            return None
        found[key] = programs[key] if own is None else overlaid(programs[key], own)
    return found


def decide_again(
    one: Record,
    sealed: Mapping[str, object],
    programs: Mapping[tuple[str, int], Program],
    overrides: Mapping[OverrideKey, Override] = NO_OVERRIDES,
) -> Decision | None:
    """Route a stored question with exactly the versions that it used; ``None`` if one is missing."""
    used = as_used(one, programs, overrides)
    if used is None:
        return None
    return route(compile_catalogue(used.values()), question_of(one, sealed))


def replay(
    one: Record,
    sealed: Mapping[str, object] | None,
    programs: Mapping[tuple[str, int], Program],
    overrides: Mapping[OverrideKey, Override] = NO_OVERRIDES,
) -> Replayed:
    """Tell whether a stored decision comes out the same. *sealed* is ``None`` after erasure."""
    if one.engine_version != ENGINE_VERSION:
        return Replayed.OTHER_ENGINE
    if sealed is None:
        return Replayed.FACTS_ERASED
    again = decide_again(one, sealed, programs, overrides)
    if again is None:
        return Replayed.VERSION_MISSING
    return Replayed.SAME if record(again) == one else Replayed.DIFFERENT


def differences(before: Record, after: Record) -> tuple[Difference, ...]:
    """Tell which programmes are answered otherwise, for trying a draft rule against past cases."""
    old = {one.program: one.verdict for one in before.entries}
    new = {one.program: one.verdict for one in after.entries}
    return tuple(
        Difference(code, old.get(code), new.get(code))
        for code in sorted(old.keys() | new.keys())
        if old.get(code) is not new.get(code)
    )


def versions(programs: Iterable[Program]) -> dict[tuple[str, int], Program]:
    """Index programmes as :func:`replay` wants them."""
    return {(one.code, one.version.n): one for one in programs}
