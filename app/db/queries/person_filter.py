"""Cases by whom they are for: sex, and age on the day that the case was opened."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, exists, func, literal

from app.db.queries.local_days import local_day
from app.db.tables.cases import Case
from app.db.tables.people import Person
from app.domain.needs.coarse import BANDS

UNKNOWN: Final = "none"
"""In the place of a code: nobody is named, or it is not on record."""


@dataclass(frozen=True, slots=True)
class OfPerson:
    sex: str | None = None
    age: tuple[int, int] | None = None
    """Whole years on the day of opening: from, and up to but not including."""
    age_unknown: bool = False


ANYBODY: Final = OfPerson()


def person_of(sex: str | None, age_band: str | None) -> OfPerson:
    """Return the filter of a sex and a band of the set ``age_band``, each a code, `UNKNOWN` or None."""
    if age_band is None or age_band == UNKNOWN:
        return OfPerson(sex, None, age_unknown=age_band is not None)
    youngest, oldest = BANDS[age_band]
    return OfPerson(sex, (youngest, oldest + 1))


def of_person(wanted: OfPerson) -> list[ColumnElement[bool]]:
    """Return the clauses on ``cases``."""
    found: list[ColumnElement[bool]] = []
    if wanted.sex == UNKNOWN:
        found.append(~_hers(Person.sex.is_not(None)))
    elif wanted.sex is not None:
        found.append(_hers(Person.sex == wanted.sex))
    if wanted.age_unknown:
        found.append(~_hers(Person.born_on.is_not(None)))
    elif wanted.age is not None:
        youngest, too_old = (_born(years) for years in wanted.age)
        found.append(_hers(Person.born_on <= youngest, Person.born_on > too_old))
    return found


def _born(years: int) -> Any:
    """Return the day of birth of somebody who became that many years old on the day of opening."""
    return local_day(Case.opened_at, Case.regency_code) - func.make_interval(literal(years))


def _hers(*clauses: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Person.regency_code == Case.regency_code, Person.id == Case.person_id, *clauses)
