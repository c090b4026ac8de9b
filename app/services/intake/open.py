"""The story of opening a case; each paragraph is one thing that happens."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from app.db.queries import intake as query
from app.db.queries.emergencies import alarm_in_intake, alarm_key, spawned_in_intake
from app.db.queries.intake import Key
from app.db.queries.intake_parts import write_more
from app.db.queries.knowing import know
from app.db.session import Raw
from app.domain.access import Actor, scope_of
from app.domain.allotments import Left, remaining
from app.domain.answering import Answered, Asked, Sources, answer
from app.domain.cases import NewCase, priority_of
from app.domain.codes import AboutKind, Priority
from app.domain.emergencies import call_out, may_be_emergency
from app.domain.errors import FieldError, Invalid
from app.domain.facts import Facts
from app.domain.identity import Sex
from app.domain.knowledge import Knowledge, Settings
from app.domain.names import name_key
from app.domain.sla import local_date
from app.services.intake.checks import Numbers, check_codes, read_numbers, require_served
from app.services.intake.doubts import Told, doubts_of, is_doubtful
from app.services.intake.draft import Draft, Settled, make_draft
from app.services.intake.duplicates import Opening, Others, look_for_same, named, who_is, window_of
from app.services.intake.meeting import Home, Met, Tools, join_household, meet
from app.services.intake.secrecy import secrecy_of


@dataclass(frozen=True, slots=True)
class Opened:
    """A case that was opened, with everything that its answer tells."""

    draft: Draft
    answered: Answered
    others: Others
    warnings: tuple[str, ...]
    """Codes of the set ``id_warning``: what an officer should look at in the numbers."""


@dataclass(frozen=True, slots=True)
class Before:
    """The key was used before: what it answered then; without an answer its request is still running."""

    same_body: bool
    status: int | None
    answer_sealed: bytes | None
    headers: list[list[str]]


Sealing = Callable[[Opened], query.Answer]
"""Makes the sealed answer that is kept under the key, and written in the case's own transaction."""


@dataclass(frozen=True, slots=True)
class House:
    """What the story needs besides the request."""

    known: Knowledge
    tools: Tools
    actor: Actor
    now: datetime
    under: UUID | None = None
    """The disaster case that it is opened under, and linked to in the same transaction."""


async def open_case(raw: Raw, house: House, key: Key, new: NewCase, seal: Sealing) -> Opened | Before:
    """Open a case, or say what the key answered before.

    Raises:
        Invalid: a field is wrong; the fields are named.
        Forbidden: the actor may not open cases in that village.
        Conflict: the same matter of the same person is on record.
        TwinRunning: the same request, or another case of the person, is being written just now.
    """
    known, now = house.known, house.now
    settings = require_served(known, new, house.actor)
    today = local_date(now, new.village)
    stated = check_codes(known, new, today)
    numbers = read_numbers(known, new.subject, today)

    met = await meet(raw, house.tools, key, new, numbers, now)
    if met is None:
        return await _before(raw, key, now)
    if numbers.kk is not None and met.household_id is None:
        met = await join_household(raw, house.tools, key, met, Home(new.village, numbers.kk.number), now)

    since = now - window_of(known, settings.regency)
    who = who_is(house.tools.blind, met, numbers, new, since)
    found = await know(raw, settings.regency, who, today)
    opening = Opening(new, named(met, new), scope_of(house.actor), known, settings.regency, now)
    others = look_for_same(found["cases"] or (), opening)

    priority = _priority(known, new, {**_kept(met), **stated})
    entry = known.registry_entry(found["registry"] or (), settings.regency, today)
    answered = answer(known, _asked(new, priority, settings, stated), _sources(met, found, entry), today)
    secrecy = await secrecy_of(raw, known, settings, new, today)

    doubts = await doubts_of(raw, house.tools, settings.regency, Told(new, numbers, met), now)
    matter = Settled(settings, new, priority, secrecy, met, tuple(doubts))
    draft = make_draft(house.tools, known, house.actor, matter, answered, now)
    opened = Opened(draft, answered, others, _warnings(numbers, new, met))
    await query.write(raw, key, draft.row, seal(opened))
    await write_more(raw, draft.row, draft.more(others.pairs))
    if house.under is not None:
        await spawned_in_intake(raw, draft.row, house.under, house.tools.ids.new_id(now))
    if may_be_emergency(priority, new.kind) and new.resolve_now is None:
        await _send_for_help(raw, house, opened)
    return opened


