"""Handing a case over inside its regency: who holds it changes; ticket, status and clocks go on."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from app.db.queries import desks
from app.db.queries.acting import Acting
from app.db.queries.assigning import DESK, HANDED_OVER, SECRETARIAT, assign
from app.db.queries.case_moves import finish, lock_case, open_move
from app.db.queries.cases import find_case
from app.db.queries.former_assignee import end_assignment, held_of
from app.db.queries.scope import Sight
from app.db.queries.texts import NOTE
from app.db.tables.cases import Case
from app.domain.access import Permission
from app.domain.codes import Confidentiality, Holder
from app.domain.errors import FieldError, Forbidden, Invalid, NotFound
from app.domain.events.moves import CaseHandedOver
from app.domain.lifecycle import CaseStatus
from app.domain.moving import Seat, check_hand_over, holds


@dataclass(frozen=True, slots=True)
class HandOver:
    tenant: str
    ticket: str
    to: UUID | None
    """A desk; none: the secretariat."""
    note: str


@dataclass(frozen=True, slots=True)
class HandedOver:
    case: Case
    seen: bool
    """Whether whoever handed it over still sees it."""


async def hand_over(
    acting: Acting, sight: Sight, wanted: HandOver, check_version: Callable[[int], None]
) -> HandedOver:
    """Give the case to another desk or to the secretariat; nobody has it in hand any more.

    Raises:
        NotFound: no such case, or outside the actor's sight.
        Forbidden: the actor may not work on it, or is none of the people of who holds it.
        Conflict: see `check_hand_over`.
        Invalid: there is no such desk.
    """
    case = await lock_case(acting.tx, sight, wanted.tenant, wanted.ticket)
    require_holder(acting, case)
    check_version(case.version)
    to = await _seat(acting, case, wanted.to)
    held = (Holder(case.holder), case.desk_id)
    check_hand_over(CaseStatus(case.status), Confidentiality(case.confidentiality), held, to)
    move = await open_move(acting, case)
    stored = await move.say(NOTE, wanted.note)
    if stored is None:
        raise ValueError("A hand-over without a note is refused before.")
    move.add(
        CaseHandedOver(
            case_id=case.id,
            from_holder=held[0].value,
            from_desk_id=held[1],
            holder=to.holder.value,
            desk_id=to.desk_id,
            text_hmac=stored.hmac,
        )
    )
    case.holder, case.desk_id = to.holder.value, to.desk_id
    case.away_desk_id = to.away_from(case.village_code)
    move.case_changed = True
    if case.assignee_id is not None:
        queue = DESK if to.holder is Holder.DESK else SECRETARIAT
        await assign(move, account_id=None, queue=queue, ended_as=HANDED_OVER)
    else:
        await end_assignment(acting, case, HANDED_OVER)
    await finish(move)
    return HandedOver(case, await _still_sees(acting, sight, case))


def require_holder(acting: Acting, case: Case) -> None:
    """Only the people of who holds it give it away: of the desk, or whoever works for the whole regency.

    Raises:
        Forbidden: the actor may not work on it at all, or works elsewhere.
    """
    acting.actor.require(Permission.CASE_WORK, case.village_code, case.desk_id)
    if not holds(acting.actor, held_of(case)):
        raise Forbidden(
            "not_the_holder",
            "Kasus ini dipegang pihak lain; merekalah yang menyerahkannya.",
            "Somebody else holds this case; it is theirs to hand over.",
        )


async def _seat(acting: Acting, case: Case, desk_id: UUID | None) -> Seat:
    if desk_id is None:
        return Seat()
    desk = await desks.find(acting.tx, case.regency_code, desk_id)
    if desk is None or not desk.active:
        raise no_desk()
    return Seat(desk.id, desk.village_code)


async def _still_sees(acting: Acting, sight: Sight, case: Case) -> bool:
    try:
        await find_case(acting.tx, sight, case.regency_code, case.ticket)
    except NotFound:
        return False
    return True


def no_desk() -> Invalid:
    return Invalid(
        fields=(
            FieldError(
                "/to",
                "unknown_desk",
                "Sebutkan meja layanan yang aktif di kabupaten/kota ini, atau secretariat.",
                "Name an active desk of this regency, or secretariat.",
            ),
        )
    )
