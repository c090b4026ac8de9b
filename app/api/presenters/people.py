"""Persons, masked, with what hangs on them."""

from app.api.presenters.words import all_coded, coded, coded_or_none, person_brief
from app.api.reading import Reading
from app.api.schemas.cases import DuplicateHint
from app.api.schemas.people import (
    CandidateOut,
    ConflictBrief,
    IdentifierOut,
    MembershipOut,
    MergeBrief,
    PersonFound,
)
from app.db.tables.cases import Case
from app.db.tables.identity import HouseholdMember, IdentityConflict, PersonIdentifier, PersonMerge
from app.db.tables.people import Person
from app.domain.duplicates import Reason, score
from app.domain.ids import public_id
from app.services.people import Candidate

MASK = "********"


def person_found(reading: Reading, person: Person) -> PersonFound:
    brief = person_brief(
        person.regency_code, person.id, person.name, person.nik_last4, person.born_on, person.sex
    )
    return PersonFound(
        **dict(brief),
        village=person.village_code,
        village_name=reading.known.region_name(person.village_code),
        provisional=person.provisional,
    )


def case_hint(reading: Reading, case: Case) -> DuplicateHint:
    desk = reading.known.desk_of(case.village_code) if case.holder == "desk" else None
    holder = desk.name if desk else reading.known.settings[case.regency_code].secretariat
    return DuplicateHint(
        ticket=case.ticket,
        opened_at=case.opened_at,
        holder=holder,
        reasons=all_coded(reading.known, "duplicate_reason", [Reason.SAME_PERSON], reading.lang),
        score=score(frozenset({Reason.SAME_PERSON})),
    )


def candidate_out(reading: Reading, candidate: Candidate) -> CandidateOut:
    match = candidate.match
    return CandidateOut(
        person=person_found(reading, candidate.person),
        score=match.score,
        reasons=all_coded(reading.known, "match_reason", match.reasons, reading.lang),
        strong=candidate.is_strong,
    )


def identifier_out(reading: Reading, row: PersonIdentifier) -> IdentifierOut:
    known, lang = reading.known, reading.lang
    return IdentifierOut(
        id=public_id(row.regency_code, row.id),
        kind=coded(known, "identifier_kind", row.kind, lang),
        number=MASK + row.last4,
        source=coded(known, "identity_source", row.source, lang),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        ended_at=row.ended_at,
    )


def membership_out(reading: Reading, row: HouseholdMember) -> MembershipOut:
    known, lang = reading.known, reading.lang
    return MembershipOut(
        household=public_id(row.regency_code, row.household_id),
        relation=coded_or_none(known, "family_relation", row.relation, lang),
        from_on=row.from_on,
        to_on=row.to_on,
        end_reason=coded_or_none(known, "member_end_reason", row.end_reason, lang),
    )


def conflict_brief(reading: Reading, row: IdentityConflict) -> ConflictBrief:
    return ConflictBrief(
        id=public_id(row.regency_code, row.id),
        kind=coded(reading.known, "identity_conflict", row.kind, reading.lang),
        state="open" if row.state == "open" else "decided",
        found_at=row.found_at,
    )


def merge_brief(reading: Reading, row: PersonMerge) -> MergeBrief:
    reasons = "merge_reason" if row.kind == "merge" else "split_reason"
    return MergeBrief(
        id=public_id(row.regency_code, row.id),
        kind="merge" if row.kind == "merge" else "split",
        kept=public_id(row.regency_code, row.person_id),
        other=public_id(row.regency_code, row.other_id),
        reason=coded(reading.known, reasons, row.reason, reading.lang),
        at=row.at,
        undone_at=row.undone_at,
    )
