"""May this aid stand beside what the household has? Forbidden, warned or free, each with its reason.

The same rules hold when a referral is accepted; here they are asked beforehand, and answered in full.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.domain.codes import LedgerState
from app.domain.ledger.lines import Line, Origin
from app.domain.ledger.overlap import ExcludedPair, Held, OverlapReason, excluded_pairs, overlaps
from app.domain.programs import Effect, Program


class Ruling(StrEnum):
    """The set ``overlap_ruling``."""

    FORBIDDEN = "forbidden"
    WARNED = "warned"
    FREE = "free"


class Cause(StrEnum):
    """Why; the set ``overlap_cause``."""

    SAME_AID = "same_aid"
    SAME_AID_IN_HOUSEHOLD = "same_aid_in_household"
    EXCLUDED = "excluded"
    SAME_PERIOD = "same_period"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Limit:
    """How many programmes one household should hold at most (a policy)."""

    most: int
    effect: Effect


@dataclass(frozen=True, slots=True)
class Asked:
    """The aid that somebody means to give; component and period where he knows them."""

    program: str
    person_id: UUID | None = None
    component: str | None = None
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    cause: Cause
    effect: Effect
    program: str
    """What she has that stands against it; of ``too_many`` the programme that is asked about."""
    component: str | None = None
    period: str | None = None
    held: int | None = None
    """How many programmes the household has; of ``too_many``."""


@dataclass(frozen=True, slots=True)
class Judgement:
    ruling: Ruling
    findings: tuple[Finding, ...]
    complements: tuple[str, ...]
    """Programmes that fit beside what she has; held already or not, as the question was."""


def judge(
    asked: Asked,
    held: Collection[Held],
    lines: Iterable[Line],
    programs: Mapping[str, Program],
    limit: Limit | None,
) -> Judgement:
    """Say what stands against *asked*, and which of the aid held it complements.

    *held*: of the household, today. *lines*: all of the household's, those of past periods too.
    """
    findings = _same_period(asked, lines)
    findings += [
        Finding(_CAUSES[found.reason], found.effect, found.held.origin.program)
        for found in overlaps(Origin(asked.program, asked.person_id), held, pairs_of(asked, held, programs))
    ]
    findings += _too_many(asked, held, limit)
    return Judgement(
        ruling_of(findings),
        tuple(dict.fromkeys(sorted(findings, key=lambda one: one.effect is Effect.WARN))),
        tuple(sorted(one for one in codes_of(held) if complementary(asked.program, one, programs))),
    )


_CAUSES: Mapping[OverlapReason, Cause] = {reason: Cause(reason.value) for reason in OverlapReason}


def codes_of(held: Iterable[Held]) -> frozenset[str]:
    return frozenset(item.origin.program for item in held)


def pairs_of(asked: Asked, held: Iterable[Held], programs: Mapping[str, Program]) -> list[ExcludedPair]:
    named = sorted({asked.program, *codes_of(held)})
    return [
        pair for code in named if code in programs for pair in excluded_pairs(code, programs[code].version)
    ]


def ruling_of(findings: Iterable[Finding]) -> Ruling:
    effects = {finding.effect for finding in findings}
    if Effect.EXCLUDE in effects:
        return Ruling.FORBIDDEN
    return Ruling.WARNED if effects else Ruling.FREE


def complementary(one: str, other: str, programs: Mapping[str, Program]) -> bool:
    """Tell whether either of two programmes says that it is meant to stand beside the other."""
    return any(
        a in programs and b in programs[a].version.complements for a, b in ((one, other), (other, one))
    )


def still_fits(held: Collection[Held], programs: Mapping[str, Program], here: Collection[str]) -> list[str]:
    """Name the programmes of *here* that complement what she has, and that nothing she has excludes."""
    have = codes_of(held)
    return sorted(
        code
        for code in here
        if code not in have
        and any(complementary(code, one, programs) for one in have)
        and judge(Asked(code), held, (), programs, None).ruling is not Ruling.FORBIDDEN
    )


def _same_period(asked: Asked, lines: Iterable[Line]) -> list[Finding]:
    """One component is given once for one period: past ones too."""
    if asked.component is None or asked.period is None:
        return []
    return [
        Finding(Cause.SAME_PERIOD, Effect.EXCLUDE, line.origin.program, line.component, line.period)
        for line in lines
        if line.state in {LedgerState.PLANNED, LedgerState.GIVEN}
        and (line.origin.program, line.component, line.period)
        == (asked.program, asked.component, asked.period)
        and line.origin.person_id in {asked.person_id, None}
    ]


def _too_many(asked: Asked, held: Iterable[Held], limit: Limit | None) -> list[Finding]:
    others = codes_of(held) - {asked.program}
    if limit is None or len(others) < limit.most:
        return []
    return [Finding(Cause.TOO_MANY, limit.effect, asked.program, held=len(others))]
