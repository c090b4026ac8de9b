"""A person is put on record, once: whoever may be her is shown before, and named by whoever insists."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.db.queries import events
from app.db.queries.identity_conflicts import Claim, record_conflict
from app.db.queries.person_rows import Described, add_person
from app.db.tables.identity import IdentityConflict
from app.db.tables.people import Person
from app.domain.access import Permission
from app.domain.errors import Conflict, FieldError, Invalid
from app.domain.events.others import PersonRegistered
from app.domain.identity import Phone, parse_phone
from app.domain.ids import public_id, tenant_of
from app.domain.matching import Reason
from app.services.people.candidates import Candidate, Typed, find_candidates, read_sought
from app.services.people.tools import Tools


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person as a desk describes her, with those named who are said to be others."""

    name: str
    village: str
    nik: str | None = None
    kk: str | None = None
    born_on: date | None = None
    sex: str | None = None
    phone: str | None = None
    address: str | None = None
    in_spite_of: Collection[UUID] = ()


@dataclass(frozen=True, slots=True)
class Registered:
    person: Person
    conflict: IdentityConflict | None = None
    """Her NIK is on record for somebody else: she stays without one until a person has decided."""


async def register_person(tools: Tools, new: NewPerson) -> Registered:
    """Put a person on record.

    Raises:
        Forbidden: the actor may not record people in that village.
        Invalid: a village, number or birth date that cannot be.
        Conflict: somebody on record may be her, and was not named; ``data`` says who and why.
    """
    acting = tools.acting
    if new.village not in acting.known.regions or new.village.count(".") != 3:  # noqa: PLR2004 - depth of a village
        raise Invalid(fields=(_unknown_village(),))
    acting.actor.require(Permission.PERSON_WRITE, new.village)
    regency, today = tenant_of(new.village), acting.today(new.village)
    typed = Typed(new.nik, new.kk, new.name, new.village, new.born_on, new.sex)
    sought = read_sought(acting.known, typed, regency, today)
    phone = _phone(new)
    _check_birth(new, today)
    found = await find_candidates(tools, sought)
    _require_named(found, new.in_spite_of)
    owner = next((one for one in found if Reason.NIK_SAME in one.match.reasons), None)
    described = Described(
        regency=regency,
        village=new.village,
        name=new.name,
        nik=None if owner else sought.nik,
        kk=sought.kk,
        phone=phone.e164 if phone else None,
        address=new.address,
        born_on=new.born_on,
        sex=new.sex,
        alone=bool(found) or new.born_on is None,
    )
    person = await add_person(acting, tools.keys, tools.blind, described)
    if person is None:
        # Another desk recorded her since we looked.
        raise _may_be([one for one in await find_candidates(tools, sought) if one.is_strong])
    happened = PersonRegistered(thing_id=person.id, provisional=person.provisional)
    await tell_registered(tools, happened, regency)
    if owner is None or sought.nik is None:
        return Registered(person)
    claim = Claim(
        "nik_other_person",
        owner.person,
        {"nik": sought.nik, "name": new.name, "born_on": new.born_on.isoformat() if new.born_on else None},
        owner.match,
        other_id=person.id,
    )
    return Registered(person, await record_conflict(acting, tools.blind, claim))


def _require_named(found: Sequence[Candidate], named: Collection[UUID]) -> None:
    unnamed = [one for one in found if one.is_strong or Reason.NIK_SAME in one.match.reasons]
    if any(one.person.id not in named for one in unnamed):
        raise _may_be(unnamed)


def _may_be(found: Sequence[Candidate]) -> Conflict:
    return Conflict(
        "may_be_on_record",
        "Mungkin orang ini sudah tercatat. Pakai data yang ada, atau sebutkan semuanya di in_spite_of.",
        "This person may be on record. Use that record, or name each of them in in_spite_of.",
        {
            "candidates": [
                {
                    "id": public_id(one.person.regency_code, one.person.id),
                    "score": one.match.score,
                    "reasons": [reason.value for reason in one.match.reasons],
                }
                for one in found
            ]
        },
    )


def _phone(new: NewPerson) -> Phone | None:
    found = parse_phone(new.phone, pointer="/phone") if new.phone else None
    if isinstance(found, FieldError):
        raise Invalid(fields=(found,))
    return found


def _check_birth(new: NewPerson, today: date) -> None:
    if new.born_on is not None and new.born_on > today:
        raise Invalid(
            fields=(
                FieldError("/born_on", "in_future", "Tanggal itu belum tiba.", "That day is still to come."),
            )
        )


def _unknown_village() -> FieldError:
    return FieldError(
        "/village",
        "unknown_code",
        "Kode desa/kelurahan ini tidak ada. Cari di /v1/regions.",
        "There is no village with this code. Look in /v1/regions.",
    )


async def tell_registered(tools: Tools, happened: PersonRegistered, regency: str) -> None:
    acting = tools.acting
    await events.append(
        acting.tx,
        events.OtherStream(regency, happened.thing_id, "person"),
        [happened],
        actor=acting.actor,
        now=acting.now,
        cause_id=acting.cause_id,
    )
