"""Households (KK) and who is of them: formed, joined, left, with the relation of each and its history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from app.db.queries import families as stored
from app.db.queries.acting import Acting
from app.db.queries.arrivals import Digests
from app.db.queries.identity_conflicts import Claim, record_conflict
from app.db.queries.merging import lock_both
from app.db.queries.people import case_in_sight, person_by_id
from app.db.queries.person_access import seen_person
from app.db.queries.person_rows import NewKeys
from app.db.queries.scope import Sight
from app.db.queries.texts import data_key
from app.db.tables.identity import HouseholdMember
from app.db.tables.people import Household, Person
from app.domain.access import Permission
from app.domain.errors import Conflict, FieldError, Gone, Invalid, NotFound
from app.domain.events.people import HouseholdChanged, HouseholdMemberChanged
from app.domain.facts import FACTS, facts_to_json, parse_facts
from app.domain.identity import Kk, parse_kk
from app.domain.ids import public_id, tenant_of
from app.domain.matching import Match, Reason

HEAD: Final = "KEPALA_KELUARGA"
MOST_MEMBERS: Final = 40
_FACTS: Final = "household."


@dataclass(frozen=True, slots=True)
class Tools:
    acting: Acting
    sight: Sight
    keys: NewKeys
    blind: Digests


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who is of a household, or who shall be."""

    person_id: UUID | None
    """None for an id of another regency."""
    relation: str | None
    from_on: date | None = None
    source: str = "said"
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class NewHousehold:
    village: str
    kk: str | None
    facts: Mapping[str, Any]
    members: Sequence[Member]


@dataclass(frozen=True, slots=True)
class Shown:
    """A household with its people now and before, and the card opened to be masked."""

    home: Household
    kk: str | None
    people: Sequence[Person]
    rows: Sequence[tuple[HouseholdMember, Person]]


async def form_household(tools: Tools, new: NewHousehold) -> Household:
    """Put a household on record with those of it who are known.

    Raises:
        Forbidden: the actor may not record people in that village.
        Invalid: the card, the village, a fact, a relation or a person; the fields are named.
        Conflict: the card is on record; ``data`` names its household.
    """
    acting = tools.acting
    if new.village not in acting.known.regions or new.village.count(".") != 3:  # noqa: PLR2004 - depth of a village
        raise Invalid(
            fields=(
                FieldError(
                    "/village",
                    "unknown_code",
                    "Kode desa/kelurahan ini tidak ada. Cari di /v1/regions.",
                    "There is no village with this code. Look in /v1/regions.",
                ),
            )
        )
    acting.actor.require(Permission.PERSON_WRITE, new.village)
    kk, facts = _read_kk(tools, new.kk), _read_facts(new.facts)
    regency = tenant_of(new.village)
    # People before the household, as everybody locks.
    people = [await _person(tools, regency, member) for member in new.members]
    await lock_both(acting.tx, regency, sorted({person.id for person in people}))
    home = await stored.form(acting, tools.keys, tools.blind, (new.village, kk), facts)
    if home is None:
        digests = tools.blind.digests("kk", kk or "")
        found = await stored.household_by_kk(acting.tx, regency, digests)
        raise Conflict(
            "kk_on_record",
            "Nomor KK ini sudah tercatat; tambahkan anggotanya ke keluarga itu.",
            "This family card is on record; add the members to that household.",
            {"household": public_id(regency, found.id)} if found else {},
        )
    for member in new.members:
        await _add(tools, home, member)
    return home


async def add_member(tools: Tools, tenant: str, household_id: UUID, member: Member) -> Household:
    """Let a person be of a household, with her relation to its head; she leaves the one that she was of.

    Raises:
        NotFound: there is no such household in the actor's area.
        Forbidden: the actor may not record people there.
        Invalid: no such person or relation.
        Conflict: she is of it already.
    """
    home = await _known(tools, tenant, household_id, Permission.PERSON_WRITE)
    await _add(tools, home, member)
    return home


