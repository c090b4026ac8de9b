"""Routing a case: which kind of answer it wants, and the answer."""

from dataclasses import dataclass
from typing import Final

from app.domain.codes import CaseKind
from app.domain.facts import Facts
from app.domain.programs import Program, Rung
from app.domain.routing.catalogue import Catalogue, View
from app.domain.routing.match import Match, judge, known_facts
from app.domain.routing.model import Mode, Question, Verdict

VIOLENCE: Final = "KEKERASAN"
_MATCHED: Final = frozenset({CaseKind.LAYANAN, CaseKind.USULAN_DATA, CaseKind.DARURAT})


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer with what it was made from; :func:`~app.domain.routing.record` spells it out."""

    catalogue: Catalogue
    question: Question
    mode: Mode
    view: View
    match: Match | None
    """``None`` where no programmes are matched."""

    @property
    def verdicts(self) -> tuple[tuple[str, Verdict], ...]:
        """Programmes with their verdicts, best first."""
        match = self.match
        if match is None:
            return ()
        programs = self.view.programs
        return tuple((programs[place].code, match.verdict(place)) for place in match.order)

    @property
    def about(self) -> Program | None:
        """The programme that the case is about, in the version of the day."""
        code = self.question.about_program
        return None if code is None else self.catalogue.program(code, self.question.today)

    @property
    def ladder(self) -> tuple[Rung, ...]:
        """The rungs still to be climbed, the first one next; empty unless a complaint names a programme."""
        about = self.about
        if about is None or self.question.need.kind is not CaseKind.PENGADUAN:
            return ()
        tried = self.question.tried
        return tuple(rung for rung in about.version.ladder if rung.rung not in tried)

    @property
    def facts(self) -> Facts:
        return known_facts(self.view, self.question)


def mode_of(question: Question) -> Mode:
    need = question.need
    if VIOLENCE in (need.category, need.root):
        return Mode.CLOSED_CHANNEL
    if need.kind in _MATCHED or need.names_need:
        return Mode.MATCH
    return Mode.LADDER if need.kind is CaseKind.PENGADUAN else Mode.ANSWER


def route(catalogue: Catalogue, question: Question) -> Decision:
    """Answer *question*; pure, and the same for ever for the same input and versions."""
    view = catalogue.view(question.place.regency, question.today)
    mode = mode_of(question)
    match = judge(view, question) if mode is Mode.MATCH else None
    return Decision(catalogue, question, mode, view, match)
