"""An authorised person says yes or no to a request, in time; a yes is done in the same act."""

from uuid import UUID

from app.db.queries import rights as stored
from app.db.queries.acting import Acting
from app.db.queries.case_moves import finish, need_task, open_move
from app.db.queries.erasing import cases_of
from app.db.queries.people import person_by_id
from app.db.queries.texts import data_key
from app.db.tables.people import Person
from app.db.tables.rights import DataRequest
from app.domain.access import Permission
from app.domain.errors import Conflict, FieldError, Invalid
from app.domain.events.others import PersonChanged
from app.domain.events.rights import (
    DataRequestGranted,
    DataRequestLifted,
    DataRequestProposed,
    DataRequestRefused,
)
from app.domain.moving import AT_REST
from app.domain.rights import FOUR_EYES, RESTRAINING, WAITING, RequestKind, RequestState, decided, grant
from app.services.data_rights.correcting import Digests, correct
from app.services.data_rights.erasing import erase
from app.services.data_rights.taking import asked_of, find_request

MAY = Permission.DATA_DECIDE
REVIEW = "review_routing"
"""The task of a case whose person wants no rule to decide alone."""
_AT_THE_DESK = frozenset(
    {RequestKind.COPY, RequestKind.FREEZE, RequestKind.OBJECT, RequestKind.WITHDRAW_CONSENT}
)
"""What takes nothing from anybody: whoever may take it may also grant it."""


async def decide_yes(acting: Acting, blind: Digests, tenant: str, request_id: UUID) -> DataRequest:
    """Grant a request; the first yes to an erasure only proposes it.

    Raises:
        NotFound, Forbidden: see `find_request`.
        Conflict: it is decided; the second yes is the first one's; or the person still has open cases or aid.
    """
    row = await find_request(acting, tenant, request_id, _needed(acting, tenant), for_update=False)
    person = await person_by_id(acting.tx, tenant, row.person_id, for_update=True)
    row = await find_request(acting, tenant, request_id, for_update=True) if person else row
    kind = RequestKind(row.kind)
    if kind not in _AT_THE_DESK:
        acting.actor.require(MAY, row.village_code)
    if person is None:
        raise ValueError("A request has its person.")
    verdict = grant(kind, RequestState(row.state), same_person=row.proposed_by == acting.actor.account_id)
    row.state, row.version = verdict.state.value, row.version + 1
    if not verdict.done:
        row.proposed_at, row.proposed_by = acting.now, acting.actor.account_id
        happened = DataRequestProposed(thing_id=person.id, request_id=row.id, kind=row.kind)
        await acting.tx.flush()
        await stored.tell(acting, tenant, person.id, "person", happened)
        return row
    row.decided_at, row.decided_by = acting.now, acting.actor.account_id
    changed = await _do(acting, blind, person, row)
    granted = DataRequestGranted(thing_id=person.id, request_id=row.id, kind=row.kind, changed=changed)
    await acting.tx.flush()
    await stored.tell(acting, tenant, person.id, "person", granted)
    return row


def _needed(acting: Acting, tenant: str) -> Permission:
    """A manager decides, a desk takes; either is enough to find it."""
    return MAY if acting.actor.has_within(MAY, tenant) else Permission.DATA_TAKE


async def _do(acting: Acting, blind: Digests, person: Person, row: DataRequest) -> tuple[str, ...]:
    match RequestKind(row.kind):
        case RequestKind.ERASE:
            await erase(acting, person)
        case RequestKind.CORRECT:
            return await _correct(acting, blind, person, row)
        case RequestKind.OBJECT:
            await _review_cases(acting, person)
        case RequestKind.WITHDRAW_CONSENT:
            person.do_not_contact, person.version = True, person.version + 1
            return ("do_not_contact",)
        case _:
            pass
    return ()


async def _correct(acting: Acting, blind: Digests, person: Person, row: DataRequest) -> tuple[str, ...]:
    key = await data_key(acting.tx, acting.vault, person.regency_code, person.data_key_id)
    changed = await correct(acting, blind, person, key, asked_of(acting, key, row)["corrections"])
    if changed:
        happened = PersonChanged(thing_id=person.id, changed=changed)
        await stored.tell(acting, person.regency_code, person.id, "person", happened)
    return changed


async def _review_cases(acting: Acting, person: Person) -> None:
    """Give each open case of hers the task to look at its routing."""
    for case in await cases_of(acting.tx, person.regency_code, [person.id]):
        if case.status not in AT_REST:
            move = await open_move(acting, case)
            await need_task(move, REVIEW)
            await finish(move)


async def refuse(acting: Acting, tenant: str, request_id: UUID, reason: str) -> DataRequest:
    """Refuse a request with a reason of the set ``data_refusal``.

    Raises:
        NotFound, Forbidden: see `find_request`.
        Invalid: no such reason.
        Conflict: it is decided.
    """
    row = await find_request(acting, tenant, request_id, MAY, for_update=True)
    if not acting.known.knows("data_refusal", reason):
        raise Invalid(
            fields=(FieldError("/reason", "unknown_code", "Alasan ini tidak dikenal.", "No such reason."),)
        )
    if RequestState(row.state) not in WAITING:
        raise decided()
    row.state, row.reason, row.version = RequestState.REFUSED.value, reason, row.version + 1
    row.decided_at, row.decided_by = acting.now, acting.actor.account_id
    await acting.tx.flush()
    happened = DataRequestRefused(thing_id=row.person_id, request_id=row.id, kind=row.kind, reason=reason)
    await stored.tell(acting, tenant, row.person_id, "person", happened)
    return row


async def lift(acting: Acting, tenant: str, request_id: UUID) -> DataRequest:
    """End a freeze or an objection, at her wish.

    Raises:
        NotFound, Forbidden: see `find_request`.
        Conflict: it is not in force.
    """
    row = await find_request(acting, tenant, request_id, for_update=True)
    in_force = row.state == RequestState.GRANTED and row.lifted_at is None
    if RequestKind(row.kind) not in RESTRAINING or not in_force:
        raise Conflict(
            "not_in_force", "Tidak ada pembatasan yang berlaku.", "No restraint of hers is in force."
        )
    row.lifted_at, row.lifted_by, row.version = acting.now, acting.actor.account_id, row.version + 1
    await acting.tx.flush()
    happened = DataRequestLifted(thing_id=row.person_id, request_id=row.id, kind=row.kind)
    await stored.tell(acting, tenant, row.person_id, "person", happened)
    return row


__all__ = ["FOUR_EYES", "decide_yes", "lift", "refuse"]
