"""The death of a person: one act that ends what was hers, and one that takes a mistake back.

Live referrals are revoked, planned aid is stopped, her open cases are resolved; no message goes to her
phone any more, which hangs on ``deceased_on``. A closed case (RAHASIA) does not end with her: whoever
handles it gets a task. The family is offered the death grant where the catalogue has one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from app.db.queries import deaths, events
from app.db.queries.acting import Acting
from app.db.queries.case_moves import (
    TELL_RESIDENT,
    Move,
    StepFacts,
    close_tasks,
    finish,
    follow,
    lock_people,
    need_task,
    open_move,
    state_of,
    take_step,
)
from app.db.queries.people import person_by_id
from app.db.queries.person_access import require_for, seen_person
from app.db.queries.referral_moves import revoke
from app.db.queries.scope import Sight
from app.db.tables.cases import Case
from app.db.tables.people import Death, Person
from app.db.tables.referrals import AssistanceLine
from app.domain.access import Permission
from app.domain.codes import ActorKind, Confidentiality, LedgerState, Outcome
from app.domain.errors import Conflict, FieldError, Invalid
from app.domain.events.base import Event
from app.domain.events.moves import CaseDeathReported, PersonDeathUndone, PersonDied
from app.domain.events.referrals import LedgerPlanned, LedgerStopped
from app.domain.knowledge import Knowledge
from app.domain.lifecycle import CaseAction, CaseContext, CaseStatus, decide
from app.domain.moving import AT_REST
from app.domain.programs import covers
from app.domain.referrals import LIVE, ReferralStatus
from app.domain.sla import local_date

OFFER_GRANT: Final = "offer_death_grant"
DEATH_REPORTED: Final = "death_reported"
REASON: Final = "deceased"
GRANT: Final = "SANTUNAN_KEMATIAN"
"""The category that a programme serves which gives the family of the dead a grant."""


@dataclass(frozen=True, slots=True)
class Report:
    tenant: str
    person_id: UUID
    died_on: date
    source: str


@dataclass
class Ended:
    """What the death ended, with what it was before; kept so that it can be taken back."""

    cases: list[dict[str, str]] = field(default_factory=list)
    referrals: list[dict[str, str]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    """Planned aid that no revoked referral stopped: only this can be planned again."""
    reported: list[str] = field(default_factory=list)
    """Closed cases, whose handlers were told."""

    def as_json(self) -> dict[str, Any]:
        return {
            "cases": self.cases,
            "referrals": self.referrals,
            "lines": self.lines,
            "reported": self.reported,
        }


@dataclass(frozen=True, slots=True)
class Told:
    """A death as it may be told to whoever asks: of cases only those that he sees."""

    death: Death
    tickets: Mapping[UUID, str]
    grants: tuple[str, ...] = ()
    """Programmes that give the family a grant."""
    left: Sequence[tuple[UUID, str, str]] = ()
    """What could not be taken back: case, ``case`` or ``referral``, and its status or programme."""


async def record(acting: Acting, sight: Sight, report: Report) -> Told:
    """Record a death and end what was hers, all or nothing.

    Raises:
        NotFound: no such person, or the actor may not know of her.
        Forbidden: the actor may not change what is known of her.
        Invalid: the day lies in the future or before her birth, or the source is none of the list.
        Conflict: her death is on record, or she was erased.
    """
    person = await _person(acting, sight, report.tenant, report.person_id)
    _check(acting, person, report)
    if person.deceased_on is not None:
        raise Conflict(
            "death_on_record",
            "Kematian orang ini sudah dicatat.",
            "This person's death is on record already.",
        )
    person.deceased_on = report.died_on
    person.version += 1
    ended, newest = Ended(), None
    for case_id in await deaths.touched_cases(acting.tx, person):
        case = await deaths.locked_case(acting, report.tenant, case_id)
        if case is not None and await _end(acting, person, case, ended):
            newest = case
    ended.lines += await _stop(acting, None, await deaths.planned_lines(acting.tx, person, None))
    grants = grants_at(acting.known, person.village_code)
    if newest is not None and grants:
        await _offer(acting, newest)
    death = _row(acting, person, report, ended)
    acting.tx.add(death)
    await acting.tx.flush()
    await _tell(acting, person, PersonDied(thing_id=person.id, death_id=death.id, source=report.source))
    return await told(acting, sight, person, death)


async def undo(acting: Acting, sight: Sight, tenant: str, person_id: UUID) -> Told:
    """Take the record back: her cases return to where they were, planned aid is planned again.

    What others have done since stays; referrals are not brought back to life, since their receivers lost
    sight of them: the answer names what is left.

    Raises:
        NotFound, Forbidden: as for `record`.
        Conflict: no death is on record.
    """
    person = await _person(acting, sight, tenant, person_id)
    death = next((one for one in await deaths.deaths_of(acting.tx, person) if one.undone_at is None), None)
    if death is None:
        raise Conflict("no_death_on_record", "Tidak ada catatan kematian.", "No death is on record.")
    person.deceased_on = None
    person.version += 1
    death.undone_at, death.undone_by = acting.now, acting.actor.account_id
    left = [(UUID(one["case_id"]), "referral", one["program"]) for one in death.ended["referrals"]]
    cases = {UUID(one["id"]) for one in death.ended["cases"]}
    reported = {UUID(text) for text in death.ended["reported"]}
    lines = await deaths.lines_by_id(acting.tx, tenant, map(UUID, death.ended["lines"]))
    owners = {line.case_id for line in lines if line.case_id is not None}
    for case_id in sorted(cases | reported | owners):
        case = await deaths.locked_case(acting, tenant, case_id)
        if case is None:
            continue
        mine = [line for line in lines if line.case_id == case_id]
        if not await _restore(acting, case, mine, ended=case_id in cases, reported=case_id in reported):
            left.append((case_id, "case", case.status))
    await _plan_again(acting, None, [line for line in lines if line.case_id is None])
    recorded_on = local_date(death.at, person.village_code)
    happened = PersonDeathUndone(thing_id=person.id, death_id=death.id, recorded_on=recorded_on)
    await _tell(acting, person, happened)
    return await told(acting, sight, person, death, left)


async def read(acting: Acting, sight: Sight, tenant: str, person_id: UUID) -> Sequence[Told]:
    """Return the records of a death, the latest first, those that were taken back as well.

    Raises:
        NotFound, Forbidden: as for `record`.
    """
    person = await person_by_id(acting.tx, tenant, person_id)
    person = await _require_known(acting, sight, person)
    return [await told(acting, sight, person, one) for one in await deaths.deaths_of(acting.tx, person)]


async def told(
    acting: Acting, sight: Sight, person: Person, death: Death, left: Sequence[tuple[UUID, str, str]] = ()
) -> Told:
    ended = death.ended
    named = {UUID(one["id"]) for one in ended["cases"]} | {UUID(one["case_id"]) for one in ended["referrals"]}
    named |= {case_id for case_id, _, _ in left}
    tickets = await deaths.tickets_in_sight(acting.tx, sight, person.regency_code, named)
    return Told(death, tickets, grants_at(acting.known, person.village_code), left)


def grants_at(known: Knowledge, village: str) -> tuple[str, ...]:
    """Name the programmes that give a death grant in a village."""
    return tuple(
        sorted(
            code
            for code, program in known.programs.items()
            if GRANT in program.version.categories
            and any(covers(area, village) for area in program.version.coverage)
        )
    )


async def _person(acting: Acting, sight: Sight, tenant: str, person_id: UUID) -> Person:
    """Lock the person and her household, for whoever lives in her area's office or has a case of hers."""
    person = await deaths.locked_person(acting.tx, tenant, person_id)
    person = await _require_known(acting, sight, person)
    await lock_people(acting.tx, tenant, person.id, None)
    return person


