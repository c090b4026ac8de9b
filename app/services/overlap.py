"""May this aid stand beside what she has? Asked by those who see records, and by those who do not.

Officers get each reason, and the lines. A partner or donor is told yes or no, and of which class the aid is
that stands in the way: one person at a time, by her NIK, about a programme of its own, so many times a day.
Of somebody whom nobody knows they hear the same as of somebody who has nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from app.db.queries import assistance as stored
from app.db.queries.acting import Acting
from app.db.queries.attempts import count_try
from app.db.queries.holding import Home, home_of, persons_anywhere
from app.db.queries.people import Wanted, case_in_sight, find_people, person_by_id
from app.db.queries.scope import Sight
from app.db.tables.people import Person
from app.db.tables.referrals import AssistanceLine
from app.domain.access import Actor, Permission
from app.domain.codes import Level, Purpose
from app.domain.errors import FieldError, Invalid, TooMany
from app.domain.knowledge import Knowledge, is_implicit
from app.domain.ledger import Asked, Finding, Judgement, Ruling, ruling_of, still_fits
from app.domain.programs import Program, covers

PURPOSES: Final = "overlap_purpose"
ASKS: Final = "overlap_asks_per_day"
DAY: Final = timedelta(days=1)
_BUCKET: Final = "overlap"
_DEFAULT_ASKS: Final = 100


@dataclass(frozen=True, slots=True)
class Aim:
    """Which aid somebody means to give, and what for he asks."""

    program: str
    purpose: str
    component: str | None = None
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """The answer about one person, for whoever sees records."""

    person: Person | None
    """None: nobody on record here has that NIK."""
    home: Home
    judgement: Judgement
    lines: Sequence[AssistanceLine]
    fits: Sequence[str]
    """Programmes that still complement what the household has."""


@dataclass(frozen=True, slots=True)
class Class:
    """Of which kind a programme is, without its name."""

    level: Level
    kind: str


@dataclass(frozen=True, slots=True)
class Narrow:
    """The answer for whoever sees no records."""

    ruling: Ruling
    classes: tuple[Class, ...]
    person: Person | None
    """For the access log, never for the answer."""


def sees_records(actor: Actor) -> bool:
    return actor.ever(Permission.PERSON_LOOKUP)


def check_aim(acting: Acting, aim: Aim) -> Program:
    """Return the programme that is meant.

    Raises:
        Invalid: an unknown programme or purpose.
    """
    program = acting.known.programs.get(aim.program)
    errors = []
    if program is None or is_implicit(aim.program):
        errors.append(_unknown("/program", "Program ini tidak dikenal.", "No such programme."))
    if not acting.known.knows(PURPOSES, aim.purpose):
        errors.append(_unknown("/purpose", "Pilih tujuan dari daftar.", "Choose a purpose from the list."))
    if errors or program is None:
        raise Invalid(fields=tuple(errors))
    return program


async def ask_about(acting: Acting, sight: Sight, people: Sequence[tuple[str, UUID]], aim: Aim) -> list[Told]:
    """Judge the aid for each person on record.

    Raises:
        Invalid: an unknown programme or purpose, or a person of whom the actor may not know.
    """
    check_aim(acting, aim)
    return [
        await _told(acting, sight, await _known(acting, sight, n, one), (), aim)
        for n, one in enumerate(people)
    ]


async def ask_by_nik(acting: Acting, sight: Sight, digests: Sequence[bytes], aim: Aim) -> Told:
    """Judge the aid for whoever has the NIK, on record in the actor's regency or only in the ledger."""
    check_aim(acting, aim)
    found = await find_people(acting.tx, acting.actor.tenant, Wanted(nik=digests), 1)
    return await _told(acting, sight, found[0] if found else None, digests, aim)


async def _told(
    acting: Acting, sight: Sight, person: Person | None, digests: Sequence[bytes], aim: Aim
) -> Told:
    tenant = acting.actor.tenant
    home = home_of(person, digests) if person else Home(tenant, nik_digests=tuple(digests))
    today = acting.today(person.village_code if person else tenant)
    asked = Asked(aim.program, home.person_id, aim.component, aim.period)
    judgement, holding = await stored.against(acting, home, asked, today, sight)
    here = _given_at(acting.known, person.village_code if person else tenant, today)
    fits = still_fits(holding.held(today), acting.known.programs, here)
    return Told(person, home, judgement, holding.rows, fits)


