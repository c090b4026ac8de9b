"""Giving a case to somebody: who may have it, who should, and what each has in hand already."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from app.db.queries import team
from app.db.queries.acting import Acting
from app.db.queries.assigning import DESK, INSTRUCTION, assign, assignments_of, sight_of_case
from app.db.queries.case_moves import finish, lock_case, open_move
from app.db.queries.cases import find_case
from app.db.queries.scope import Sight
from app.db.queries.texts import texts_of
from app.db.tables.cases import Case
from app.db.tables.hands import Assignment
from app.domain.access import Permission
from app.domain.errors import Conflict, FieldError, Invalid
from app.domain.hands import Hand, Suggestion, Unfit, suggest
from app.domain.hands.caseload import ranked
from app.domain.tickets import Ticket

_AT_REST: Final = frozenset({"closed", "void"})
_SAID: Final = {
    Unfit.INACTIVE: (
        "Akun ini tidak ada atau tidak aktif di kabupaten/kota ini.",
        "No such active account in this regency.",
    ),
    Unfit.KEPT_OUT: (
        "Kasus ini menyangkut orang itu; ia tidak boleh menanganinya.",
        "The case is about that person, who may not have it.",
    ),
    Unfit.OUTSIDE_AREA: (
        "Kasus ini di luar wilayah tugas orang itu.",
        "The case lies outside that person's area.",
    ),
    Unfit.ON_LEAVE: (
        "Orang itu sedang tidak bertugas. Pilih petugas lain atau penggantinya.",
        "That person is on leave. Choose somebody else, or the deputy.",
    ),
    Unfit.NOT_NAMED: (
        "Kasus rahasia hanya untuk orang yang sudah ditunjuk. Tunjuk dahulu sebagai pembaca kasus.",
        "A closed case goes only to persons named on it. Name that person as a reader first.",
    ),
}


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a case goes to: an account, a queue, or the actor herself."""

    account_id: UUID | None = None
    queue: str | None = None
    take: bool = False
    instruction: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """An assignment as it is told: who by name, and the instruction opened."""

    assignment: Assignment
    name: str | None
    instruction: str | None


@dataclass(frozen=True, slots=True)
class Candidate:
    member: team.Member
    hand: Hand
    unfit: Unfit | None


@dataclass(frozen=True, slots=True)
class Caseload:
    candidates: Sequence[Candidate]
    suggestion: Suggestion | None


async def give(acting: Acting, sight: Sight, place: Ticket, target: Target) -> Sequence[Shown]:
    """Give the case to the target; returns the whole history.

    Raises:
        Forbidden: the actor may not assign here, or take a case.
        Conflict: the case is closed or void, or somebody else has it and the actor may only take.
        Invalid: the target may not have it; the field says why.
    """
    case = await lock_case(acting.tx, sight, place.tenant, place.text)
    _require_right(acting, case, target)
    if case.status in _AT_REST:
        raise Conflict(
            "case_at_rest",
            "Kasus sudah ditutup atau dibatalkan; buka kembali dahulu.",
            "The case is closed or void; reopen it first.",
        )
    account = acting.actor.account_id if target.take else target.account_id
    if account is None:
        _check_queue(acting, case, target.queue)
    else:
        await _check_account(acting, case, account)
    move = await open_move(acting, case)
    queue = target.queue if account is None else None
    await assign(move, account_id=account, queue=queue, instruction=target.instruction)
    await finish(move)
    return await _shown(acting, case)


async def history(acting: Acting, sight: Sight, place: Ticket) -> Sequence[Shown]:
    """Return who had the case, oldest first."""
    case = await find_case(acting.tx, sight, place.tenant, place.text)
    acting.actor.require(Permission.CASE_READ, case.village_code, case.desk_id)
    return await _shown(acting, case)


async def caseload(acting: Acting, sight: Sight, place: Ticket) -> Caseload:
    """Return who works where the case lies, with what each has in hand, and whom to choose.

    Counts go as far as the actor's own sight: as her lists do.
    """
    case = await find_case(acting.tx, sight, place.tenant, place.text)
    acting.actor.require(Permission.CASE_ASSIGN, case.village_code, case.desk_id)
    seen = await sight_of_case(acting.tx, case)
    people = await team.members(acting.tx, case.regency_code, acting.today(case.village_code))
    judged = [(one, team.unfit(one, seen)) for one in people.values()]
    near = [(one, why) for one, why in judged if why not in {Unfit.OUTSIDE_AREA, Unfit.INACTIVE}]
    ids = [one.account_id for one, _ in near]
    loads = await team.loads(acting, sight, case.regency_code, ids)
    found = [Candidate(one, team.hand_of(one, case, loads[one.account_id]), why) for one, why in near]
    able = {one.hand.account_id: one for one in found if one.unfit is None}
    order = [able[hand.account_id] for hand in ranked(one.hand for one in able.values())]
    unable = [one for one in found if one.unfit is not None]
    return Caseload([*order, *unable], suggest(one.hand for one in order))


def _require_right(acting: Acting, case: Case, target: Target) -> None:
    """A desk officer may take what nobody has; giving, and taking away, is a coordinator's."""
    actor = acting.actor
    assigns = actor.has(Permission.CASE_ASSIGN, case.village_code, case.desk_id)
    if not target.take:
        actor.require(Permission.CASE_ASSIGN, case.village_code, case.desk_id)
        return
    actor.require(Permission.CASE_WORK, case.village_code, case.desk_id)
    if case.assignee_id not in {None, actor.account_id} and not assigns:
        raise Conflict(
            "already_assigned",
            "Kasus ini sudah dipegang petugas lain. Minta koordinator mengalihkannya.",
            "Another officer has this case. Ask the coordinator to reassign it.",
        )


def _check_queue(acting: Acting, case: Case, queue: str | None) -> None:
    known = queue is not None and acting.known.knows("work_queue", queue)
    if known and not (queue == DESK and case.desk_id is None):
        return
    raise Invalid(
        fields=(
            FieldError(
                "/queue",
                "no_desk" if known else "unknown_code",
                "Antrean ini tidak ada untuk kasus ini.",
                "There is no such queue for this case.",
            ),
        )
    )


async def _check_account(acting: Acting, case: Case, account: UUID) -> None:
    today = acting.today(case.village_code)
    people = await team.members(acting.tx, case.regency_code, today, [account])
    seen = await sight_of_case(acting.tx, case)
    why = team.unfit(people[account], seen) if account in people else Unfit.INACTIVE
    if why is not None:
        raise Invalid(fields=(FieldError("/account_id", why.value, *_SAID[why]),))


async def _shown(acting: Acting, case: Case) -> Sequence[Shown]:
    rows = await assignments_of(acting.tx, case)
    texts = {one.id: one.text for one in await texts_of(acting.tx, acting.vault, case, [INSTRUCTION])}
    people = await team.names(acting.tx, case.regency_code, [one.account_id for one in rows])
    return [
        Shown(
            one,
            people.get(one.account_id) if one.account_id else None,
            texts.get(one.instruction_id) if one.instruction_id else None,
        )
        for one in rows
    ]
