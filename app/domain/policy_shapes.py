"""What shape a policy's value must have: one question for each kind of policy, answered yes or no."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from app.domain.hands import parse_checklist


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The codes that a value may name."""

    program: Callable[[str], bool]
    """Whether a programme has this code; one without suffix may be the regency's own."""
    code: Callable[[str, str], bool]
    """Whether a set has this code."""


Check = Callable[[object, Vocabulary], bool]

_CLOCK: Final = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
_RUNGS: Final = ("assignee", "desk_coordinator", "supervisor", "manager", "head")
_PRIORITIES: Final = frozenset({"BIASA", "MENDESAK", "DARURAT"})
_UNITS: Final = frozenset({"working_days", "calendar_days", "hours"})
_LONGEST: Final = 1_000
"""Of any unit: nobody waits three years for the next rung."""
_DAY: Final = 24 * 60
_LONGEST_NIGHT: Final = 16 * 60
"""Minutes."""
_TEN_YEARS: Final = 3650
"""Days."""
_KEPT_DAYS: Final = MappingProxyType(
    {"notices": 30, "messages": 90, "lists": 1, "registry_rows": 7, "deliveries": 7}
)
"""The fewest days of each class of ``retention_days``."""
_WEEKDAYS: Final = frozenset(range(1, 8))
_MOST: Final = 200
"""Codes in one list."""
_QUOTA: Final = MappingProxyType(
    {"case_files": 1_000, "case_bytes": 10_000_000_000, "account_bytes_a_day": 100_000_000_000}
)
"""The most that each number of ``attachment_quota`` may be."""
_GRADUATION: Final = MappingProxyType(
    {"review_days": 366, "income_idr": 1_000_000_000, "reviews": 12, "undo_days": 366}
)
"""The most that each number of ``graduation`` may be."""
_MEANS: Final = 8
"""How many ways to reach somebody the code set has."""


def is_whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def has_keys(value: object, keys: frozenset[str]) -> bool:
    return isinstance(value, Mapping) and value.keys() == keys


def contacts(value: object, _: Vocabulary) -> bool:
    if not isinstance(value, Mapping) or not has_keys(value, frozenset({"contacts", "days", "means"})):
        return False
    contacts, days, means = value["contacts"], value["days"], value["means"]
    return (
        is_whole(contacts, 1, 20)
        and is_whole(days, 1, contacts)
        and is_whole(means, 1, min(contacts, _MEANS))
    )


def clock_start(value: object, _: Vocabulary) -> bool:
    if not isinstance(value, Mapping) or not has_keys(value, frozenset({"from", "oldest_hours"})):
        return False
    return value["from"] in ("server", "device") and is_whole(value["oldest_hours"], 1, 30 * 24)


def risk_levels(value: object, _: Vocabulary) -> bool:
    if not isinstance(value, Mapping) or not has_keys(value, frozenset({"medium", "high"})):
        return False
    return is_whole(value["medium"], 1, 98) and is_whole(value["high"], value["medium"] + 1, 99)


def programs(value: object, knows: Vocabulary) -> bool:
    if not isinstance(value, list) or len(value) > _MOST:
        return False
    return all(isinstance(one, str) and knows.program(one) for one in value)


def pairs(value: object, knows: Vocabulary) -> bool:
    if not isinstance(value, list) or len(value) > _MOST:
        return False
    return all(
        isinstance(pair, list) and len(pair) == 2 and pair[0] != pair[1] and programs(pair, knows)  # noqa: PLR2004 - a pair
        for pair in value
    )


def four_eyes(value: object, _: Vocabulary) -> bool:
    """Publishing rules and closing complaints always need two people (design, section 7)."""
    if not isinstance(value, Mapping):
        return False
    always = value.get("publish_rules") is True and value.get("close_complaints") is True
    names = frozenset({"publish_rules", "close_complaints", "decide"})
    return always and has_keys(value, names) and isinstance(value["decide"], bool)


def ladder(value: object, _: Vocabulary) -> bool:
    """Rungs may be left out; their order is that of the offices. The secretariat stands at the end anyway."""
    if not isinstance(value, list) or not value:
        return False
    return value == [rung for rung in _RUNGS if rung in value]


