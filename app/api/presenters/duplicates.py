"""Likely duplicates as the secretariat reads them: whom each case is for, side by side, and why they meet."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from app.api.presenters.cases import person_out
from app.api.presenters.words import all_coded, coded
from app.api.reading import Reading
from app.api.schemas.cases import SubjectOut
from app.api.schemas.duplicates import DuplicateCaseOut, DuplicateGroupOut, DuplicatePairOut
from app.db.queries.cases import persons_of
from app.db.queries.duplicates import Group, cases_by_id
from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.people import Person
from app.domain.codes import Holder, SubjectKind

People = Mapping[tuple[str, UUID], Person]


async def groups_out(tx: Tx, reading: Reading, groups: Sequence[Group]) -> list[DuplicateGroupOut]:
    found: dict[UUID, Case] = {}
    by_tenant: dict[str, list[UUID]] = {}
    for group in groups:
        for member in group.members:
            by_tenant.setdefault(member.regency_code, []).append(member.id)
    for tenant, ids in by_tenant.items():
        found |= {case.id: case for case in await cases_by_id(tx, tenant, ids)}
    people = await persons_of(tx, list(found.values()))
    return [_group(reading, group, found, people) for group in groups]


async def cases_out(tx: Tx, reading: Reading, cases: Sequence[Case]) -> list[DuplicateCaseOut]:
    people = await persons_of(tx, cases)
    return [_case(reading, case, people) for case in cases]


def _group(reading: Reading, group: Group, found: Mapping[UUID, Case], people: People) -> DuplicateGroupOut:
    return DuplicateGroupOut(
        ticket=group.ticket,
        since=group.since,
        score=group.score,
        cases=[_case(reading, found[member.id], people) for member in group.members],
        pairs=[
            DuplicatePairOut(
                tickets=[pair.one.ticket, pair.other.ticket],
                score=pair.score,
                reasons=all_coded(reading.known, "duplicate_reason", pair.reasons, reading.lang),
                at=pair.at,
            )
            for pair in group.pairs
        ],
    )


def _case(reading: Reading, case: Case, people: People) -> DuplicateCaseOut:
    known, lang = reading.known, reading.lang
    person = people.get((case.regency_code, case.person_id)) if case.person_id else None
    return DuplicateCaseOut(
        ticket=case.ticket,
        status=coded(known, "case_status", case.status, lang),
        category=coded(known, "case_category", case.category, lang),
        program=case.program_code,
        confidentiality=coded(known, "confidentiality", case.confidentiality, lang),
        holder=Holder(case.holder),
        village=case.village_code,
        village_name=known.regions.get(case.village_code, case.village_code),
        subject=SubjectOut(
            kind=SubjectKind(case.subject_kind), person=None if person is None else person_out(person)
        ),
        opened_at=case.opened_at,
    )