def _given_at(known: Knowledge, place: str, today: date) -> list[str]:
    """Name the programmes of aid that are given at *place* today."""
    return [
        code
        for code, program in known.programs.items()
        if Purpose.AID in program.purposes
        and not is_implicit(code)
        and program.version.valid_from <= today <= (program.version.valid_to or date.max)
        and any(covers(area, place) for area in program.version.coverage)
    ]


async def _known(acting: Acting, sight: Sight, n: int, one: tuple[str, UUID]) -> Person:
    person = await person_by_id(acting.tx, *one)
    if person is not None:
        if acting.actor.has(Permission.PERSON_LOOKUP, person.village_code):
            return person
        case = await case_in_sight(acting.tx, sight, person)
        if case is not None and acting.actor.has(Permission.PERSON_LOOKUP, case.village_code, case.desk_id):
            return person
    raise Invalid(
        fields=(
            _unknown(
                f"/people/{n}",
                "Orang ini tidak ditemukan, atau berada di luar wilayah tugas Anda.",
                "No such person, or she lives outside your area.",
            ),
        )
    )


# Whoever sees no records ----------------------------------------------------------------------------------


async def ask_narrowly(acting: Acting, sight: Sight, digests: Sequence[bytes], aim: Aim) -> Narrow:
    """Say whether something stands against a programme of the actor's own, and of which class it is.

    Raises:
        Invalid: an unknown purpose, or a programme that is not the actor's.
        TooMany: the account has asked often enough today.
    """
    program = check_aim(acting, aim)
    if not _is_own(acting.actor, program):
        raise Invalid(
            fields=(
                FieldError(
                    "/program",
                    "not_yours",
                    "Tanyakan untuk program lembaga Anda sendiri.",
                    "Ask about a programme of your own body.",
                ),
            )
        )
    await _count(acting)
    found = await persons_anywhere(acting.tx, digests)
    homes = [home_of(person, digests) for person in found] or [
        Home(acting.actor.tenant, nik_digests=tuple(digests))
    ]
    findings: list[Finding] = []
    for home in homes:
        asked = Asked(aim.program, home.person_id, aim.component, aim.period)
        judgement, _ = await stored.against(acting, home, asked, acting.today(home.regency_code), sight)
        findings += judgement.findings
    classes = classes_of(acting.known, (finding.program for finding in findings))
    return Narrow(ruling_of(findings), classes, found[0] if found else None)


def _is_own(actor: Actor, program: Program) -> bool:
    """An agency asks about what it runs; a donor about what private givers give."""
    if any(grant.agency == program.agency for grant in actor.grants):
        return True
    donor = any(grant.agency is None for grant in actor.grants)
    return donor and program.level is Level.SWASTA_CSR


async def _count(acting: Acting) -> None:
    account = acting.actor.account_id
    if account is None:
        raise TooMany
    tenant = acting.actor.tenant
    most = acting.known.policy_value(tenant, ASKS, _DEFAULT_ASKS)
    counted = await count_try(acting.tx, tenant, _BUCKET, account.bytes, DAY, acting.now)
    if counted.tries > most:
        raise TooMany(
            id=f"Anda sudah bertanya {most} kali hari ini; lanjutkan besok.",
            en=f"You have asked {most} times today; go on tomorrow.",
            retry_after=counted.since + DAY - acting.now,
        )


def classes_of(known: Knowledge, programs: Iterable[str]) -> tuple[Class, ...]:
    """Say of which levels and kinds *programs* are, without their names."""
    found = {
        Class(program.level, part.kind.value)
        for code in programs
        if (program := known.programs.get(code)) is not None
        for part in program.version.benefit.components
    }
    return tuple(sorted(found, key=lambda one: (one.level.value, one.kind)))


def _unknown(pointer: str, indonesian: str, english: str) -> FieldError:
    return FieldError(pointer, "unknown_code", indonesian, english)
