"""Emergencies: help is sent for by the system, and a disaster brings its households.

Referrals go to whoever must act, and the duty roster is called out.

Nothing here may end in nothing: a body that the regency does not have, a case that cannot be referred just
now, a roster without anybody: each puts the case before the secretariat, with a task to phone.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from app.db.queries import duty, emergencies, team
from app.db.queries.acting import Acting
from app.db.queries.assigning import SECRETARIAT, assign, sight_of_case
from app.db.queries.case_moves import Move, context_of, finish, need_task, open_move, state_of, take_step
from app.db.queries.cases import AT_REST, case_by_id, find_case
from app.db.queries.readers import NAMED, add_reader, standing_of
from app.db.queries.scope import Sight
from app.db.queries.sending import Wanted, send
from app.db.queries.texts import facts_of
from app.db.tables.cases import Case
from app.domain.access import Permission
from app.domain.codes import ActorKind, CaseKind, Confidentiality, Priority, SubjectKind
from app.domain.emergencies import Called, CallOut, call_out, is_disaster
from app.domain.errors import Conflict
from app.domain.events.cases import CaseReaderNamed
from app.domain.events.emergencies import CaseDutyCalled, CaseHouseholdsOpened
from app.domain.hands import Standing, why_unfit
from app.domain.knowledge import implicit_code
from app.domain.lifecycle import CaseAction, decide
from app.domain.referrals import LIVE

CALL_DUTY: Final = "call_duty"
_APART: Final = timedelta(microseconds=1)
_NOBODY: Final = "SECRETARIAT"


async def send_for_help(acting: Acting, regency: str, case_id: UUID) -> None:
    """Refer the case to whoever must act, and call out the roster; nothing if it is none, or at rest.

    *acting* is an act of the system.
    """
    case = await case_by_id(acting.tx, regency, case_id, for_update=True)
    if case is None or case.status in AT_REST:
        return
    move = await open_move(acting, case)
    need = acting.known.need(CaseKind(case.kind), case.category, case.sector, Priority(case.priority))
    plan = call_out(need, await facts_of(acting.tx, acting.vault, case, move.key))
    if plan is None:
        return
    sent = await _refer(move, plan.bodies)
    called = not plan.duty or await emergencies.is_spawned(acting.tx, case) or await _call(move, plan.duty)
    if not (sent and called):
        await _to_secretariat(move, plan)
    await finish(move)


async def _refer(move: Move, bodies: Sequence[Called]) -> bool:
    """Send what is not sent yet; tell whether every body has a referral now."""
    has = {one.agency_code for one in move.referrals if one.status in LIVE}
    found = [(body, _wanted(move, body)) for body in bodies]
    missing = [body for body, wanted in found if wanted is None]
    wanted = [one for _, one in found if one is not None and one.agency.code not in has]
    if not wanted:
        return not missing
    try:
        context = await context_of(move, by=ActorKind.SYSTEM)
        step = decide(state_of(move.case, move.referrals), CaseAction.REFER, context)
    except Conflict:
        # It waits for papers or for a decision: whoever has it there must act.
        return False
    await take_step(move, step)
    for n, one in enumerate(wanted):
        await send(move, one, move.acting.now + n * _APART)
    return not missing


def _wanted(move: Move, body: Called) -> Wanted | None:
    known, regency = move.acting.known, move.case.regency_code
    agency = known.agency(body.agency, regency)
    program = known.programs.get(implicit_code(agency.code)) if agency and agency.active else None
    if agency is None or program is None:
        return None
    return Wanted(program, agency, body.purpose, body.discloses)


# The roster ---------------------------------------------------------------------------------------------


async def _call(move: Move, name: str) -> bool:
    """Call everybody who is on duty and may know of the case; tell whether that is anybody."""
    acting, case = move.acting, move.case
    sight = await sight_of_case(acting.tx, case)
    shifts = [
        one
        for one in await duty.on_duty(acting.tx, case.regency_code, name, acting.now)
        if one.account_id not in sight.about_accounts
    ]
    for one in shifts:
        if one.account_id is not None:
            await _name(move, one.account_id)
        call = CaseDutyCalled(case_id=case.id, duty=name, account_id=one.account_id, cadre_id=one.cadre_id)
        move.add(call)
    if any(one.account_id is None for one in shifts):
        await need_task(move, CALL_DUTY)
    await _give(move, [one.account_id for one in shifts if one.account_id is not None])
    return bool(shifts)


async def _name(move: Move, account_id: UUID) -> None:
    """Let whoever is called see a closed case: nobody else but the office that handles it does."""
    case = move.case
    if case.confidentiality != Confidentiality.RAHASIA.value:
        return
    if await standing_of(move.tx, case, account_id) != NAMED:
        add_reader(move.tx, case, account_id)
        await move.tx.flush()
        move.add(CaseReaderNamed(case_id=case.id, account_id=account_id))


async def _give(move: Move, accounts: Sequence[UUID]) -> None:
    """Give the case to the first who may have it in hand, unless somebody has it already.

    Receivers of an agency never have: they act on their referral.
    """
    acting, case = move.acting, move.case
    if case.assignee_id is not None or not accounts:
        return
    sight = await sight_of_case(acting.tx, case)
    today = acting.today(case.village_code)
    members = await team.members(acting.tx, case.regency_code, today, accounts)
    for account in accounts:
        member = members.get(account)
        # Whoever is on duty is there, whatever a leave says.
        if member and why_unfit(Standing(member.actor, member.active, away=False), sight) is None:
            await assign(move, account_id=account)
            return


async def _to_secretariat(move: Move, plan: CallOut) -> None:
    name = plan.duty or _NOBODY
    move.add(CaseDutyCalled(case_id=move.case.id, duty=name, queue=SECRETARIAT))
    await need_task(move, CALL_DUTY)
    if move.case.assignee_id is None:
        await assign(move, account_id=None, queue=SECRETARIAT)


# Households of a disaster ------------------------------------------------------------------------------


async def mother_of(acting: Acting, sight: Sight, tenant: str, ticket: str) -> Case:
    """Return the disaster case under which household cases may be opened.

    Raises:
        NotFound: there is none, or the actor may not know of it.
        Forbidden: the actor may not open cases there.
        Conflict: it is no disaster of a place, or it is at rest.
    """
    case = await find_case(acting.tx, sight, tenant, ticket)
    acting.actor.require(Permission.CASE_OPEN, case.village_code)
    need = acting.known.need(CaseKind(case.kind), case.category, case.sector, Priority(case.priority))
    if case.subject_kind != SubjectKind.PLACE.value or not is_disaster(need):
        raise Conflict(
            code="not_a_disaster",
            id="Kasus keluarga hanya dibuka dari kasus bencana yang subjeknya tempat.",
            en="Household cases are opened under a disaster case whose subject is a place.",
        )
    if case.status in AT_REST:
        raise Conflict(
            code="case_at_rest",
            id="Kasus sudah selesai, ditutup, atau dibatalkan; buka kembali dahulu.",
            en="The case is resolved, closed or void; reopen it first.",
        )
    return case


async def tell_households(acting: Acting, case_id: UUID, tenant: str, opened: int) -> None:
    """Tell on the disaster case how many household cases were opened under it just now."""
    case = await case_by_id(acting.tx, tenant, case_id, for_update=True)
    if case is None or not opened:
        return
    move = await open_move(acting, case)
    move.add(CaseHouseholdsOpened(case_id=case.id, opened=opened))
    await finish(move)
