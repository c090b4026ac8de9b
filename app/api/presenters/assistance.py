"""The ledger of a household, and what may stand beside it, in words."""

from collections.abc import Callable, Sequence

from app.api.presenters.referrals import assistance_out
from app.api.presenters.words import coded, said
from app.api.reading import Reading
from app.api.schemas.assistance import (
    ClassOut,
    FindingOut,
    HeldOut,
    OverlapOut,
    TotalOut,
    TotalsOut,
)
from app.db.queries.holding import Home, line_of
from app.db.tables.people import Person
from app.db.tables.referrals import AssistanceLine
from app.domain.documents import Words
from app.domain.ids import public_id
from app.domain.ledger import Finding, Line, Ruling, in_words
from app.domain.ledger.totals import totals, year_of
from app.services.overlap import Class, Narrow, Told, classes_of


def held_out(reading: Reading, home: Home, line: AssistanceLine, ticket: str | None) -> HeldOut:
    """Tell one line; of one from another regency no id that leads there."""
    here = line.regency_code == home.regency_code
    of_nik = line.nik_digest is not None and line.nik_digest in home.nik_digests
    told = assistance_out(reading, line, ticket).model_dump()
    if not here:
        told |= {"person": None, "referral": None, "proof": None, "reverses": None, "ticket": None}
    own = of_nik or (here and line.person_id == home.person_id)
    return HeldOut(**told, regency=line.regency_code, own=own)


def totals_out(reading: Reading, rows: Sequence[AssistanceLine]) -> TotalsOut:
    lines = [line_of(row) for row in rows]
    programs, lang, known = reading.known.programs, reading.lang, reading.known

    def level(line: Line) -> str:
        program = programs.get(line.origin.program)
        return program.level.value if program else ""

    return TotalsOut(
        by_program=_sums(
            lines,
            lambda line: line.origin.program,
            lambda key: said(programs[key].name, lang) if key in programs else key,
        ),
        by_level=_sums(lines, level, lambda key: known.label("level", key, lang)),
        by_year=_sums(lines, year_of, lambda key: key),
    )


def _sums(lines: Sequence[Line], key: Callable[[Line], str], label: Callable[[str], str]) -> list[TotalOut]:
    return [
        TotalOut(
            key=one,
            label=label(one),
            given_idr=total.given_idr,
            planned_idr=total.planned_idr,
            lines=total.lines,
        )
        for one, total in totals(lines, key).items()
    ]


def told_out(reading: Reading, told: Told) -> OverlapOut:
    """Tell whoever sees records: each reason, and the lines."""
    person, judgement = told.person, told.judgement
    classes = classes_of(reading.known, (one.program for one in judgement.findings))
    return OverlapOut(
        person=_public(person),
        ruling=coded(reading.known, "overlap_ruling", judgement.ruling, reading.lang),
        forbidden=judgement.ruling is Ruling.FORBIDDEN,
        classes=_classes(reading, classes),
        findings=[_finding(reading, one) for one in judgement.findings],
        complements=list(judgement.complements),
        still_fits=list(told.fits),
        lines=[held_out(reading, told.home, line, None) for line in told.lines],
    )


def narrow_out(reading: Reading, narrow: Narrow) -> OverlapOut:
    """Tell whoever sees no records: yes or no, and the class."""
    return OverlapOut(
        person=None,
        ruling=coded(reading.known, "overlap_ruling", narrow.ruling, reading.lang),
        forbidden=narrow.ruling is Ruling.FORBIDDEN,
        classes=_classes(reading, narrow.classes),
    )


def _finding(reading: Reading, finding: Finding) -> FindingOut:
    words: Words = in_words(finding, reading.known.programs)
    return FindingOut(
        cause=coded(reading.known, "overlap_cause", finding.cause, reading.lang),
        effect=finding.effect.value,
        program=finding.program,
        words=said(words, reading.lang),
    )


def _classes(reading: Reading, classes: Sequence[Class]) -> list[ClassOut]:
    known, lang = reading.known, reading.lang
    return [
        ClassOut(
            level=coded(known, "level", one.level, lang), kind=coded(known, "delivery_kind", one.kind, lang)
        )
        for one in classes
    ]


def _public(person: Person | None) -> str | None:
    return public_id(person.regency_code, person.id) if person else None
