"""Making a report: counted as of one instant, kept as it was, behind the version before it."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from uuid import UUID

from app.db.queries import campaigns, counting
from app.db.queries import periodic_reports as stored
from app.db.queries.acting import Acting
from app.db.queries.periodic_reports import Series
from app.db.tables.campaigns import Campaign
from app.db.tables.periodic_reports import PeriodicReport
from app.domain.access import Permission
from app.domain.errors import Conflict, FieldError, Invalid
from app.domain.events.periodic_reports import PeriodicReportMade, PeriodicReportReplaced
from app.domain.ids import is_tenant, parse_public_id
from app.domain.indicators import VERSION
from app.domain.periodic_reports import (
    Days,
    ReportKind,
    ReportState,
    Section,
    content_of,
    digest,
    months_of,
    period_of,
)
from app.domain.sla import zone_of
from app.services.periodic_reports import agency, annual, campaign, donor, monthly, tally
from app.services.periodic_reports.figures import Figures, agency_sight, office_sight

MAY: Final = Permission.REPORT_MAKE
_COUNTED: Final = frozenset({ReportKind.MONTHLY, ReportKind.AGENCY, ReportKind.ANNUAL})
"""What is made of the figures, and so waits until they hold the whole period."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for, sound."""

    regency: str
    kind: ReportKind
    days: Days
    about: str = ""
    about_name: str = ""

    @property
    def series(self) -> Series:
        return Series(self.regency, self.kind.value, *self.days, self.about)


async def order_of(
    acting: Acting, regency: str, kind: ReportKind, months: tuple[str | None, str | None], about: str | None
) -> Order:
    """Read what somebody asks for.

    Raises:
        Forbidden: she makes no reports there.
        Invalid: no period of that kind, or nothing that it can be about.
    """
    acting.actor.require(MAY, regency)
    if not is_tenant(regency) or not acting.known.knows_region(regency):
        raise _wrong("/region", "no_regency", "Isi kode kabupaten/kota.", "Give the code of a regency.")
    today = acting.today(regency)
    if kind is ReportKind.CAMPAIGN:
        if months != (None, None):
            period_of(kind, *months, today)
        row = await _campaign(acting, regency, about)
        return Order(regency, kind, Days(row.starts_on, row.ends_on), row.id.hex, row.name)
    found = await _about(acting, regency, kind, about)
    return Order(regency, kind, period_of(kind, *months, today), *found)


async def _about(acting: Acting, regency: str, kind: ReportKind, about: str | None) -> tuple[str, str]:
    """Return the code or id of what a report is about, and its name."""
    if kind is ReportKind.AGENCY:
        found = acting.known.agencies.get(about or "")
        if found is None:
            raise _no_about("Isi kode instansi.", "Give the code of an agency.")
        return found.code, found.name.id
    if kind is ReportKind.DONOR:
        named = parse_public_id(about or "")
        name = None if named is None else await donor.name_of(acting, regency, named.id)
        if named is None or name is None:
            raise _no_about("Isi id akun donatur di wilayah ini.", "Give the account of a donor here.")
        return named.id.hex, name
    if about:
        raise _no_about("Laporan ini tentang seluruh wilayah.", "This report is about the whole regency.")
    return "", ""


async def _campaign(acting: Acting, regency: str, about: str | None) -> Campaign:
    named = parse_public_id(about or "")
    row = None if named is None else await campaigns.find(acting.tx, regency, named.id)
    if row is None:
        raise _no_about("Isi id kegiatan di wilayah ini.", "Give the id of a campaign here.")
    if row.reported_at is None:
        raise Conflict(
            "campaign_not_reported",
            "Kegiatan ini belum dilaporkan selesai.",
            "This campaign is not reported yet.",
            {"state": row.state},
        )
    return row


async def make(acting: Acting, order: Order) -> PeriodicReport:
    """Count and keep a draft. A draft before it is replaced; a signed version stands until this is signed.

    Raises:
        Conflict: the figures do not hold the whole period yet.
    """
    # Nothing is counted on meanwhile, and no second version of the same is made beside this one.
    await counting.hold_cursor(acting.tx, order.regency)
    as_of = await _as_of(acting, order)
    content = content_of(await _sections(acting, order))
    before = await stored.versions(acting.tx, order.series, for_update=True)
    row = PeriodicReport(
        regency_code=order.regency,
        id=acting.new_id(),
        kind=order.kind.value,
        first_day=order.days.first,
        last_day=order.days.last,
        about=order.about,
        about_name=order.about_name,
        n=before[-1].n + 1 if before else 1,
        state=ReportState.DRAFT.value,
        content=content,
        sha256=digest(content),
        definitions=VERSION,
        as_of=as_of,
        made_at=acting.now,
        made_by=acting.actor.account_id,
        signed_at=None,
        signed_by=None,
        replaced_by=None,
    )
    acting.tx.add(row)
    made = PeriodicReportMade(
        thing_id=row.id,
        kind=row.kind,
        first_day=row.first_day,
        last_day=row.last_day,
        version=row.n,
        digest=row.sha256,
    )
    await stored.tell(acting, row, made)
    for old in before:
        if old.state == ReportState.DRAFT:
            told = PeriodicReportReplaced(thing_id=old.id, by_report_id=row.id)
            await stored.replace(acting, old, ReportState.SUPERSEDED, row.id, told)
    return row


async def _as_of(acting: Acting, order: Order) -> datetime:
    if order.kind not in _COUNTED:
        return acting.now
    figures = _figures(acting, order)
    as_of = await figures.as_of(acting.now)
    over = datetime.combine(order.days.last + timedelta(days=1), time(), zone_of(order.regency))
    if as_of is None or as_of < over.astimezone(UTC):
        raise Conflict(
            "figures_behind",
            "Angka periode ini belum selesai dihitung. Coba lagi sebentar.",
            "The figures of this period are not counted yet. Try again in a moment.",
        )
    return as_of


def _figures(acting: Acting, order: Order) -> Figures:
    known = acting.known
    sight = (
        agency_sight(known, order.regency, order.about)
        if order.kind is ReportKind.AGENCY
        else office_sight(known, order.regency)
    )
    return Figures.of(acting, sight, months_of(order.days))


async def _sections(acting: Acting, order: Order) -> list[Section]:
    match order.kind:
        case ReportKind.MONTHLY:
            return await monthly.sections(_figures(acting, order))
        case ReportKind.AGENCY:
            return await agency.sections(_figures(acting, order))
        case ReportKind.ANNUAL:
            return await annual.sections(acting, _figures(acting, order), order.regency, order.days)
        case ReportKind.TALLY:
            return await tally.sections(acting, order.regency, order.days)
        case ReportKind.CAMPAIGN:
            return await campaign.sections(acting, order.regency, UUID(order.about))
        case ReportKind.DONOR:
            return await donor.sections(acting, order.regency, UUID(order.about), order.days)


def _no_about(said: str, english: str) -> Invalid:
    return _wrong("/about", "unknown_about", said, english)


def _wrong(pointer: str, code: str, said: str, english: str) -> Invalid:
    return Invalid(fields=(FieldError(pointer, code, said, english),))
