"""Letting open clocks count by changed rules: asked for by whoever changes one, done by the worker.

A rule reaches every process within a second; until then some still count by the old one. So the work
waits a little, and looks once more, half a minute later, at the cases that were moved meanwhile.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from app.db.queries import work
from app.db.queries.acting import Acting
from app.db.queries.clocks import clocks_by_case, recount
from app.db.tables.cases import Case
from app.db.tables.cases import Clock as Row
from app.db.tables.referrals import Referral

KNOWN_EVERYWHERE: Final = timedelta(seconds=2)


async def ask_recount(acting: Acting, regency: str, versions: Mapping[str, int]) -> None:
    """Have the clocks of *regency* counted anew by knowledge of at least these *versions*."""
    key = ",".join(f"{kind}:{version}" for kind, version in sorted(versions.items()))
    payload = {"versions": dict(versions), "since": acting.now.isoformat(), "after": None, "again": False}
    new = work.NewWork(
        regency, acting.new_id(), work.RECOUNT_CLOCKS, key, acting.now + KNOWN_EVERYWHERE, payload
    )
    await work.enqueue(acting.tx, [new])


async def recount_some(
    acting: Acting, regency: str, after: UUID | None, moved_since: datetime | None, limit: int
) -> UUID | None:
    """Count the open clocks of the next *limit* cases behind *after*; return the last, or None at the end.

    With *moved_since* only cases that were changed since then are counted. The cases are locked in the
    order of their ids.
    """
    ids = await _next_cases(acting, regency, after, limit)
    if not ids:
        return None
    statement = select(Case).where(Case.regency_code == regency, Case.id.in_(ids))
    if moved_since is not None:
        statement = statement.where(Case.updated_at >= moved_since)
    cases = list(await acting.tx.scalars(statement.order_by(Case.id).with_for_update()))
    locked = [case.id for case in cases]
    referrals = await _referrals_of(acting, regency, locked)
    clocks = await clocks_by_case(acting.tx, regency, locked)
    for case in cases:
        await recount(acting, case, referrals[case.id], clocks[case.id])
    await acting.tx.flush()
    return ids[-1]


async def _next_cases(acting: Acting, regency: str, after: UUID | None, limit: int) -> list[UUID]:
    statement = select(Row.case_id).where(Row.regency_code == regency, Row.state != "stopped")
    if after is not None:
        statement = statement.where(Row.case_id > after)
    found = await acting.tx.scalars(statement.distinct().order_by(Row.case_id).limit(limit))
    return list(found)


async def _referrals_of(acting: Acting, regency: str, ids: Sequence[UUID]) -> Mapping[UUID, list[Referral]]:
    found: dict[UUID, list[Referral]] = defaultdict(list)
    rows = await acting.tx.scalars(
        select(Referral).where(Referral.regency_code == regency, Referral.case_id.in_(ids))
    )
    for row in rows:
        found[row.case_id].append(row)
    return found
