"""A decision in words, for the officer and for the resident."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from app.domain.criteria import Reason, Truth, literals, reason
from app.domain.documents import Words
from app.domain.facts import FACTS, Facts
from app.domain.programs import Program
from app.domain.routing.decision import Decision
from app.domain.routing.entries import record
from app.domain.routing.model import Entry, Obstacle, Record, Verdict

VERDICT_WORDS: Final[Mapping[Verdict, Words]] = {
    Verdict.ELIGIBLE: Words("memenuhi syarat", "eligible"),
    Verdict.WAITLIST: Words("memenuhi syarat, masuk daftar tunggu", "eligible, waiting list"),
    Verdict.NEEDS_INFORMATION: Words("perlu keterangan", "more information is needed"),
    Verdict.NOT_ELIGIBLE: Words("tidak memenuhi syarat", "not eligible"),
    Verdict.NOT_AVAILABLE: Words("tidak tersedia", "not available"),
}
OBSTACLE_WORDS: Final[Mapping[Obstacle, Words]] = {
    Obstacle.CLOSED_PERIOD: Words("Pendaftaran sedang ditutup", "Applications are closed now"),
    Obstacle.NOT_COVERED: Words("Tidak berlaku di desa ini", "Does not cover this village"),
    Obstacle.PAUSED: Words("Dihentikan sementara oleh instansinya", "Paused by its agency"),
    Obstacle.FULL: Words("Kuota penuh", "The quota is full"),
}
_MARKS: Final = {"+": Truth.MET, "-": Truth.NOT_MET, "?": Truth.UNKNOWN}
_NO_FACTS: Final[Facts] = {}
_REGISTRY: Final = "registry."


@dataclass(frozen=True, slots=True)
class Explained:
    """One programme of a decision with everything said."""

    entry: Entry
    name: Words
    verdict: Words
    reasons: tuple[Reason, ...]
    notes: tuple[Words, ...]
    """Obstacles, exclusions and warnings."""
    questions: tuple[Words, ...]


def explain_entry(entry: Entry, program: Program, facts: Facts = _NO_FACTS) -> Explained:
    """Say one entry. *program* must be the version it was made with; without *facts* no value is said."""
    walked = zip(literals(program.version.criteria), entry.leaves, strict=True)
    return Explained(
        entry=entry,
        name=program.name,
        verdict=VERDICT_WORDS[entry.verdict],
        reasons=tuple(
            _dated(reason(literal, _MARKS[mark], facts.get(literal.leaf.fact)), facts)
            for literal, mark in walked
        ),
        notes=tuple(_notes(entry)),
        questions=tuple(FACTS[name].question for name in entry.questions),
    )


def _dated(found: Reason, facts: Facts) -> Reason:
    """What the registry says always tells of which list and period it is, and whether that is old."""
    source, period = facts.get("registry.source"), facts.get("registry.period")
    if not found.fact.startswith(_REGISTRY) or source is None or period is None:
        return found
    dropped = facts.get("registry.dropped_in")
    if dropped is not None:
        more = Words(f"; keluar dari daftar {dropped}", f"; dropped from the list of {dropped}")
    elif facts.get("registry.old") is True:
        more = Words("; data lama, periksa dahulu", "; old data, check it first")
    else:
        more = Words("", "")
    said = found.said
    return found._replace(
        said=Words(f"{said.id} ({source} {period}{more.id})", f"{said.en} ({source} {period}{more.en})")
    )


def _notes(entry: Entry) -> Iterator[Words]:
    for obstacle in entry.obstacles:
        yield OBSTACLE_WORDS[obstacle]
    for code in entry.excluded_by:
        if code == entry.program:
            yield Words("Sudah diterima atau sedang diajukan", "Already received or applied for")
        else:
            yield Words(f"Tidak dapat bersama {code}", f"Cannot go together with {code}")
    for code in entry.warned_by:
        yield Words(
            f"Perhatian: sudah menerima {code}, yang menetapkan dapat mengecualikan",
            f"Note: already receives {code}; whoever decides may exclude",
        )
    for code in entry.complements:
        yield Words(f"Melengkapi {code}", f"Complements {code}")


def explain(decision: Decision, language: str = "id") -> str:
    """Tell the whole decision in *language* (``id`` or ``en``), as lines of plain text."""
    return "\n".join(_lines(decision, record(decision), language))


def _lines(decision: Decision, one: Record, language: str) -> Iterator[str]:
    view, facts = decision.view, decision.facts
    for entry in one.entries:
        said = explain_entry(entry, view.programs[view.places[entry.program]], facts)
        yield f"{said.name.said(language)}: {said.verdict.said(language)}."
        for found in said.reasons:
            yield f"  - {found.said.said(language)}"
        for note in said.notes:
            yield f"  - {note.said(language)}"
        for ask in said.questions:
            yield f"  ? {ask.said(language)}"
    for rung in decision.ladder:
        ladder = Words("Jenjang pengaduan", "Complaint ladder")
        yield f"{ladder.said(language)}: {rung.label.said(language)}"
