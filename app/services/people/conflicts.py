"""Claims that clash are decided by a person: what becomes of the record, and of the claim."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from app.db.queries import events
from app.db.queries import families as homes
from app.db.queries import identity_conflicts as stored
from app.db.queries.cases import case_by_id, case_seen
from app.db.queries.merging import lock_both
from app.db.queries.person_access import merged_away
from app.db.queries.person_rows import give_nik, take_nik
from app.db.tables.identity import IdentityConflict
from app.db.tables.people import Person
from app.domain.access import Permission
from app.domain.errors import Conflict, FieldError, Invalid, NotFound
from app.domain.events.base import Event
from app.domain.events.others import PersonChanged
from app.domain.events.people import IdentityConflictDecided
from app.domain.identity import mask
from app.domain.names import name_key
from app.services.people.splitting import make_other, split_to
from app.services.people.tools import Tools


class Decision(StrEnum):
    """The set ``identity_decision``."""

    SAME_PERSON = "same_person"
    """The claim is hers, said otherwise; the record stands."""
    CORRECTED = "corrected"
    """The claim is hers and right: name and birth date on record are changed to it."""
    OTHER_PERSON = "other_person"
    """Somebody else used her number: a case that brought the claim is split off to a new person."""
    GIVEN = "given"
    """The number is the claimant's: she gets it, and who had it is left without one."""
    STAYS = "stays"
    """Of a family card: the household stands as it is on record."""
    MOVED = "moved"
    """Of a family card: she is of the household of the card that she showed."""


