"""What a donor promised and gave, by kind and place; nobody who received it is in it."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from app.db.queries import pledges, report_sums
from app.db.queries.acting import Acting
from app.db.queries.pledges import SumFilter
from app.domain.documents import Words
from app.domain.figure_words import ALL, coded_words
from app.domain.periodic_reports import TEXT, Cell, Column, Days, Section
from app.domain.sla import zone_of

_MOST: Final = 1_000
_COLUMNS: Final = (
    Column("kind", Words("Kebutuhan", "Need"), TEXT),
    Column("unit", Words("Satuan", "Unit"), TEXT),
    Column("region", Words("Wilayah", "Region"), TEXT),
    Column("source", Words("Asal kebutuhan", "Source of the need"), TEXT),
    Column("pledges", Words("Janji", "Pledges")),
    Column("promised", Words("Masih dijanjikan", "Still promised")),
    Column("given", Words("Diserahkan dan diterima", "Delivered and accepted")),
    Column("given_idr", Words("Perkiraan nilai (rupiah)", "Estimated worth (rupiah)")),
)


async def name_of(acting: Acting, regency: str, donor: UUID) -> str | None:
    return await report_sums.donor_name(acting.tx, regency, donor)


async def sections(acting: Acting, regency: str, donor: UUID, days: Days) -> list[Section]:
    """Return what was promised in the period, and what of it was delivered and accepted since."""
    wanted = SumFilter(
        (regency,),
        donor,
        since=_midnight(days.first, regency),
        until=_midnight(days.last + timedelta(days=1), regency),
    )
    found = await pledges.summed(acting.tx, wanted, _MOST)
    known = acting.known
    rows: list[Sequence[Cell]] = [
        (
            coded_words(known, "need_kind", one.kind),
            coded_words(known, "need_unit", one.unit),
            Words(known.region_name(one.region), known.region_name(one.region)),
            coded_words(known, "need_source", one.source),
            one.pledges,
            one.promised,
            one.given,
            one.given_idr,
        )
        for one in found
    ]
    # Units differ from row to row, so that quantities are not added up.
    whole = sum(one.pledges for one in found), sum(one.given_idr for one in found)
    rows.append((ALL, None, None, None, whole[0], None, None, whole[1]))
    title = Words("Menurut kebutuhan dan wilayah", "By need and region")
    return [Section("gifts", title, _COLUMNS, rows, _NOTE)]


def _midnight(day: date, regency: str) -> datetime:
    return datetime.combine(day, time(), zone_of(regency))


_NOTE: Final = Words(
    "Janji pada periode ini yang masih berlaku atau sudah diterima; nilainya menurut perkiraan kebutuhan.",
    "Pledges made in the period that stand or were accepted; their worth is by the estimate of the need.",
)
