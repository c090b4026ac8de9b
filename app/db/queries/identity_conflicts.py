"""Claims that clash: recorded beside what is on record, listed for whoever decides."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_, update

from app.db.queries import events
from app.db.queries.acting import Acting
from app.db.queries.arrivals import Digests
from app.db.queries.texts import data_key
from app.db.session import Tx
from app.db.tables.identity import IdentityConflict, PersonIdentifier
from app.db.tables.people import Person
from app.domain.events.people import IdentityConflictFound
from app.domain.matching import Match

_VILLAGE: Final = 3
"""How many dots the code of a village has."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What was claimed against a person on record."""

    kind: str
    person: Person
    said: Mapping[str, Any]
    """Sealed as it is: the number, and the name and birth date that came with it."""
    match: Match
    other_id: UUID | None = None
    household_id: UUID | None = None
    case_id: UUID | None = None


async def record_conflict(acting: Acting, blind: Digests, claim: Claim) -> IdentityConflict:
    """Write the claim down and tell the person's chain; nothing on record changes. One claim is one row."""
    person = claim.person
    text = json.dumps(claim.said, ensure_ascii=False, sort_keys=True)
    digest = blind.digest("claim", f"{claim.kind}|{text}")
    known: IdentityConflict | None = await acting.tx.scalar(
        select(IdentityConflict).where(
            IdentityConflict.regency_code == person.regency_code,
            IdentityConflict.person_id == person.id,
            IdentityConflict.kind == claim.kind,
            IdentityConflict.claim_digest == digest,
        )
    )
    if known is not None:
        return known
    key = await data_key(acting.tx, acting.vault, person.regency_code, person.data_key_id)
    id_ = acting.new_id()
    row = IdentityConflict(
        regency_code=person.regency_code,
        id=id_,
        kind=claim.kind,
        person_id=person.id,
        other_id=claim.other_id,
        household_id=claim.household_id,
        case_id=claim.case_id,
        village_code=person.village_code,
        data_key_id=person.data_key_id,
        claim_sealed=acting.vault.seal(key, "identity_conflicts", "claim", id_, text),
        claim_digest=digest,
        score=claim.match.score,
        reasons=[reason.value for reason in claim.match.reasons],
        state="open",
        decision=None,
        found_at=acting.now,
        found_by=acting.actor.account_id,
        decided_at=None,
        decided_by=None,
    )
    acting.tx.add(row)
    await acting.tx.flush()
    await events.append(
        acting.tx,
        events.OtherStream(person.regency_code, person.id, "person"),
        [IdentityConflictFound(thing_id=person.id, conflict_id=id_, kind=claim.kind)],
        actor=acting.actor,
        now=acting.now,
        cause_id=acting.cause_id,
    )
    return row


async def claim_of(acting: Acting, row: IdentityConflict) -> dict[str, Any]:
    """Open what was claimed.

    Raises:
        Conflict: the person was erased.
    """
    key = await data_key(acting.tx, acting.vault, row.regency_code, row.data_key_id)
    text = acting.vault.open(key, "identity_conflicts", "claim", row.id, row.claim_sealed)
    found: dict[str, Any] = json.loads(text)
    return found


@dataclass(frozen=True, slots=True)
class Wanted:
    areas: Sequence[str]
    """The regions whose people may be seen: regencies, districts or villages."""
    state: str = "open"
    kind: str | None = None
    person_id: UUID | None = None


async def listed(
    tx: Tx, wanted: Wanted, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[IdentityConflict]:
    """The oldest first."""
    statement = select(IdentityConflict).where(*_where(wanted))
    if after is not None:
        statement = statement.where(tuple_(IdentityConflict.found_at, IdentityConflict.id) > after)
    order = (IdentityConflict.found_at, IdentityConflict.id)
    return (await tx.scalars(statement.order_by(*order).limit(limit))).all()


async def counted(tx: Tx, wanted: Wanted) -> int:
    statement = select(func.count()).select_from(IdentityConflict).where(*_where(wanted))
    return await tx.scalar(statement) or 0


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    table = IdentityConflict
    clauses: list[ColumnElement[bool]] = [
        or_(
            *(
                and_(table.regency_code == area[:5], lies_in(table.village_code.expression, area))
                for area in wanted.areas
            )
        ),
        table.state == wanted.state,
    ]
    if wanted.kind is not None:
        clauses.append(table.kind == wanted.kind)
    if wanted.person_id is not None:
        clauses.append(or_(table.person_id == wanted.person_id, table.other_id == wanted.person_id))
    return clauses


def lies_in(village: ColumnElement[str], area: str) -> ColumnElement[bool]:
    """Return the clause that a village is *area* or lies in it; one that its index can follow."""
    if area.count(".") == _VILLAGE:
        return village == area
    return and_(village >= f"{area}.", village < f"{area}/")


async def by_id(tx: Tx, regency: str, conflict_id: UUID) -> IdentityConflict | None:
    found: IdentityConflict | None = await tx.scalar(
        select(IdentityConflict).where(
            IdentityConflict.regency_code == regency, IdentityConflict.id == conflict_id
        )
    )
    return found


async def people_of(tx: Tx, row: IdentityConflict) -> dict[UUID, Person]:
    """Return the persons who stand in a claim."""
    ids = [one for one in (row.person_id, row.other_id) if one is not None]
    rows = await tx.scalars(select(Person).where(Person.regency_code == row.regency_code, Person.id.in_(ids)))
    return {person.id: person for person in rows}


async def end_numbers(acting: Acting, person: Person, digests: Sequence[bytes]) -> None:
    """Let a number that turned out to be somebody else's count no longer in her history."""
    await acting.tx.execute(
        update(PersonIdentifier)
        .where(
            PersonIdentifier.regency_code == person.regency_code,
            PersonIdentifier.person_id == person.id,
            PersonIdentifier.digest.in_(digests),
            PersonIdentifier.ended_at.is_(None),
        )
        .values(ended_at=acting.now, ended_by=acting.actor.account_id)
    )


async def locked(tx: Tx, regency: str, conflict_id: UUID) -> IdentityConflict | None:
    found: IdentityConflict | None = await tx.scalar(
        select(IdentityConflict)
        .where(IdentityConflict.regency_code == regency, IdentityConflict.id == conflict_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


async def of_person(tx: Tx, person: Person) -> Sequence[IdentityConflict]:
    """All claims that a person stands in, the latest first."""
    table = IdentityConflict
    statement = select(table).where(
        table.regency_code == person.regency_code,
        or_(table.person_id == person.id, table.other_id == person.id),
    )
    return (await tx.scalars(statement.order_by(table.found_at.desc(), table.id))).all()
