"""The households behind a tally: read from the cases each time, in the reader's own sight, kept nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from app.db.queries import tallies
from app.db.queries.acting import Acting
from app.db.queries.scope import Sight
from app.db.queries.tallies import HomeFilter
from app.domain.access import Permission
from app.domain.errors import Conflict, FieldError, Invalid
from app.domain.periodic_reports import ReportKind
from app.services.periodic_reports.reading import find_report


@dataclass(frozen=True, slots=True)
class Asked:
    regency: str
    report_id: UUID
    purpose: str
    day: date | None = None
    service: str | None = None


class Shown(NamedTuple):
    id: UUID
    kk: str
    village: str
    cases: int
    persons: Sequence[UUID]
    """Each of them has an entry that her number was read."""


async def households(
    acting: Acting, sight: Sight, asked: Asked, after: UUID | None, limit: int
) -> Sequence[Shown]:
    """Return up to *limit* households whose cases the tally counts, by their ids; the caller records it.

    Raises:
        NotFound: see `find_report`.
        Forbidden: the actor may read no numbers in full there.
        Conflict: the report is no tally.
        Invalid: the purpose is none of the list, or the day lies outside.
    """
    row = await find_report(acting, asked.regency, asked.report_id)
    acting.actor.require(Permission.PERSON_REVEAL, asked.regency)
    if row.kind != ReportKind.TALLY:
        raise Conflict(
            "no_tally", "Daftar KK hanya ada pada rekap harian.", "Only a tally has a list of households."
        )
    _check(acting, asked, row.first_day, row.last_day)
    wanted = HomeFilter(asked.regency, asked.day or row.first_day, asked.day or row.last_day, asked.service)
    found = await tallies.homes(acting.tx, sight, wanted, after, limit)
    vault = acting.vault
    return [
        Shown(
            one.id,
            vault.open(vault.unwrap(one.wrapped), "households", "kk", one.id, one.kk_sealed),
            one.village_code,
            one.cases,
            one.persons,
        )
        for one in found
    ]


def _check(acting: Acting, asked: Asked, first: date, last: date) -> None:
    wrong = []
    if not acting.known.knows("reveal_purpose", asked.purpose):
        wrong.append(
            FieldError(
                "/purpose", "unknown_code", "Pilih tujuan dari daftar.", "Choose a purpose from the list."
            )
        )
    if asked.day is not None and not first <= asked.day <= last:
        wrong.append(
            FieldError("/day", "out_of_range", "Tanggal ini di luar rekap.", "This day is outside the tally.")
        )
    if wrong:
        raise Invalid(fields=tuple(wrong))