async def change_member(
    tools: Tools, tenant: str, household_id: UUID, person_id: UUID | None, relation: str | None
) -> Household:
    """Say as what somebody is of a household; what was said before stays in its history.

    Raises:
        NotFound, Forbidden: as for `add_member`; or she is not of it.
        Invalid: no such relation.
    """
    home = await _known(tools, tenant, household_id, Permission.PERSON_WRITE)
    _check_relation(tools, relation, "/relation")
    person = await _member(tools, home, person_id)
    acting = tools.acting
    today = acting.today(home.village_code)
    row = await stored.open_row(acting.tx, person, home.id)
    if row is not None and row.relation == relation:
        return home
    if row is not None:
        row.to_on, row.end_reason = max(today, row.from_on), "relation_changed"
    fresh = HouseholdMember(
        regency_code=home.regency_code,
        id=acting.new_id(),
        household_id=home.id,
        person_id=person.id,
        relation=relation,
        from_on=today,
        to_on=None,
        end_reason=None,
        source="said",
        created_at=acting.now,
        created_by=acting.actor.account_id,
    )
    acting.tx.add(fresh)
    await acting.tx.flush()
    thing = (home.regency_code, home.id)
    happened = HouseholdMemberChanged(thing_id=home.id, member_id=fresh.id, person_id=person.id)
    await stored.tell(acting, thing, happened)
    await _two_heads(tools, home, person, relation)
    return home


@dataclass(frozen=True, slots=True)
class Leaving:
    person_id: UUID | None
    reason: str
    on: date | None = None


async def remove_member(tools: Tools, tenant: str, household_id: UUID, leaving: Leaving) -> Household:
    """Let somebody be of a household no longer.

    Raises:
        NotFound, Forbidden: as for `add_member`; or she is not of it.
        Invalid: no such reason, or a day to come.
    """
    acting = tools.acting
    home = await _known(tools, tenant, household_id, Permission.PERSON_WRITE)
    if not acting.known.knows("member_end_reason", leaving.reason):
        raise Invalid(fields=(_unknown("/reason"),))
    _check_day(tools, home, leaving.on)
    person = await _member(tools, home, leaving.person_id)
    for happened, thing in await stored.leave(acting, person, leaving.reason, leaving.on):
        await stored.tell(acting, thing, happened)
    return home


async def change_facts(tools: Tools, tenant: str, household_id: UUID, facts: Mapping[str, Any]) -> Household:
    """Set what is known of a household; null takes a fact away.

    Raises:
        NotFound, Forbidden: as for `add_member`.
        Invalid: no fact of households, or a value of another kind.
    """
    acting = tools.acting
    home = await _known(tools, tenant, household_id, Permission.PERSON_WRITE)
    gone = {name for name, value in facts.items() if value is None}
    read = _read_facts({name: value for name, value in facts.items() if value is not None})
    after = {name: value for name, value in {**home.facts, **read}.items() if name not in gone}
    changed = sorted(name for name in {*home.facts, *after} if home.facts.get(name) != after.get(name))
    if changed:
        home.facts, home.updated_at = after, acting.now
        await acting.tx.flush()
        happened = HouseholdChanged(thing_id=home.id, changed=tuple(changed))
        await stored.tell(acting, (home.regency_code, home.id), happened)
    return home


async def find_household(tools: Tools, tenant: str, household_id: UUID) -> Household:
    """Return a household of the actor's area.

    Raises:
        NotFound, Forbidden: see `add_member`.
    """
    return await _known(tools, tenant, household_id, Permission.PERSON_LOOKUP)


async def _known(tools: Tools, tenant: str, household_id: UUID, permission: Permission) -> Household:
    acting = tools.acting
    home = await stored.household_by_id(acting.tx, tenant, household_id)
    if home is None or not await _is_seen(tools, home):
        raise NotFound(
            id="Keluarga ini tidak ditemukan, atau berada di luar wilayah tugas Anda.",
            en="No such household, or it lives outside your area.",
        )
    acting.actor.require(permission, home.village_code)
    return home


async def _is_seen(tools: Tools, home: Household) -> bool:
    """Whether the actor's area is where it lives, or a case of one of its people is in sight."""
    if tools.acting.actor.has(Permission.CASE_READ, home.village_code):
        return True
    people = await stored.people_of(tools.acting.tx, home)
    for person in people:
        if await case_in_sight(tools.acting.tx, tools.sight, person) is not None:
            return True
    return False


