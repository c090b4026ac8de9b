"""Who of those on record may be the person that somebody describes: found by indexes, scored, explained."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from app.db.queries import candidates as stored
from app.db.queries.people import led_on
from app.db.tables.people import Person
from app.domain.errors import FieldError, Invalid
from app.domain.identity import Kk, Nik, parse_kk, parse_nik
from app.domain.knowledge import Knowledge
from app.domain.matching import PROBABLE, Identity, Match, Reason, compare
from app.domain.names import name_key
from app.domain.nearby import beginnings, near_days, near_numbers, orders
from app.services.people.tools import Tools

SHOWN: Final = 20
_LEAST: Final = 40
"""A name that is less alike than this is left out."""
_OTHER: Final = "other"
"""Stands for a number that is on record only as a digest, and is another one."""


@dataclass(frozen=True, slots=True)
class Typed:
    """The five things by which people are told apart, as they were typed, and the sex."""

    nik: str | None = None
    kk: str | None = None
    name: str | None = None
    village: str | None = None
    born_on: date | None = None
    sex: str | None = None


@dataclass(frozen=True, slots=True)
class Sought:
    """How somebody describes whom he looks for, with its numbers read."""

    regency: str
    villages: tuple[str, ...]
    """The codes that the village has and had; empty where none is said."""
    nik: str | None = None
    kk: str | None = None
    name_key: str = ""
    born_on: date | None = None
    sex: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    person: Person
    match: Match

    @property
    def is_strong(self) -> bool:
        """Whether nobody may be made beside her without naming her."""
        return self.match.score >= PROBABLE


def read_sought(known: Knowledge, typed: Typed, regency: str, today: date) -> Sought:
    """Read what was typed.

    Raises:
        Invalid: a number has not its form; the fields are named.
    """
    knows = known.regions.__contains__
    nik = parse_nik(typed.nik, today=today, knows_region=knows, pointer="/nik") if typed.nik else None
    kk = parse_kk(typed.kk, knows_region=knows, pointer="/kk") if typed.kk else None
    wrong = [one for one in (nik, kk) if isinstance(one, FieldError)]
    if wrong:
        raise Invalid(fields=tuple(wrong))
    return Sought(
        regency,
        known.family(typed.village) if typed.village else (),
        nik.number if isinstance(nik, Nik) else None,
        kk.number if isinstance(kk, Kk) else None,
        name_key(typed.name or ""),
        typed.born_on,
        typed.sex,
    )


async def find_candidates(tools: Tools, sought: Sought) -> list[Candidate]:
    """Return who may be meant, the likeliest first; merged records are followed to whom they stand for."""
    niks: dict[UUID, str] = {}
    people: dict[UUID, Person] = {}
    for row, nik in [*await _by_numbers(tools, sought), *await _by_words(tools, sought)]:
        (person,) = await led_on(tools.tx, [row])
        people[person.id] = person
        if nik is not None:
            niks[person.id] = nik
    wanted = Identity(
        sought.nik,
        sought.kk,
        sought.name_key,
        sought.born_on,
        next(iter(sought.villages), None),
        sought.sex,
    )
    kks = frozenset(tools.blind.digests("kk", sought.kk)) if sought.kk else frozenset[bytes]()
    found = []
    for person in people.values():
        seen = Identity(
            niks.get(person.id) or (_OTHER if person.nik_digest is not None else None),
            None if person.kk_digest is None else sought.kk if person.kk_digest in kks else _OTHER,
            person.name_key,
            person.born_on,
            wanted.village if person.village_code in sought.villages else person.village_code,
            person.sex,
        )
        candidate = Candidate(person, compare(wanted, seen))
        # Whoever has the NIK is shown whatever her name: two claim it.
        claims = Reason.NIK_SAME in candidate.match.reasons
        if claims or not sought.name_key or candidate.match.score >= _LEAST:
            found.append(candidate)
    return sorted(found, key=lambda one: (-one.match.score, one.person.name_key, one.person.id))[:SHOWN]


Rows = list[tuple[Person, str | None]]
"""Records found, with the NIK by which each was."""


async def _by_numbers(tools: Tools, sought: Sought) -> Rows:
    tx, regency = tools.tx, sought.regency
    rows: Rows = []
    if sought.nik is not None:
        exact = await stored.by_nik(tx, regency, tools.blind.digests("nik", sought.nik))
        rows += [(row, sought.nik) for row in exact]
        if not rows:
            numbers = near_numbers(sought.nik)
            near = {digest: number for number in numbers for digest in tools.blind.digests("nik", number)}
            slips = await stored.by_present_nik(tx, regency, list(near))
            rows += [(row, near[row.nik_digest]) for row in slips if row.nik_digest is not None]
    if sought.kk is not None:
        family = await stored.by_kk(tx, regency, tools.blind.digests("kk", sought.kk))
        rows += [(row, None) for row in family]
    return rows


async def _by_words(tools: Tools, sought: Sought) -> Rows:
    tx, regency, villages = tools.tx, sought.regency, sought.villages
    rows: list[Person] = []
    if not sought.name_key:
        return []
    if villages:
        rows += await stored.by_name(tx, regency, villages, orders(sought.name_key))
        rows += await stored.by_beginning(tx, regency, villages, beginnings(sought.name_key))
    if sought.born_on is not None:
        days = near_days(sought.born_on)
        rows += await stored.by_name_and_birth(tx, regency, orders(sought.name_key), days)
        if villages:
            rows += await stored.by_birth(tx, regency, villages, days)
    return [(row, None) for row in rows]
