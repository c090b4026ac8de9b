"""A person's household, read for showing it."""

from sqlalchemy import select

from app.db.session import Tx
from app.db.tables.people import Household, Person


async def household_of_person(tx: Tx, person: Person) -> Household | None:
    if person.household_id is None:
        return None
    found: Household | None = await tx.scalar(
        select(Household).where(
            Household.regency_code == person.regency_code, Household.id == person.household_id
        )
    )
    return found
