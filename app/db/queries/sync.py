"""What devices did offline: which operation was done to which case, and when."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.db.queries.acting import Acting
from app.db.queries.scope import Sight, sees_case
from app.db.session import Raw, Tx
from app.db.tables.cases import Case
from app.db.tables.people import Household, Person
from app.db.tables.sync import SyncOperation

OPEN_CASE: Final = "open_case"
_ADD: Final = """
INSERT INTO sync_operations
  (regency_code, account_id, operation, kind, device_id, case_id, ticket, made_id, said_at, done_at,
   arrived_at)
SELECT $1::text, $2::uuid, o.operation, 'open_case', $3::uuid, o.case_id, o.ticket, NULL, o.said_at,
       o.done_at, $4::timestamptz
FROM unnest($5::text[], $6::uuid[], $7::text[], $8::timestamptz[], $9::timestamptz[])
  AS o(operation, case_id, ticket, said_at, done_at)
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Done:
    """An operation that was done, here or by a device of the same account before."""

    kind: str
    ticket: str
    """On which later operations go on: of a void duplicate, that of the case that stands."""
    made_id: UUID | None


@dataclass(frozen=True, slots=True)
class Told:
    """When an operation was done, as the device says and as we take it."""

    said_at: datetime
    done_at: datetime


async def done_before(
    tx: Tx, tenants: Collection[str], account_id: UUID, operations: Collection[str]
) -> Mapping[str, Done]:
    """Return which of *operations* were done, in whichever batch."""
    if not operations:
        return {}
    rows = await tx.execute(
        select(
            SyncOperation.operation, SyncOperation.kind, SyncOperation.ticket, SyncOperation.made_id
        ).where(
            SyncOperation.regency_code.in_(sorted(tenants)),
            SyncOperation.account_id == account_id,
            SyncOperation.operation.in_(sorted(operations)),
        )
    )
    return {row.operation: Done(row.kind, row.ticket, row.made_id) for row in rows}


@dataclass(frozen=True, slots=True)
class Log:
    """Whose operations are written down, and of which device."""

    account_id: UUID
    device_id: UUID
    now: datetime


@dataclass(frozen=True, slots=True)
class Deed:
    """One operation that was done."""

    operation: str
    kind: str
    tenant: str
    case_id: UUID
    ticket: str
    told: Told
    made_id: UUID | None = None


async def add_done(tx: Tx, log: Log, deed: Deed) -> None:
    """Write it down, unless it was written before: the single route does not do so."""
    values = {
        "regency_code": deed.tenant,
        "account_id": log.account_id,
        "operation": deed.operation,
        "kind": deed.kind,
        "device_id": log.device_id,
        "case_id": deed.case_id,
        "ticket": deed.ticket,
        "made_id": deed.made_id,
        "said_at": deed.told.said_at,
        "done_at": deed.told.done_at,
        "arrived_at": log.now,
    }
    await tx.execute(insert(SyncOperation).values(values).on_conflict_do_nothing())


async def add_opened(raw: Raw, tenant: str, log: Log, deeds: Sequence[Deed]) -> None:
    """Write down openings of one tenant in the transaction that made them."""
    await raw.execute(
        _ADD,
        tenant,
        log.account_id,
        log.device_id,
        log.now,
        [one.operation for one in deeds],
        [one.case_id for one in deeds],
        [one.ticket for one in deeds],
        [one.told.said_at for one in deeds],
        [one.told.done_at for one in deeds],
    )


async def brought_at(acting: Acting, case: Case) -> datetime:
    """Return when the case began for its desk: what was done offline may lie before it came here."""
    if acting.done_from is None:
        return case.opened_at
    earliest = func.least(SyncOperation.said_at, SyncOperation.done_at)
    said: datetime | None = await acting.tx.scalar(
        select(func.min(earliest)).where(
            SyncOperation.regency_code == case.regency_code,
            SyncOperation.case_id == case.id,
            SyncOperation.kind == OPEN_CASE,
        )
    )
    return case.opened_at if said is None else min(said, case.opened_at)


async def lock_all(tx: Tx, sight: Sight, tenant: str, tickets: Collection[str]) -> None:
    """Lock the cases, and before them their people, each in the order of ids: two batches never cross."""
    rows = (
        await tx.execute(
            select(Case.id, Case.person_id, Case.household_id).where(
                Case.regency_code == tenant, Case.ticket.in_(sorted(tickets)), sees_case(sight)
            )
        )
    ).all()
    for table, ids in (
        (Person, {row.person_id for row in rows}),
        (Household, {row.household_id for row in rows}),
        (Case, {row.id for row in rows}),
    ):
        wanted = sorted(one for one in ids if one is not None)
        if wanted:
            await tx.execute(
                select(table.id)
                .where(table.regency_code == tenant, table.id.in_(wanted))
                .order_by(table.id)
                .with_for_update()
            )
