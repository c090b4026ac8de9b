"""Who is on record, what the registry says of her, and what she holds: the search before a case is opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from app.db.queries.cases import AT_REST
from app.db.queries.scope import Sight, sees_case
from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.people import Person
from app.db.tables.referrals import AssistanceLine
from app.domain.codes import Confidentiality, LedgerState


@dataclass(frozen=True, slots=True)
class Wanted:
    """One way to ask: digests of a NIK or KK under every live key, or a name's key with the birth date."""

    nik: Sequence[bytes] = ()
    kk: Sequence[bytes] = ()
    name_key: str | None = None
    born_on: date | None = None


async def find_people(tx: Tx, regency_code: str, wanted: Wanted, limit: int = 20) -> Sequence[Person]:
    """Return the persons on record in one regency, by name."""
    clause: ColumnElement[bool]
    if wanted.nik:
        clause = Person.nik_digest.in_(wanted.nik)
    elif wanted.kk:
        clause = Person.kk_digest.in_(wanted.kk)
    else:
        clause = and_(Person.name_key == wanted.name_key, Person.born_on == wanted.born_on)
    statement = select(Person).where(Person.regency_code == regency_code, clause)
    rows = (await tx.scalars(statement.order_by(Person.name_key, Person.id).limit(limit))).all()
    return await led_on(tx, rows)


async def led_on(tx: Tx, rows: Sequence[Person]) -> list[Person]:
    """Put in place of each record that was merged the one that it was merged into, once."""
    found: dict[UUID, Person] = {}
    for row in rows:
        person = row
        while person.merged_into is not None:
            kept = await person_by_id(tx, person.regency_code, person.merged_into)
            if kept is None:
                break
            person = kept
        found.setdefault(person.id, person)
    return list(found.values())


async def aid_held(tx: Tx, digests: Sequence[bytes]) -> set[tuple[str, str]]:
    """Return programme and state of the planned and given lines of a NIK, in every regency."""
    rows = await tx.execute(
        select(AssistanceLine.program_code, AssistanceLine.state).where(
            AssistanceLine.nik_digest.in_(digests),
            AssistanceLine.state.in_((LedgerState.PLANNED.value, LedgerState.GIVEN.value)),
        )
    )
    return {(code, state) for code, state in rows}


async def open_cases(
    tx: Tx, sight: Sight, regency_code: str, people: Sequence[UUID], limit: int = 20
) -> Sequence[Case]:
    """Return open cases that may be hinted at: ordinary ones of the regency, others only in sight."""
    statement = select(Case).where(
        Case.regency_code == regency_code,
        Case.person_id.in_(people),
        Case.status.notin_(AT_REST),
        or_(Case.confidentiality == Confidentiality.BIASA.value, sees_case(sight)),
    )
    return (await tx.scalars(statement.order_by(Case.opened_at.desc()).limit(limit))).all()


async def person_by_id(
    tx: Tx, regency_code: str, person_id: UUID, *, for_update: bool = False
) -> Person | None:
    statement = select(Person).where(Person.regency_code == regency_code, Person.id == person_id)
    found: Person | None = await tx.scalar(statement.with_for_update() if for_update else statement)
    return found


async def case_in_sight(tx: Tx, sight: Sight, person: Person) -> Case | None:
    """Return the newest case of hers that the actor may see."""
    statement = select(Case).where(
        Case.regency_code == person.regency_code, Case.person_id == person.id, sees_case(sight)
    )
    found: Case | None = await tx.scalar(statement.order_by(Case.opened_at.desc(), Case.id.desc()).limit(1))
    return found
