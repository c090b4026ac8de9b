"""The policies that are no clocks: which names there are, and what each may say.

A value that was checked here is read by its rule without another look, so nonsense never gets in.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Final

from app.domain.campaigns import is_weights
from app.domain.deliberation.quorum import is_quorum
from app.domain.documents import Words
from app.domain.errors import FieldError, Invalid
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
_KEPT_DAYS: Final = MappingProxyType({"notices": 30, "messages": 90, "lists": 1, "registry_rows": 7})
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


@dataclass(frozen=True, slots=True)
class Form:
    """What a value must be, and how that is said."""

    holds: Check
    said: Words
    moves_clocks: bool = False
    """Open clocks are counted anew when it changes."""


def check_value(name: str, value: object, knows: Vocabulary, pointer: str = "/value") -> None:
    """Refuse a policy that nobody reads, or a value that its reader could not use.

    Raises:
        Invalid: no such name, or a value of another form or beyond its bounds.
    """
    form = FORMS.get(name)
    if form is None:
        raise _wrong(
            "/name",
            "unknown_code",
            Words("Kebijakan dengan nama ini tidak ada.", "There is no policy of this name."),
        )
    if not form.holds(value, knows):
        raise _wrong(pointer, "wrong_value", form.said)


def _wrong(pointer: str, code: str, said: Words) -> Invalid:
    return Invalid(fields=(FieldError(pointer, code, said.id, said.en),))


def _is_whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def whole(least: int, most: int) -> Form:
    return Form(
        lambda value, _: _is_whole(value, least, most),
        Words(f"Isi bilangan bulat {least} sampai {most}.", f"Give a whole number from {least} to {most}."),
    )


def share(least: float, most: float) -> Form:
    """A part of a whole, as a number."""
    return Form(
        lambda value, _: (
            isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most
        ),
        Words(f"Isi angka {least} sampai {most}.", f"Give a number from {least} to {most}."),
    )


def _has_keys(value: object, keys: frozenset[str]) -> bool:
    return isinstance(value, Mapping) and value.keys() == keys


def _contacts(value: object, _: Vocabulary) -> bool:
    if not isinstance(value, Mapping) or not _has_keys(value, frozenset({"contacts", "days", "means"})):
        return False
    contacts, days, means = value["contacts"], value["days"], value["means"]
    return (
        _is_whole(contacts, 1, 20)
        and _is_whole(days, 1, contacts)
        and _is_whole(means, 1, min(contacts, _MEANS))
    )


def _risk_levels(value: object, _: Vocabulary) -> bool:
    if not isinstance(value, Mapping) or not _has_keys(value, frozenset({"medium", "high"})):
        return False
    return _is_whole(value["medium"], 1, 98) and _is_whole(value["high"], value["medium"] + 1, 99)


def _programs(value: object, knows: Vocabulary) -> bool:
    if not isinstance(value, list) or len(value) > _MOST:
        return False
    return all(isinstance(one, str) and knows.program(one) for one in value)


def _pairs(value: object, knows: Vocabulary) -> bool:
    if not isinstance(value, list) or len(value) > _MOST:
        return False
    return all(
        isinstance(pair, list) and len(pair) == 2 and pair[0] != pair[1] and _programs(pair, knows)  # noqa: PLR2004 - a pair
        for pair in value
    )


def _four_eyes(value: object, _: Vocabulary) -> bool:
    """Publishing rules and closing complaints always need two people (design, section 7)."""
    if not isinstance(value, Mapping):
        return False
    always = value.get("publish_rules") is True and value.get("close_complaints") is True
    names = frozenset({"publish_rules", "close_complaints", "decide"})
    return always and _has_keys(value, names) and isinstance(value["decide"], bool)


def _ladder(value: object, _: Vocabulary) -> bool:
    """Rungs may be left out; their order is that of the offices. The secretariat stands at the end anyway."""
    if not isinstance(value, list) or not value:
        return False
    return value == [rung for rung in _RUNGS if rung in value]


def _limits(value: object, _: Vocabulary) -> bool:
    """An amount of time for each priority."""
    if not isinstance(value, Mapping) or not _has_keys(value, _PRIORITIES):
        return False
    return all(
        isinstance(one, Mapping)
        and _has_keys(one, frozenset({"amount", "unit"}))
        and _is_whole(one["amount"], 1, _LONGEST)
        and one["unit"] in _UNITS
        for one in value.values()
    )


def _hours(value: object, _: Vocabulary) -> bool:
    if not isinstance(value, Mapping) or not {"weekdays"} <= value.keys() <= {"weekdays", "six_day_extra"}:
        return False
    parts = [part for part in value.values() if part is not None]
    return bool(value["weekdays"]) and all(map(_opens, parts))


def _opens(part: object) -> bool:
    if not isinstance(part, Mapping) or not _has_keys(part, frozenset({"days", "opens", "closes"})):
        return False
    days, times = part["days"], (part["opens"], part["closes"])
    if not isinstance(days, list) or not days or not all(_is_whole(day, 1, 7) for day in days):
        return False
    clocks = all(isinstance(one, str) and _CLOCK.fullmatch(one) for one in times)
    return clocks and len(set(days)) == len(days) and times[0] < times[1]


def _night(value: object, _: Vocabulary) -> bool:
    """A night that leaves a third of the day for messages."""
    if not isinstance(value, Mapping) or not _has_keys(value, frozenset({"from", "to"})):
        return False
    times = (value["from"], value["to"])
    if not all(isinstance(one, str) and _CLOCK.fullmatch(one) for one in times):
        return False
    begins, ends = (int(one[:2]) * 60 + int(one[3:]) for one in times)
    return 0 < (ends - begins) % _DAY <= _LONGEST_NIGHT


def _retention(value: object, _: Vocabulary) -> bool:
    if not isinstance(value, Mapping) or not {"notices", "messages"} <= set(value) <= set(_KEPT_DAYS):
        return False
    return all(_is_whole(value[name], _KEPT_DAYS[name], _TEN_YEARS) for name in value)


def _checklist(value: object, _: Vocabulary) -> bool:
    """Its own reader says what is wrong, and where."""
    return bool(parse_checklist(value))


def _quota(value: object, _: Vocabulary) -> bool:
    if not isinstance(value, Mapping) or not _has_keys(value, frozenset(_QUOTA)):
        return False
    return all(_is_whole(value[name], 1, most) for name, most in _QUOTA.items())


def _papers(value: object, knows: Vocabulary) -> bool:
    if not isinstance(value, Mapping) or len(value) > _MOST:
        return False
    return all(
        knows.code("case_category", category) and _asks_for(part, knows) for category, part in value.items()
    )


def _asks_for(part: object, knows: Vocabulary) -> bool:
    if not isinstance(part, Mapping) or not _has_keys(part, frozenset({"required", "optional"})):
        return False
    papers = [*part["required"], *part["optional"]] if all(map(_is_list, part.values())) else [None]
    return len(papers) <= _MOST and all(isinstance(one, str) and knows.code("paper", one) for one in papers)


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def _programs_limit(value: object, _: Vocabulary) -> bool:
    if not isinstance(value, Mapping) or not _has_keys(value, frozenset({"most", "effect"})):
        return False
    return _is_whole(value["most"], 1, 50) and value["effect"] in ("warn", "exclude")


def _graduation(value: object, _: Vocabulary) -> bool:
    if not isinstance(value, Mapping) or not _has_keys(value, frozenset(_GRADUATION)):
        return False
    return all(_is_whole(value[name], 1, most) for name, most in _GRADUATION.items())


def _funders(value: object, knows: Vocabulary) -> bool:
    """Who may take over from a programme, in order; never the programme itself."""
    if not isinstance(value, Mapping) or len(value) > _MOST:
        return False
    return all(
        isinstance(code, str) and knows.program(code) and _programs(after, knows) and code not in after
        for code, after in value.items()
    )


def _second_person(value: object, knows: Vocabulary) -> bool:
    if not isinstance(value, list) or len(value) > _MOST:
        return False
    return all(isinstance(one, str) and knows.code("finding_decision", one) for one in value)


_PROGRAM_WORDS: Final = Words(
    "Isi daftar kode program yang ada.", "Give a list of codes of existing programmes."
)

_LIMIT_WORDS: Final = Words(
    "Isi jumlah dan satuan waktu untuk tiap prioritas.",
    "Give an amount and a unit of time for each priority.",
)

FORMS: Final[Mapping[str, Form]] = MappingProxyType(
    {
        "quiet_hours": Form(
            _night,
            Words(
                "Isi jam mulai dan selesai, misalnya 20:00 dan 07:00; paling lama 16 jam.",
                "Give when it begins and ends, such as 20:00 and 07:00; 16 hours at the most.",
            ),
        ),
        "retention_days": Form(
            _retention,
            Words(
                "Isi hari untuk notices (mulai 30) dan messages (mulai 90); boleh juga lists (mulai 1) dan "
                "registry_rows (mulai 7). Paling lama 3650.",
                "Give days for notices (from 30) and messages (from 90); also lists (from 1) and registry_rows "
                "(from 7) if you like. 3650 at the most.",
            ),
        ),
        "registry_old_months": Form(
            lambda value, _: _is_whole(value, 1, 60),
            Words("Isi jumlah bulan, 1 sampai 60.", "Give a number of months, 1 to 60."),
        ),
        "message_language": Form(
            lambda value, _: value in ("id", "en"), Words("Isi id atau en.", "Give id or en.")
        ),
        "fallback_funders": Form(
            _funders,
            Words(
                "Isi program, masing-masing dengan daftar program penggantinya menurut urutan.",
                "Give programmes, each with a list of those that take over, in order.",
            ),
        ),
        "list_second_person": Form(
            _second_person,
            Words(
                "Isi daftar putusan temuan yang memerlukan orang kedua.",
                "Give a list of decisions on findings that need a second person.",
            ),
        ),
        "reminder_share": replace(share(0.1, 0.95), moves_clocks=True),
        "escalation_every": Form(_limits, _LIMIT_WORDS, moves_clocks=True),
        "acceptance_grace": Form(_limits, _LIMIT_WORDS, moves_clocks=True),
        "duplicate_window_days": whole(0, 366),
        "reports_per_hour": whole(1, 1_000),
        "risk_levels": Form(
            _risk_levels,
            Words(
                "Isi jumlah bobot mulai sedang dan mulai tinggi; tinggi harus di atas sedang.",
                "Give the sum of weights from which it is medium, and high; high must be above medium.",
            ),
        ),
        "officer_capacity": whole(1, 500),
        "visit_checklist": Form(
            _checklist,
            Words("Isi sedikitnya satu pertanyaan.", "Give one question at least."),
        ),
        "campaign_need": Form(
            lambda value, _: is_weights(value),
            Words(
                "Isi poin desil 1 sampai 10, tanpa desil, PPKS, bantuan lain, dan dasar ya/tidak dari kamus fakta.",
                "Give the points of desil 1 to 10, of none, of PPKS, of other aid, and of yes/no facts.",
            ),
        ),
        "attachment_quota": Form(
            _quota,
            Words(
                "Isi batas berkas per kasus, byte per kasus, dan byte per akun tiap hari.",
                "Give the limits: files of a case, bytes of a case, bytes of an account a day.",
            ),
        ),
        "category_papers": Form(
            _papers,
            Words(
                "Isi kategori yang ada, masing-masing dengan daftar berkas wajib dan pilihan.",
                "Give existing categories, each with a list of required and of optional papers.",
            ),
        ),
        "deliberation_quorum": Form(
            lambda value, knows: is_quorum(value, partial(knows.code, "deliberation_role")),
            Words(
                "Isi unsur yang harus hadir dan jumlah paling sedikit, untuk musdes dan muskel.",
                "Give the roles that must be there and how many at least, for musdes and muskel.",
            ),
        ),
        "deliberation_notice_days": whole(0, 30),
        "deliberation_public_names": Form(
            lambda value, _: value in ("initials", "names"),
            Words("Isi initials atau names.", "Give initials or names."),
        ),
        "objection_days": whole(1, 60),
        "objection_verify_days": whole(1, 30),
        "objections_per_person": whole(1, 50),
        "proposal_cutoff_day": whole(1, 28),
        "reopen_window_days": whole(1, 366),
        "bounces_to_decision": whole(2, 10),
        "unreachable_contacts": Form(
            _contacts,
            Words(
                "Isi jumlah kontak, hari, dan cara; hari dan cara tidak boleh melebihi kontak.",
                "Give contacts, days and means; days and means cannot be more than contacts.",
            ),
        ),
        "direct_referral": Form(_programs, _PROGRAM_WORDS),
        "solved_here": Form(_programs, _PROGRAM_WORDS),
        "aid_programs_limit": Form(
            _programs_limit,
            Words(
                "Isi batas banyaknya program (1 sampai 50), dan warn atau exclude.",
                "Give how many programmes at most (1 to 50), and warn or exclude.",
            ),
        ),
        "overlap_asks_per_day": whole(1, 10_000),
        "graduation": Form(
            _graduation,
            Words(
                "Isi hari antar-tinjauan, pendapatan sebulan, jumlah tinjauan, dan hari pembatalan.",
                "Give days between reviews, income a month, how many reviews, and days to undo.",
            ),
        ),
        "graduation_programs": Form(_programs, _PROGRAM_WORDS),
        "graduation_exit_programs": Form(_programs, _PROGRAM_WORDS),
        "target_desil_bound": whole(1, 9),
        "auto_next": Form(
            _pairs,
            Words(
                "Isi daftar pasangan kode program: yang kedaluwarsa, lalu penggantinya.",
                "Give a list of pairs of programme codes: the one that expires, then its successor.",
            ),
        ),
        "four_eyes": Form(
            _four_eyes,
            Words(
                "Menerbitkan aturan dan menutup pengaduan selalu memerlukan dua orang.",
                "Publishing rules and closing complaints always need two people.",
            ),
        ),
        "escalation_ladder": Form(
            _ladder,
            Words(
                "Isi sedikitnya satu jenjang, menurut urutan jabatan.",
                "Give at least one rung, in the order of the offices.",
            ),
        ),
        "office_hours": Form(
            _hours,
            Words(
                "Isi hari 1 sampai 7 dan jam buka sebelum jam tutup, misalnya 08:00 dan 16:00.",
                "Give days 1 to 7 and an opening before the closing, such as 08:00 and 16:00.",
            ),
            moves_clocks=True,
        ),
    }
)
"""By name. A policy that is shipped without a form here could not be changed: a test compares them."""
