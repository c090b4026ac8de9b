"""Emergencies: the work that sends for help, asked for in the transaction that knows of it.

The work is a row and no call: opening a case runs on a raw connection that shares no transaction with a
session, so what it can promise at once is the row. The worker takes it within a second; it is settled in
the transaction that sends, so that it is done once whatever dies.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.db.queries import work
from app.db.queries.acting import Acting
from app.db.queries.intake import CaseRows
from app.db.session import Raw, Tx
from app.db.tables.cases import Case, CaseLink
from app.domain.links import Relation

ADD_ALARM: Final = """
INSERT INTO work (regency_code, id, kind, key, due_at, attempts, payload)
VALUES ($1, $2, $3, $4, $5, 0, '{}'::jsonb)
ON CONFLICT (regency_code, kind, key) DO NOTHING
"""

ADD_SPAWNED: Final = """
INSERT INTO case_links (regency_code, id, case_id, other_regency, other_case_id, relation, at, by)
VALUES ($1, $2, $3, $1, $4, 'spawned', $5, $6)
"""


def alarm_key(case_id: UUID, priority: str) -> str:
    """One alarm for a case and a priority: a patient who becomes an emergency is one once more."""
    return f"{case_id.hex}.{priority}"


def case_of_alarm(key: str) -> UUID:
    return UUID(key.partition(".")[0])


async def alarm_in_intake(raw: Raw, regency: str, id_: UUID, key: str, now: datetime) -> None:
    """Send for help, in the transaction that opens the case; *key* is that of `alarm_key`."""
    await raw.execute(ADD_ALARM, regency, id_, work.SEND_EMERGENCY, key, now)


async def spawned_in_intake(raw: Raw, row: CaseRows, mother_id: UUID, id_: UUID) -> None:
    """Link a new case to the one that it is opened under, in the transaction that opens it."""
    opened = row.events[0]
    await raw.execute(ADD_SPAWNED, row.regency_code, id_, mother_id, row.id, opened.at, opened.actor_id)


async def alarm(acting: Acting, case: Case) -> None:
    """Send for help: once for each case and priority, however often it is asked for."""
    key = alarm_key(case.id, case.priority)
    new = work.NewWork(case.regency_code, acting.new_id(), work.SEND_EMERGENCY, key, acting.now)
    await work.enqueue(acting.tx, [new])


async def is_spawned(tx: Tx, case: Case) -> bool:
    """Tell whether the case was opened under another one, whose alarm has called out the roster."""
    found = await tx.scalar(
        select(CaseLink.id)
        .where(
            CaseLink.regency_code == case.regency_code,
            CaseLink.other_case_id == case.id,
            CaseLink.relation == Relation.SPAWNED.value,
        )
        .limit(1)
    )
    return found is not None


async def keep_awake(tx: Tx) -> None:
    """Let a transaction that waits for others look alive: one that idles for 15 s is ended by the server."""
    await tx.execute(select(1))
