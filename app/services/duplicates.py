"""Likely duplicates, worked in groups: linked, merged under the first of them, or dismissed; each reversible.

A merged case is void and tracks on to the one that stands for it, so nothing counts or escalates one matter
twice. Its texts, papers and referrals stay where they are, as its history. An agency that has taken a matter
in hand is not disturbed for a clerical reason: the case it works on is the one that is kept. What was only
sent is taken back, and the kept case gets the task to send it anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.db.queries import duplicates as stored
from app.db.queries.acting import Acting
from app.db.queries.case_moves import (
    Move,
    StepFacts,
    context_of,
    finish,
    give_task,
    lock_case,
    open_move,
    state_of,
    take_step,
)
from app.db.queries.cases import find_case
from app.db.queries.links import add_link, standing_link, tell_link
from app.db.queries.referral_moves import revoke
from app.db.queries.scope import Sight
from app.db.queries.tasks import GIVEN_TASK, TASK_TEXT
from app.db.tables.cases import Case
from app.domain.access import Permission
from app.domain.codes import Confidentiality, VoidReason
from app.domain.duplicates import WITHDRAWN, Standing, are_alike_in_secrecy, to_keep
from app.domain.errors import Conflict, FieldError, Invalid, NotFound
from app.domain.events.sensitive import CaseDuplicateDecided
from app.domain.lifecycle import CaseAction, decide
from app.domain.links import Relation, tells
from app.domain.referrals import LIVE, ReferralStatus

MOST_AT_ONCE: Final = 20
"""Cases in one decision: each is locked until it is written."""
_AT_REST: Final = frozenset({"resolved", "closed", "void"})


class Decision(StrEnum):
    LINK = "link"
    MERGE = "merge"
    DISMISS = "dismiss"


_STATE: Final = {Decision.LINK: "linked", Decision.MERGE: "merged", Decision.DISMISS: "dismissed"}


@dataclass(frozen=True, slots=True)
class Wanted:
    tenant: str
    ticket: str
    """Of any case of the group."""
    action: Decision
    tickets: Sequence[str] = ()
    """The cases of the group that it is about; all of them where none is named."""
    keep: str | None = None
    note: str | None = None


async def settle(acting: Acting, sight: Sight, wanted: Wanted) -> Sequence[Case]:
    """Decide about a group, or about some of its cases; return these as they are now, the first opened first.

    Raises:
        NotFound: the case is not there, or outside the actor's sight.
        Conflict: nothing waits to be decided about it, or the cases cannot be merged; ``code`` says why.
        Invalid: a ticket that is not of the group, or too many at once.
    """
    case = await find_case(acting.tx, sight, wanted.tenant, wanted.ticket)
    acting.actor.require(Permission.DUPLICATE_DECIDE, case.village_code)
    tickets = await _chosen(acting, sight, wanted, case)
    moves = await _lock(acting, sight, wanted.tenant, tickets)
    ids = {move.case.id for move in moves}
    pairs = await stored.pairs_among(acting.tx, wanted.tenant, ids, stored.OPEN)
    if not pairs:
        raise _nothing_waits()
    match wanted.action:
        case Decision.LINK:
            by_id = {move.case.id: move for move in moves}
            for pair in pairs:
                both = (by_id[pair.case_id], by_id[pair.other_case_id])
                await add_link(acting, both, Relation.DUPLICATE)
        case Decision.MERGE:
            await _merge(moves, wanted)
        case Decision.DISMISS:
            pass
    for pair in pairs:
        stored.mark(acting, pair, _STATE[wanted.action])
    await _tell(moves, wanted.action.value, len(pairs))
    return [move.case for move in moves]


async def undo(acting: Acting, sight: Sight, tenant: str, ticket: str, other: str) -> Sequence[Case]:
    """Take back what was decided about two cases; they wait to be decided again.

    A merged case goes on where it stood. Referrals that the merge took back stay so: send them anew.

    Raises:
        NotFound: the case is not there, or outside the actor's sight.
        Invalid: the other one is not, or is the same.
        Conflict: nothing was decided about these two, or neither stands for the other.
    """
    case = await find_case(acting.tx, sight, tenant, ticket)
    acting.actor.require(Permission.DUPLICATE_DECIDE, case.village_code)
    if other == case.ticket or not await _is_there(acting, sight, tenant, other):
        raise _no_other()
    one, two = await _lock(acting, sight, tenant, {case.ticket, other})
    pair = await stored.pair_of(acting.tx, tenant, one.case.id, two.case.id)
    if pair is None or pair.state == stored.OPEN:
        raise _nothing_decided()
    if pair.state == "merged":
        await _part(one, two)
    if pair.state in {"merged", "linked"}:
        await _unlink(acting, one, two)
    stored.mark(acting, pair, stored.OPEN)
    await _tell((one, two), "undo", 1)
    return [one.case, two.case]


async def _chosen(acting: Acting, sight: Sight, wanted: Wanted, case: Case) -> set[str]:
    groups = await stored.open_groups(acting.tx, sight, stored.Narrowed(wanted.tenant))
    group = next((one for one in groups if any(m.id == case.id for m in one.members)), None)
    if group is None:
        raise _nothing_waits()
    members = {member.ticket for member in group.members}
    chosen = set(wanted.tickets) or members
    if not chosen <= members or not 1 < len(chosen) <= MOST_AT_ONCE:
        raise Invalid(
            fields=(
                FieldError(
                    "/tickets",
                    "not_of_group",
                    f"Sebutkan 2 sampai {MOST_AT_ONCE} tiket dari kelompok ini.",
                    f"Name 2 to {MOST_AT_ONCE} tickets of this group.",
                ),
            )
        )
    return chosen


async def _lock(acting: Acting, sight: Sight, tenant: str, tickets: set[str]) -> list[Move]:
    """Lock the cases in the order of their ids; return their moves, the first opened first."""
    found = [await find_case(acting.tx, sight, tenant, ticket) for ticket in tickets]
    locked = []
    for one in sorted(found, key=lambda case: case.id):
        case = await lock_case(acting.tx, sight, tenant, one.ticket)
        await acting.tx.refresh(case)
        locked.append(case)
    locked.sort(key=lambda case: (case.opened_at, case.ticket))
    return [await open_move(acting, case) for case in locked]


async def _tell(moves: Sequence[Move], decision: str, pairs: int) -> None:
    """Write it down on each case whose readers may know of all the others."""
    for move in moves:
        mine = Confidentiality(move.case.confidentiality)
        if all(tells(mine, Confidentiality(one.case.confidentiality)) for one in moves):
            move.add(CaseDuplicateDecided(case_id=move.case.id, decision=decision, pair_count=pairs))
        if move.happened:
            await finish(move)


# Merging -------------------------------------------------------------------------------------------------


async def _merge(moves: Sequence[Move], wanted: Wanted) -> None:
    kept = _kept(moves, wanted)
    decided = {move.case.id for move in moves}
    again: list[str] = []
    for move in moves:
        if move is not kept:
            again += await _put_under(move, kept, wanted.note)
            await add_link(move.acting, (move, kept), Relation.DUPLICATE)
            await stored.pass_on(move.acting, move.case, kept.case, decided)
    await _send_anew(kept, again)


def _kept(moves: Sequence[Move], wanted: Wanted) -> Move:
    standings = [_standing(move) for move in moves]
    if any(move.case.status in _AT_REST for move in moves):
        raise Conflict(
            "case_at_rest",
            "Kasus yang sudah selesai tidak dapat digabung; tautkan saja.",
            "A case that is settled cannot be merged; link it.",
        )
    if not are_alike_in_secrecy(standings):
        raise Conflict(
            "other_secrecy",
            "Kerahasiaan kasus-kasus ini berbeda; naikkan dahulu yang lebih terbuka, atau tautkan saja.",
            "These cases are not equally confidential; raise the more open one first, or link them.",
        )
    keep = to_keep(standings)
    if keep is None:
        raise Conflict(
            "both_worked_on",
            "Lebih dari satu kasus sedang dikerjakan lembaga; tautkan saja.",
            "Agencies are working on more than one of these cases; link them.",
        )
    if keep != wanted.keep:
        raise Conflict(
            "keep_another",
            f"Yang dipertahankan adalah {keep}: yang dikerjakan lembaga, atau yang lebih dahulu masuk.",
            f"The one to keep is {keep}: the one that an agency works on, or else the first one.",
            {"keep": keep},
        )
    return next(move for move in moves if move.case.ticket == keep)


def _standing(move: Move) -> Standing:
    case = move.case
    return Standing(
        case.ticket,
        case.opened_at,
        Confidentiality(case.confidentiality),
        case.closed_to,
        [ReferralStatus(one.status) for one in move.referrals],
    )


async def _put_under(move: Move, kept: Move, note: str | None) -> list[str]:
    """Void one case for the one that stands for it; return the programmes that must be asked anew."""
    context = await context_of(move, revoking=True)
    step = decide(state_of(move.case, move.referrals), CaseAction.VOID, context)
    taken_back = [one for one in move.referrals if ReferralStatus(one.status) in WITHDRAWN]
    for referral in taken_back:
        await revoke(move, referral, "duplicate")
    text = await move.say(CaseAction.VOID.value, note)
    await take_step(move, step, StepFacts(reason=VoidReason.DUPLICATE.value, other=kept.case, text=text))
    asked = {one.program_code for one in kept.referrals if ReferralStatus(one.status) in LIVE}
    return [one.program_code for one in taken_back if one.program_code not in asked]


async def _send_anew(kept: Move, programs: Sequence[str]) -> None:
    if programs:
        codes = ", ".join(dict.fromkeys(programs))
        text = await kept.say(TASK_TEXT, f"Kirim ulang rujukan dari kasus yang digabung / Send anew: {codes}")
        give_task(kept, GIVEN_TASK, kept.case.assignee_id, text.id if text else None)
        kept.case_changed = True


async def _part(one: Move, two: Move) -> None:
    """Restore whichever of the two was put under the other."""
    merged = next((m for m, o in ((one, two), (two, one)) if m.case.duplicate_of == o.case.ticket), None)
    if merged is None or merged.case.status != "void":
        raise Conflict(
            "not_under_each_other",
            "Kasus ini digabung ke kasus lain; batalkan bersama kasus yang dipertahankan.",
            "This case was merged into another one; undo it together with the one that was kept.",
        )
    step = decide(state_of(merged.case, merged.referrals), CaseAction.RESTORE, await context_of(merged))
    await take_step(merged, step)
    await stored.reopen_merged(merged.acting, merged.case)


async def _unlink(acting: Acting, one: Move, two: Move) -> None:
    link = await standing_link(acting.tx, one.case, two.case, Relation.DUPLICATE)
    if link is None:
        return
    link.undone_at, link.undone_by = acting.now, acting.actor.account_id
    both = (one, two) if link.case_id == one.case.id else (two, one)
    tell_link(both, link, undone=True)


async def _is_there(acting: Acting, sight: Sight, tenant: str, ticket: str) -> bool:
    try:
        await find_case(acting.tx, sight, tenant, ticket)
    except NotFound:
        return False
    return True


def _no_other() -> Invalid:
    return Invalid(
        fields=(
            FieldError(
                "/other",
                "unknown",
                "Sebutkan tiket kasus lain di kabupaten/kota ini yang dapat Anda lihat.",
                "Name the ticket of another case of this regency that you may see.",
            ),
        )
    )


def _nothing_waits() -> Conflict:
    return Conflict(
        "nothing_to_decide",
        "Tidak ada dugaan ganda yang menunggu keputusan pada kasus ini.",
        "No likely duplicate of this case waits to be decided.",
    )


def _nothing_decided() -> Conflict:
    return Conflict(
        "nothing_decided",
        "Belum ada keputusan tentang kedua kasus ini.",
        "Nothing was decided about these two cases.",
    )
