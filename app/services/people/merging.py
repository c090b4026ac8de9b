"""Two records that are one person become one, and apart again; nothing is lost either way.

The gone record stays as what it was: its number leads whoever types it on to the kept one, and its key still
seals what it sealed, so that nothing has to be opened. Cases that the actor may not see move as well, without
a word of them: to refuse would tell of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.db.queries import events, merging
from app.db.queries.people import person_by_id
from app.db.queries.person_access import known_person, merged_away, seen_person
from app.db.tables.identity import PersonMerge
from app.db.tables.people import Person
from app.domain.access import Permission
from app.domain.errors import Conflict, FieldError, Forbidden, Gone, Invalid, NotFound
from app.domain.events.people import PersonMerged, PersonSplit
from app.domain.matching import Identity, Match, compare
from app.services.people.filling import empty, fill
from app.services.people.tools import Tools


@dataclass(frozen=True, slots=True)
class Wanted:
    tenant: str
    kept_id: UUID
    other_id: UUID | None
    """None for an id of another regency, or none at all."""
    reason: str


@dataclass(frozen=True, slots=True)
class Told:
    """A merge or a split as it may be told to whoever asks: of cases only those that he sees."""

    merge: PersonMerge
    person: Person
    tickets: Sequence[str]
    double_aid: Sequence[str] = ()
    """Programmes that both records hold: perhaps aid that was given twice."""


async def merge(tools: Tools, wanted: Wanted) -> Told:
    """Merge another record into one.

    Raises:
        NotFound, Gone, Forbidden: of the one that is kept; see `known_person`.
        Invalid: the other is the same, of another regency, or not to be found.
        Conflict: it was merged already, or one of the two is dead and the other not.
    """
    acting = tools.acting
    kept = await known_person(acting, tools.sight, wanted.tenant, wanted.kept_id, Permission.PERSON_MERGE)
    other = await _other(tools, wanted)
    if not acting.known.knows("merge_reason", wanted.reason):
        raise Invalid(fields=(_unknown("/reason"),))
    ids = sorted((kept.id, other.id))
    locked = await merging.lock_both(tools.tx, wanted.tenant, ids)
    kept, gone = locked[kept.id], locked[other.id]
    _check(kept, gone)
    held = await merging.programs_held(tools.tx, tools.sight, kept)
    both = held & await merging.programs_held(tools.tx, tools.sight, gone)
    id_, match = acting.new_id(), _alike(kept, gone)
    moved: dict[str, Any] = {"rows": await merging.move_all(acting, gone, kept, id_, "merged")}
    moved["filled"] = await fill(tools, kept, gone)
    moved["conflicts"] = await _settle_conflicts(tools, kept, gone)
    gone.merged_into = kept.id
    gone.version += 1
    kept.version += 1
    row = row_of(tools, ("merge", id_), kept, gone, (wanted.reason, match, moved))
    tools.tx.add(row)
    await tools.tx.flush()
    for one in (kept, gone):
        happened = PersonMerged(
            thing_id=one.id, merge_id=id_, kept_id=kept.id, gone_id=gone.id, reason=wanted.reason
        )
        await tell(tools, one, happened)
    return await told(tools, row, kept, sorted(both))


async def undo(tools: Tools, tenant: str, person_id: UUID, merge_id: UUID | None) -> Told:
    """Take a merge back: what moved and is still there goes back; what came later stays with the kept one.

    Raises:
        NotFound, Gone, Forbidden: of the kept one.
        Invalid: there is no such merge of this person.
        Conflict: it was undone already, or the kept one was merged on since.
    """
    acting = tools.acting
    await known_person(acting, tools.sight, tenant, person_id, Permission.PERSON_MERGE)
    row = await merging.merge_by_id(tools.tx, tenant, merge_id) if merge_id else None
    if row is None or row.kind != "merge" or row.person_id != person_id:
        raise Invalid(fields=(_unknown("/merge"),))
    locked = await merging.lock_both(tools.tx, tenant, (row.other_id, row.person_id))
    gone, kept = locked[row.other_id], locked[row.person_id]
    await tools.tx.refresh(row)
    if row.undone_at is not None:
        raise Conflict("undone", "Penggabungan ini sudah dibatalkan.", "This merge was undone already.")
    if kept.merged_into is not None or gone.merged_into != kept.id:
        raise Conflict(
            "merged_on",
            "Data ini sudah digabung lagi; batalkan penggabungan yang terakhir dahulu.",
            "It was merged on since; undo the latest merge first.",
        )
    gone.merged_into = None
    await tools.tx.flush()
    left = await merging.move_back(acting, kept, gone, row.id, row.moved["rows"])
    await empty(tools, kept, gone, row.moved["filled"])
    await _reopen_conflicts(tools, row.moved["conflicts"], tenant)
    gone.version += 1
    kept.version += 1
    row.undone_at, row.undone_by, row.left = acting.now, acting.actor.account_id, left
    await tools.tx.flush()
    for one, other in ((kept, gone), (gone, kept)):
        await tell(tools, one, PersonSplit(thing_id=one.id, merge_id=row.id, other_id=other.id, undone=True))
    return await told(tools, row, gone)


async def told(tools: Tools, row: PersonMerge, person: Person, double_aid: Sequence[str] = ()) -> Told:
    ids = [UUID(one) for one in row.moved["rows"].get(merging.CASES, ())]
    tickets = await merging.tickets_in_sight(tools.tx, tools.sight, row.regency_code, ids)
    return Told(row, person, tickets, double_aid)


async def _other(tools: Tools, wanted: Wanted) -> Person:
    """Return the other record; whoever may not know of it learns no more than that it is none."""
    if wanted.other_id == wanted.kept_id:
        raise Invalid(
            fields=(
                FieldError(
                    "/other",
                    "same_person",
                    "Ini data yang sama; sebutkan data yang lain.",
                    "This is the same record; name the other one.",
                ),
            )
        )
    other = await person_by_id(tools.tx, wanted.tenant, wanted.other_id) if wanted.other_id else None
    try:
        person, case = await seen_person(tools.acting, tools.sight, other)
    except NotFound as error:
        raise Invalid(fields=(_unknown("/other"),)) from error
    except Gone as error:
        raise Conflict(
            "merged_already",
            "Data itu sudah digabung ke data lain.",
            "That record was merged into another one already.",
            error.data,
        ) from error
    village = case.village_code if case is not None else person.village_code
    if not tools.acting.actor.has(Permission.PERSON_MERGE, village):
        raise Forbidden
    return person


def _check(kept: Person, gone: Person) -> None:
    if kept.merged_into is not None:
        raise merged_away(kept)
    if gone.merged_into is not None:
        raise Conflict(
            "merged_already",
            "Data itu sudah digabung ke data lain.",
            "That record was merged into another one already.",
        )
    if kept.deceased_on != gone.deceased_on:
        raise Conflict(
            "deaths_differ",
            "Kematian kedua data berbeda; catat atau batalkan kematian dahulu agar sama.",
            "The two differ in whether or when she died; record or undo the death first.",
        )


def _alike(one: Person, other: Person) -> Match:
    return compare(_identity(one), _identity(other))


def _identity(person: Person) -> Identity:
    """As it is on record: numbers by their digests, which are the same or differ."""
    nik = person.nik_digest.hex() if person.nik_digest else None
    kk = person.kk_digest.hex() if person.kk_digest else None
    return Identity(nik, kk, person.name_key, person.born_on, person.village_code, person.sex)


async def _settle_conflicts(tools: Tools, kept: Person, gone: Person) -> list[str]:
    found = await merging.conflicts_between(tools.tx, kept, gone)
    for one in found:
        one.state, one.decision = "decided", "same_person"
        one.decided_at, one.decided_by = tools.acting.now, tools.acting.actor.account_id
    return [str(one.id) for one in found]


async def _reopen_conflicts(tools: Tools, ids: Sequence[str], tenant: str) -> None:
    for one in await merging.conflicts_by_id(tools.tx, tenant, [UUID(text) for text in ids]):
        one.state, one.decision, one.decided_at, one.decided_by = "open", None, None, None


def row_of(
    tools: Tools,
    named: tuple[str, UUID],
    person: Person,
    other: Person,
    why: tuple[str, Match, Mapping[str, Any]],
) -> PersonMerge:
    (kind, id_), (reason, match, moved) = named, why
    return PersonMerge(
        regency_code=person.regency_code,
        id=id_,
        kind=kind,
        person_id=person.id,
        other_id=other.id,
        reason=reason,
        score=match.score,
        reasons=[one.value for one in match.reasons],
        moved=dict(moved),
        left=None,
        at=tools.acting.now,
        by=tools.acting.actor.account_id,
        undone_at=None,
        undone_by=None,
    )


async def tell(tools: Tools, person: Person, happened: PersonMerged | PersonSplit) -> None:
    acting = tools.acting
    await events.append(
        acting.tx,
        events.OtherStream(person.regency_code, person.id, "person"),
        [happened],
        actor=acting.actor,
        now=acting.now,
        cause_id=acting.cause_id,
    )


def _unknown(pointer: str) -> FieldError:
    return FieldError(
        pointer,
        "unknown",
        "Yang disebut tidak ada di kabupaten/kota ini, atau di luar wilayah tugas Anda.",
        "There is no such thing in this regency, or it lies outside your area.",
    )
