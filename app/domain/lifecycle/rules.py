"""May this case take this step, and what is it afterwards."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID

from app.domain.access import Permission
from app.domain.codes import ActorKind, CaseKind, Outcome, Priority
from app.domain.errors import Conflict, DeskError, Forbidden
from app.domain.lifecycle.table import BY_KEY, CaseAction, CaseStatus, Effect, Step
from app.domain.referrals import BLOCKING, THIRD_BOUNCE, ReferralStatus, all_ended

S, A = CaseStatus, CaseAction
URGENT: Final = frozenset({Priority.MENDESAK, Priority.DARURAT})


@dataclass(frozen=True, slots=True)
class CaseState:
    status: CaseStatus
    kind: CaseKind = CaseKind.LAYANAN
    priority: Priority = Priority.BIASA
    completion_from: CaseStatus | None = None
    """Where `complete` goes back to; kept while the case is void."""
    void_from: CaseStatus | None = None
    """Where `restore` goes back to, and `undo_death`."""
    referrals: tuple[ReferralStatus, ...] = ()
    """Of each referral that the case has had."""
    reopened: int = 0
    """How often a resident or an officer sent it back to work: never counted as resolved."""
    bounces_heard: int = 0
    """How many ``not_ours`` the case had when it was last put to the secretariat for them."""
    moved: bool = False
    """It goes on in another regency: nothing more is said or done here."""


@dataclass(frozen=True, slots=True)
class CaseContext:
    """Who asks for a step, and what the rules must know besides the state."""

    by: ActorKind
    now: datetime
    account_id: UUID | None = None
    outcome: Outcome | None = None
    """Of resolve and decide_resolve."""
    revoking: bool = False
    """The same request revokes the live referrals, with a reason."""
    maker_id: UUID | None = None
    """Who proposed the outcome, or gave the finding of a complaint."""
    four_eyes: bool = False
    """The regency's policy asks for two people at a decision."""
    at_secretariat: bool = False
    """The secretariat holds the case: what was proposed waits there."""
    decides_any: bool = True
    """Whoever asks may decide there, and not only at a desk."""
    contacts_enough: bool = False
    """The policy for ``unreachable`` is met (default: 3 contacts on 3 days by 2 means)."""
    due: datetime | None = None
    """When the running clock of the case is due: completion of an incomplete, confirmation of a resolved."""
    closed_at: datetime | None = None
    reopen_window: timedelta = timedelta(days=30)


def decide(state: CaseState, action: CaseAction, context: CaseContext) -> Step:
    """Return the step that *action* takes, with its target filled in.

    Raises:
        Conflict: the status has no such step, or a rule is not met; ``code`` says which.
        Forbidden: the step belongs to another kind of actor.
    """
    step = BY_KEY.get((state.status, action))
    if step is None:
        raise _refused(
            "step_not_possible",
            "Tindakan ini tidak dapat dilakukan pada status kasus saat ini.",
            "This action is not possible in the case's present status.",
            status=state.status.value,
            action=action.value,
        )
    for rule in _RULES.get(action, ()):
        rule(state, context)
    if context.by not in step.who:
        raise Forbidden(
            "not_your_step",
            "Tindakan ini tidak dapat dilakukan oleh Anda.",
            "This action is not yours to take.",
            {"who": sorted(kind.value for kind in step.who)},
        )
    return step if step.target else replace(step, target=_came_from(state))


def after(state: CaseState, step: Step) -> CaseState:
    """Return the state once *step*, as `decide` gave it, was taken.

    Referrals that the same request sends or revokes are the caller's to put into ``referrals``.
    """
    if step.target is None:
        raise ValueError("Take the step from decide: its target is open in the table.")
    moved = replace(state, status=step.target)
    match step.action:
        case A.ASK_COMPLETION:
            return replace(moved, completion_from=state.status)
        case A.VOID | A.RECORD_DEATH:
            return replace(moved, void_from=state.status)
        case A.RESTORE | A.UNDO_DEATH:
            return replace(moved, void_from=None)
        case A.TRANSFER:
            moved = replace(moved, moved=True)
        case A.BOUNCED:
            return replace(moved, bounces_heard=_bounces(state))
        case _:
            pass
    # Whoever leaves an end or the wait for papers does not come back to it.
    moved = replace(moved, completion_from=None, void_from=None)
    if Effect.COUNT_REOPENED in step.effects:
        moved = replace(moved, reopened=state.reopened + 1)
    return moved


def follow_up(state: CaseState) -> CaseAction | None:
    """Name the step that the system takes at once on a case in this state, in the same transaction.

    Ask after each change of a referral and after each step: a case may come back from `incomplete` to
    referrals that have all ended meanwhile.
    """
    if state.status is not S.REFERRED:
        return None
    if _bounces(state) >= THIRD_BOUNCE and _bounces(state) > state.bounces_heard:
        return A.BOUNCED
    return A.ALL_ENDED if all_ended(state.referrals) else None


def allowed_actions(
    state: CaseState, permissions: frozenset[Permission], context: CaseContext
) -> tuple[CaseAction, ...]:
    """List the actions open to an actor with *permissions*, in the order of the table.

    What only the content of the request can break (live referrals that it might revoke, an outcome) is no
    reason to hide an action.
    """
    probe = replace(context, revoking=True, outcome=None)
    # Most pairs are no step at all; asking the table first spares the cost of a refusal.
    known = (action for action in A if (state.status, action) in BY_KEY)
    return tuple(action for action in known if _is_open(state, action, permissions, probe))


def _is_open(
    state: CaseState, action: CaseAction, permissions: frozenset[Permission], probe: CaseContext
) -> bool:
    try:
        step = decide(state, action, probe)
    except DeskError:
        return False
    return step.permission in permissions


