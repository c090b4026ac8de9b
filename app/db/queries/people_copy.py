"""What is held of a person, table by table, for her own copy."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from app.db.queries.scope import Sight, sees_case
from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.hands import Visit
from app.db.tables.identity import HouseholdMember, PersonIdentifier
from app.db.tables.messages import Message
from app.db.tables.people import Person, RegistryEntry
from app.db.tables.referrals import AssistanceLine, Referral
from app.db.tables.rights import DataRequest


@dataclass(frozen=True, slots=True)
class Plain:
    """What stands unsealed, as records; and the rows of identifiers, to be opened."""

    identifiers: Sequence[PersonIdentifier]
    referrals: Sequence[dict[str, Any]]
    assistance: Sequence[dict[str, Any]]
    registry: Sequence[dict[str, Any]]
    visits: Sequence[dict[str, Any]]
    households: Sequence[dict[str, Any]]
    messages: Sequence[dict[str, Any]]
    requests: Sequence[dict[str, Any]]


async def records_of(tx: Tx, person: Person) -> list[Person]:
    """Return her record and those that were merged into it."""
    statement = select(Person).where(
        Person.regency_code == person.regency_code,
        or_(Person.id == person.id, Person.merged_into == person.id),
    )
    return list(await tx.scalars(statement.order_by(Person.created_at, Person.id)))


async def cases_of(tx: Tx, sight: Sight, people: Sequence[Person]) -> list[Case]:
    """Return her cases that the actor may see."""
    statement = select(Case).where(
        Case.regency_code == people[0].regency_code,
        Case.person_id.in_([one.id for one in people]),
        sees_case(sight),
    )
    return list(await tx.scalars(statement.order_by(Case.opened_at, Case.id)))


async def plain_of(tx: Tx, people: Sequence[Person], cases: Sequence[Case]) -> Plain:
    regency, ids = people[0].regency_code, [one.id for one in people]
    of_cases = [one.id for one in cases]
    numbers = [one.nik_digest for one in people if one.nik_digest]

    async def records(table: Any, where: Any, *names: str) -> list[dict[str, Any]]:
        columns = [getattr(table, name) for name in names]
        found = await tx.execute(
            select(*columns).where(table.regency_code == regency, where).order_by(table.id)
        )
        return [dict(row) for row in found.mappings()]

    own = select(PersonIdentifier).where(
        PersonIdentifier.regency_code == regency, PersonIdentifier.person_id.in_(ids)
    )
    return Plain(
        identifiers=(await tx.scalars(own.order_by(PersonIdentifier.created_at))).all(),
        referrals=await records(
            Referral,
            Referral.case_id.in_(of_cases),
            *(
                "program_code",
                "agency_code",
                "purpose",
                "status",
                "disclosed",
                "sent_at",
                "ended_at",
                "reason",
            ),
        ),
        # What comes from a case that is not to be seen here is left out as well.
        assistance=await records(
            AssistanceLine,
            AssistanceLine.person_id.in_(ids)
            & or_(AssistanceLine.case_id.is_(None), AssistanceLine.case_id.in_(of_cases)),
            *("program_code", "component", "state", "amount_idr", "goods", "period", "given_on"),
        ),
        registry=await records(
            RegistryEntry,
            RegistryEntry.nik_digest.in_(numbers),
            *("source", "period", "status", "desil", "programs", "village_code"),
        ),
        visits=await records(Visit, Visit.case_id.in_(of_cases), "purpose", "state", "done_at", "verdict"),
        households=await records(
            HouseholdMember,
            HouseholdMember.person_id.in_(ids),
            *("relation", "from_on", "to_on", "end_reason", "source"),
        ),
        messages=await records(
            Message, Message.case_id.in_(of_cases), "event", "channel", "state", "created_at"
        ),
        requests=await records(
            DataRequest, DataRequest.person_id.in_(ids), "kind", "state", "taken_at", "due_at", "decided_at"
        ),
    )
