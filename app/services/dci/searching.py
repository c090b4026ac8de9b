"""Answering a search: what the registry says of one person or family, inside the client's area.

Only the registry's own lists are told. That somebody has come to a desk, or lives where nobody should look
for her, does not show: whoever is unknown, outside the area, or has had her data frozen is answered alike.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from app.db.queries import dci as stored
from app.db.queries import rights
from app.db.queries.acting import Acting
from app.db.tables.dci import DciPartner
from app.db.tables.people import Person
from app.domain.access import ROLE_PERMISSIONS, Actor, Permission, covers
from app.domain.dci import Ask, Entity, Entry, Key, Reason, Status, Told, record_of
from app.domain.documents import Words
from app.domain.errors import FieldError
from app.domain.identity import parse_kk, parse_nik
from app.domain.rights import RequestKind
from app.integrations.vault import Blind

PURPOSES = "dci_purpose"
MOST_RECORDS = 100
"""Of a page."""


@dataclass(frozen=True, slots=True)
class Basis:
    """Why is asked, and on what ground: the person's consent, or the asker's own duty."""

    purpose: str
    consent: bool
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    size: int = MOST_RECORDS
    number: int = 1


@dataclass(frozen=True, slots=True)
class Search:
    """One request as it was read; what could not be read of it says why."""

    reference_id: str
    ask: Ask | None = field(repr=False)
    fault: Reason | None
    entity: Entity | None
    page: Page
    bases: tuple[Basis, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """Of whom is asked, for the access log: never for the answer."""

    kind: str
    tenant: str
    subject_id: UUID | None


@dataclass(frozen=True, slots=True)
class Answered:
    reference_id: str
    basis: Basis | None
    status: Status
    reason: Reason | None = None
    words: Words | None = None
    records: tuple[dict[str, Any], ...] = field(default=(), repr=False)
    page: Page = Page()
    total: int = 0
    about: Question | None = None


class Outcome(Protocol):
    """What stays on record of any question."""

    @property
    def basis(self) -> Basis | None: ...
    @property
    def status(self) -> Status: ...
    @property
    def reason(self) -> Reason | None: ...


async def search(
    acting: Acting, blind: Blind, partner: DciPartner, wanted: Sequence[Search]
) -> list[Answered]:
    """Answer each request of a message, in its order."""
    seen: set[str] = set()
    found = []
    for one in wanted:
        fault = _fault(acting, partner, one, seen)
        seen.add(one.reference_id)
        found.append(fault or await _one(acting, blind, partner, one))
    return found


def record_items(answers: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Return what stays on record of each: why it was asked and what came of it, nothing of whom."""
    return [
        {
            "purpose": one.basis.purpose if one.basis else None,
            "basis": None if one.basis is None else ("consent" if one.basis.consent else "authority"),
            "since": one.basis.since.isoformat() if one.basis and one.basis.since else None,
            "status": one.status.value,
            "reason": one.reason.value if one.reason else None,
        }
        for one in answers
    ]


def _fault(acting: Acting, partner: DciPartner, one: Search, seen: set[str]) -> Answered | None:
    if one.reference_id in seen:
        return rejected(one, Reason.REFERENCE, Words("reference_id ganda.", "The reference_id stands twice."))
    wrong = purpose_fault(acting, partner, one.bases)
    if wrong is not None:
        return rejected(one, Reason.CRITERIA, wrong)
    if one.fault is not None or one.ask is None:
        return rejected(
            one,
            one.fault or Reason.CRITERIA,
            Words(
                "Tanyakan satu NIK atau KK, dengan syarat dari daftar yang ada di panduan.",
                "Ask about one NIK or KK, with conditions of the list in the guide.",
            ),
        )
    if not one.ask.needs <= fields_of(acting, partner, one.bases):
        return rejected(
            one,
            Reason.FILTER,
            Words("Tujuan ini tidak membuka syarat itu.", "This purpose does not open that condition."),
        )
    return None


def rejected(one: Search, reason: Reason, words: Words) -> Answered:
    basis = one.bases[0] if one.bases else None
    return Answered(one.reference_id, basis, Status.RJCT, reason, words)


def purpose_fault(acting: Acting, partner: DciPartner, bases: Sequence[Basis]) -> Words | None:
    """Tell why nothing may be told for what the request says of its purpose; None where it may."""
    if not bases or len({one.purpose for one in bases}) > 1:
        return Words(
            "Sebutkan satu tujuan pada consent atau authorize.", "Name one purpose in consent or authorize."
        )
    purpose = bases[0].purpose
    if purpose not in partner.purposes or not acting.known.knows(PURPOSES, purpose):
        return Words("Tujuan ini tidak dibuka untuk klien ini.", "This purpose is not open to this client.")
    return None


def fields_of(acting: Acting, partner: DciPartner, bases: Sequence[Basis]) -> frozenset[str]:
    """Return what both the client and the purpose allow."""
    named = acting.known.attrs(PURPOSES, bases[0].purpose).get("fields", ())
    return frozenset(map(str, named)) & frozenset(map(str, partner.fields))


