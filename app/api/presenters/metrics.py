"""Figures in words: what is counted, by what it is split, and the values that a split has."""

from collections.abc import Iterable

from app.api.drilldown import DOORS
from app.api.language import Language
from app.api.presenters.words import said
from app.api.schemas.metrics import DimensionOut, ListName, MeasureOut, MetricsCatalogueOut
from app.domain.figure_words import ALL, DIMENSIONS, sets_of, words_of
from app.domain.indicators import NONE, Indicator
from app.domain.knowledge import Knowledge


def books(known: Knowledge, measures: Iterable[Indicator]) -> dict[str, set[str]]:
    """Return the values that each dimension has for *measures*."""
    subjects = {one.subject for one in measures}
    found = {
        code: {
            NONE,
            *(
                value
                for subject in subjects
                for name in sets_of(code, subject)
                for value in known.codes.get(name, {})
            ),
        }
        for code in DIMENSIONS
    }
    found["program"] |= set(known.programs)
    found["agency"] |= set(known.agencies)
    return found


def label_of(known: Knowledge, measure: Indicator, by: str | None, value: str | None, lang: Language) -> str:
    return said(words_of(known, measure, by, value), lang)


def all_of(lang: Language) -> str:
    return said(ALL, lang)


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
