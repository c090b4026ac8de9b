"""Which papers a case needs, who asks for them, and which of them it has."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.domain.knowledge import Knowledge


class Asker(StrEnum):
    PROGRAM = "program"
    CATEGORY = "category"
    ASKED = "asked"
    """An officer asked the resident for it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One asker's wish for one paper."""

    asker: Asker
    code: str
    """Of the programme or category; of what an officer asked for, the step's."""
    paper: str
    required: bool


@dataclass(frozen=True, slots=True)
class Line:
    paper: str
    required: bool
    """By anybody."""
    wishes: tuple[Wish, ...]
    seen: bool
    """An officer noted that she had it in hand."""
    attachments: tuple[UUID, ...]

    @property
    def held(self) -> bool:
        return self.seen or bool(self.attachments)


def wishes_of(
    known: Knowledge,
    *,
    regency: str,
    today: date,
    category: str,
    programs: Collection[str],
    asked: Collection[str],
) -> list[Wish]:
    """Collect what programmes, the category's policy and an officer ask for, in this order.

    A programme asks for what it asks for in the *regency*, which may want papers of its own.
    """
    had = [known.program_in(regency, code, today) or known.programs.get(code) for code in programs]
    found = [
        Wish(Asker.PROGRAM, program.code, paper.code, paper.required)
        for program in had
        if program is not None
        for paper in program.version.papers
    ]
    found += _of_category(known, regency, category)
    return found + [Wish(Asker.ASKED, "ask_completion", paper, required=True) for paper in asked]


def _of_category(known: Knowledge, regency: str, category: str) -> list[Wish]:
    """Read the policy ``category_papers``: of the category, or else of the branch it hangs on."""
    rules: Mapping[str, Any] = known.policy_value(regency, "category_papers", {})
    code = category if category in rules else str(known.attrs("case_category", category).get("root"))
    asked: Mapping[str, Sequence[str]] = rules.get(code) or {}
    return [
        Wish(Asker.CATEGORY, code, str(paper), required)
        for name, required in (("required", True), ("optional", False))
        for paper in asked.get(name) or ()
    ]


def checklist(
    wishes: Sequence[Wish], seen: Collection[str], filed: Mapping[str, Sequence[UUID]]
) -> list[Line]:
    """Return one line per paper: the required ones first, then in the order of the asking, then the rest."""
    papers = dict.fromkeys([*(wish.paper for wish in wishes), *sorted({*seen, *filed})])
    lines = []
    for paper in papers:
        mine = tuple(wish for wish in wishes if wish.paper == paper)
        required = any(wish.required for wish in mine)
        lines.append(Line(paper, required, mine, paper in seen, tuple(filed.get(paper) or ())))
    return sorted(lines, key=lambda line: not line.required)


def missing(lines: Sequence[Line]) -> tuple[str, ...]:
    """Name the required papers that the case has not."""
    return tuple(line.paper for line in lines if line.required and not line.held)
