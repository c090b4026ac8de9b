"""Transfer to another regency: the case ends here, and is opened there exactly once under a new ticket.

Two tenants are two transactions, and the worker makes them: the new case first, which names the old one's
ticket under a unique key; then the old one learns the new ticket. Killed anywhere, it finds on its next try
what is there already.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from app.db.queries import arrivals, work
from app.db.queries.acting import Acting
from app.db.queries.arrivals import Arriving, Met, NewKeys, Place, case_from
from app.db.queries.case_moves import (
    TELL_RESIDENT,
    Move,
    StepFacts,
    finish,
    lock_case,
    need_task,
    open_move,
    state_of,
    take_step,
)
from app.db.queries.cases import case_by_id
from app.db.queries.clocks import move_clocks
from app.db.queries.closing import lines_in_session, meant_in_session
from app.db.queries.referral_moves import revoke
from app.db.queries.scope import Sight
from app.db.queries.sending import Wanted, send
from app.db.queries.texts import NOTE
from app.db.queries.transfers import TRANSFER, Leaving
from app.db.tables.cases import Case
from app.db.tables.referrals import Referral
from app.domain.access import Permission, closed_to_for
from app.domain.cases import AboutGiven
from app.domain.codes import AboutKind, ActorKind, Confidentiality, Holder, Outcome, Purpose
from app.domain.complaints import meant_by, readers_of
from app.domain.errors import Conflict
from app.domain.events.cases import CaseNoteAdded, CaseOpened
from app.domain.events.moves import CaseReceived, CaseTransferred
from app.domain.ids import public_id, tenant_of
from app.domain.knowledge import Agency, Knowledge
from app.domain.lifecycle import CaseAction, CaseContext, decide
from app.domain.moving import Sent, agency_there, check_transfer, moving_along
from app.domain.referrals import LIVE, ReferralStatus
from app.domain.sla import OPENED

REASON: Final = "transferred"
"""Why the live referrals of a transferred case are revoked."""


@dataclass(frozen=True, slots=True)
class Transfer:
    tenant: str
    ticket: str
    village: str
    note: str


@dataclass(frozen=True, slots=True)
class Transferred:
    case: Case
    moving: tuple[UUID, ...]
    """Referrals that will be sent again from the new case."""
    ended: tuple[UUID, ...]


# Where it leaves ------------------------------------------------------------------------------------------


async def transfer(
    acting: Acting, sight: Sight, wanted: Transfer, check_version: Callable[[int], None]
) -> Transferred:
    """End the case as transferred and give the worker the rest.

    Raises:
        NotFound: no such case, or outside the actor's sight.
        Forbidden: the actor may transfer no cases here.
        Invalid, Conflict: see `check_transfer`; the case has ended already, or its content was erased.
    """
    known, village = acting.known, wanted.village
    case = await lock_case(acting.tx, sight, wanted.tenant, wanted.ticket)
    acting.actor.require(Permission.CASE_TRANSFER, case.village_code, case.desk_id)
    check_version(case.version)
    served = village.count(".") > 0 and tenant_of(village) in known.settings
    check_transfer(case.regency_code, village, known=village in known.regions, served=served)
    move = await open_move(acting, case)
    context = CaseContext(ActorKind.SYSTEM, acting.now, revoking=True)
    step = decide(state_of(case, move.referrals), CaseAction.TRANSFER, context)
    moving = _moving(known, move.referrals, village)
    ended = tuple(one.id for one in move.referrals if ReferralStatus(one.status) in LIVE)
    for referral in move.referrals:
        if referral.id in ended:
            await revoke(move, referral, REASON)
    text = await move.say(TRANSFER, wanted.note)
    await take_step(move, step, StepFacts(outcome=Outcome.TRANSFERRED, text=text))
    await need_task(move, TELL_RESIDENT)
    await work.enqueue(acting.tx, [_work(acting, case, village, moving)])
    await finish(move)
    return Transferred(case, moving, tuple(id_ for id_ in ended if id_ not in moving))


def _work(acting: Acting, case: Case, village: str, moving: Iterable[UUID]) -> work.NewWork:
    payload = {"case_id": case.id.hex, "village": village, "referrals": [id_.hex for id_ in moving]}
    return work.NewWork(
        case.regency_code, acting.new_id(), work.TRANSFER_CASE, case.id.hex, acting.now, payload
    )


def _moving(known: Knowledge, referrals: Iterable[Referral], village: str) -> tuple[UUID, ...]:
    sent = []
    for one in referrals:
        program = known.programs.get(one.program_code)
        there = agency_there(known, one.program_code, one.agency_code, village)
        level = program.level if program and there else None
        sent.append(Sent(one.id, ReferralStatus(one.status), level))
    return moving_along(sent)


# Where it arrives -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Opening:
    """What the worker does it with."""

    vault: NewKeys
    digests: arrivals.Digests
    draw_ticket: Callable[[str], str]
    draw_pin: Callable[[], str]
    village: str
    referrals: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Arrived:
    case: Case
    new: bool


async def arrive(acting: Acting, opening: Opening, leaving: Leaving) -> Arrived:
    """Open the case in the new regency, unless it was opened before.

    Raises:
        Conflict: another worker opened it just now; the next try finds it.
    """
    regency = tenant_of(opening.village)
    before = await case_from(acting.tx, regency, leaving.case.ticket)
    if before is not None:
        return Arrived(before, new=False)
    arriving = Arriving(acting, opening.vault, opening.digests, regency, opening.village)
    met = await arrivals.meet(arriving, leaving)
    closed_to, readers = await _secrecy(arriving, leaving)
    place = _place(arriving, opening, closed_to)
    case = await arrivals.write_case(arriving, leaving, met, place)
    if case is None:
        raise Conflict("opened_meanwhile", "Kasus baru saja dibuka.", "The case was opened just now.")
    arrivals.add_readers(arriving, case, readers)
    move = await open_move(acting, case)
    await move_clocks(acting, case, OPENED)
    await _tell(move, met, opening, leaving)
    await _send_again(move, opening, leaving)
    await finish(move)
    return Arrived(case, new=True)


async def _secrecy(arriving: Arriving, leaving: Leaving) -> tuple[str | None, dict[UUID, str]]:
    """Close it to an office of the new regency; whoever was kept out stays so wherever he has an account."""
    kept = dict.fromkeys(leaving.kept_out, "kept_out")
    if leaving.case.confidentiality != Confidentiality.RAHASIA:
        return None, kept
    known, tx, regency = arriving.acting.known, arriving.acting.tx, arriving.regency
    given = [AboutGiven(AboutKind(one.kind), one.ref) for one in leaving.abouts]
    meant = meant_by(known, given, regency, leaving.case.village_code)
    meant = await meant_in_session(tx, regency, meant)
    today = arriving.acting.today(arriving.village)
    lines = await lines_in_session(tx, regency, meant.accounts, today)
    closed_to = closed_to_for(meant.about, lines, secret=True)
    named = readers_of(meant, closed_to, known.settings[regency].inspectorate_account_id)
    return closed_to.value if closed_to else None, {**dict(named), **kept}


def _place(arriving: Arriving, opening: Opening, closed_to: str | None) -> Place:
    desk = None if closed_to else arriving.acting.known.desk_of(arriving.village)
    ticket = opening.draw_ticket(arriving.regency)
    # Nobody is told this PIN: she follows it with her old slip, or gets a new one at the new desk.
    digest = opening.digests.digest("pin", f"{ticket}:{opening.draw_pin()}")
    holder = Holder.DESK if desk else Holder.SECRETARIAT
    return Place(ticket, digest, holder.value, desk.id if desk else None, closed_to)


async def _tell(move: Move, met: Met, opening: Opening, leaving: Leaving) -> None:
    case, vault = move.case, opening.vault
    move.add(
        CaseOpened(
            case_id=case.id,
            ticket=case.ticket,
            kind=case.kind,
            category=case.category,
            sector=case.sector,
            channel=case.channel,
            priority=case.priority,
            confidentiality=case.confidentiality,
            subject_kind=case.subject_kind,
            place=case.village_code,
            holder=case.holder,
            desk_id=case.desk_id,
            program=case.program_code,
            legal_basis=case.legal_basis,
            notice_version=case.notice_version,
            chronology_hmac=vault.text_hmac(met.key, str(leaving.private.get("chronology") or "")),
        )
    )
    move.add(CaseReceived(case_id=case.id, from_ticket=leaving.case.ticket))
    await _note(move, leaving.note)


async def _note(move: Move, text: str | None) -> None:
    stored = await move.say(NOTE, text)
    if stored is not None:
        move.add(CaseNoteAdded(case_id=move.case.id, note_id=stored.id, text_hmac=stored.hmac))


async def _send_again(move: Move, opening: Opening, leaving: Leaving) -> None:
    """Send the central referrals from here, each naming the old one; what cannot go is told in a note."""
    wanted = [
        (old, one)
        for old in leaving.referrals
        if old.id in opening.referrals and (one := _wanted(move, old)) is not None
    ]
    if not wanted:
        return
    context = CaseContext(ActorKind.SYSTEM, move.acting.now)
    await take_step(move, decide(state_of(move.case, move.referrals), CaseAction.REFER, context))
    for old, one in wanted:
        try:
            await send(move, one, move.acting.now)
        except Conflict as error:
            await _note(move, f"Rujukan {one.program.code} tidak dikirim ulang: {error.id}")
            continue
        move.referrals[-1].external_ref = old.external_ref


def _wanted(move: Move, old: Referral) -> Wanted | None:
    known, case = move.acting.known, move.case
    program = known.program(old.program_code, move.acting.today(case.village_code))
    agency: Agency | None = agency_there(known, old.program_code, old.agency_code, case.village_code)
    if program is None or agency is None:
        return None
    return Wanted(
        program=program,
        agency=agency,
        purpose=Purpose(old.purpose),
        discloses=tuple(old.disclosed),
        note=f"Lanjutan rujukan {public_id(old.regency_code, old.id)} dari kabupaten/kota asal.",
        continues=True,
    )


async def follow_on(acting: Acting, tenant: str, case_id: UUID, arrived: Case) -> None:
    """Let the old case know where it goes on; told twice changes nothing."""
    case = await case_by_id(acting.tx, tenant, case_id, for_update=True)
    if case is None or case.transferred_to is not None:
        return
    move = await open_move(acting, case)
    case.transferred_to = arrived.ticket
    move.add(CaseTransferred(case_id=case.id, to_place=arrived.village_code, to_ticket=arrived.ticket))
    move.case_changed = True
    await finish(move)


def read_payload(payload: dict[str, Any]) -> tuple[UUID, str, frozenset[UUID]]:
    """Return the old case, the new village, and the referrals that go along."""
    referrals = frozenset(UUID(text) for text in payload["referrals"])
    return UUID(payload["case_id"]), str(payload["village"]), referrals
