"""Finding programmes in the catalogue: by words, by the kind of person, by need and place."""

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.domain.codes import Level, Purpose
from app.domain.criteria import Truth, evaluate
from app.domain.facts import Facts, Value, derive
from app.domain.knowledge import Knowledge, is_implicit
from app.domain.programs import Program, covers

_ACCENTS: Final = "Mn"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for; what is None narrows nothing."""

    level: Level | None = None
    sector: str | None = None
    category: str | None = None
    """A need of the set ``case_category``."""
    agency: str | None = None
    """A body's code, or a kind of bodies."""
    purpose: Purpose | None = None
    region: str | None = None
    """To be had there; the rules are then those of its regency."""
    words: str | None = None
    age: int | None = None
    """Years."""
    sex: str | None = None
    ppks: str | None = None

    @property
    def person(self) -> Facts:
        found: dict[str, Value] = {}
        if self.age is not None:
            found["person.age"] = self.age
        if self.sex is not None:
            found["person.sex"] = self.sex
        if self.ppks is not None:
            found["person.ppks"] = frozenset({self.ppks})
        return found


def search(known: Knowledge, wish: Wish, today: date) -> list[Program]:
    """Return the programmes that fit *wish*, by code; the agencies' general ones are left out.

    A kind of person fits where nothing in the rules speaks against it: what else they ask for is left open.
    """
    person = derive(wish.person, today=today) if wish.person else None
    found = []
    for code in sorted(known.programs):
        program = known.programs[code]
        if is_implicit(code) or not _named(program, wish) or not _serves(program, wish):
            continue
        if wish.region is not None and not _in_region(program, wish.region):
            continue
        had = _as_had(known, program, wish.region, today)
        if person is None or evaluate(had.version.criteria, person) is not Truth.NOT_MET:
            found.append(had)
    return found


def _named(program: Program, wish: Wish) -> bool:
    return (
        wish.level in (None, program.level)
        and wish.agency in (None, program.agency, program.agency.partition("-")[0])
        and (wish.purpose is None or wish.purpose in program.purposes)
    )


def _serves(program: Program, wish: Wish) -> bool:
    version = program.version
    return (
        (wish.sector is None or wish.sector in version.sectors)
        and (wish.category is None or wish.category in version.categories)
        and (wish.words is None or all(word in text_of(program) for word in plain(wish.words).split()))
    )


def _in_region(program: Program, region: str) -> bool:
    return any(covers(area, region) or covers(region, area) for area in program.version.coverage)


def _as_had(known: Knowledge, program: Program, region: str | None, today: date) -> Program:
    """A programme with its own rules of the region's regency; above a regency everybody's."""
    if region is None or "." not in region:
        return program
    had = known.program_in(region[:5], program.code, today)
    return had if had is not None and had.version.n == program.version.n else program


def text_of(program: Program) -> str:
    """Everything in a programme that somebody might look for, folded."""
    version = program.version
    words = [program.name, version.target, version.benefit.summary]
    words += [part.label for part in version.benefit.components]
    return plain(" ".join([program.code, *(text for one in words for text in one)]))


def plain(text: str) -> str:
    """Fold letter case and accents away, and what stands between words."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(
        " " if not letter.isalnum() else letter
        for letter in letters
        if unicodedata.category(letter) != _ACCENTS
    )
    return " ".join(kept.split())
