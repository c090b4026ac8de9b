"""The finder, and what agencies say of their programmes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from app.db.queries import events, knowledge
from app.db.queries import programs as stored
from app.db.queries.allotments import left_on
from app.db.queries.program_versions import stream_of
from app.db.session import Tx
from app.domain.access import Actor, Permission
from app.domain.access.actors import forbidden
from app.domain.criteria import Truth
from app.domain.documents import Words
from app.domain.errors import FieldError, Invalid, NotFound
from app.domain.events.others import AvailabilitySet
from app.domain.facts import FACTS, Facts, derive, village_kind
from app.domain.ids import tenant_of
from app.domain.knowledge import Agency, Knowledge
from app.domain.programs import Program
from app.domain.routing import (
    Decision,
    Explained,
    Need,
    Place,
    Question,
    Record,
    State,
    explain_entry,
    record,
    route,
)


@dataclass(frozen=True, slots=True)
class Search:
    """What the finder is asked."""

    region: str
    facts: Facts
    need: Need
    papers: frozenset[str]
    on: date


@dataclass(frozen=True, slots=True)
class Found:
    decision: Decision
    record: Record
    explained: Sequence[Explained]

    def program(self, code: str) -> Program:
        view = self.decision.view
        return view.programs[view.places[code]]


async def match(tx: Tx, known: Knowledge, search: Search) -> Found:
    """Rank the programmes for some facts; nothing is stored.

    Raises:
        Invalid: no such region, or one above a regency.
    """
    regency, village = _place(known, search.region)
    facts = derive(_placed(search.facts, regency, village), today=search.on)
    question = Question(
        facts=facts,
        need=search.need,
        place=Place(regency, village),
        today=search.on,
        availability=known.availability(regency),
        capacity=await left_on(tx, regency, search.on),
        papers=search.papers,
    )
    decision = route(known.catalogue, question)
    kept = record(decision)
    view = decision.view
    explained = [
        explain_entry(entry, view.programs[view.places[entry.program]], decision.facts)
        for entry in kept.entries
    ]
    return Found(decision, kept, explained)


def questions(found: Found) -> list[tuple[str, Words]]:
    """What to ask next, by fact."""
    return [(name, FACTS[name].question) for name in found.record.questions]


def verdict_word(truth: Truth) -> str:
    return {Truth.MET: "met", Truth.NOT_MET: "not_met", Truth.UNKNOWN: "unknown"}[truth]


def _place(known: Knowledge, region: str) -> tuple[str, str | None]:
    if region not in known.regions or region.count(".") == 0:
        raise Invalid(
            fields=(
                FieldError(
                    "/region",
                    "unknown",
                    "Isi kode desa/kelurahan atau kabupaten/kota yang ada.",
                    "Give the code of an existing village or regency.",
                ),
            )
        )
    is_village = village_kind(region) is not None
    return tenant_of(region), region if is_village else None


def _placed(facts: Facts, regency: str, village: str | None) -> Facts:
    found = {**facts, "place.regency": regency}
    if village is not None:
        kind = village_kind(village)
        found |= {"place.village": village, **({"place.village_kind": kind} if kind else {})}
    return found


@dataclass(frozen=True, slots=True)
class Act:
    """Who says it, when, and the id that ties the events of one act."""

    actor: Actor
    now: datetime
    cause_id: UUID


async def set_availability(
    tx: Tx, known: Knowledge, act: Act, code: str, said: tuple[State, date | None]
) -> str:
    """Record that a programme is open, full or paused; return the region in which it holds.

    Its agency says it for its own region (or for the part its officer is granted). A secretariat says it
    on behalf of an agency without an account, and for its own regency only.

    Raises:
        NotFound: no such programme.
        Forbidden: it is not the actor's programme.
        Invalid: the last day is over.
    """
    program = known.programs.get(code)
    if program is None:
        raise NotFound
    tenant = _voice(known, act.actor, program)
    state, until = said
    calendar = known.calendar(tenant)
    if until is not None and until < act.now.astimezone(calendar.zone).date():
        raise Invalid(
            fields=(FieldError("/until", "in_the_past", "Tanggal ini sudah lewat.", "This day is over."),)
        )
    by = act.actor.account_id
    if by is None:
        raise forbidden(Permission.AVAILABILITY_SET)
    await stored.put_availability(tx, stored.Said(tenant, code, state.value, until, act.now, by))
    happened = AvailabilitySet(
        thing_id=stream_of(tenant, code),
        program=code,
        availability=state.value,
        until=None if until is None else datetime.combine(until, time.max, calendar.zone),
    )
    stream = events.OtherStream(tenant, happened.thing_id, "program")
    await events.append(tx, stream, [happened], actor=act.actor, now=act.now, cause_id=act.cause_id)
    await knowledge.bump(tx, ["availabilities"])
    return tenant


def _voice(known: Knowledge, actor: Actor, program: Program) -> str:
    """The tenant for which the actor may speak of *program*."""
    for grant in actor.grants:
        agency = known.agencies.get(grant.agency or "")
        if agency is not None and _owns(agency, program):
            place = grant.region or agency.region
            if Permission.AVAILABILITY_SET in actor.permissions_for(agency.code, place):
                return tenant_of(place)
    owner = known.agency(program.agency, actor.tenant)
    proxied = owner is not None and owner.by_proxy
    if proxied and actor.has(Permission.REFERRAL_PROXY, actor.tenant):
        return actor.tenant
    raise forbidden(Permission.AVAILABILITY_SET)


def _owns(agency: Agency, program: Program) -> bool:
    return program.agency in (agency.code, agency.kind)
