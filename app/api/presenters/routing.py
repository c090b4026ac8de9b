"""A decision told in words, best programmes first."""

from collections.abc import Mapping
from datetime import datetime

from app.api.language import Language
from app.api.presenters.words import all_coded, coded, said
from app.api.schemas.cases import ProgramAnswer, QuestionOut, RegistryOrigin, RoutingOut
from app.domain.codes import TO_BE_CONFIRMED
from app.domain.facts import FACTS, Facts
from app.domain.knowledge import Knowledge
from app.domain.programs import Program
from app.domain.routing import Destination, Entry, Record, explain_entry

FIRST = 5
"""How many programmes an answer tells in full; ``GET …/routing`` tells all."""


def routing_out(  # noqa: PLR0913  # what was decided, with what it is told from
    known: Knowledge,
    programs: Mapping[tuple[str, int], Program],
    record: Record,
    lang: Language,
    *,
    n: int,
    at: datetime,
    facts: Facts,
    destination: Destination,
    first: int | None = FIRST,
) -> RoutingOut:
    """Tell *record*; *programs* holds the versions that it used, *facts* is empty after erasure."""
    entries = record.entries if first is None else record.entries[:first]
    return RoutingOut.model_construct(
        n=n,
        at=at,
        mode=record.mode.value,
        destination=said(destination.reason, lang),
        engine_version=record.engine_version,
        considered=len(record.entries),
        registry=_origin(facts),
        programs=[
            program_answer(known, programs[entry.program, entry.version], entry, facts, lang)
            for entry in entries
            if (entry.program, entry.version) in programs
        ],
        questions=[
            QuestionOut.model_construct(fact=name, question=said(FACTS[name].question, lang))
            for name in record.questions
        ],
        ladder=[known.label("complaint_ladder_rung", rung, lang) for rung in record.ladder],
    )


def _origin(facts: Facts) -> RegistryOrigin | None:
    source, period = facts.get("registry.source"), facts.get("registry.period")
    if source is None or period is None:
        return None
    dropped = facts.get("registry.dropped_in")
    return RegistryOrigin(
        listed=facts.get("registry.listed") is True,
        source=str(source),
        period=str(period),
        old=facts.get("registry.old") is True,
        dropped_in=None if dropped is None else str(dropped),
    )


def program_answer(
    known: Knowledge, program: Program, entry: Entry, facts: Facts, lang: Language
) -> ProgramAnswer:
    told = explain_entry(entry, program, facts)
    weak = any(reason.to_be_confirmed for reason in told.reasons)
    return ProgramAnswer.model_construct(
        program=program.code,
        name=said(program.name, lang),
        level=coded(known, "level", program.level.value, lang),
        agency=program.agency,
        verdict=coded(known, "verdict", entry.verdict.value, lang),
        reasons=[said(reason.said, lang) for reason in told.reasons],
        obstacles=[known.label("obstacle", obstacle.value, lang) for obstacle in entry.obstacles],
        # The notes tell the obstacles once more, first; they have a list of their own.
        warnings=[said(note, lang) for note in told.notes[len(entry.obstacles) :]],
        papers_missing=all_coded(known, "paper", entry.papers_missing, lang),
        questions=[said(question, lang) for question in told.questions],
        to_be_confirmed=weak or program.version.trust in TO_BE_CONFIRMED,
        benefit=said(program.version.benefit.summary, lang),
    )
