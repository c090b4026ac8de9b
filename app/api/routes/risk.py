"""How much danger somebody is in: the questions, and the answers given so far."""

from collections.abc import Sequence
from typing import Final

from fastapi import Response

from app.api.acts import CallDep, acting_of
from app.api.deps import ReadTx
from app.api.once import Answer
from app.api.presenters.words import all_coded, coded
from app.api.reading import Reading, ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.risk import RiskAnswerOut, RiskAssessmentOut, RiskIn, RiskOut
from app.api.tickets import read_ticket
from app.db.queries.risk import Assessed
from app.domain.access import Permission
from app.domain.ids import public_id
from app.services import risk

router = make_router("cases")

_QUESTION: Final = {"code": "in_danger_now", "label": "Apakah korban dalam bahaya saat ini?"}
_EXAMPLE: Final = {
    "items": [
        {
            "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
            "level": {"code": "high", "label": "Tinggi"},
            "answers": [{"question": _QUESTION, "answer": True}],
            "at": "2026-11-25T03:00:00Z",
            "by": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5c",
        }
    ],
    "questions": [_QUESTION],
}


@router.get(
    "/v1/cases/{ticket}/risk",
    **operation("listRisk", may=Permission.CASE_READ, answers=RiskOut, reads_person=True, example=_EXAMPLE),
)
async def list_risk(ticket: str, reading: ReadingDep, tx: ReadTx) -> RiskOut:
    """Show what was answered about the danger that somebody is in, oldest first."""
    place = read_ticket(ticket)
    found = await risk.list_assessments(acting_of(reading, tx), reading.sight, place.tenant, place.text)
    return _told(reading, place.tenant, found)


@router.post(
    "/v1/cases/{ticket}/risk",
    **operation(
        "assessRisk",
        may=Permission.CASE_WORK,
        answers=RiskOut,
        status=201,
        once=True,
        example=_EXAMPLE,
        body_example={"answers": {"in_danger_now": True, "injured": None}},
    ),
)
async def assess_risk(ticket: str, body: RiskIn, call: CallDep) -> Response:
    """Answer the risk questions of a case of violence or child protection.

    A high level makes it an emergency: help is sent for at once. Medium is at least urgent.
    """
    place, reading = read_ticket(ticket), call.reading

    async def work() -> Answer:
        found = await risk.assess(call.acting(), reading.sight, place.tenant, place.text, body.answers)
        return Answer(_told(reading, place.tenant, found))

    async def may_see() -> None:
        await risk.list_assessments(call.acting(), reading.sight, place.tenant, place.text)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


def _told(reading: Reading, tenant: str, found: Sequence[Assessed]) -> RiskOut:
    known, lang = reading.known, reading.lang
    questions = [question.code for question in risk.questions_of(known)]
    return RiskOut(
        items=[
            RiskAssessmentOut(
                id=public_id(tenant, one.id),
                level=coded(known, "risk_level", one.level, lang),
                answers=[
                    RiskAnswerOut(question=coded(known, risk.QUESTIONS, code, lang), answer=answer)
                    for code, answer in one.answers.items()
                ],
                at=one.at,
                by=public_id(tenant, one.by) if one.by else None,
            )
            for one in found
        ],
        questions=all_coded(known, risk.QUESTIONS, questions, lang),
    )
