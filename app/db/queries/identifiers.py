"""The further numbers of a person."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select

from app.db.session import Tx
from app.db.tables.identity import PersonIdentifier
from app.db.tables.people import Person


async def of_people(tx: Tx, regency: str, ids: Collection[UUID]) -> Sequence[PersonIdentifier]:
    """Return the numbers of some people, the latest first; those that were ended as well."""
    statement = select(PersonIdentifier).where(
        PersonIdentifier.regency_code == regency, PersonIdentifier.person_id.in_(ids)
    )
    order = (PersonIdentifier.created_at.desc(), PersonIdentifier.id.desc())
    return (await tx.scalars(statement.order_by(*order))).all()


async def locked(tx: Tx, regency: str, person_id: UUID, identifier_id: UUID) -> PersonIdentifier | None:
    found: PersonIdentifier | None = await tx.scalar(
        select(PersonIdentifier)
        .where(
            PersonIdentifier.regency_code == regency,
            PersonIdentifier.person_id == person_id,
            PersonIdentifier.id == identifier_id,
        )
        .with_for_update()
    )
    return found


async def live_number(
    tx: Tx, person: Person, kind: str, digests: Collection[bytes]
) -> PersonIdentifier | None:
    """Return the row of a number of hers that was not ended."""
    found: PersonIdentifier | None = await tx.scalar(
        select(PersonIdentifier).where(
            PersonIdentifier.regency_code == person.regency_code,
            PersonIdentifier.person_id == person.id,
            PersonIdentifier.kind == kind,
            PersonIdentifier.digest.in_(digests),
            PersonIdentifier.ended_at.is_(None),
        )
    )
    return found
