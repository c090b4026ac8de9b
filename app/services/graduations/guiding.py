"""Guidance: begun in the case that led her there, with steps that she reached and reviews of her income."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from uuid import UUID

from app.db.queries import graduations as stored
from app.db.queries.acting import Acting
from app.db.queries.case_moves import (
    Move,
    close_tasks,
    finish,
    lock_people,
    need_task,
    open_move,
    open_tasks,
)
from app.db.queries.cases import case_by_id, find_case, person_of
from app.db.queries.scope import Sight
from app.db.tables.cases import Case
from app.db.tables.graduation import Graduation, GraduationReview
from app.domain.access import Permission
from app.domain.errors import Conflict, FieldError, Invalid, NotFound
from app.domain.events.graduation import (
    GraduationReviewDue,
    GraduationReviewed,
    GraduationStarted,
    GraduationStepReached,
)
from app.domain.graduation import GraduationState, GraduationStep, Rule, require_active, suggest
from app.domain.ids import PublicId
from app.domain.knowledge import Knowledge
from app.domain.tickets import Ticket

TASK: Final = "graduation_review"
PROGRAMS: Final = "graduation_programs"
_RULE: Final = {"review_days": 90, "income_idr": 3_000_000, "reviews": 2, "undo_days": 30}
_OPENS: Final = time(8)
_MOST_REVIEWS: Final = 200


@dataclass(frozen=True, slots=True)
class Start:
    program: str
    started_on: date
    income_idr: int
    """Of the household, a month, when it begins."""


@dataclass(frozen=True, slots=True)
class Shown:
    row: Graduation
    case: Case
    rule: Rule
    reviews: Sequence[GraduationReview] = ()


def rule_of(known: Knowledge, regency: str) -> Rule:
    return Rule(**{**_RULE, **known.policy_value(regency, "graduation", {})})


async def start(acting: Acting, sight: Sight, place: Ticket, new: Start) -> Shown:
    """Begin to guide the person of a case who is in a programme that ends in graduation.

    Raises:
        NotFound: no such case in sight.
        Forbidden: the actor works on no case there.
        Invalid: a programme that does not end in graduation, or a day to come.
        Conflict: the case is of no person on record, she is not in the programme, or is guided already.
    """
    seen = await require_case(acting, sight, place)
    _check_start(acting, seen, new)
    await lock_people(acting.tx, seen.regency_code, seen.person_id, seen.household_id)
    move = await _moved(acting, seen)
    case, person = move.case, await person_of(acting.tx, move.case)
    if person is None or person.deceased_on is not None:
        raise Conflict(
            "no_living_person",
            "Kasus ini bukan atas nama warga yang tercatat dan masih hidup.",
            "This case is of no person on record who is alive.",
        )
    if not await stored.is_in_program(acting.tx, person, new.program):
        raise Conflict(
            "not_in_program",
            "Ia belum menjadi peserta program ini: catat bantuannya atau terima rujukannya dahulu.",
            "She is not in this programme yet: record its aid, or accept its referral first.",
            {"program": new.program},
        )
    if await stored.active_of(acting.tx, person, new.program) is not None:
        raise Conflict(
            "guided_already",
            "Ia sudah didampingi dalam program ini.",
            "She is guided in this programme already.",
        )
    rule = rule_of(acting.known, case.regency_code)
    row = Graduation(
        regency_code=case.regency_code,
        id=acting.new_id(),
        case_id=case.id,
        person_id=person.id,
        household_id=person.household_id,
        program_code=new.program,
        state=GraduationState.ACTIVE.value,
        version=1,
        started_on=new.started_on,
        income_before_idr=new.income_idr,
        income_now_idr=new.income_idr,
        steps=[],
        review_due_on=rule.next_review(max(new.started_on, acting.today(case.village_code))),
        suggestion=None,
        decision=None,
        decided_at=None,
        decided_by=None,
        exits=[],
        stopped=[],
        undo_until=None,
        undone_at=None,
        created_at=acting.now,
        created_by=acting.actor.account_id,
        updated_at=acting.now,
    )
    acting.tx.add(row)
    await acting.tx.flush()
    move.add(GraduationStarted(**named(row), started_on=new.started_on))
    await stored.watch(acting, row, due_at(acting, row))
    await finish(move)
    return Shown(row, case, rule)


async def require_case(acting: Acting, sight: Sight, place: Ticket) -> Case:
    """Return the case of a ticket that the actor works on.

    Raises:
        NotFound: no such case in sight.
        Forbidden: the actor works on no case there.
    """
    seen = await find_case(acting.tx, sight, place.tenant, place.text)
    acting.actor.require(Permission.CASE_WORK, seen.village_code, seen.desk_id)
    return seen


def due_at(acting: Acting, row: Graduation) -> datetime:
    """The morning of the day on which the review is due."""
    return datetime.combine(row.review_due_on, _OPENS, acting.known.zone(row.regency_code))


def named(row: Graduation) -> dict[str, Any]:
    return {"case_id": row.case_id, "graduation_id": row.id, "program": row.program_code}


def _check_start(acting: Acting, case: Case, new: Start) -> None:
    errors = []
    ends_so = acting.known.policy_value(case.regency_code, PROGRAMS, ["PENA"])
    if new.program not in ends_so:
        errors.append(
            FieldError(
                "/program",
                "no_graduation",
                f"Program yang berakhir dengan graduasi: {', '.join(ends_so)}.",
                f"Programmes that end in graduation: {', '.join(ends_so)}.",
            )
        )
    errors += not_ahead(acting, case, new.started_on, "/started_on")
    if errors:
        raise Invalid(fields=tuple(errors))


def not_ahead(acting: Acting, case: Case, on: date, pointer: str) -> list[FieldError]:
    if on <= acting.today(case.village_code):
        return []
    return [FieldError(pointer, "in_future", "Tanggal belum tiba.", "That day is still to come.")]


# Reading --------------------------------------------------------------------------------------------------


async def require_seen(
    acting: Acting, sight: Sight, regency: str, graduation_id: UUID, permission: Permission
) -> tuple[Graduation, Case]:
    """Return it with its case.

    Raises:
        NotFound: none, or its case is outside the actor's sight.
        Forbidden: the actor has not *permission* there.
    """
    found = await stored.seen(acting.tx, sight, regency, graduation_id)
    if found is None:
        raise not_found()
    acting.actor.require(permission, found[1].village_code, found[1].desk_id)
    return found


def not_found() -> NotFound:
    return NotFound(id="Pendampingan graduasi ini tidak ada.", en="There is no such guidance to graduation.")


async def show(acting: Acting, sight: Sight, regency: str, graduation_id: UUID) -> Shown:
    row, case = await require_seen(acting, sight, regency, graduation_id, Permission.CASE_READ)
    return await shown(acting, row, case)


async def shown(acting: Acting, row: Graduation, case: Case) -> Shown:
    reviews = await stored.reviews_of(acting.tx, row)
    return Shown(row, case, rule_of(acting.known, row.regency_code), reviews)


# Steps and reviews ----------------------------------------------------------------------------------------


async def opened(
    acting: Acting, sight: Sight, regency: str, graduation_id: UUID, permission: Permission
) -> tuple[Graduation, Move]:
    """Lock the case, then the way out of aid."""
    _, case = await require_seen(acting, sight, regency, graduation_id, permission)
    move = await _moved(acting, case)
    row = await stored.lock(acting.tx, regency, graduation_id)
    if row is None:
        raise not_found()
    return row, move


async def _moved(acting: Acting, seen: Case) -> Move:
    case = await case_by_id(acting.tx, seen.regency_code, seen.id, for_update=True)
    if case is None:
        raise not_found()
    await acting.tx.refresh(case)
    return await open_move(acting, case)


async def reach_step(acting: Acting, sight: Sight, place: PublicId, step: GraduationStep, on: date) -> Shown:
    """Note a step that she reached; a second time is the same.

    Raises:
        NotFound, Forbidden: as `require_seen`.
        Invalid: a day to come.
        Conflict: guidance has ended.
    """
    row, move = await opened(acting, sight, place.tenant, place.id, Permission.CASE_WORK)
    require_active(GraduationState(row.state))
    wrong = not_ahead(acting, move.case, on, "/on")
    if wrong:
        raise Invalid(fields=tuple(wrong))
    if all(one["step"] != step.value for one in row.steps):
        row.steps = [*row.steps, {"step": step.value, "on": on.isoformat()}]
        row.version, row.updated_at = row.version + 1, acting.now
        move.add(GraduationStepReached(**named(row), step=step.value, on=on))
        await finish(move)
    return await shown(acting, row, move.case)


async def review(acting: Acting, sight: Sight, place: PublicId, on: date, income_idr: int) -> Shown:
    """Record how she does; the rule makes its suggestion, and the next review gets its day.

    Raises:
        NotFound, Forbidden: as `require_seen`.
        Invalid: a day to come, or one before the last review.
        Conflict: guidance has ended.
    """
    row, move = await opened(acting, sight, place.tenant, place.id, Permission.CASE_WORK)
    require_active(GraduationState(row.state))
    reviews = await stored.reviews_of(acting.tx, row)
    _check_review(acting, move.case, row, reviews, on)
    rule = rule_of(acting.known, row.regency_code)
    said = suggest(row.income_before_idr, [*(one.income_idr for one in reviews), income_idr], rule)
    made = GraduationReview(
        regency_code=row.regency_code,
        id=acting.new_id(),
        graduation_id=row.id,
        n=len(reviews) + 1,
        on_date=on,
        income_idr=income_idr,
        suggestion=said.value,
        recorded_at=acting.now,
        recorded_by=acting.actor.account_id,
    )
    acting.tx.add(made)
    row.income_now_idr, row.suggestion = income_idr, said.value
    row.review_due_on = rule.next_review(max(on, acting.today(move.case.village_code)))
    row.version, row.updated_at = row.version + 1, acting.now
    await close_tasks(move, TASK)
    await stored.watch(acting, row, due_at(acting, row))
    move.add(
        GraduationReviewed(
            **named(row), review_id=made.id, suggestion=said.value, review_due_on=row.review_due_on
        )
    )
    await finish(move)
    return await shown(acting, row, move.case)


def _check_review(
    acting: Acting, case: Case, row: Graduation, reviews: Sequence[GraduationReview], on: date
) -> None:
    wrong = not_ahead(acting, case, on, "/on")
    earliest = reviews[-1].on_date if reviews else row.started_on
    if on < earliest:
        wrong.append(
            FieldError(
                "/on",
                "before_last",
                f"Tinjauan tidak boleh sebelum {earliest.isoformat()}.",
                f"A review cannot be before {earliest.isoformat()}.",
            )
        )
    if wrong:
        raise Invalid(fields=tuple(wrong))
    if len(reviews) >= _MOST_REVIEWS:
        raise Conflict("reviews_full", "Tinjauan sudah terlalu banyak.", "There are too many reviews.")


async def remind(acting: Acting, regency: str, graduation_id: UUID) -> bool:
    """Make the task of a review that is due and did not take place; tell whether one was made."""
    found = await stored.lock_with_case(acting.tx, regency, graduation_id)
    if found is None:
        return False
    row, case = found
    if row.state != GraduationState.ACTIVE.value or row.review_due_on > acting.today(case.village_code):
        return False
    if await open_tasks(acting.tx, case, TASK):
        return False
    move = await open_move(acting, case)
    await need_task(move, TASK)
    move.add(GraduationReviewDue(**named(row), review_due_on=row.review_due_on))
    await finish(move)
    return True
