"""A regency's own rules over the nation's defaults. They are read as knowledge; here they are changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.db.queries import events, knowledge
from app.db.queries.acting import Acting
from app.db.queries.recounting import ask_recount
from app.db.session import Tx
from app.db.tables.places import Policy, RegencySettings
from app.domain.access import Permission
from app.domain.codes import Trust
from app.domain.errors import FieldError, Invalid
from app.domain.events.others import ThingEvent
from app.domain.ids import NATION


@dataclass(frozen=True, slots=True)
class Rule:
    """A row to be: which matters it covers, what it allows, and on whose word."""

    name: str
    kind: str | None
    category: str | None
    priority: str | None
    value: dict[str, Any]
    source: str


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change of rules must be followed by."""

    happened: ThingEvent
    stream: str
    """The kind of thing that changed."""
    kinds: tuple[str, ...]
    """Of knowledge, to be read again everywhere."""
    moves_clocks: bool


async def lock_regency(acting: Acting, regency: str) -> RegencySettings:
    """Make sure that the actor may set the regency's rules, and that nobody else does just now.

    Raises:
        Forbidden: the actor sets no policies there.
        Invalid: it is no regency that uses the service.
    """
    acting.actor.require(Permission.POLICY_MANAGE, regency)
    found: RegencySettings | None = await acting.tx.scalar(
        select(RegencySettings).where(RegencySettings.regency_code == regency).with_for_update()
    )
    if found is None:
        raise Invalid(
            fields=(
                FieldError(
                    "/region",
                    "not_served",
                    "Isi kode kabupaten/kota yang memakai layanan ini.",
                    "Give the code of a regency that uses this service.",
                ),
            )
        )
    return found


async def follow_change(acting: Acting, regency: str, changed: Changed) -> None:
    """Tell what changed, have every process read it again, and the open clocks counted by it."""
    happened = changed.happened
    stream = events.OtherStream(regency, happened.stream_id, changed.stream)
    await events.append(
        acting.tx, stream, [happened], actor=acting.actor, now=acting.now, cause_id=acting.cause_id
    )
    versions = await knowledge.bump(acting.tx, changed.kinds)
    if changed.moves_clocks:
        await ask_recount(acting, regency, versions)


async def put_rule(tx: Tx, regency: str, rule: Rule, new_id: UUID) -> Policy:
    """Replace the regency's row of the same key, or add it; the settings are locked."""
    row = await _same_key(tx, regency, rule)
    if row is None:
        row = Policy(
            regency_code=regency,
            id=new_id,
            name=rule.name,
            kind=rule.kind,
            category=rule.category,
            priority=rule.priority,
        )
        tx.add(row)
    row.value, row.source, row.trust = rule.value, rule.source, Trust.SEED.value
    await tx.flush()
    return row


async def _same_key(tx: Tx, regency: str, rule: Rule) -> Policy | None:
    found: Policy | None = await tx.scalar(
        select(Policy)
        .where(
            Policy.regency_code == regency,
            Policy.name == rule.name,
            Policy.kind.is_not_distinct_from(rule.kind),
            Policy.category.is_not_distinct_from(rule.category),
            Policy.priority.is_not_distinct_from(rule.priority),
        )
        .order_by(Policy.id)
        .limit(1)
    )
    return found


async def find_rule(tx: Tx, regency: str, policy_id: UUID) -> Policy | None:
    found: Policy | None = await tx.scalar(
        select(Policy).where(Policy.regency_code == regency, Policy.id == policy_id)
    )
    return found


async def drop_rule(tx: Tx, row: Policy) -> None:
    await tx.delete(row)
    await tx.flush()


async def rules_named(tx: Tx, regency: str, name: str) -> Sequence[Policy]:
    """The regency's rows of a step or name, then the nation's: what holds from now on."""
    own = await tx.scalars(
        select(Policy).where(Policy.regency_code == regency, Policy.name == name).order_by(Policy.id)
    )
    national = await tx.scalars(
        select(Policy).where(Policy.regency_code == NATION, Policy.name == name).order_by(Policy.id)
    )
    return [*own, *national]
