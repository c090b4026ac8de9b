"""Partners of the DCI interface, their messages, and what the registry says of a number they bring."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from app.db.session import Tx
from app.db.tables.access import Client
from app.db.tables.dci import DciMessage, DciPartner
from app.db.tables.people import Household, Person, RegistryEntry
from app.domain.dci import MessageState


class Asking(NamedTuple):
    """A client with what it may."""

    client: Client
    partner: DciPartner


async def find_partner(
    tx: Tx, regency: str, client_row_id: UUID, *, for_update: bool = False
) -> DciPartner | None:
    statement = select(DciPartner).where(
        DciPartner.regency_code == regency, DciPartner.client_row_id == client_row_id
    )
    if for_update:
        statement = statement.with_for_update()
    found: DciPartner | None = await tx.scalar(statement)
    return found


async def asking(tx: Tx, regency: str, account_id: UUID) -> Asking | None:
    """Return the active client and partner that an account stands for."""
    row = (
        await tx.execute(
            select(Client, DciPartner)
            .join(
                DciPartner,
                (DciPartner.regency_code == Client.regency_code) & (DciPartner.client_row_id == Client.id),
            )
            .where(
                Client.regency_code == regency,
                Client.account_id == account_id,
                Client.active,
                DciPartner.active,
            )
        )
    ).one_or_none()
    return None if row is None else Asking(row[0], row[1])


async def add(tx: Tx, row: DciPartner) -> None:
    tx.add(row)
    await tx.flush()


# Messages -------------------------------------------------------------------------------------------------


class NewMessage(NamedTuple):
    regency_code: str
    id: UUID
    client_row_id: UUID
    account_id: UUID
    message_digest: bytes
    transaction_digest: bytes
    action: str
    taken_at: datetime


async def take(tx: Tx, new: NewMessage) -> bool:
    """Store a message; False where one of that id was taken from this client before, whoever comes first."""
    made = await tx.scalar(
        insert(DciMessage)
        .values(
            **new._asdict(),
            items=[],
            state=MessageState.ANSWERED.value,
            body_boxed=None,
            due_at=None,
            claimed_until=None,
            attempts=0,
            http_status=None,
            problem=None,
            ended_at=new.taken_at,
        )
        .on_conflict_do_nothing(index_elements=["regency_code", "client_row_id", "message_digest"])
        .returning(DciMessage.id)
    )
    return made is not None


async def note_items(tx: Tx, regency: str, message_id: UUID, items: Sequence[dict[str, Any]]) -> None:
    """Keep what a message asked for: purposes, bases and statuses, in its order."""
    await tx.execute(
        update(DciMessage)
        .where(DciMessage.regency_code == regency, DciMessage.id == message_id)
        .values(items=list(items))
    )


async def drop_old(tx: Tx, regency: str, before: datetime, limit: int) -> int:
    """Delete messages that ended and were taken before; return how many."""
    chosen = (
        select(DciMessage.id)
        .where(
            DciMessage.regency_code == regency,
            DciMessage.taken_at < before,
            DciMessage.ended_at.is_not(None),
        )
        .limit(limit)
    )
    gone = await tx.scalars(
        delete(DciMessage)
        .where(DciMessage.regency_code == regency, DciMessage.id.in_(chosen))
        .returning(DciMessage.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


# What is known --------------------------------------------------------------------------------------------

_ENTRY = (
    RegistryEntry.regency_code.label("regency"),
    RegistryEntry.village_code.label("village"),
    RegistryEntry.source,
    RegistryEntry.period,
    RegistryEntry.status,
    RegistryEntry.desil,
    RegistryEntry.programs,
    RegistryEntry.born_on,
    RegistryEntry.nik_digest,
    RegistryEntry.kk_digest,
)


async def entries_of(tx: Tx, digests: Collection[bytes]) -> list[dict[str, Any]]:
    """Return every entry of these NIKs, in every regency and period."""
    rows = await tx.execute(select(*_ENTRY).where(RegistryEntry.nik_digest.in_(list(digests))))
    return [dict(row) for row in rows.mappings()]


async def niks_of_family(tx: Tx, regencies: Collection[str], digests: Collection[bytes]) -> set[bytes]:
    """Return the NIKs that any list of these regencies names under a KK."""
    found = await tx.scalars(
        select(RegistryEntry.nik_digest)
        .where(
            RegistryEntry.regency_code.in_(list(regencies)),
            RegistryEntry.kk_digest.in_(list(digests)),
            RegistryEntry.nik_digest.is_not(None),
        )
        .distinct()
    )
    return {one for one in found if one is not None}


async def persons_of(tx: Tx, digests: Collection[bytes]) -> Sequence[Person]:
    """Return whoever is on record under these NIKs, in every regency."""
    found = await tx.scalars(
        select(Person).where(Person.nik_digest.in_(list(digests))).order_by(Person.regency_code, Person.id)
    )
    return found.all()


async def household_of(tx: Tx, regency: str, digests: Collection[bytes]) -> UUID | None:
    found: UUID | None = await tx.scalar(
        select(Household.id)
        .where(Household.regency_code == regency, Household.kk_digest.in_(list(digests)))
        .limit(1)
    )
    return found
