"""Whatever waits beyond its 3 x 24 hours is put before the secretariat's manager, then the head."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.db.queries import notices
from app.db.queries import rights as stored
from app.db.queries.acting import Acting
from app.db.queries.objections import office
from app.db.tables.rights import Breach, DataRequest
from app.domain.access import Role
from app.domain.events.rights import BreachEscalated, DataRequestEscalated
from app.domain.rights import WAITING, BreachState, RequestState

AGAIN: Final = timedelta(days=1)
"""How often whoever must act is reminded. Ours."""
_OFFICES: Final = (Role.MANAGER, Role.HEAD, Role.REGENCY_ADMIN)


async def watch(acting: Acting, regency: str, key: str) -> datetime | None:
    """Look at a request or a breach that is due; return when to look again, None once it was settled."""
    kind, _, text = key.partition(":")
    if kind == "breach":
        return await _breach(acting, await stored.breach_of(acting.tx, regency, UUID(text), for_update=True))
    row = await stored.request_of(acting.tx, regency, UUID(text), for_update=True)
    return await _request(acting, row)


async def _request(acting: Acting, row: DataRequest | None) -> datetime | None:
    if row is None or RequestState(row.state) not in WAITING:
        return None
    if acting.now <= row.due_at:
        return row.due_at + timedelta(seconds=1)
    told = await _told(acting, row.regency_code, "data_request_overdue", {"request": row.id.hex})
    row.escalated_at = row.escalated_at or acting.now
    happened = DataRequestEscalated(thing_id=row.person_id, request_id=row.id, kind=row.kind, told=told)
    await stored.tell(acting, row.regency_code, row.person_id, "person", happened)
    await acting.tx.flush()
    return acting.now + AGAIN


async def _breach(acting: Acting, row: Breach | None) -> datetime | None:
    if row is None or row.state != BreachState.OPEN or (row.authority_told_at and row.persons_told_at):
        return None
    if acting.now <= row.due_at:
        return row.due_at + timedelta(seconds=1)
    told = await _told(acting, row.regency_code, "breach_overdue", {"breach": row.id.hex})
    row.escalated_at = row.escalated_at or acting.now
    happened = BreachEscalated(thing_id=row.id, told=told)
    await stored.tell(acting, row.regency_code, row.id, "breach", happened)
    await acting.tx.flush()
    return acting.now + AGAIN


async def _told(acting: Acting, regency: str, kind: str, data: dict[str, str]) -> int:
    today = acting.today(regency)
    found = [one for role in _OFFICES for one in await office(acting.tx, regency, role, today)]
    accounts = list(dict.fromkeys(found))
    await notices.add(
        acting.tx,
        [
            notices.NewNotice(
                regency_code=regency,
                id=acting.new_id(),
                account_id=account,
                kind=kind,
                case_regency=None,
                case_id=None,
                referral_id=None,
                data=data,
                at=acting.now,
            )
            for account in accounts
        ],
    )
    return len(accounts)
