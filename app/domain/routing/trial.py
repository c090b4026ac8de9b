"""Trying a draft on decisions that were made: the same question, with the draft in its programme's place.

Only rules are tried. What was open, full, paused or closed on the day of the decision stays so, and the draft
counts as in force on every day. The record's other programmes keep the versions that it used.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import repeat
from typing import Any, Final, NamedTuple

from app.domain.facts import Facts
from app.domain.programs import Override, Period, Program, overlaid
from app.domain.routing.catalogue import Catalogue, compile_catalogue
from app.domain.routing.decision import Decision, route
from app.domain.routing.destination import Policy, destination
from app.domain.routing.model import ENGINE_VERSION, Mode, Obstacle, Question, Verdict
from app.domain.routing.stored import NO_OVERRIDES, OverrideKey, head_of, question_with


class Shift(StrEnum):
    """What the draft makes of one past case; the set ``trial_shift``."""

    SAME = "same"
    NEWLY_ELIGIBLE = "newly_eligible"
    NO_LONGER_ELIGIBLE = "no_longer_eligible"
    NOW_UNDECIDED = "now_undecided"
    """It was refused; now facts are asked for."""
    NO_LONGER_UNDECIDED = "no_longer_undecided"
    """Facts were asked for; now it is refused."""
    OTHER_REFUSAL = "other_refusal"
    """Not to be had, for another reason than before."""
    OTHER_ORDER = "other_order"
    """The same verdict, but another place in the ranking."""
    NOT_CONCERNED = "not_concerned"
    """Neither the draft nor the version in force then is considered in that place, or nothing is matched."""
    FACTS_ERASED = "facts_erased"
    OTHER_ENGINE = "other_engine"
    VERSION_MISSING = "version_missing"


CHANGED: Final = frozenset(
    {
        Shift.NEWLY_ELIGIBLE,
        Shift.NO_LONGER_ELIGIBLE,
        Shift.NOW_UNDECIDED,
        Shift.NO_LONGER_UNDECIDED,
        Shift.OTHER_REFUSAL,
        Shift.OTHER_ORDER,
    }
)
_HAD: Final = frozenset({Verdict.ELIGIBLE, Verdict.WAITLIST})
_NEVER_OPEN: Final = Period(opens_on=date.max, closes_on=date.min)


class Outcome(NamedTuple):
    shift: Shift
    before: Verdict | None = None
    """None: the programme was not considered."""
    after: Verdict | None = None
    first_before: str | None = None
    """The programme that the case was proposed for first; told of changed cases only."""
    first_after: str | None = None

    @property
    def elsewhere(self) -> bool:
        """Whether the case would go to another programme."""
        return self.first_before != self.first_after


_Used = tuple[str, frozenset[tuple[str, int, int]]]
"""A regency, and the versions and overrides that a decision there used: programme, version, override."""


@dataclass(slots=True)
class Trial:
    """One draft, ready to be tried; ``_mixed`` only remembers what any call would compute again."""

    draft: Program
    programs: Mapping[tuple[str, int], Program]
    """Every published version of every programme, by code and number."""
    overrides: Mapping[OverrideKey, Override] = field(default_factory=lambda: NO_OVERRIDES)
    _mixed: dict[tuple[_Used, bool], Catalogue | None] = field(default_factory=dict, repr=False)
    _used: dict[_Used, Catalogue | None] = field(default_factory=dict, repr=False)
    _open: Program = field(init=False, repr=False)
    _closed: Program = field(init=False, repr=False)

    def __post_init__(self) -> None:
        version = replace(self.draft.version, valid_from=date.min, valid_to=None, period=None)
        self._open = replace(self.draft, version=version)
        self._closed = replace(self.draft, version=replace(version, period=_NEVER_OPEN))

    @property
    def needs_whole(self) -> bool:
        """Whether more of a record is needed than what :class:`Decided` has of a brief one."""
        own = (one for (code, _), one in self.programs.items() if code == self.draft.code)
        return bool(self.overrides) or any(one.version.period for one in own)

    def judge(self, answer: Mapping[str, Any], sealed: Mapping[str, Any] | None) -> Outcome:
        """Decide one stored record anew. *sealed* is None once its facts were erased."""
        return self.judge_brief(decided(answer, self.draft.code), sealed)

    def judge_brief(self, past: "Decided", sealed: Mapping[str, Any] | None) -> Outcome:
        """The same of a record of which no more was read than is needed."""
        answer = past.head
        if answer["engine_version"] != ENGINE_VERSION:
            return Outcome(Shift.OTHER_ENGINE)
        if answer["mode"] != Mode.MATCH.value:
            return Outcome(Shift.NOT_CONCERNED)
        catalogue = self._with_draft(past.used, closed=past.closed)
        if catalogue is None:
            return Outcome(Shift.VERSION_MISSING)
        view = catalogue.view(past.used[0], date.fromisoformat(answer["today"]))
        if past.before is None and self.draft.code not in view.places:
            return Outcome(Shift.NOT_CONCERNED)
        if sealed is None:
            return Outcome(Shift.FACTS_ERASED)
        question = question_with(head_of(answer), sealed, _facts(sealed["facts"]))
        return self._compared(past, question, route(catalogue, question))

    def _compared(self, past: "Decided", question: Question, now: Decision) -> Outcome:
        match, view = now.match, now.view
        if match is None:  # pragma: no cover - the stored mode says that programmes are matched
            return Outcome(Shift.NOT_CONCERNED)
        seat = view.places.get(self.draft.code)
        after = None if seat is None else match.verdict(seat)
        shift = _shift(past.before, after)
        if shift is Shift.SAME:
            if [view.programs[place].code for place in match.order] == past.order:
                return Outcome(Shift.SAME, past.before, after)
            shift = Shift.OTHER_ORDER
        own = self._as_it_was(past.used)
        if own is None:
            return Outcome(Shift.VERSION_MISSING)
        return Outcome(shift, past.before, after, _first(route(own, question)), _first(now))

    def _with_draft(self, used: _Used, *, closed: bool) -> Catalogue | None:
        """The record's programmes with the draft in the place of its own version; None if one is missing."""
        key = (used, closed)
        if key not in self._mixed:
            regency, named = used
            draft = self._closed if closed else self._open
            own = next((override for code, _, override in named if code == draft.code), 0)
            others = [self._laid_over(regency, *one) for one in named if one[0] != draft.code]
            over = self.overrides.get((regency, draft.code, own))
            mine = draft if over is None else overlaid(draft, over)
            self._mixed[key] = _catalogue([mine, *others])
        return self._mixed[key]

    def _as_it_was(self, used: _Used) -> Catalogue | None:
        if used not in self._used:
            regency, named = used
            self._used[used] = _catalogue([self._laid_over(regency, *one) for one in named])
        return self._used[used]

    def _laid_over(self, regency: str, code: str, n: int, override: int) -> Program | None:
        found = self.programs.get((code, n))
        if found is None or not override:
            return found
        own = self.overrides.get((regency, code, override))
        return None if own is None else overlaid(found, own)


