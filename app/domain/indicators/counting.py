"""From what is known of a case to the cells in which it counts. Pure: the same facts, the same cells."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from app.domain.indicators.bands import band_of
from app.domain.indicators.facts import CaseFacts, ReferralFacts
from app.domain.indicators.measures import INDICATORS, Indicator, Kind, Subject

TOTAL: Final = "total"
"""The dimension that does not split."""
BAND: Final = "band"
"""The dimension of a duration: its values are bands, in three digits so that they sort."""
NONE: Final = "none"
"""The value of a case that has none of the dimension."""
LEVEL: Final = "level"
"""Of a referral's agency: read from the agencies when it is asked for, so it is not counted by itself."""


class Group(NamedTuple):
    """What decides who sees a case or a referral, but for those who see it by name."""

    district: str
    village: str
    confidentiality: str
    closed_to: str | None
    desk: str | None
    away_desk: str | None
    agency: str | None = None
    sent_district: str | None = None
    sent_village: str | None = None


class Cell(NamedTuple):
    group: Group
    measure: str
    dimension: str
    month: str
    value: str


def group_of(case: CaseFacts, referral: ReferralFacts | None = None) -> Group:
    own = Group(case.district, case.village, case.confidentiality, case.closed_to, case.desk, case.away_desk)
    if referral is None:
        return own
    return own._replace(
        agency=referral.agency, sent_district=referral.district, sent_village=referral.village
    )


def contributions(case: CaseFacts) -> Iterator[tuple[Cell, int]]:
    """Give the cells in which a case and its referrals count, with how much each; a cell may come again."""
    yield from of_case(case)
    for referral in case.referrals:
        yield from of_referral(case, referral)


def of_case(case: CaseFacts) -> Iterator[tuple[Cell, int]]:
    """Give the cells of the case alone."""
    return _cells(case, group_of(case), Subject.CASE)


def of_referral(case: CaseFacts, referral: ReferralFacts) -> Iterator[tuple[Cell, int]]:
    """Give the cells of one referral of the case."""
    return _cells(referral, group_of(case, referral), Subject.REFERRAL)


def _cells(facts: Any, group: Group, subject: Subject) -> Iterator[tuple[Cell, int]]:
    for one in _OF[subject]:
        month = one.month(facts)
        if month is None:
            continue
        if one.kind is Kind.DURATION:
            yield Cell(group, one.code, BAND, month, f"{band_of(one.amount(facts)):03}"), 1
            continue
        amount = int(one.amount(facts))
        yield Cell(group, one.code, TOTAL, month, TOTAL), amount
        for dimension in one.dimensions:
            if dimension != LEVEL:
                value = getattr(facts, dimension)
                yield Cell(group, one.code, dimension, month, NONE if value is None else value), amount


_OF: Final[Mapping[Subject, tuple[Indicator, ...]]] = {
    subject: tuple(one for one in INDICATORS.values() if one.subject is subject) for subject in Subject
}
