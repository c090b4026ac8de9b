"""Answering whether somebody is enrolled: yes or no, and of which class the programme is.

A client asks about a programme of its own agency, or whether there is any aid at all; no other programme is
named to it. What counts is the ledger of today and what the registry names; aid of a closed case does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.db.queries import dci as stored
from app.db.queries import rights
from app.db.queries.acting import Acting
from app.db.queries.holding import Home, holding_of, home_of
from app.db.queries.scope import Sight
from app.db.tables.dci import DciPartner
from app.domain.access import covers
from app.domain.dci import Reason, Status
from app.domain.documents import Words
from app.domain.errors import FieldError
from app.domain.identity import parse_nik
from app.domain.ledger import HeldBy
from app.domain.programs import Program
from app.domain.rights import RequestKind
from app.integrations.vault import Blind
from app.services.dci.searching import (
    Basis,
    Question,
    counting_entry,
    in_reach,
    purpose_fault,
)


@dataclass(frozen=True, slots=True)
class EnrolQuestion:
    reference_id: str
    nik: str = field(repr=False)
    program: str | None
    """None: whether there is any aid."""
    bases: tuple[Basis, ...]


@dataclass(frozen=True, slots=True)
class Class:
    """Of which kind a programme is, without its name."""

    level: str
    kind: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    reference_id: str
    basis: Basis | None
    status: Status
    enrolled: bool = False
    classes: tuple[Class, ...] = ()
    reason: Reason | None = None
    words: Words | None = None
    about: Question | None = None


async def tell_enrolled(
    acting: Acting, blind: Blind, sight: Sight, partner: DciPartner, asked: EnrolQuestion
) -> Enrolled:
    """Answer one question."""
    wrong = purpose_fault(acting, partner, asked.bases)
    nik = parse_nik(asked.nik, today=acting.today(acting.actor.tenant))
    if wrong is None and asked.program is not None:
        wrong = _program_fault(acting, asked.program)
    if wrong is None and isinstance(nik, FieldError):
        wrong = Words("Nomor ini tidak sah.", "This number is not valid.")
    basis = asked.bases[0] if asked.bases else None
    if wrong is not None or isinstance(nik, FieldError):
        return Enrolled(asked.reference_id, basis, Status.RJCT, reason=Reason.CRITERIA, words=wrong)
    digests = blind.digests("nik", nik.number)
    held, about = await _held(acting, sight, digests)
    counted = held if asked.program is None else held & {asked.program}
    classes = _classes(acting, sorted(counted))
    return Enrolled(asked.reference_id, basis, Status.SUCC, bool(counted), classes, about=about)


def _program_fault(acting: Acting, code: str) -> Words | None:
    program = acting.known.programs.get(code)
    if program is None or not any(grant.agency == program.agency for grant in acting.actor.grants):
        return Words(
            "Tanyakan program lembaga Anda sendiri, atau tanpa program.",
            "Ask about a programme of your own body, or about none.",
        )
    return None


async def _held(acting: Acting, sight: Sight, digests: Sequence[bytes]) -> tuple[frozenset[str], Question]:
    """Return the programmes that she holds herself, as far as they lie in the client's area."""
    people = await stored.persons_of(acting.tx, digests)
    tenant = acting.actor.tenant
    about = Question("person", *((people[0].regency_code, people[0].id) if people else (tenant, None)))
    for regency in {one.regency_code for one in people}:
        ids = [one.id for one in people if one.regency_code == regency]
        if await rights.restrained(acting.tx, regency, RequestKind.FREEZE, ids):
            return frozenset(), about
    near = [one for one in people if in_reach(acting.actor, one.village_code)]
    homes = [home_of(one, digests) for one in near] or [Home(tenant, nik_digests=tuple(digests))]
    found: set[str] = set()
    for home in homes:
        holding = await holding_of(acting.tx, home, sight)
        within = {home.regency_code} if near else set()
        for held in holding.held(acting.today(home.regency_code)):
            mine = held.origin.person_id in {None, home.person_id}
            if held.by is HeldBy.LEDGER and mine:
                rows = [row for row in holding.rows if row.program_code == held.origin.program]
                if any(row.regency_code in within or _whole(acting, row.regency_code) for row in rows):
                    found.add(held.origin.program)
    entry = await counting_entry(acting, digests, people)
    return frozenset(found | (set(map(str, entry.programs)) if entry else set())), about


def _whole(acting: Acting, regency: str) -> bool:
    """Tell whether the client's area is all of a regency: the ledger does not name the village of aid."""
    return in_reach(acting.actor, regency) and covers(acting.actor.tenant, regency)


def _classes(acting: Acting, codes: Sequence[str]) -> tuple[Class, ...]:
    programs: list[Program] = [acting.known.programs[code] for code in codes if code in acting.known.programs]
    found = {
        Class(program.level.value, part.kind.value)
        for program in programs
        for part in program.version.benefit.components
    }
    return tuple(sorted(found, key=lambda one: (one.level, one.kind)))
