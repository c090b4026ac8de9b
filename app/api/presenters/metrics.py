"""Figures in words: what is counted, by what it is split, and the values that a split has."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from app.api.drilldown import DOORS
from app.api.language import Language
from app.api.presenters.words import said
from app.api.schemas.metrics import DimensionOut, ListName, MeasureOut, MetricsCatalogueOut
from app.domain.documents import Words
from app.domain.indicators import NONE, Indicator, Subject
from app.domain.knowledge import Knowledge
from app.domain.metrics_cells import OTHER


class Dimension(NamedTuple):
    name: Words
    sets: tuple[str, ...]
    """Of which sets of codes its values are; none: programmes or agencies."""
    of_referral: tuple[str, ...] = ()
    """The same where referrals are counted."""


DIMENSIONS: Final[Mapping[str, Dimension]] = {
    "kind": Dimension(Words("Jenis", "Kind"), ("case_kind",)),
    "category": Dimension(Words("Kategori", "Category"), ("case_category",)),
    "sector": Dimension(Words("Sektor", "Sector"), ("sector",)),
    "priority": Dimension(Words("Prioritas", "Priority"), ("priority",)),
    "channel": Dimension(Words("Saluran", "Channel"), ("channel",)),
    "ppks": Dimension(Words("PPKS", "PPKS"), ("ppks",)),
    "program": Dimension(Words("Program", "Programme"), ()),
    "sex": Dimension(Words("Jenis kelamin", "Sex"), ("sex",)),
    "age_band": Dimension(Words("Kelompok umur saat kasus dibuka", "Age band at opening"), ("age_band",)),
    "holder": Dimension(Words("Pemegang", "Holder"), ("holder",)),
    "status": Dimension(Words("Status", "Status"), ("case_status",), ("referral_status",)),
    "escalated_to": Dimension(Words("Di hadapan", "Stands before"), ("escalation_rung",)),
    "outcome": Dimension(Words("Hasil", "Outcome"), ("outcome",)),
    "outcome_reason": Dimension(Words("Alasan hasil", "Reason of the outcome"), ("refusal_reason",)),
    "agency": Dimension(Words("Instansi", "Agency"), ()),
    "level": Dimension(Words("Jenjang instansi", "Level of the agency"), ("level",)),
    "reason": Dimension(
        Words("Alasan", "Reason"),
        ("refusal_reason", "return_reason", "unfulfilled_reason", "revoke_reason"),
    ),
}
_NOTHING: Final = Words("Tidak ada atau tidak diketahui", "None, or not known")
_OTHERS: Final = Words("Lainnya", "Others")
_ALL: Final = Words("Semua", "All")


def _sets(dimension: str, subject: Subject) -> tuple[str, ...]:
    found = DIMENSIONS[dimension]
    return (subject is Subject.REFERRAL and found.of_referral) or found.sets


def books(known: Knowledge, measures: Iterable[Indicator]) -> dict[str, set[str]]:
    """Return the values that each dimension has for *measures*."""
    subjects = {one.subject for one in measures}
    found = {
        code: {
            NONE,
            *(
                value
                for subject in subjects
                for name in _sets(code, subject)
                for value in known.codes.get(name, {})
            ),
        }
        for code in DIMENSIONS
    }
    found["program"] |= set(known.programs)
    found["agency"] |= set(known.agencies)
    return found


def label_of(known: Knowledge, measure: Indicator, by: str | None, value: str | None, lang: Language) -> str:
    if by is None or value is None:
        return said(_ALL, lang)
    if value in {NONE, OTHER}:
        return said(_NOTHING if value == NONE else _OTHERS, lang)
    if by == "program":
        program = known.programs.get(value)
        return said(program.name, lang) if program else value
    if by == "agency":
        agency = known.agencies.get(value)
        return said(agency.name, lang) if agency else value
    for name in _sets(by, measure.subject):
        if known.knows(name, value):
            return known.label(name, value, lang)
    return value


def all_of(lang: Language) -> str:
    return said(_ALL, lang)


def list_of(measure: str) -> ListName | None:
    door = DOORS.get(measure)
    if door is None:
        return None
    return "referrals" if door.list == "referrals" else "cases"


def measure_out(one: Indicator, lang: Language) -> MeasureOut:
    return MeasureOut(
        code=one.code,
        name=said(one.name, lang),
        definition=said(one.definition, lang),
        unit=said(one.unit, lang),
        kind=one.kind.value,
        dimensions=list(one.dimensions),
        list=list_of(one.code),
    )


def catalogue_out(measures: Iterable[Indicator], lang: Language) -> MetricsCatalogueOut:
    return MetricsCatalogueOut(
        measures=[measure_out(one, lang) for one in measures],
        dimensions=[
            DimensionOut(
                code=code, name=said(one.name, lang), values_from=one.sets[0] if len(one.sets) == 1 else None
            )
            for code, one in DIMENSIONS.items()
        ],
        places=["regency", "district", "village"],
    )
