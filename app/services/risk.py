"""Asking how much danger somebody is in, and letting the answer move the case."""

from collections.abc import Sequence
from typing import Final

from app.db.queries.acting import Acting
from app.db.queries.case_moves import Move, finish, lock_case, open_move
from app.db.queries.cases import AT_REST, find_case
from app.db.queries.clocks import recount
from app.db.queries.emergencies import alarm
from app.db.queries.risk import Assessed, add_assessment, assessments_of
from app.db.queries.scope import Sight
from app.db.tables.cases import Case
from app.domain.access import Permission
from app.domain.codes import Confidentiality, Priority
from app.domain.errors import Conflict, FieldError, Invalid
from app.domain.events.sensitive import CaseRiskAssessed
from app.domain.knowledge import Knowledge
from app.domain.risk import Answers, Bounds, RiskQuestion, level_of, priority_for

QUESTIONS: Final = "risk_question"


async def assess(
    acting: Acting, sight: Sight, tenant: str, ticket: str, answers: Answers
) -> Sequence[Assessed]:
    """Keep the answers and their level. A high one makes the case an emergency: help is sent for at once.

    Raises:
        NotFound: no such case, or outside the actor's sight.
        Conflict: the case is at rest, or of a kind that no risk is asked of.
        Invalid: a question that is not on the list.
    """
    case = await lock_case(acting.tx, sight, tenant, ticket)
    acting.actor.require(Permission.CASE_WORK, case.village_code, case.desk_id)
    _require_asked(acting.known, case)
    _check(acting.known, answers)
    move = await open_move(acting, case)
    level = level_of(questions_of(acting.known), answers, bounds_of(acting.known, tenant))
    id_ = add_assessment(move, answers, level.value)
    await _raise(move, priority_for(level, Priority(case.priority)))
    move.add(CaseRiskAssessed(case_id=case.id, assessment_id=id_, priority=case.priority))
    await finish(move)
    return await assessments_of(acting, case)


async def list_assessments(acting: Acting, sight: Sight, tenant: str, ticket: str) -> Sequence[Assessed]:
    case = await find_case(acting.tx, sight, tenant, ticket)
    acting.actor.require(Permission.CASE_READ, case.village_code, case.desk_id)
    return await assessments_of(acting, case)


def questions_of(known: Knowledge) -> list[RiskQuestion]:
    """The questions in the order of the list, with their weights."""
    return [
        RiskQuestion(code, int(entry.attrs["weight"]), bool(entry.attrs["decides"]))
        for code, entry in known.codes.get(QUESTIONS, {}).items()
    ]


def bounds_of(known: Knowledge, tenant: str) -> Bounds:
    found = known.policy_value(tenant, "risk_levels", {})
    return Bounds(**found) if found else Bounds()


async def _raise(move: Move, priority: Priority) -> None:
    case = move.case
    if priority.value == case.priority:
        return
    case.priority = priority.value
    move.case_changed = True
    await recount(move.acting, case, move.referrals)
    if priority is Priority.DARURAT:
        await alarm(move.acting, case)


def is_asked(known: Knowledge, case: Case) -> bool:
    """Whether the matter is one of those that are closed for what they are: violence, a child in danger."""
    attrs = [known.attrs("case_category", case.category)]
    attrs += [known.attrs("ppks", case.ppks)] if case.ppks else []
    return any(one.get("default_confidentiality") == Confidentiality.RAHASIA.value for one in attrs)


def _require_asked(known: Knowledge, case: Case) -> None:
    if not is_asked(known, case):
        raise Conflict(
            "no_risk_questions",
            "Penilaian risiko hanya untuk kasus kekerasan dan perlindungan anak.",
            "Risk is assessed for cases of violence and of child protection only.",
        )
    if case.status in AT_REST:
        raise Conflict(
            "case_at_rest",
            "Kasus sudah selesai; buka kembali dahulu.",
            "The case is settled; reopen it first.",
        )


def _check(known: Knowledge, answers: Answers) -> None:
    wrong = tuple(
        FieldError(
            f"/answers/{code}",
            "unknown_code",
            "Pertanyaan ini tidak ada dalam daftar.",
            "There is no such question on the list.",
        )
        for code in answers
        if not known.knows(QUESTIONS, code)
    )
    if wrong:
        raise Invalid(fields=wrong)
