"""Whom a report is laid before: the offices that the regency named, and whom it is about."""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from app.db.queries import notices, telling
from app.db.queries.acting import Acting
from app.db.queries.objections import office
from app.db.tables.periodic_reports import PeriodicReport
from app.domain.access import Role
from app.domain.ids import public_id
from app.domain.messages import Topic
from app.domain.periodic_reports import ReportKind, Schedule

SCHEDULE: Final = "periodic_reports"
"""The policy."""


async def tell_draft(acting: Acting, row: PeriodicReport, schedule: Schedule) -> int:
    """Lay a draft that the worker made before whom the regency named; return how many were told."""
    return await _tell(acting, row, Topic.REPORT_TO_SIGN, await _offices(acting, row, schedule.told_draft))


async def tell_signed(acting: Acting, row: PeriodicReport, schedule: Schedule) -> int:
    """Send a signed report to the offices that the regency named, and to whom it is about."""
    told = [*await _offices(acting, row, schedule.told_signed), *await _about(acting, row)]
    return await _tell(acting, row, Topic.REPORT_SIGNED, told)


async def _offices(acting: Acting, row: PeriodicReport, roles: Sequence[Role]) -> list[UUID]:
    today = acting.today(row.regency_code)
    return [one for role in roles for one in await office(acting.tx, row.regency_code, role, today)]


async def _about(acting: Acting, row: PeriodicReport) -> list[UUID]:
    """Return the accounts of this regency that it is about; nothing is written into another's rows."""
    regency = row.regency_code
    if row.kind == ReportKind.DONOR:
        wanted = telling.Concerned({UUID(row.about)}, (), ())
    elif row.kind == ReportKind.AGENCY:
        wanted = telling.Concerned((), (), {row.about})
    else:
        return []
    found = await telling.members(acting.tx, (regency,), acting.today(regency), wanted)
    if row.kind == ReportKind.AGENCY:
        found = [one for one in found if one.receives(row.about, regency)]
    return [one.id for one in found]


async def _tell(acting: Acting, row: PeriodicReport, topic: Topic, accounts: Iterable[UUID]) -> int:
    told = [one for one in dict.fromkeys(accounts) if one != acting.actor.account_id]
    data = {"report": public_id(row.regency_code, row.id), "report_kind": row.kind}
    made = [
        notices.NewNotice(
            regency_code=row.regency_code,
            id=acting.new_id(),
            account_id=account,
            kind=topic.value,
            case_regency=None,
            case_id=None,
            referral_id=None,
            data=data,
            at=acting.now,
        )
        for account in told
    ]
    await notices.add(acting.tx, made)
    return len(made)