def limits(value: object, _: Vocabulary) -> bool:
    """An amount of time for each priority."""
    if not isinstance(value, Mapping) or not has_keys(value, _PRIORITIES):
        return False
    return all(
        isinstance(one, Mapping)
        and has_keys(one, frozenset({"amount", "unit"}))
        and is_whole(one["amount"], 1, _LONGEST)
        and one["unit"] in _UNITS
        for one in value.values()
    )


def hours(value: object, _: Vocabulary) -> bool:
    if not isinstance(value, Mapping) or not {"weekdays"} <= value.keys() <= {"weekdays", "six_day_extra"}:
        return False
    parts = [part for part in value.values() if part is not None]
    return bool(value["weekdays"]) and all(map(opens, parts))


def opens(part: object) -> bool:
    if not isinstance(part, Mapping) or not has_keys(part, frozenset({"days", "opens", "closes"})):
        return False
    days, times = part["days"], (part["opens"], part["closes"])
    if not isinstance(days, list) or not days or not all(is_whole(day, 1, 7) for day in days):
        return False
    clocks = all(isinstance(one, str) and _CLOCK.fullmatch(one) for one in times)
    return clocks and len(set(days)) == len(days) and times[0] < times[1]


def night(value: object, _: Vocabulary) -> bool:
    """A night that leaves a third of the day for messages."""
    if not isinstance(value, Mapping) or not has_keys(value, frozenset({"from", "to"})):
        return False
    times = (value["from"], value["to"])
    if not all(isinstance(one, str) and _CLOCK.fullmatch(one) for one in times):
        return False
    begins, ends = (int(one[:2]) * 60 + int(one[3:]) for one in times)
    return 0 < (ends - begins) % _DAY <= _LONGEST_NIGHT


def retention(value: object, _: Vocabulary) -> bool:
    if not isinstance(value, Mapping) or not {"notices", "messages"} <= set(value) <= set(_KEPT_DAYS):
        return False
    return all(is_whole(value[name], _KEPT_DAYS[name], _TEN_YEARS) for name in value)


def checklist(value: object, _: Vocabulary) -> bool:
    """Its own reader says what is wrong, and where."""
    return bool(parse_checklist(value))


def quota(value: object, _: Vocabulary) -> bool:
    if not isinstance(value, Mapping) or not has_keys(value, frozenset(_QUOTA)):
        return False
    return all(is_whole(value[name], 1, most) for name, most in _QUOTA.items())


def papers(value: object, knows: Vocabulary) -> bool:
    if not isinstance(value, Mapping) or len(value) > _MOST:
        return False
    return all(
        knows.code("case_category", category) and asks_for(part, knows) for category, part in value.items()
    )


def asks_for(part: object, knows: Vocabulary) -> bool:
    if not isinstance(part, Mapping) or not has_keys(part, frozenset({"required", "optional"})):
        return False
    papers = [*part["required"], *part["optional"]] if all(map(is_list, part.values())) else [None]
    return len(papers) <= _MOST and all(isinstance(one, str) and knows.code("paper", one) for one in papers)


def is_list(value: object) -> bool:
    return isinstance(value, list)


def programs_limit(value: object, _: Vocabulary) -> bool:
    if not isinstance(value, Mapping) or not has_keys(value, frozenset({"most", "effect"})):
        return False
    return is_whole(value["most"], 1, 50) and value["effect"] in ("warn", "exclude")


def graduation(value: object, _: Vocabulary) -> bool:
    if not isinstance(value, Mapping) or not has_keys(value, frozenset(_GRADUATION)):
        return False
    return all(is_whole(value[name], 1, most) for name, most in _GRADUATION.items())


def funders(value: object, knows: Vocabulary) -> bool:
    """Who may take over from a programme, in order; never the programme itself."""
    if not isinstance(value, Mapping) or len(value) > _MOST:
        return False
    return all(
        isinstance(code, str) and knows.program(code) and programs(after, knows) and code not in after
        for code, after in value.items()
    )


def second_person(value: object, knows: Vocabulary) -> bool:
    if not isinstance(value, list) or len(value) > _MOST:
        return False
    return all(isinstance(one, str) and knows.code("finding_decision", one) for one in value)