_OF_NUMBER: Final = frozenset(
    {Decision.SAME_PERSON, Decision.CORRECTED, Decision.OTHER_PERSON, Decision.GIVEN}
)
_ALLOWED: Final[Mapping[str, frozenset[Decision]]] = {
    "nik_other_person": _OF_NUMBER,
    "identifier_other_person": frozenset({Decision.SAME_PERSON, Decision.OTHER_PERSON}),
    "kk_other_village": frozenset({Decision.STAYS}),
    "kk_differs": frozenset({Decision.STAYS, Decision.MOVED}),
    "kk_two_heads": frozenset({Decision.STAYS}),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    tenant: str
    conflict_id: UUID
    decision: Decision


async def decide(tools: Tools, wanted: Wanted) -> IdentityConflict:
    """Decide a claim, and do what the decision says.

    Raises:
        NotFound: there is none, or the actor may not know of the person.
        Forbidden: the actor's role decides no identities there.
        Conflict: it was decided already, or a part of it was merged or erased meanwhile.
        Invalid: the decision is none for this kind of claim.
    """
    acting = tools.acting
    row = await stored.by_id(tools.tx, wanted.tenant, wanted.conflict_id)
    if row is None:
        raise _no_conflict()
    _require(tools, row)
    ids = sorted({row.person_id, row.other_id or row.person_id})
    people = await lock_both(tools.tx, wanted.tenant, ids)
    row = await stored.locked(tools.tx, wanted.tenant, wanted.conflict_id) or row
    if row.state != "open":
        raise Conflict("decided", "Ini sudah diputuskan.", "This was decided already.")
    if wanted.decision not in _ALLOWED[row.kind]:
        raise _not_for_this(row)
    person = people[row.person_id]
    if person.merged_into is not None:
        raise merged_away(person)
    other = people.get(row.other_id) if row.other_id else None
    await _do(tools, row, wanted.decision, (person, other))
    row.state, row.decision = "decided", wanted.decision.value
    row.decided_at, row.decided_by = acting.now, acting.actor.account_id
    await tools.tx.flush()
    happened = IdentityConflictDecided(
        thing_id=person.id, conflict_id=row.id, kind=row.kind, decision=wanted.decision.value
    )
    await _tell(tools, person, happened)
    return row


def _require(tools: Tools, row: IdentityConflict) -> None:
    if not tools.acting.actor.has(Permission.CASE_READ, row.village_code):
        raise _no_conflict()
    tools.acting.actor.require(Permission.PERSON_MERGE, row.village_code)


async def _do(
    tools: Tools, row: IdentityConflict, decision: Decision, both: tuple[Person, Person | None]
) -> None:
    person, other = both
    match decision:
        case Decision.SAME_PERSON if other is not None and other.merged_into is None:
            raise Conflict(
                "merge_them",
                "Keduanya punya data sendiri; gabungkan kedua data itu.",
                "Both have records of their own; merge the two.",
            )
        case Decision.CORRECTED:
            await _correct(tools, row, person)
        case Decision.OTHER_PERSON:
            await _part(tools, row, person)
        case Decision.GIVEN:
            await _give(tools, row, person, other)
        case Decision.MOVED:
            await _move_home(tools, row, person)
        case Decision.SAME_PERSON | Decision.STAYS:
            pass


async def _correct(tools: Tools, row: IdentityConflict, person: Person) -> None:
    said = await stored.claim_of(tools.acting, row)
    changed = []
    name, born = said.get("name"), said.get("born_on")
    if name and name != person.name:
        person.name, person.name_key = name, name_key(name)
        changed.append("name")
    if born and date.fromisoformat(born) != person.born_on:
        person.born_on = date.fromisoformat(born)
        changed.append("born_on")
    if changed:
        person.version += 1
        await tools.tx.flush()
        await _tell(tools, person, PersonChanged(thing_id=person.id, changed=tuple(changed)))


async def _part(tools: Tools, row: IdentityConflict, person: Person) -> None:
    """Split off the case that brought the claim, if one did and it is still hers.

    Nobody is told which case: whoever decides may perhaps not see it.
    """
    if row.case_id is None or row.other_id is not None:
        return
    case = await case_by_id(tools.tx, row.regency_code, row.case_id)
    if case is None or case.person_id != person.id:
        return
    said = await stored.claim_of(tools.acting, row)
    born = said.get("born_on")
    made = await make_other(tools, person, said["name"], date.fromisoformat(born) if born else None, None)
    await split_to(tools, (person, made), [case], "other_person")


async def _give(tools: Tools, row: IdentityConflict, person: Person, other: Person | None) -> None:
    if other is None or other.merged_into is not None:
        raise Conflict(
            "no_other_record",
            "Yang menyatakan nomor ini belum punya data sendiri; putuskan sebagai orang lain dahulu.",
            "Whoever claims the number has no record of her own; decide that it is another person first.",
        )
    said: dict[str, Any] = await stored.claim_of(tools.acting, row)
    if person.nik_digest not in tools.blind.digests("nik", said["nik"]):
        raise Conflict(
            "number_moved",
            "Nomor ini sudah tidak tercatat pada orang itu.",
            "The number is no longer that person's.",
        )
    await take_nik(tools.acting, tools.blind, person)
    await stored.end_numbers(tools.acting, person, tools.blind.digests("nik", said["nik"]))
    await give_nik(tools.acting, tools.blind, other, said["nik"])
    for one in (person, other):
        await _tell(tools, one, PersonChanged(thing_id=one.id, changed=("nik",)))


async def _move_home(tools: Tools, row: IdentityConflict, person: Person) -> None:
    said = await stored.claim_of(tools.acting, row)
    home = await homes.find_or_form(tools.acting, tools.keys, tools.blind, (person.village_code, said["kk"]))
    for happened, thing in await homes.join(tools.acting, person, home, homes.Joining("claim")):
        await homes.tell(tools.acting, thing, happened)


async def _tell(tools: Tools, person: Person, happened: Event) -> None:
    acting = tools.acting
    await events.append(
        acting.tx,
        events.OtherStream(person.regency_code, person.id, "person"),
        [happened],
        actor=acting.actor,
        now=acting.now,
        cause_id=acting.cause_id,
    )


def _no_conflict() -> NotFound:
    return NotFound(id="Pertentangan identitas ini tidak ada.", en="There is no such identity conflict.")


def _not_for_this(row: IdentityConflict) -> Invalid:
    allowed = ", ".join(sorted(_ALLOWED[row.kind]))
    return Invalid(
        fields=(
            FieldError(
                "/decision",
                "not_for_this",
                f"Untuk jenis ini pilih salah satu: {allowed}.",
                f"For this kind choose one of: {allowed}.",
            ),
        )
    )


@dataclass(frozen=True, slots=True)
class Read:
    """A claim as it may be told: numbers masked, its case only to whoever sees it."""

    row: IdentityConflict
    person: Person
    other: Person | None
    ticket: str | None
    claim: Mapping[str, str | None]


async def read(tools: Tools, row: IdentityConflict) -> Read:
    """Return a claim for showing; of somebody who was erased nothing is left of it."""
    people = await stored.people_of(tools.tx, row)
    person = people[row.person_id]
    case = await case_seen(tools.tx, tools.sight, row.regency_code, row.case_id) if row.case_id else None
    try:
        said = await stored.claim_of(tools.acting, row)
    except Conflict:
        said = {}
    claim = {name: _masked(name, value) for name, value in said.items() if name in _TOLD}
    other = people.get(row.other_id) if row.other_id else None
    return Read(row, person, other, case.ticket if case else None, claim)


_TOLD: Final = ("kind", "nik", "number", "kk", "name", "born_on", "village", "relation")
_NUMBERS: Final = frozenset({"nik", "number", "kk"})


def _masked(name: str, value: str | None) -> str | None:
    return mask(value) if name in _NUMBERS and value else value
