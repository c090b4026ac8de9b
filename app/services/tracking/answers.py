"""What a resident does to her own case; each is one transaction and one act."""

from app.db.queries.acting import Acting
from app.db.queries.case_moves import (
    Move,
    StepFacts,
    context_of,
    finish,
    follow,
    open_move,
    state_of,
    take_step,
)
from app.db.queries.cases import case_by_id, not_found
from app.db.queries.referral_moves import revoke
from app.db.queries.resident_moves import Word, confirm_or_dispute, say_dispute
from app.db.queries.resident_moves import rate as keep_rating
from app.db.tables.cases import Case
from app.domain.codes import Confidentiality, VoidReason
from app.domain.errors import Conflict, FieldError, Forbidden, Invalid
from app.domain.lifecycle import CaseAction, CaseStatus, decide
from app.domain.referrals import LIVE, ReferralStatus

A = CaseAction


async def confirm(acting: Acting, word: Word) -> tuple[Case, bool]:
    """Confirm what was received; returns the case and whether her word became a dispute."""
    move = await _open(acting)
    _require_known(move, word)
    disputed = await confirm_or_dispute(move, word)
    await finish(move)
    return move.case, disputed


async def dispute(acting: Acting, word: Word) -> Case:
    """Send the case back to work; after it was closed, while the window is open, this reopens it."""
    move = await _open(acting)
    _require_known(move, word)
    late = move.case.status == CaseStatus.CLOSED
    await say_dispute(move, word, A.REOPEN if late else A.DISPUTE)
    await finish(move)
    return move.case


async def rate(acting: Acting, rating: int) -> Case:
    """Keep her rating of a case that was resolved.

    Raises:
        Conflict: it is still being worked on.
    """
    move = await _open(acting)
    if move.case.status not in {CaseStatus.RESOLVED, CaseStatus.CLOSED}:
        raise Conflict(
            "not_resolved_yet",
            "Penilaian dapat diberikan setelah kasus selesai ditangani.",
            "A rating can be given once the case is resolved.",
        )
    keep_rating(move, rating)
    await finish(move)
    return move.case


async def withdraw(acting: Acting, note: str | None) -> Case:
    """Withdraw the matter: its live referrals are revoked in the same act."""
    move = await _open(acting)
    context = await context_of(move, revoking=True)
    step = decide(state_of(move.case, move.referrals), A.VOID, context)
    for referral in move.referrals:
        if ReferralStatus(referral.status) in LIVE:
            await revoke(move, referral, VoidReason.WITHDRAWN.value)
    text = await move.say(A.VOID.value, note)
    await take_step(move, step, StepFacts(reason=VoidReason.WITHDRAWN.value, text=text))
    await follow(move)
    await finish(move)
    return move.case


async def _open(acting: Acting) -> Move:
    """Lock the one case of the slip. A closed channel takes no answers here: who holds the slip is not sure.

    Raises:
        NotFound: the session has no case.
        Forbidden: the case is RAHASIA.
    """
    actor = acting.actor
    if actor.case_id is None:
        raise not_found()
    case = await case_by_id(acting.tx, actor.tenant, actor.case_id, for_update=True)
    if case is None:
        raise not_found()
    if case.confidentiality == Confidentiality.RAHASIA:
        raise Forbidden(
            id="Kasus ini sedang ditangani. Hubungi petugas yang Anda kenal.",
            en="This case is being handled. Turn to the officer whom you know.",
        )
    return await open_move(acting, case)


def _require_known(move: Move, word: Word) -> None:
    wrong = tuple(
        FieldError(f"/received/{n}/program", "unknown_code", "Program tidak dikenal.", "No such programme.")
        for n, item in enumerate(word.received)
        if item.program not in move.acting.known.programs
    )
    if wrong:
        raise Invalid(fields=wrong)