async def _require_known(acting: Acting, sight: Sight, person: Person | None) -> Person:
    found, case = await seen_person(acting, sight, person)
    require_for(acting, Permission.PERSON_WRITE, found, case)
    return found


def _check(acting: Acting, person: Person, report: Report) -> None:
    wrong = []
    if report.died_on > acting.today(person.village_code):
        wrong.append(
            FieldError("/died_on", "in_future", "Tanggal itu belum tiba.", "That day is still to come.")
        )
    if person.born_on is not None and report.died_on < person.born_on:
        wrong.append(
            FieldError("/died_on", "before_birth", "Tanggal itu sebelum ia lahir.", "She was not born then.")
        )
    if not acting.known.knows("death_source", report.source):
        wrong.append(
            FieldError(
                "/source", "unknown_code", "Pilih sumber dari daftar.", "Choose a source from the list."
            )
        )
    if wrong:
        raise Invalid(fields=tuple(wrong))


# One case ---------------------------------------------------------------------------------------------------


async def _end(acting: Acting, person: Person, case: Case, ended: Ended) -> bool:
    """End what the case has of hers; return whether the case itself ended."""
    move = await open_move(acting, case)
    is_open = CaseStatus(case.status) not in {*AT_REST, CaseStatus.RESOLVED}
    if case.confidentiality == Confidentiality.RAHASIA:
        if is_open:
            await need_task(move, DEATH_REPORTED)
            move.add(CaseDeathReported(case_id=case.id))
            ended.reported.append(str(case.id))
            await finish(move)
        return False
    for referral in move.referrals:
        if ReferralStatus(referral.status) in LIVE:
            before = {"id": str(referral.id), "case_id": str(case.id), "status": referral.status}
            ended.referrals.append({**before, "program": referral.program_code})
            await revoke(move, referral, REASON)
    ended.lines += await _stop(acting, move, await deaths.planned_lines(acting.tx, person, case.id))
    if is_open:
        ended.cases.append({"id": str(case.id), "status": case.status})
        context = CaseContext(ActorKind.SYSTEM, acting.now, revoking=True)
        step = decide(state_of(case, move.referrals), CaseAction.RECORD_DEATH, context)
        await take_step(move, step, StepFacts(outcome=Outcome.DECEASED))
        await need_task(move, TELL_RESIDENT)
    await finish(move)
    return is_open


