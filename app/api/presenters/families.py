"""Households, their card masked."""

from datetime import date

from app.api.presenters.people import person_found
from app.api.presenters.words import coded_or_none, masked
from app.api.reading import Reading
from app.api.schemas.families import FamilyBrief, FamilyOut, MemberOut
from app.db.tables.identity import HouseholdMember
from app.db.tables.people import Household, Person
from app.domain.ids import public_id
from app.services.families import Shown


def family_brief(reading: Reading, home: Household, members: int) -> FamilyBrief:
    return FamilyBrief(
        id=public_id(home.regency_code, home.id),
        village=home.village_code,
        village_name=reading.known.region_name(home.village_code),
        members=members,
        created_at=home.created_at,
    )


def family_out(reading: Reading, shown: Shown) -> FamilyOut:
    home = shown.home
    present = {row.person_id: row for row, _ in shown.rows if row.to_on is None}
    former = [(row, person) for row, person in shown.rows if row.to_on is not None]
    former.sort(key=lambda one: (one[0].to_on or date.max, one[0].id), reverse=True)
    return FamilyOut(
        id=public_id(home.regency_code, home.id),
        kk=masked(shown.kk),
        village=home.village_code,
        village_name=reading.known.region_name(home.village_code),
        facts=home.facts,
        members=[_member(reading, person, present.get(person.id)) for person in shown.people],
        former=[_member(reading, person, row) for row, person in former],
        created_at=home.created_at,
    )


def _member(reading: Reading, person: Person, row: HouseholdMember | None) -> MemberOut:
    known, lang = reading.known, reading.lang
    return MemberOut(
        person=person_found(reading, person),
        relation=coded_or_none(known, "family_relation", row.relation if row else None, lang),
        from_on=row.from_on if row else None,
        to_on=row.to_on if row else None,
        end_reason=coded_or_none(known, "member_end_reason", row.end_reason if row else None, lang),
    )