async def _add(tools: Tools, home: Household, member: Member) -> None:
    acting = tools.acting
    _check_relation(tools, member.relation, f"{member.pointer}/relation")
    _check_day(tools, home, member.from_on, f"{member.pointer}/from_on")
    if not acting.known.knows("identity_source", member.source):
        raise Invalid(fields=(_unknown(f"{member.pointer}/source"),))
    person = await _person(tools, home.regency_code, member)
    locked = await lock_both(acting.tx, home.regency_code, [person.id])
    person = locked[person.id]
    await stored.household_by_id(acting.tx, home.regency_code, home.id, for_update=True)
    if person.household_id == home.id and await stored.open_row(acting.tx, person, home.id) is not None:
        raise Conflict("member_already", "Orang ini sudah anggota keluarga ini.", "She is of it already.")
    joining = stored.Joining(member.source, member.relation, member.from_on)
    for happened, thing in await stored.join(acting, person, home, joining):
        await stored.tell(acting, thing, happened)
    await _two_heads(tools, home, person, member.relation)


async def _person(tools: Tools, tenant: str, member: Member) -> Person:
    found = await person_by_id(tools.acting.tx, tenant, member.person_id) if member.person_id else None
    try:
        person, _ = await seen_person(tools.acting, tools.sight, found)
    except (NotFound, Gone) as error:
        raise Invalid(fields=(_unknown(f"{member.pointer}/person"),)) from error
    return person


async def _member(tools: Tools, home: Household, person_id: UUID | None) -> Person:
    locked = await lock_both(tools.acting.tx, home.regency_code, [person_id] if person_id else [])
    person = locked.get(person_id) if person_id else None
    if person is None or person.household_id != home.id:
        raise NotFound(id="Orang ini bukan anggota keluarga ini.", en="She is not of this household.")
    return person


async def _two_heads(tools: Tools, home: Household, person: Person, relation: str | None) -> None:
    """Show a card that two lead: nobody's relation is overwritten."""
    if relation != HEAD:
        return
    tx = tools.acting.tx
    for row, other in await stored.rows_of(tx, home):
        if row.relation == HEAD and row.to_on is None and other.id != person.id:
            said = {"relation": HEAD, "household": str(home.id)}
            match = Match(0, (Reason.KK_SAME,))
            claim = Claim("kk_two_heads", person, said, match, other_id=other.id, household_id=home.id)
            await record_conflict(tools.acting, tools.blind, claim)
            return


def _check_relation(tools: Tools, relation: str | None, pointer: str) -> None:
    if relation is not None and not tools.acting.known.knows("family_relation", relation):
        raise Invalid(fields=(_unknown(pointer),))


def _check_day(tools: Tools, home: Household, day: date | None, pointer: str = "/on") -> None:
    if day is not None and day > tools.acting.today(home.village_code):
        raise Invalid(
            fields=(
                FieldError(pointer, "in_future", "Tanggal itu belum tiba.", "That day is still to come."),
            )
        )


def _read_kk(tools: Tools, text: str | None) -> str | None:
    if text is None:
        return None
    kk = parse_kk(text, knows_region=tools.acting.known.regions.__contains__, pointer="/kk")
    if not isinstance(kk, Kk):
        raise Invalid(fields=(kk,))
    return kk.number


def _read_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    wrong = [
        FieldError(
            f"/facts/{name}",
            "unknown_code",
            "Ini bukan keterangan keluarga; lihat kamus fakta.",
            "This is no fact of a household; see the dictionary.",
        )
        for name in facts
        if name not in FACTS or not name.startswith(_FACTS)
    ]
    if wrong:
        raise Invalid(fields=tuple(wrong))
    return facts_to_json(parse_facts(dict(facts), "/facts"))


def _unknown(pointer: str) -> FieldError:
    return FieldError(
        pointer,
        "unknown",
        "Ini tidak dikenal di kabupaten/kota ini; pilih dari daftar.",
        "This is not known in this regency; choose from the list.",
    )


async def read(acting: Acting, home: Household) -> Shown:
    """Return a household with its people, for showing."""
    kk = None
    if home.kk_sealed is not None:
        key = await data_key(acting.tx, acting.vault, home.regency_code, home.data_key_id)
        kk = acting.vault.open(key, "households", "kk", home.id, home.kk_sealed)
    people = await stored.people_of(acting.tx, home)
    return Shown(home, kk, people, await stored.rows_of(acting.tx, home))