async def _restore(
    acting: Acting, case: Case, lines: Sequence[AssistanceLine], *, ended: bool, reported: bool
) -> bool:
    """Bring one case back; return False if it ended with the death and has gone on since."""
    move = await open_move(acting, case)
    back = True
    if reported:
        await close_tasks(move, DEATH_REPORTED)
        move.add(CaseDeathReported(case_id=case.id, undone=True))
    if ended:
        back = case.status == CaseStatus.RESOLVED and case.outcome == Outcome.DECEASED
        if back:
            context = CaseContext(ActorKind.SYSTEM, acting.now)
            await take_step(move, decide(state_of(case, move.referrals), CaseAction.UNDO_DEATH, context))
            await close_tasks(move, TELL_RESIDENT)
        await close_tasks(move, OFFER_GRANT)
    await _plan_again(acting, move, lines)
    await follow(move)
    await finish(move)
    return back


async def _stop(acting: Acting, move: Move | None, lines: Iterable[AssistanceLine]) -> list[str]:
    stopped = []
    for line in lines:
        line.state, line.updated_at = LedgerState.STOPPED.value, acting.now
        stopped.append(str(line.id))
        if move is not None:
            move.add(LedgerStopped(**_line(move, line), reason=REASON))
    return stopped


async def _plan_again(acting: Acting, move: Move | None, lines: Iterable[AssistanceLine]) -> None:
    for line in lines:
        if line.state != LedgerState.STOPPED:
            continue
        line.state, line.updated_at = LedgerState.PLANNED.value, acting.now
        if move is not None:
            move.add(LedgerPlanned(**_line(move, line), instalment=line.n))


def _line(move: Move, line: AssistanceLine) -> dict[str, Any]:
    return {
        "case_id": move.case.id,
        "referral_id": line.referral_id,
        "line_id": line.id,
        "program": line.program_code,
        "component": line.component,
        "amount_idr": line.planned_idr,
    }


async def _offer(acting: Acting, case: Case) -> None:
    move = await open_move(acting, case)
    await need_task(move, OFFER_GRANT)
    await finish(move)


def _row(acting: Acting, person: Person, report: Report, ended: Ended) -> Death:
    return Death(
        regency_code=person.regency_code,
        id=acting.new_id(),
        person_id=person.id,
        died_on=report.died_on,
        source=report.source,
        ended=ended.as_json(),
        at=acting.now,
        by=acting.actor.account_id,
        undone_at=None,
        undone_by=None,
    )


async def _tell(acting: Acting, person: Person, happened: Event) -> None:
    stream = events.OtherStream(person.regency_code, person.id, "person")
    await events.append(
        acting.tx, stream, [happened], actor=acting.actor, now=acting.now, cause_id=acting.cause_id
    )