def _catalogue(programs: Sequence[Program | None]) -> Catalogue | None:
    known = [one for one in programs if one is not None]
    return compile_catalogue(known) if len(known) == len(programs) else None


class Decided(NamedTuple):
    """What a record says of its programmes, and the rest of it."""

    head: Mapping[str, Any]
    """The record, with or without what it says of each programme."""
    used: _Used
    order: list[str]
    """Best first."""
    before: Verdict | None
    """Of the programme that the draft is for; None where it was not considered."""
    closed: bool
    """Whether that programme took no applications on the day."""


_SPECIAL: Final = 4
"""Where an entry says what is special about it, if anything is."""
_BRIEF: Final = 3
"""Of each programme a brief record has the code, the version and the verdict."""


def decided(answer: Mapping[str, Any], code: str) -> Decided:
    entries = answer["entries"]
    used = frozenset([(one[0], one[1], _special(one, "override", 0)) for one in entries])
    own = next((one for one in entries if one[0] == code), None)
    return Decided(
        answer,
        (answer["place"]["regency"], used),
        [one[0] for one in entries],
        None if own is None else Verdict(own[2]),
        own is not None and Obstacle.CLOSED_PERIOD.value in _special(own, "obstacles", ()),
    )


def decided_in_brief(head: Mapping[str, Any], brief: list[Any], code: str) -> Decided:
    """The same from codes, versions and verdicts in one list, where no override and no period can count."""
    codes = brief[::_BRIEF]
    used = frozenset(zip(codes, brief[1::_BRIEF], repeat(0)))  # repeat has no end
    before = Verdict(brief[codes.index(code) * _BRIEF + 2]) if code in codes else None
    return Decided(head, (head["place"]["regency"], used), codes, before, closed=False)


def _special(entry: list[Any], name: str, default: Any) -> Any:
    return entry[_SPECIAL].get(name, default) if len(entry) > _SPECIAL else default


def _shift(before: Verdict | None, after: Verdict | None) -> Shift:
    if before is after:
        return Shift.SAME
    if after in _HAD or before in _HAD:
        # Waiting and being served at once are both what she is entitled to.
        if after in _HAD and before in _HAD:
            return Shift.OTHER_ORDER
        return Shift.NEWLY_ELIGIBLE if after in _HAD else Shift.NO_LONGER_ELIGIBLE
    if after is Verdict.NEEDS_INFORMATION:
        return Shift.NOW_UNDECIDED
    return Shift.NO_LONGER_UNDECIDED if before is Verdict.NEEDS_INFORMATION else Shift.OTHER_REFUSAL


def _first(decision: Decision) -> str | None:
    """The programme that the case is proposed for first, whatever the regency lets its desks do."""
    return next(iter(destination(decision, Policy()).programs), None)


def _facts(raw: Mapping[str, Any]) -> Facts:
    """Read facts that were checked when they were stored."""
    return {name: frozenset(value) if isinstance(value, list) else value for name, value in raw.items()}
