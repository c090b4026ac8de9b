"""The figures of a report: those of the rollups, in the sight of an office and of nobody in it.

An office's report is read by several people. What only some of them may see is not in it: RAHASIA cases,
complaints about handlers among them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.db.queries import metrics
from app.db.queries.acting import Acting
from app.db.queries.metrics import Ask
from app.db.queries.scope import Sight
from app.db.session import Tx
from app.domain.access import AgencyArea, AgencyBranch, RegionBranch, Scope
from app.domain.codes import Confidentiality
from app.domain.documents import Words
from app.domain.figure_words import ALL, DIMENSIONS, words_of
from app.domain.indicators import INDICATORS, TOTAL, Kind
from app.domain.knowledge import Knowledge
from app.domain.metrics_cells import Spread, spreads
from app.domain.months import Period
from app.domain.periodic_reports import COUNT, HOURS, TEXT, Cell, Column, Section

NAME: Final = Column("name", Words("Hal", "Item"), TEXT)


def office_sight(known: Knowledge, regency: str) -> Sight:
    """What every one of the secretariat sees of its regency."""
    branch = RegionBranch((regency,), Confidentiality.TERBATAS)
    return Sight(Scope((branch,)), known.regions.tenants, known.family)


def agency_sight(known: Knowledge, regency: str, agency: str) -> Sight:
    """What every receiver of an agency sees of the regency."""
    branch = AgencyBranch((AgencyArea(agency, regency),))
    return Sight(Scope((branch,)), known.regions.tenants, known.family)


@dataclass(frozen=True, slots=True)
class Figures:
    """Whose figures, and of which months."""

    tx: Tx
    known: Knowledge
    sight: Sight
    period: Period

    @classmethod
    def of(cls, acting: Acting, sight: Sight, period: Period) -> "Figures":
        return cls(acting.tx, acting.known, sight, period)

    async def as_of(self, now: datetime) -> datetime | None:
        return await metrics.as_of(self.tx, self.sight, now)

    async def count(
        self, measure: str, by: str = TOTAL, place: str | None = None, period: Period | None = None
    ) -> dict[str, int]:
        """Return the counts of one measure by value, or by place."""
        counted = await self._rows(Ask(measure, by, place, months=self._months(measure, period)))
        found: dict[str, int] = {}
        for row in counted:
            key = self.known.regions.successions.present(row.place) if row.place else row.value
            found[key] = found.get(key, 0) + row.n
        return found

    async def total(self, measure: str, period: Period | None = None) -> int:
        return (await self.count(measure, period=period)).get(TOTAL, 0)

    async def spread(self, measure: str) -> Spread:
        found = spreads(await self._rows(Ask(measure, months=self._months(measure))))
        return next(iter(found.values()), Spread(0, None, None))

    async def _rows(self, ask: Ask) -> list[metrics.Row]:
        levels = {code: one.level.value for code, one in self.known.agencies.items()}
        return await metrics.count(self.tx, self.sight, ask, levels)

    def _months(self, measure: str, period: Period | None = None) -> tuple[str, str] | None:
        if INDICATORS[measure].kind is Kind.STOCK:
            return None
        of = period or self.period
        return of.start.text, of.end.text

    # Tables ---------------------------------------------------------------------------------------------

    async def split(self, code: str, title: Words, by: str, measures: Sequence[str]) -> Section:
        """Return a table of measures by one dimension, the most frequent value first."""
        columns = [await self.count(measure, by) for measure in measures]
        said = {
            value: words_of(self.known, INDICATORS[measure], by, value)
            for measure, counts in zip(measures, columns, strict=True)
            for value in counts
        }
        head = Column(by, DIMENSIONS[by].name, TEXT)
        return table(code, title, head, measures, columns, said)

    async def places(self, code: str, title: Words, measures: Sequence[str]) -> Section:
        """Return a table of measures by village."""
        columns = [await self.count(measure, place="village") for measure in measures]
        said = {place: self._village(place) for counts in columns for place in counts}
        head = Column("village", Words("Desa/kelurahan", "Village"), TEXT)
        return table(code, title, head, measures, columns, said)

    def _village(self, code: str) -> Words:
        name = f"{self.known.region_name(code)}, {self.known.region_name('.'.join(code.split('.')[:3]))}"
        return Words(name, name)

    async def times(self, code: str, title: Words, measures: Sequence[str]) -> Section:
        """Return a table of durations: how many, the median, the ninth decile."""
        rows: list[Sequence[Cell]] = []
        for measure in measures:
            found = await self.spread(measure)
            rows.append((INDICATORS[measure].name, found.n, found.median, found.p90))
        columns = (NAME, Column("n", Words("Banyaknya", "Number")), MEDIAN, P90)
        return Section(code, title, columns, rows, NOTE_OF_TIMES)


MEDIAN: Final = Column("median", Words("Median (jam)", "Median (hours)"), HOURS)
P90: Final = Column("p90", Words("Persentil ke-90 (jam)", "90th percentile (hours)"), HOURS)
NOTE_OF_TIMES: Final = Words(
    "Jam siang dan malam; tepat sampai 2,5 persen.", "Hours of day and night; exact to 2.5 per cent."
)


def table(  # one table in one place, each part of it named
    code: str,
    title: Words,
    head: Column,
    measures: Sequence[str],
    columns: Sequence[Mapping[str, int]],
    said: Mapping[str, Words],
) -> Section:
    """Return a table of counts; its last row is the sum, which is all that the measures count."""
    found = sorted(said, key=lambda value: (*(-counts.get(value, 0) for counts in columns), value))
    rows: list[Sequence[Cell]] = [(said[value], *(c.get(value, 0) for c in columns)) for value in found]
    rows.append((ALL, *(sum(counts.values()) for counts in columns)))
    heads = [Column(measure, INDICATORS[measure].name, COUNT) for measure in measures]
    return Section(code, title, (head, *heads), rows)


def definitions(measures: Sequence[str]) -> Section:
    """Return what each measure of the report counts."""
    columns = (NAME, Column("definition", Words("Yang dihitung", "What it counts"), TEXT))
    rows = [(INDICATORS[one].name, INDICATORS[one].definition) for one in dict.fromkeys(measures)]
    return Section("definitions", Words("Definisi", "Definitions"), columns, rows)