def in_reach(actor: Actor, village: str) -> bool:
    """Tell whether the client's agency asks about people of *village*."""
    return any(
        grant.agency is not None
        and Permission.REGISTRY_ASK in ROLE_PERMISSIONS[grant.role]
        and covers(grant.region or actor.tenant, village)
        for grant in actor.grants
    )


# One person, or one family --------------------------------------------------------------------------------


async def _one(acting: Acting, blind: Blind, partner: DciPartner, one: Search) -> Answered:
    ask = one.ask
    if ask is None:
        raise ValueError("What cannot be read is turned away first.")
    digests = _digests(acting, blind, ask)
    if digests is None:
        words = Words("Nomor ini tidak sah.", "This number is not valid.")
        return rejected(one, Reason.CRITERIA, words)
    told, about = await _told(acting, ask, one.entity or ask.key.entity, digests)
    fields = fields_of(acting, partner, one.bases)
    chosen = [each for each in told if ask.holds(each.entry.values)]
    start = (one.page.number - 1) * one.page.size
    records = tuple(record_of(each, ask, fields) for each in chosen[start : start + one.page.size])
    basis = one.bases[0]
    return Answered(one.reference_id, basis, Status.SUCC, None, None, records, one.page, len(chosen), about)


def _digests(acting: Acting, blind: Blind, ask: Ask) -> list[bytes] | None:
    today = acting.today(acting.actor.tenant)
    read = parse_nik(ask.number, today=today) if ask.key is Key.NIK else parse_kk(ask.number)
    return None if isinstance(read, FieldError) else blind.digests(ask.key.value.lower(), read.number)


async def _told(
    acting: Acting, ask: Ask, entity: Entity, digests: list[bytes]
) -> tuple[list[Told], Question]:
    if ask.key is Key.NIK:
        people = await stored.persons_of(acting.tx, digests)
        entries = await _counting(acting, [frozenset(digests)], people)
        about = question_of(acting, people)
        families = {entry.family for entry in entries if entry.family is not None}
    else:
        families = set(digests)
        entries = await _family(acting, families)
        household = await stored.household_of(acting.tx, acting.actor.tenant, digests)
        about = Question("household", acting.actor.tenant, household)
    if entity is Entity.MEMBER or not entries:
        return [Told(entry, entity) for entry in entries], about
    members = entries if ask.key is Key.KK else await _family(acting, families)
    return [_group(members or entries)], about


def question_of(acting: Acting, people: Sequence[Person]) -> Question:
    if not people:
        return Question("person", acting.actor.tenant, None)
    return Question("person", people[0].regency_code, people[0].id)


def _group(members: Sequence[Entry]) -> Told:
    """Tell of a family what its poorest member is ranked."""
    poorest = min(members, key=lambda one: (one.desil is None, one.desil or 0, one.village))
    return Told(poorest, Entity.GROUP, len(members))


async def _family(acting: Acting, digests: set[bytes]) -> list[Entry]:
    """Return whoever stands under these KKs by the list that counts for her."""
    if not digests:
        return []
    tenants = acting.known.family(acting.actor.tenant)
    niks = sorted(await stored.niks_of_family(acting.tx, tenants, digests))
    people = await stored.persons_of(acting.tx, niks) if niks else ()
    found = await _counting(acting, [frozenset({nik}) for nik in niks], people)
    return [one for one in found if one.family in digests]


async def _counting(
    acting: Acting, persons: Sequence[frozenset[bytes]], people: Sequence[Person]
) -> list[Entry]:
    """Return the entry that counts today of each person, where it lies in reach and is not frozen.

    *persons*: the digests of each one's NIK.
    """
    hidden = await _frozen(acting, people)
    rows = await stored.entries_of(acting.tx, frozenset().union(*persons)) if persons else []
    by_nik: dict[bytes, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_nik[row["nik_digest"]].append(row)
    tenant, found = acting.actor.tenant, []
    for digests in persons:
        hers = [row for digest in sorted(digests) for row in by_nik[digest]]
        best = acting.known.registry_entry(hers, tenant, acting.today(tenant))
        if best and not best["dropped_in"] and hidden.isdisjoint(digests):
            entry = _entry(best)
            if in_reach(acting.actor, entry.village):
                found.append(entry)
    return found


async def counting_entry(acting: Acting, digests: Sequence[bytes], people: Sequence[Person]) -> Entry | None:
    """Return the entry that counts today of the one person whom *digests* name."""
    found = await _counting(acting, [frozenset(digests)], people)
    return found[0] if found else None


async def _frozen(acting: Acting, people: Sequence[Person]) -> frozenset[bytes]:
    """Return the NIKs of those who had the use of their data stopped."""
    by_regency: dict[str, dict[UUID, bytes]] = defaultdict(dict)
    for one in people:
        if one.nik_digest is not None:
            by_regency[one.regency_code][one.id] = one.nik_digest
    found: set[bytes] = set()
    for regency, ids in by_regency.items():
        frozen = await rights.restrained(acting.tx, regency, RequestKind.FREEZE, ids)
        found |= {ids[id_] for id_ in frozen}
    return frozenset(found)


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry(
        regency=row["regency"],
        village=row["village"],
        source=row["source"],
        period=row["period"],
        status=row["status"],
        desil=row["desil"],
        born_on=row["born_on"],
        programs=row["programs"],
        family=row["kk_digest"],
    )
