"""The story of opening a case; each paragraph is one thing that happens."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from app.db.queries import intake as query
from app.db.queries.emergencies import alarm_in_intake, alarm_key, spawned_in_intake
from app.db.queries.intake import Key
from app.db.queries.intake_parts import write_more
from app.db.queries.knowing import know
from app.db.queries.reserved import bind_in_intake, void_in_intake
from app.db.session import Raw
from app.domain.cases import NewCase
from app.domain.emergencies import call_out, may_be_emergency
from app.services.intake.duplicates import who_is
from app.services.intake.meeting import Home, join_household, meet
from app.services.intake.settling import Brought, House, Opened, bring, settle
from app.services.intake.slips import slip_for


@dataclass(frozen=True, slots=True)
class Before:
    """The key was used before: what it answered then; without an answer its request is still running."""

    same_body: bool
    status: int | None
    answer_sealed: bytes | None
    headers: list[list[str]]
    case_id: UUID | None = None


Sealing = Callable[[Opened], query.Answer]
"""Makes the sealed answer that is kept under the key, and written in the case's own transaction."""


async def open_case(raw: Raw, house: House, key: Key, new: NewCase, seal: Sealing) -> Opened | Before:
    """Open a case, or say what the key answered before.

    Raises:
        Invalid: a field is wrong; the fields are named.
        Forbidden: the actor may not open cases in that village.
        Conflict: the same matter of the same person is on record.
        TwinRunning: the same request, or another case of the person, is being written just now.
    """
    return await open_brought(raw, house, key, bring(house, new), seal)


async def open_brought(raw: Raw, house: House, key: Key, brought: Brought, seal: Sealing) -> Opened | Before:
    """Open a case whose fields were found sound (see `open_case`)."""
    new, numbers, now = brought.new, brought.numbers, house.now
    met = await meet(raw, house.tools, key, new, numbers, now)
    if met is None:
        return await first_answer(raw, house, key)
    if numbers.kk is not None and met.household_id is None:
        met = await join_household(raw, house.tools, key, met, Home(new.village, numbers.kk.number), now)
    slip = await slip_for(raw, house.tools, house.actor, brought.settings.regency, new.ticket)

    who = who_is(house.tools.blind, met, numbers, new, brought.since(house.known, now))
    found = await know(raw, brought.settings.regency, who, brought.today)
    opened = await settle(raw, house, brought, met, found, slip)
    await query.write(raw, key, opened.draft.row, seal(opened))
    await write_beside(raw, house, opened)
    return opened


async def write_beside(raw: Raw, house: House, opened: Opened) -> None:
    """Write what few cases have; for most of them this does nothing."""
    draft = opened.draft
    await write_more(raw, draft.row, draft.more(opened.others.pairs))
    if draft.pin is None:
        await bind_in_intake(raw, draft.row.regency_code, draft.ticket, draft.row.id, house.now)
    if opened.others.same is not None:
        await void_in_intake(raw, draft.row.regency_code, draft.row.id, opened.others.same.other.ticket)
        return
    if house.under is not None:
        await spawned_in_intake(raw, draft.row, house.under, house.tools.ids.new_id(house.now))
    if (
        may_be_emergency(draft.settled.priority, draft.settled.new.kind)
        and draft.settled.new.resolve_now is None
    ):
        await _send_for_help(raw, house, opened)


async def _send_for_help(raw: Raw, house: House, opened: Opened) -> None:
    """Leave the work that sends for help, where the case is an emergency (`emergencies.call_out`)."""
    record, row = opened.answered.record, opened.draft.row
    if call_out(record.need, opened.answered.decision.facts) is not None:
        id_ = house.tools.ids.new_id(house.now)
        key = alarm_key(row.id, record.need.priority.value)
        await alarm_in_intake(raw, row.regency_code, id_, key, house.now)


async def first_answer(raw: Raw, house: House, key: Key) -> Before:
    row = await query.first_answer(raw, key, house.now)
    # asyncpg hands out jsonb as text; there is none while the first request runs.
    headers = json.loads(row["headers"]) if row["headers"] else []
    return Before(row["same_body"], row["status"], row["answer_sealed"], headers, row["case_id"])