async def _send_for_help(raw: Raw, house: House, opened: Opened) -> None:
    """Leave the work that sends for help, where the case is an emergency (`emergencies.call_out`)."""
    record, row = opened.answered.record, opened.draft.row
    if call_out(record.need, opened.answered.decision.facts) is not None:
        id_ = house.tools.ids.new_id(house.now)
        key = alarm_key(row.id, record.need.priority.value)
        await alarm_in_intake(raw, row.regency_code, id_, key, house.now)


async def _before(raw: Raw, key: Key, now: datetime) -> Before:
    row = await query.first_answer(raw, key, now)
    # asyncpg hands out jsonb as text; there is none while the first request runs.
    headers = json.loads(row["headers"]) if row["headers"] else []
    return Before(row["same_body"], row["status"], row["answer_sealed"], headers)


def _kept(met: Met) -> dict[str, object]:
    """What is known of her and her household from before."""
    return {name: value for kept in met.facts for name, value in kept.items()}


def _priority(known: Knowledge, new: NewCase, facts: Mapping[str, object]) -> Priority:
    attrs = known.attrs("case_category", new.category)
    priority = priority_of(new, attrs, facts)
    raised = new.priority not in {None, Priority.BIASA} and priority is new.priority
    if (
        raised
        and priority_of(replace(new, priority=None), attrs, facts) is not priority
        and not new.priority_reason
    ):
        raise Invalid(
            fields=(
                FieldError(
                    "/priority_reason",
                    "missing",
                    "Tulis alasan menaikkan prioritas.",
                    "Say why the priority is raised.",
                ),
            )
        )
    return priority


def _asked(new: NewCase, priority: Priority, settings: Settings, stated: Facts) -> Asked:
    about = next((item.ref for item in new.about if item.kind is AboutKind.PROGRAM), None)
    return Asked(
        kind=new.kind,
        category=new.category,
        sector=new.sector,
        priority=priority,
        village=new.village,
        regency=settings.regency,
        ppks=new.ppks,
        program=new.program or about,
        papers=frozenset(new.papers),
        tried=frozenset(new.tried),
        current_aid=frozenset(new.current_aid),
        stated=stated,
    )


def _sources(met: Met, found: Mapping[str, Any], entry: Mapping[str, Any]) -> Sources:
    return Sources(
        registry=entry if met.nik_digests else None,
        aid=found["aid"] or (),
        live=frozenset(found["live"] or ()),
        capacity=remaining(Left(*row) for row in found["allotments"] or ()),
        stored=met.facts,
        born_on=met.born_on,
        sex=met.sex,
        has_nik=bool(met.nik_digests),
    )


def _warnings(numbers: Numbers, new: NewCase, met: Met) -> tuple[str, ...]:
    found = [*(numbers.nik.warnings if numbers.nik else ()), *(numbers.kk.warnings if numbers.kk else ())]
    if numbers.nik is not None:
        sex = Sex(new.subject.sex) if new.subject.sex else None
        found += numbers.nik.disagreements(sex, new.subject.born_on)
    codes = [warning.value for warning in found]
    said, kept = new.subject.name, met.name
    if said and kept and said != kept and name_key(said) != name_key(kept):
        codes.append("name_differs")
    if is_doubtful(Told(new, numbers, met)):
        codes.append("identity_conflict")
    return tuple(codes)
