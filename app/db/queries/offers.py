"""The next programme after a referral that nobody answered: laid before its sender, or sent by itself."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.db.queries.case_moves import Move, state_of, take_step
from app.db.queries.case_view import routing_of
from app.db.queries.referral_moves import against, version_of
from app.db.queries.rights import restrained
from app.db.queries.sending import Wanted, papers_missing, send
from app.db.queries.texts import data_key
from app.db.session import Tx
from app.db.tables.cases import Case
from app.db.tables.referrals import Referral, ReferralOffer
from app.domain.access import SYSTEM
from app.domain.codes import ActorKind, Purpose
from app.domain.escalation import discloses_no_more, is_automatic, next_program
from app.domain.events.escalation import ReferralOffered
from app.domain.lifecycle import CaseAction, CaseContext, CaseStatus, decide
from app.domain.programs import Effect, Program
from app.domain.referrals import ReferralStatus
from app.domain.rights import RESTRAINING
from app.domain.routing import from_json

WAITING = "waiting"
TAKEN = "taken"
DROPPED = "dropped"


async def offers_of(tx: Tx, case: Case) -> Sequence[ReferralOffer]:
    """Return what was offered after expired referrals of the case, oldest first."""
    statement = select(ReferralOffer).where(
        ReferralOffer.regency_code == case.regency_code, ReferralOffer.case_id == case.id
    )
    return (await tx.scalars(statement.order_by(ReferralOffer.at, ReferralOffer.id))).all()


async def find_offer(tx: Tx, case: Case, offer_id: UUID) -> ReferralOffer | None:
    """Return an offer of the case, which the caller has locked if it is to be decided on."""
    return await tx.scalar(
        select(ReferralOffer)
        .where(
            ReferralOffer.regency_code == case.regency_code,
            ReferralOffer.case_id == case.id,
            ReferralOffer.id == offer_id,
        )
        .execution_options(populate_existing=True)
    )


async def lay_next(move: Move, expired: Referral) -> None:
    """Lay the next programme of the stored ranking before the sender of a referral that has expired.

    It discloses the same fields. Where the regency names the pair and nothing more is disclosed, it goes by
    itself. A complaint and a question have no ranking: their case is with the desk again.
    """
    if expired.purpose != Purpose.AID:
        return
    program = await _next(move)
    if program is None:
        return
    if await _may_go(move, expired, program):
        await _go(move, expired, program)
        return
    offer = ReferralOffer(
        regency_code=expired.regency_code,
        id=move.acting.new_id(),
        case_id=expired.case_id,
        fallback_of=expired.id,
        program_code=program.code,
        purpose=expired.purpose,
        disclosed=list(expired.disclosed),
        state=WAITING,
        at=move.acting.now,
        decided_at=None,
        decided_by=None,
    )
    move.tx.add(offer)
    move.add(
        ReferralOffered(
            case_id=expired.case_id,
            offer_id=offer.id,
            expired_referral_id=expired.id,
            program=program.code,
            account_id=expired.sent_by or move.case.assignee_id,
        )
    )


async def _next(move: Move) -> Program | None:
    case, acting = move.case, move.acting
    row = await routing_of(move.tx, case, case.routing_n)
    if row is None:
        return None
    offered = await offers_of(move.tx, case)
    passed = {
        *(one.program_code for one in move.referrals),
        *(one.program_code for one in offered),
        *(one.agency_code for one in move.referrals if one.status == ReferralStatus.NOT_OURS),
    }
    today = acting.today(case.village_code)
    return next_program(acting.known, from_json(row.answer), case.village_code, today, passed)


async def _may_go(move: Move, expired: Referral, program: Program) -> bool:
    known, case = move.acting.known, move.case
    if case.person_id is not None:
        for kind in sorted(RESTRAINING):
            if await restrained(move.tx, case.regency_code, kind, [case.person_id]):
                return False
    if case.status != CaseStatus.REFERRED or not is_automatic(
        known, case.regency_code, expired.program_code, program.code
    ):
        return False
    if not discloses_no_more(version_of(known, expired), program.version, expired.disclosed):
        return False
    if any(item.effect is Effect.EXCLUDE for item in await against(move, program.code)):
        return False
    if move.key is None:
        move.key = await data_key(move.tx, move.acting.vault, case.regency_code, case.data_key_id)
    return not papers_missing(move, [_wanted(move, expired, program)])


async def _go(move: Move, expired: Referral, program: Program) -> None:
    context = CaseContext(ActorKind.SYSTEM, move.acting.now)
    step = decide(state_of(move.case, move.referrals), CaseAction.REFER, context)
    await take_step(move, step, by=SYSTEM)
    await send(move, _wanted(move, expired, program), move.acting.now, by=SYSTEM)


def _wanted(move: Move, expired: Referral, program: Program) -> Wanted:
    agency = move.acting.known.agency(program.agency, expired.regency_code)
    if agency is None:
        raise ValueError("A programme is offered only where its agency is known.")
    return Wanted(
        program=program,
        agency=agency,
        purpose=Purpose(expired.purpose),
        discloses=tuple(expired.disclosed),
        fallback_of=expired.id,
    )