def _came_from(state: CaseState) -> CaseStatus:
    origin = state.completion_from if state.status is S.INCOMPLETE else state.void_from
    if origin is None:
        raise ValueError("The case does not know where it came from.")
    return origin


def _bounces(state: CaseState) -> int:
    return state.referrals.count(ReferralStatus.NOT_OURS)


def _refused(code: str, indonesian: str, english: str, **data: object) -> Conflict:
    return Conflict(code, indonesian, english, data)


def _only_when_urgent(state: CaseState, _context: CaseContext) -> None:
    if state.status is S.VERIFYING and state.priority not in URGENT:
        raise _refused(
            "not_urgent",
            "Kasus biasa dirujuk setelah verifikasi dicatat.",
            "An ordinary case is referred after its verification was recorded.",
        )


def _nothing_live(state: CaseState, context: CaseContext) -> None:
    live = sum(status in BLOCKING for status in state.referrals)
    if live and not context.revoking:
        raise _refused(
            "referrals_live",
            "Masih ada rujukan yang berjalan; tunggu, atau cabut dengan alasan dalam permintaan yang sama.",
            "Referrals are still running; wait, or revoke them with a reason in the same request.",
            live=live,
        )


def _outcome_fits(_state: CaseState, context: CaseContext) -> None:
    if context.outcome is Outcome.UNREACHABLE and not context.contacts_enough:
        raise _refused(
            "contacts_missing",
            "Upaya menghubungi warga belum cukup untuk hasil ini.",
            "There are not yet enough recorded contacts for this outcome.",
        )


def _two_people(state: CaseState, context: CaseContext) -> None:
    """Closing a complaint takes two people, whatever the outcome; a decision where the policy asks."""
    closing = state.kind is CaseKind.PENGADUAN and context.outcome is not None
    alone = context.maker_id is None or context.maker_id == context.account_id
    decided_by_maker = state.status is S.AWAITING_DECISION and context.four_eyes
    if (closing and alone) or (
        decided_by_maker and context.maker_id is not None and context.maker_id == context.account_id
    ):
        raise _refused(
            "second_person_needed",
            "Keputusan ini memerlukan orang kedua; usulkan ke sekretariat.",
            "This decision takes a second person; propose it to the secretariat.",
        )


def _goes_on_here(state: CaseState, _context: CaseContext) -> None:
    if state.moved:
        raise _refused(
            "case_transferred",
            "Kasus ini sudah dipindahkan dan dilanjutkan di kabupaten/kota lain.",
            "This case was transferred and goes on in another regency.",
        )


def _died_before(state: CaseState, _context: CaseContext) -> None:
    if state.void_from is None:
        raise _refused(
            "not_ended_by_death",
            "Kasus ini tidak diakhiri oleh pencatatan kematian.",
            "This case was not ended by the record of a death.",
        )


def _put_before_them(_state: CaseState, context: CaseContext) -> None:
    """What was put to the secretariat is decided there; a desk decides only on what stayed with it."""
    if context.at_secretariat and not context.decides_any:
        raise Forbidden(
            "put_to_secretariat",
            "Usulan ini diputuskan di sekretariat.",
            "This proposal is decided at the secretariat.",
        )


def _is_overdue(state: CaseState, context: CaseContext) -> None:
    if state.status is S.INCOMPLETE and state.priority in URGENT:
        raise _refused(
            "urgent_never_expires",
            "Kasus mendesak atau darurat tidak gugur karena berkas kurang.",
            "An urgent case never lapses for want of papers.",
        )
    if context.due is None or context.now <= context.due:
        raise _refused("not_due", "Tenggat belum lewat.", "The due time has not passed.")


def _something_ended(state: CaseState, _context: CaseContext) -> None:
    if not all_ended(state.referrals):
        raise _refused("referrals_live", "Masih ada rujukan yang berjalan.", "Referrals are still running.")


def _bounced_again(state: CaseState, _context: CaseContext) -> None:
    if _bounces(state) < THIRD_BOUNCE:
        raise _refused(
            "too_few_bounces",
            "Belum tiga lembaga menjawab bukan wewenangnya.",
            "Fewer than three agencies have answered that it is not their matter.",
        )


def _within_window(_state: CaseState, context: CaseContext) -> None:
    if context.closed_at is None or context.now > context.closed_at + context.reopen_window:
        raise _refused(
            "reopen_window_over",
            "Masa pembukaan kembali sudah lewat; buat kasus baru yang ditautkan ke kasus ini.",
            "The window for reopening is over; open a new case linked to this one.",
        )


Rule = Callable[[CaseState, CaseContext], None]
_RULES: Final = MappingProxyType[CaseAction, tuple[Rule, ...]](
    {
        A.REFER: (_only_when_urgent,),
        A.RESOLVE: (_nothing_live, _outcome_fits, _two_people),
        A.RETURN: (_put_before_them,),
        A.DECIDE_RESOLVE: (_put_before_them, _nothing_live, _outcome_fits, _two_people),
        A.DECIDE_REFER: (_put_before_them, _two_people),
        A.EXPIRE: (_is_overdue, _nothing_live),
        A.VOID: (_nothing_live,),
        A.ALL_ENDED: (_something_ended,),
        A.BOUNCED: (_bounced_again,),
        A.CONFIRM: (_goes_on_here,),
        A.DISPUTE: (_goes_on_here,),
        A.SILENCE: (_goes_on_here, _is_overdue),
        A.REOPEN: (_goes_on_here, _within_window),
        A.TRANSFER: (_nothing_live,),
        A.RECORD_DEATH: (_nothing_live,),
        A.UNDO_DEATH: (_died_before,),
    }
)
