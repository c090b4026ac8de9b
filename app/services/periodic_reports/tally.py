"""The daily tally: one row for each day and service, with what the month and the year come to."""

from collections.abc import Mapping, Sequence
from typing import Final

from app.db.queries import tallies
from app.db.queries.acting import Acting
from app.domain.documents import Words
from app.domain.figure_words import ALL, coded_words
from app.domain.knowledge import Knowledge
from app.domain.periodic_reports import NUMBER, PERCENT, TEXT, Cell, Column, Days, Section
from app.services.periodic_reports.figures import office_sight

_SERVICE: Final = Column("service", Words("Layanan", "Service"), TEXT)
_DAY: Final = Column("day", Words("Tanggal", "Day"), TEXT)
_CODE: Final = Column("service_code", Words("Kode layanan", "Code of the service"), TEXT)


async def sections(acting: Acting, regency: str, days: Days) -> list[Section]:
    """Count the cases of each day by the programme that was asked for, else by the category."""
    sight, known = office_sight(acting.known, regency), acting.known
    daily = await tallies.by_day(acting.tx, sight, regency, days.first, days.last)
    january = days.first.replace(month=1, day=1)
    year = await tallies.by_service(acting.tx, sight, regency, january, days.last)
    month: dict[str, int] = {}
    by_day: dict[str, int] = {}
    for one in daily:
        month[one.service] = month.get(one.service, 0) + one.n
        by_day[one.day.isoformat()] = by_day.get(one.day.isoformat(), 0) + one.n
    return [
        _services(known, month, year, (days.last - days.first).days + 1),
        _trend(by_day),
        Section(
            "daily",
            Words("Per hari dan layanan", "By day and service"),
            (_DAY, _SERVICE, _CODE, Column("n", Words("Banyaknya", "Number"))),
            [
                (_same(one.day.isoformat()), service_words(known, one.service), _same(one.service), one.n)
                for one in daily
            ],
        ),
    ]


def _services(known: Knowledge, month: Mapping[str, int], year: Mapping[str, int], days: int) -> Section:
    whole = sum(month.values())
    rows: list[Sequence[Cell]] = [
        (
            service_words(known, service),
            month.get(service, 0),
            round(month.get(service, 0) / days, 2),
            _share(month.get(service, 0), whole),
            year[service],
        )
        for service in sorted(year, key=lambda one: (-month.get(one, 0), -year[one], one))
    ]
    rows.append((ALL, whole, round(whole / days, 2), _share(whole, whole), sum(year.values())))
    columns = (
        _SERVICE,
        Column("n", Words("Bulan ini", "This month")),
        Column("average", Words("Rata-rata per hari", "Average per day"), NUMBER),
        Column("share", Words("Bagian (%)", "Share (%)"), PERCENT),
        Column("year", Words("Sejak Januari", "Since January")),
    )
    return Section("services", Words("Per layanan", "By service"), columns, rows)


def _trend(by_day: Mapping[str, int]) -> Section:
    rows = [(_same(day), by_day[day]) for day in sorted(by_day)]
    columns = (_DAY, Column("n", Words("Banyaknya", "Number")))
    return Section("days", Words("Per hari", "By day"), columns, rows)


def _share(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0


def service_words(known: Knowledge, service: str) -> Words:
    """Return what a service of the tally is called."""
    if service.startswith(tallies.PROGRAM):
        code = service.removeprefix(tallies.PROGRAM)
        program = known.programs.get(code)
        return program.name if program else _same(code)
    return coded_words(known, "case_category", service.removeprefix(tallies.CATEGORY))


def _same(text: str) -> Words:
    return Words(text, text)
