"""No double aid through two doors: what a household holds, and what may not stand beside it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.codes import LedgerState
from app.domain.errors import Conflict
from app.domain.ledger.lines import Line, Origin
from app.domain.ledger.periods import last_day
from app.domain.programs import Effect, ProgramVersion
from app.domain.referrals import LIVE, ReferralStatus


class HeldBy(StrEnum):
    LEDGER = "ledger"
    REFERRAL = "referral"


@dataclass(frozen=True, slots=True)
class Held:
    """One programme that a member of the household has, or is about to get."""

    origin: Origin
    by: HeldBy


@dataclass(frozen=True, slots=True)
class ExcludedPair:
    """Two programmes that may not, or should not, be held together: it counts both ways."""

    program: str
    other: str
    effect: Effect


def excluded_pairs(program: str, version: ProgramVersion) -> tuple[ExcludedPair, ...]:
    """Read the pairs out of one programme's rules."""
    return tuple(ExcludedPair(program, item.program, item.effect) for item in version.exclusions)


class OverlapReason(StrEnum):
    SAME_AID = "same_aid"
    SAME_AID_IN_HOUSEHOLD = "same_aid_in_household"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Overlap:
    held: Held
    effect: Effect
    reason: OverlapReason


def is_active(line: Line, on: date) -> bool:
    """Tell whether a line counts as aid held: still planned, or given for a period that is not over."""
    if line.state is LedgerState.PLANNED:
        return True
    if line.state is not LedgerState.GIVEN or line.given_on is None:
        return False
    return on <= last_day(line.period, line.given_on)


def held_by_household(
    lines: Iterable[Line], referrals: Iterable[tuple[Origin, ReferralStatus]], on: date
) -> tuple[Held, ...]:
    """List what the household holds: active lines, and referrals for aid that are live."""
    found = dict.fromkeys(Held(line.origin, HeldBy.LEDGER) for line in lines if is_active(line, on))
    found |= dict.fromkeys(Held(origin, HeldBy.REFERRAL) for origin, status in referrals if status in LIVE)
    return tuple(found)


def active_programs(held: Iterable[Held]) -> frozenset[str]:
    """Name the programmes in the ledger: the fact ``ledger.active_programs``."""
    return frozenset(item.origin.program for item in held if item.by is HeldBy.LEDGER)


def overlaps(
    candidate: Origin, held: Iterable[Held], exclusions: Iterable[ExcludedPair]
) -> tuple[Overlap, ...]:
    """List what stands against *candidate*, exclusions first.

    The same programme for the same person excludes; for another member of the household it warns, since
    many programmes pay per person. What belongs to the candidate's own referral does not count.
    """
    rules = tuple(exclusions)
    found = []
    for item in held:
        own = candidate.referral_id is not None and item.origin.referral_id == candidate.referral_id
        if not own:
            found += _against(candidate, item, rules)
    return tuple(sorted(found, key=lambda o: (o.effect is Effect.WARN, o.held.origin.program)))


def _against(candidate: Origin, item: Held, rules: tuple[ExcludedPair, ...]) -> list[Overlap]:
    if item.origin.program == candidate.program:
        # Unknown persons count as the same one: the check fails closed.
        same = None in {candidate.person_id, item.origin.person_id} or (
            candidate.person_id == item.origin.person_id
        )
        if same:
            return [Overlap(item, Effect.EXCLUDE, OverlapReason.SAME_AID)]
        return [Overlap(item, Effect.WARN, OverlapReason.SAME_AID_IN_HOUSEHOLD)]
    pair = {candidate.program, item.origin.program}
    effects = [rule.effect for rule in rules if {rule.program, rule.other} == pair]
    if not effects:
        return []
    effect = Effect.EXCLUDE if Effect.EXCLUDE in effects else Effect.WARN
    return [Overlap(item, effect, OverlapReason.EXCLUDED)]


def require_free(found: Iterable[Overlap]) -> None:
    """Refuse if something excludes. Ask again under lock when a referral is accepted.

    Raises:
        Conflict: the household already holds the same aid or one that excludes it.
    """
    programs = sorted({item.held.origin.program for item in found if item.effect is Effect.EXCLUDE})
    if programs:
        raise Conflict(
            "aid_excluded",
            f"Tidak dapat diterima bersama bantuan yang sudah dimiliki keluarga: {', '.join(programs)}.",
            f"It may not be held together with aid that the household already has: {', '.join(programs)}.",
            {"programs": programs},
        )
