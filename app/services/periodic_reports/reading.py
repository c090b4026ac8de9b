"""Who reads which report: the office all of its regency, an agency or a donor what is signed about it."""

from uuid import UUID

from app.db.queries import periodic_reports as stored
from app.db.queries.acting import Acting
from app.db.queries.periodic_reports import Wanted
from app.db.tables.periodic_reports import PeriodicReport
from app.domain.access import Actor, Permission, Role
from app.domain.errors import NotFound
from app.domain.knowledge import Knowledge
from app.domain.periodic_reports import ReportKind


async def find_report(
    acting: Acting, regency: str, report_id: UUID, *, for_update: bool = False
) -> PeriodicReport:
    """Return a report.

    Raises:
        NotFound: there is none, or the actor may not read it.
    """
    row = await stored.find(acting.tx, regency, report_id, for_update=for_update)
    if row is None or not _reads(acting.actor, row):
        raise NotFound(id="Laporan ini tidak ada.", en="There is no such report.")
    return row


def _reads(actor: Actor, row: PeriodicReport) -> bool:
    if actor.has(Permission.REPORT_MAKE, row.regency_code):
        return True
    if row.signed_at is None or not actor.ever(Permission.REPORT_READ):
        return False
    return (row.regency_code, row.about) in _own(actor, {row.regency_code}, ReportKind(row.kind))


def where_reports(known: Knowledge, actor: Actor) -> Wanted:
    """Return which reports an actor may list."""
    held = {
        tenant
        for grant in actor.grants
        if grant.region is not None
        for tenant in known.tenants_in(grant.region)
    }
    regencies = sorted(one for one in held if actor.has(Permission.REPORT_MAKE, one))
    own = _own(actor, {*held, actor.tenant}) if actor.ever(Permission.REPORT_READ) else set()
    return Wanted(regencies, sorted(own))


def _own(actor: Actor, regencies: set[str], kind: ReportKind | None = None) -> set[tuple[str, str]]:
    """Return of which agencies of these regencies, and of which gifts, the actor may read."""
    found: set[tuple[str, str]] = set()
    for grant in actor.grants:
        if grant.agency is not None and kind in {None, ReportKind.AGENCY}:
            found |= {(one, grant.agency) for one in regencies if grant.serves(grant.agency, one)}
        if grant.role is Role.DONOR and actor.account_id and kind in {None, ReportKind.DONOR}:
            found |= {(one, actor.account_id.hex) for one in regencies if grant.reaches(one)}
    return found
