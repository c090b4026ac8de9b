"""A regency's own rules: how long a step may take, and the numbers it may choose; back to the default."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from app.db.queries import policies as stored
from app.db.queries.acting import Acting
from app.db.queries.knowledge import OFFICE_HOURS
from app.db.tables.places import Policy, RegencySettings
from app.domain.access import Permission
from app.domain.codes import CaseKind, Priority
from app.domain.errors import Conflict, FieldError, Invalid, NotFound
from app.domain.events.settings import PolicyEnded, PolicySet
from app.domain.ids import NATION, tenant_digits
from app.domain.knowledge import Knowledge
from app.domain.policy_shapes import Vocabulary
from app.domain.policy_values import FORMS, check_value
from app.domain.sla import ClockStep, Unit, check_limit, week_of

_CLOCKS = frozenset(ClockStep)


@dataclass(frozen=True, slots=True)
class ClockRule:
    """How long a step may take; what is None covers every kind, category or priority."""

    step: ClockStep
    amount: int
    unit: Unit
    kind: CaseKind | None = None
    category: str | None = None
    priority: Priority | None = None


@dataclass(frozen=True, slots=True)
class NamedRule:
    name: str
    value: Any


async def set_policy(
    acting: Acting, regency: str, rule: ClockRule | NamedRule, source: str
) -> Sequence[Policy]:
    """Set a rule for the regency, in the place of its own row of the same key; return what now holds.

    Open clocks follow within seconds, time already consumed included.

    Raises:
        Forbidden: the actor sets no policies there.
        Invalid: a regency that is not served, an unknown code, a value that makes no sense.
    """
    settings = await stored.lock_regency(acting, regency)
    if isinstance(rule, ClockRule):
        made = _clock_row(acting.known, rule, source)
    else:
        made = _named_row(acting.known, settings, rule, source)
    row = await stored.put_rule(acting.tx, regency, made, acting.new_id())
    happened = PolicySet(
        thing_id=row.id,
        name=row.name,
        kind=row.kind,
        category=row.category,
        priority=row.priority,
        amount=row.value.get("amount"),
        unit=row.value.get("unit"),
    )
    await _follow(acting, row, happened)
    return await stored.rules_named(acting.tx, regency, row.name)


async def end_policy(acting: Acting, regency: str, policy_id: UUID) -> Sequence[Policy]:
    """Take the regency's own row away, so that the nation's default holds again; return what now holds.

    Raises:
        NotFound: there is no such row.
        Forbidden: the actor sets no policies there.
        Conflict: it is a national default, which nobody can end.
    """
    row = await stored.find_rule(acting.tx, regency, policy_id)
    if row is None:
        raise NotFound(id="Kebijakan ini tidak ada.", en="There is no such policy.")
    acting.actor.require(Permission.POLICY_MANAGE, regency)
    if regency == NATION:
        raise Conflict(
            code="national_default",
            id="Ini standar nasional; kabupaten/kota dapat menggantinya, tetapi tidak mengakhirinya.",
            en="This is the national default; a regency may replace it but not end it.",
        )
    await stored.lock_regency(acting, regency)
    happened = PolicyEnded(
        thing_id=row.id, name=row.name, kind=row.kind, category=row.category, priority=row.priority
    )
    await stored.drop_rule(acting.tx, row)
    await _follow(acting, row, happened)
    return await stored.rules_named(acting.tx, regency, row.name)


async def _follow(acting: Acting, row: Policy, happened: PolicySet | PolicyEnded) -> None:
    form = FORMS.get(row.name)
    moves = row.name in _CLOCKS or (form is not None and form.moves_clocks)
    changed = stored.Changed(happened, "policy", ("policies",), moves)
    await stored.follow_change(acting, row.regency_code, changed)


def _clock_row(known: Knowledge, rule: ClockRule, source: str) -> stored.Rule:
    check_limit(rule.amount, rule.unit)
    if rule.category is not None and not known.knows("case_category", rule.category):
        raise Invalid(
            fields=(
                FieldError("/category", "unknown_code", "Kategori ini tidak dikenal.", "No such category."),
            )
        )
    return stored.Rule(
        name=rule.step.value,
        kind=rule.kind.value if rule.kind else None,
        category=rule.category,
        priority=rule.priority.value if rule.priority else None,
        value={"amount": rule.amount, "unit": rule.unit.value},
        source=source,
    )


def _named_row(known: Knowledge, settings: RegencySettings, rule: NamedRule, source: str) -> stored.Rule:
    regency = settings.regency_code
    digits = tenant_digits(regency)

    def knows_program(code: str) -> bool:
        return code in known.programs or f"{code}-{digits}" in known.programs

    check_value(rule.name, rule.value, Vocabulary(knows_program, known.knows))
    if rule.name == OFFICE_HOURS:
        week = week_of(rule.value, six_days=settings.six_day_week)
        replace(known.calendar(regency), week=week).require_work_each_month("/value")
    return stored.Rule(rule.name, None, None, None, {"value": rule.value}, source)
