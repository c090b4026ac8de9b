"""Which days a report is about: whole months of its regency, all of them over but for a running tally."""

from datetime import date, timedelta
from typing import Final, NamedTuple

from app.domain.documents import Words
from app.domain.errors import FieldError, Invalid
from app.domain.months import Month, Period
from app.domain.periodic_reports.model import ReportKind

_YEAR: Final = 12
_MONTHS: Final = {
    ReportKind.MONTHLY: (1, 1),
    ReportKind.TALLY: (1, 1),
    ReportKind.AGENCY: (1, _YEAR),
    ReportKind.DONOR: (1, _YEAR),
    ReportKind.ANNUAL: (_YEAR, _YEAR),
}
"""The fewest and the most months of a kind; a campaign has days of its own."""
_DAY: Final = timedelta(days=1)


class Days(NamedTuple):
    """From a day to another, both within, in the regency's zone."""

    first: date
    last: date


def months_of(days: Days) -> Period:
    """Return the months of days that are whole months."""
    return Period(Month.of(days.first), Month.of(days.last))


def period_of(kind: ReportKind, start: str | None, end: str | None, today: date) -> Days:
    """Return the days from the month *start* to the month *end*; without *end* it is the one month.

    A tally of the running month reaches until today; tomorrow's is a report of its own.

    Raises:
        Invalid: no month, the wrong number of them, or one that is not over.
    """
    if kind not in _MONTHS:
        raise _wrong("/from", "campaign_days", _CAMPAIGN)
    first, last = Month.read(start or ""), Month.read(end or start or "")
    if first is None:
        raise _wrong("/from", "month", _MONTH)
    if last is None:
        raise _wrong("/to", "month", _MONTH)
    period, (fewest, most) = Period(first, last), _MONTHS[kind]
    # Turned round it has no length at all.
    if first.first > last.first or not fewest <= len(period) <= most:
        raise _wrong("/to", "months", _MANY)
    if kind is ReportKind.ANNUAL and first.first.month != 1:
        raise _wrong("/from", "year", _WHOLE_YEAR)
    begin, after = period.days
    if kind is ReportKind.TALLY and begin <= today < after:
        # It is kept by the day: whoever asks in the evening wants today in it.
        return Days(begin, today)
    if after > today:
        raise _wrong("/to", "period_open", _OPEN)
    return Days(begin, after - _DAY)


def _wrong(pointer: str, code: str, said: Words) -> Invalid:
    return Invalid(fields=(FieldError(pointer, code, said.id, said.en),))


_MONTH: Final = Words("Tulis bulan seperti 2026-01.", "Write a month as 2026-01.")
_MANY: Final = Words(
    "Bulanan dan rekap: satu bulan; instansi dan donatur: paling banyak dua belas; tahunan: dua belas.",
    "A monthly report or tally has one month, an agency's or donor's twelve at most, an annual one twelve.",
)
_WHOLE_YEAR: Final = Words("Laporan tahunan mulai bulan Januari.", "An annual report begins in January.")
_OPEN: Final = Words(
    "Periode ini belum selesai. Laporan disusun setelah hari terakhirnya lewat.",
    "This period is not over. A report is made after its last day.",
)
_CAMPAIGN: Final = Words(
    "Laporan kegiatan memakai hari kegiatan itu sendiri; kosongkan from dan to.",
    "The report of a campaign has the campaign's own days; leave out from and to.",
)
