"""Signing: the version that a second person read becomes the one that holds, and is sent."""

from uuid import UUID

from app.db.queries import periodic_reports as stored
from app.db.queries.acting import Acting
from app.db.tables.periodic_reports import PeriodicReport
from app.domain.access import Permission
from app.domain.events.periodic_reports import PeriodicReportReplaced, PeriodicReportSigned
from app.domain.periodic_reports import ReportState, check_signature, read_schedule
from app.services.periodic_reports.reading import find_report
from app.services.periodic_reports.telling import SCHEDULE, tell_signed


async def sign(acting: Acting, regency: str, report_id: UUID) -> PeriodicReport:
    """Sign a draft. The version that was signed before it is replaced, and stays readable.

    Raises:
        NotFound: see `find_report`.
        Forbidden: the actor signs none there, or made this one.
        Conflict: it is no draft.
    """
    seen = await find_report(acting, regency, report_id)
    acting.actor.require(Permission.REPORT_SIGN, regency)
    versions = await stored.versions(acting.tx, stored.series_of(seen), for_update=True)
    row = next(one for one in versions if one.id == report_id)
    check_signature(ReportState(row.state), row.made_by, acting.actor.account_id)
    row.state, row.signed_at, row.signed_by = ReportState.SIGNED.value, acting.now, acting.actor.account_id
    signed = PeriodicReportSigned(thing_id=row.id, kind=row.kind, version=row.n, digest=row.sha256)
    await stored.tell(acting, row, signed)
    for old in versions:
        if old.id != row.id and old.state == ReportState.SIGNED:
            told = PeriodicReportReplaced(thing_id=old.id, by_report_id=row.id)
            await stored.replace(acting, old, ReportState.SUPERSEDED, row.id, told)
    await tell_signed(acting, row, read_schedule(acting.known.policy_value(regency, SCHEDULE)))
    return row
