"""Records that may be the person who is asked for: each way to ask is one index, and each is bounded."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, tuple_

from app.db.session import Tx
from app.db.tables.identity import PersonIdentifier
from app.db.tables.people import Household, Person

MOST: Final = 300
"""Records that one way gives at most; who is looked for among more must be described better."""


async def by_nik(tx: Tx, regency: str, digests: Collection[bytes]) -> Sequence[Person]:
    """By the present NIK, and by earlier ones."""
    now = await by_present_nik(tx, regency, digests)
    return [*now, *await by_identifier(tx, regency, "NIK", digests)]


async def by_present_nik(tx: Tx, regency: str, digests: Collection[bytes]) -> Sequence[Person]:
    return await _persons(tx, regency, Person.nik_digest.in_(digests))


async def by_identifier(tx: Tx, regency: str, kind: str, digests: Collection[bytes]) -> Sequence[Person]:
    owners = select(PersonIdentifier.person_id).where(
        PersonIdentifier.regency_code == regency,
        PersonIdentifier.kind == kind,
        PersonIdentifier.digest.in_(digests),
        PersonIdentifier.ended_at.is_(None),
    )
    ids = (await tx.scalars(owners.limit(MOST))).all()
    return await _persons(tx, regency, Person.id.in_(ids)) if ids else []


async def by_kk(tx: Tx, regency: str, digests: Collection[bytes]) -> Sequence[Person]:
    """Who said this family card, and who is of its household."""
    home: UUID | None = await tx.scalar(
        select(Household.id).where(Household.regency_code == regency, Household.kk_digest.in_(digests))
    )
    said = await _persons(tx, regency, Person.kk_digest.in_(digests))
    return [*said, *(await _persons(tx, regency, Person.household_id == home) if home else [])]


async def by_name(
    tx: Tx, regency: str, villages: Collection[str], name_keys: Collection[str]
) -> Sequence[Person]:
    """Those of a village with one of these names."""
    return await _persons(tx, regency, Person.village_code.in_(villages) & Person.name_key.in_(name_keys))


async def by_beginning(
    tx: Tx, regency: str, villages: Collection[str], beginnings: Collection[str]
) -> Sequence[Person]:
    """Those of a village whose name begins as one of the words does."""
    begins = or_(*(Person.name_key.startswith(text, autoescape=True) for text in beginnings))
    return await _persons(tx, regency, Person.village_code.in_(villages) & begins)


async def by_birth(
    tx: Tx, regency: str, villages: Collection[str], days: Collection[date]
) -> Sequence[Person]:
    return await _persons(tx, regency, Person.born_on.in_(days) & Person.village_code.in_(villages))


async def by_name_and_birth(
    tx: Tx, regency: str, name_keys: Collection[str], days: Collection[date]
) -> Sequence[Person]:
    """Of the whole regency: she may have moved."""
    both = [(name, day) for name in name_keys for day in days]
    return await _persons(tx, regency, tuple_(Person.name_key, Person.born_on).in_(both))


async def _persons(tx: Tx, regency: str, clause: ColumnElement[bool]) -> Sequence[Person]:
    statement = select(Person).where(Person.regency_code == regency, clause)
    return (await tx.scalars(statement.limit(MOST))).all()
