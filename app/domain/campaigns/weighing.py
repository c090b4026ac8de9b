"""One person weighed for a campaign: which components fit her, how much she needs, what stands against it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from app.domain.campaigns.need import Weights, score
from app.domain.campaigns.states import PassedOver
from app.domain.criteria import Criteria, Truth, evaluate, reasons
from app.domain.facts import Facts
from app.domain.known_facts import facts_of
from app.domain.ledger import Finding, Held, Judgement, Ruling
from app.domain.programs import Effect

_TRUTHS: Final = {Truth.MET: "met", Truth.UNKNOWN: "unknown", Truth.NOT_MET: "not_met"}
UNSURE: Final = frozenset({"MENINGGAL", "PINDAH", "GANDA"})
"""What the registry may say of somebody that a person must look into first."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What is known of one person."""

    registry: Mapping[str, Any] | None
    aid: Sequence[list[Any]]
    stored: Sequence[Mapping[str, Any]]
    born_on: date | None
    sex: str | None
    has_nik: bool
    ppks: str | None
    deceased: bool
    held: Sequence[Held]
    judgement: Judgement
    closed: Judgement
    """On what comes from closed cases, of which nothing is told."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a selection asks for, the same for everybody."""

    components: Mapping[str, Criteria]
    """By code, in the campaign's order."""
    weights: Weights
    excludes: frozenset[str]
    """Programmes that the campaign itself wants nobody to hold beside it."""
    today: date


@dataclass(frozen=True, slots=True)
class Weighed:
    reason: PassedOver | None
    fits: tuple[str, ...]
    need: int
    aid: int
    basis: Mapping[str, Any]
    """``grounds``, ``components``, ``aid``, ``registry``: plain JSON, to be sealed."""


def weigh(sources: Sources, asked: Conditions) -> Weighed:
    facts = facts_of(
        registry=sources.registry,
        aid=sources.aid,
        stored=sources.stored,
        stated={},
        person={
            "born_on": sources.born_on,
            "sex": sources.sex,
            "has_nik": sources.has_nik,
            "ppks": sources.ppks,
        },
        today=asked.today,
    )
    held = sorted({item.origin.program for item in sources.held})
    need, grounds = score(facts, asked.weights, len(held))
    truths = {code: evaluate(criteria, facts) for code, criteria in asked.components.items()}
    fits = tuple(code for code, truth in truths.items() if truth is Truth.MET)
    against: list[Finding | OwnRule] = [*sources.judgement.findings, *_own(held, asked.excludes)]
    return Weighed(
        _passed(sources, truths.values(), against, str(facts.get("registry.status", ""))),
        fits,
        need,
        len(held),
        {
            "grounds": [list(ground) for ground in grounds],
            "components": [_component(code, asked.components[code], facts, truths[code]) for code in truths],
            "aid": [{"program": f.program, "effect": f.effect.value, "cause": f.cause} for f in against],
            "held": held,
            "registry": _origin(sources.registry),
        },
    )


@dataclass(frozen=True, slots=True)
class OwnRule:
    """Aid that the campaign's own rules exclude."""

    program: str
    effect: Effect = Effect.EXCLUDE
    cause: str = "campaign_rule"


def _own(held: Iterable[str], excludes: frozenset[str]) -> list[OwnRule]:
    return [OwnRule(code) for code in held if code in excludes]


def _passed(
    sources: Sources, truths: Iterable[Truth], against: Iterable[Finding | OwnRule], status: str
) -> PassedOver | None:
    truths = tuple(truths)
    if sources.deceased:
        return PassedOver.DECEASED
    if Truth.MET not in truths:
        unknown = Truth.UNKNOWN in truths
        return PassedOver.NEEDS_INFORMATION if unknown else PassedOver.NOT_ELIGIBLE
    forbidden = sources.closed.ruling is Ruling.FORBIDDEN
    if forbidden or any(one.effect is Effect.EXCLUDE for one in against):
        return PassedOver.AID_EXCLUDED
    return PassedOver.NEEDS_INFORMATION if status in UNSURE else None


def _component(code: str, criteria: Criteria, facts: Facts, truth: Truth) -> dict[str, Any]:
    return {
        "code": code,
        "verdict": _TRUTHS[truth],
        "reasons": [
            {"fact": one.fact, "verdict": _TRUTHS[one.truth], "id": one.said.id, "en": one.said.en}
            for one in reasons(criteria, facts)
        ],
    }


def _origin(registry: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Say which registry of which period spoke."""
    return {"source": registry["source"], "period": registry["period"]} if registry else None
