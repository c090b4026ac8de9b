"""One action on one referral: found, allowed, not stale, possible; then taken with all that it brings."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from app.db.queries.acting import Acting
from app.db.queries.case_moves import Move, finish, follow, lock_people, open_move
from app.db.queries.cases import case_by_id, case_seen
from app.db.queries.referral_moves import Taking, read_state, take
from app.db.queries.referrals import find_referral, not_found
from app.db.queries.scope import Sight
from app.db.queries.texts import Stored
from app.db.queries.waiting import last_number
from app.db.tables.cases import Case
from app.db.tables.referrals import Referral
from app.domain.access import Role
from app.domain.codes import Purpose
from app.domain.errors import Forbidden, Invalid
from app.domain.knowledge import Knowledge
from app.domain.referrals import (
    STEPS,
    Party,
    Receiver,
    ReferralAction,
    ReferralContext,
    ReferralStatus,
    check_records,
    decide,
    parties_of,
    party_for,
)
from app.services.referrals.checks import check_content

A = ReferralAction
ACTIONS: Final = tuple(action for action in A if action is not A.EXPIRE)
"""What somebody may ask for; only the system lets a referral expire."""

_GAINS: Final = frozenset({A.ACCEPT, A.START, A.FULFIL, A.REOPEN})
"""What may promise aid: the people are locked first, so that nobody gets it through two doors."""
_WHO: Final[Mapping[ReferralAction, frozenset[Party]]] = {
    action: frozenset().union(*(step.who for step in STEPS if step.action is action)) for action in A
}


@dataclass(frozen=True, slots=True)
class Request:
    """Which action on which referral, with what it records (the fields of the request's body)."""

    tenant: str
    referral_id: UUID
    action: ReferralAction
    records: Mapping[str, Any] = field(default_factory=dict)


async def act(
    acting: Acting, sight: Sight, request: Request, check_version: Callable[[int], None]
) -> Referral:
    """Take an action. *check_version* raises when the caller has read another version.

    Raises:
        NotFound: no such referral, or outside the actor's sight.
        Forbidden: the action is never the actor's, or the step belongs to the other side.
        Conflict: not in a state for it, aid excluded, allotment used up.
        Invalid: what it must record is absent or wrong.
    """
    seen = await find_referral(acting.tx, sight, request.tenant, request.referral_id)
    owner = await case_seen(acting.tx, sight, request.tenant, seen.case_id)
    parties = require_party(acting, seen, request.action, owner)
    case = await _lock(acting, seen, people=request.action in _GAINS)
    referral = await find_referral(acting.tx, sight, request.tenant, request.referral_id, for_update=True)
    check_version(referral.version)
    move = await open_move(acting, case)
    party = party_for(ReferralStatus(referral.status), request.action, parties)
    await _take(move, referral, request, party or min(parties, key=list(Party).index))
    await follow(move)
    await finish(move)
    return referral


def receiver_of(known: Knowledge, referral: Referral, case: Case | None) -> Receiver:
    agency = known.agencies.get(referral.agency_code)
    proxy = Role(agency.proxy_role) if agency and agency.by_proxy and agency.proxy_role else None
    desk_id = case.desk_id if case else None
    region = referral.village_code
    return Receiver(referral.agency_code, region, proxy, referral.id, desk_id, case_seen=case is not None)


def require_party(
    acting: Acting, referral: Referral, action: ReferralAction, case: Case | None
) -> frozenset[Party]:
    """Return as whom the actor may act on the referral; *case* is its case, if the actor sees it.

    Raises:
        Forbidden: the action never belongs to any of them.
    """
    parties = parties_of(acting.actor, receiver_of(acting.known, referral, case))
    if not parties & _WHO[action]:
        raise Forbidden(
            id="Peran Anda tidak boleh melakukan tindakan ini pada rujukan ini.",
            en="Your role may not do this to this referral.",
            data={"who": sorted(party.value for party in _WHO[action] - {Party.SYSTEM})},
        )
    return parties


async def _lock(acting: Acting, referral: Referral, *, people: bool) -> Case:
    tenant = referral.regency_code
    if people:
        case = await case_by_id(acting.tx, tenant, referral.case_id)
        await lock_people(acting.tx, tenant, referral.person_id, case.household_id if case else None)
    found = await case_by_id(acting.tx, tenant, referral.case_id, for_update=True)
    if found is None:
        raise not_found()
    await acting.tx.refresh(found)
    return found


async def _take(move: Move, referral: Referral, request: Request, party: Party) -> None:
    action, records = request.action, await _numbered(move, referral, request)
    state = await read_state(move, referral)
    context = ReferralContext(party, records.get("extent"), records.get("stage"), move.acting.now)
    decide(state, action, context)
    wrong = check_records(action, records, purpose=Purpose(referral.purpose), party=party)
    if wrong:
        raise Invalid(fields=wrong)
    check_content(move, referral, action, records)
    text = await _text(move, referral, action, records)
    await take(move, referral, Taking(action, party, records, text))
    position = records.get("waitlist_position")
    if action is A.ACCEPT and position is not None:
        waiting = {"position": position, "on_behalf": records.get("on_behalf")}
        await take(move, referral, Taking(A.WAITLIST, party, waiting))


async def _numbered(move: Move, referral: Referral, request: Request) -> Mapping[str, Any]:
    """Give whoever goes to the end of the waiting list the number behind its last."""
    records, action = request.records, request.action
    field = {A.WAITLIST: "position", A.ACCEPT: "waitlist_position"}.get(action)
    wanted = action is A.WAITLIST or records.get("waitlist")
    if field is None or not wanted or records.get(field) is not None:
        return records
    last = await last_number(move.tx, referral.regency_code, referral.program_code)
    return {**records, field: last + 1}


async def _text(
    move: Move, referral: Referral, action: ReferralAction, records: Mapping[str, Any]
) -> Stored | None:
    """Seal what was said in free words; a finding and its answer are one text."""
    if records.get("finding") is not None:
        said = {name: records.get(name) for name in ("finding", "answer", "note")}
        return await move.say(f"referral.{action.value}", json.dumps(said, ensure_ascii=False), referral.id)
    words = records.get("text") or records.get("note")
    if action is A.REOPEN:
        words = records["reason"]
    return await move.say(f"referral.{action.value}", words, referral.id)
