"""What the regency's policy has made by itself: each once, whoever is killed in between."""

from collections.abc import Collection
from datetime import datetime

from app.db.queries import counting
from app.db.queries import periodic_reports as stored
from app.db.queries.acting import Acting
from app.db.session import Tx
from app.domain.knowledge import Knowledge
from app.domain.periodic_reports import Days, ReportKind, due_on, months_of, read_schedule
from app.domain.sla import local_date
from app.services.periodic_reports.figures import Figures, office_sight
from app.services.periodic_reports.making import Order, make
from app.services.periodic_reports.telling import SCHEDULE, tell_draft


async def due_reports(tx: Tx, known: Knowledge, regencies: Collection[str], now: datetime) -> list[Order]:
    """Return the reports of these regencies that are due and were never made."""
    found: list[Order] = []
    for regency in sorted(regencies):
        schedule = read_schedule(known.policy_value(regency, SCHEDULE))
        for kind, days in due_on(schedule, local_date(now, regency)):
            # Looked for before anything is counted: on most days all of them are made.
            if kind is not ReportKind.AGENCY and await stored.is_made(tx, Order(regency, kind, days).series):
                continue
            orders = await _orders(tx, known, regency, kind, days)
            found += [one for one in orders if not await stored.is_made(tx, one.series)]
    return found


async def _orders(tx: Tx, known: Knowledge, regency: str, kind: ReportKind, days: Days) -> list[Order]:
    """Return what a kind is made of: of agencies one each for those to which anything was referred."""
    figures = Figures(tx, known, office_sight(known, regency), months_of(days))
    if kind is not ReportKind.AGENCY:
        return [Order(regency, kind, days)] if await figures.total("opened") else []
    referred = await figures.count("referred", "agency")
    named = [known.agencies[code] for code in sorted(referred) if code in known.agencies]
    return [Order(regency, kind, days, one.code, one.name.id) for one in named]


async def make_due(acting: Acting, order: Order) -> bool:
    """Make a report that is due and lay it before the regency's offices, in one; return whether it was now.

    Raises:
        Conflict: the figures do not hold the whole period yet.
    """
    # Whoever makes the same holds this as well: what is looked for is there, or comes from here.
    await counting.hold_cursor(acting.tx, order.regency)
    if await stored.is_made(acting.tx, order.series):
        return False
    row = await make(acting, order)
    schedule = read_schedule(acting.known.policy_value(order.regency, SCHEDULE))
    await tell_draft(acting, row, schedule)
    return True
