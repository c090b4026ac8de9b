"""From what is known of a case to what is proposed: facts, decision, and where the case goes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID

from app.domain.codes import CaseKind, Priority
from app.domain.events.cases import CaseRouted
from app.domain.facts import Facts
from app.domain.ids import tenant_digits
from app.domain.knowledge import Knowledge
from app.domain.known_facts import facts_of
from app.domain.routing import (
    ENGINE_VERSION,
    Decision,
    Destination,
    Place,
    Policy,
    Question,
    Record,
    Verdict,
    destination,
    record,
    route,
)

NOTHING: Facts = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Sources:
    """What the service found about the resident, before the desk's own words."""

    registry: Mapping[str, Any] | None = None
    """The newest entry; empty when she is in none; None without a NIK to look up."""
    aid: Sequence[list[Any]] = ()
    """Ledger lines as ``[program, state, given_on]``."""
    live: frozenset[str] = frozenset()
    """Programmes of the live referrals of the person or household."""
    capacity: Mapping[str, int] | None = None
    """What is left of the regency's allotments of the present period."""
    stored: Iterable[Mapping[str, Any]] = ()
    """Facts kept of the household and the person, in that order."""
    born_on: date | None = None
    sex: str | None = None
    has_nik: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What the case itself says."""

    kind: CaseKind
    category: str
    sector: str | None
    priority: Priority
    village: str
    regency: str
    ppks: str | None = None
    program: str | None = None
    papers: frozenset[str] = frozenset()
    tried: frozenset[str] = frozenset()
    current_aid: frozenset[str] = frozenset()
    stated: Facts = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Answered:
    decision: Decision
    record: Record
    destination: Destination


def answer(known: Knowledge, asked: Asked, sources: Sources, today: date) -> Answered:
    """Route the case under the regency's policy. *today* is the local date."""
    decision = route(known.catalogue, _question(known, asked, sources, today))
    return Answered(decision, record(decision), destination(decision, policy_of(known, asked.regency)))


def routed(case_id: UUID, record_id: UUID, answered: Answered) -> CaseRouted:
    """Tell the decision as the event that is written with its record."""
    by: dict[Verdict, list[str]] = {}
    for code, verdict in answered.decision.verdicts:
        by.setdefault(verdict, []).append(code)
    return CaseRouted(
        case_id=case_id,
        decision_id=record_id,
        engine_version=ENGINE_VERSION,
        destination=answered.destination.where.value,
        eligible=tuple(by.get(Verdict.ELIGIBLE, ())),
        waitlist=tuple(by.get(Verdict.WAITLIST, ())),
        needs_information=tuple(by.get(Verdict.NEEDS_INFORMATION, ())),
    )


def policy_of(known: Knowledge, regency: str) -> Policy:
    """What the regency lets its desks do; a programme named without suffix means the regency's own too."""
    digits = tenant_digits(regency)

    def listed(name: str) -> frozenset[str]:
        codes = [str(code) for code in known.policy_value(regency, name, [])]
        return frozenset([*codes, *(f"{code}-{digits}" for code in codes)])

    return Policy(direct=listed("direct_referral"), here=listed("solved_here"))


def _question(known: Knowledge, asked: Asked, sources: Sources, today: date) -> Question:
    person = {
        "born_on": sources.born_on,
        "sex": sources.sex,
        "has_nik": sources.has_nik,
        "ppks": asked.ppks,
    }
    facts = facts_of(
        registry=sources.registry,
        aid=[*sources.aid, *([code, "planned", None] for code in asked.current_aid)],
        stored=sources.stored,
        stated=asked.stated,
        person=person,
        today=today,
    )
    return Question(
        facts=facts,
        need=known.need(asked.kind, asked.category, asked.sector, asked.priority),
        place=Place(asked.regency, asked.village),
        today=today,
        availability=known.availability(asked.regency),
        capacity=sources.capacity or {},
        live=sources.live,
        papers=asked.papers,
        about_program=asked.program,
        tried=asked.tried,
    )
