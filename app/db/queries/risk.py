"""Assessments of risk: each stays as it was made, the answers sealed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.db.queries.acting import Acting
from app.db.queries.case_moves import Move
from app.db.queries.texts import data_key
from app.db.tables.cases import Case, RiskAssessment
from app.domain.risk import Answers


@dataclass(frozen=True, slots=True)
class Assessed:
    id: UUID
    answers: Answers
    level: str
    at: datetime
    by: UUID | None


def add_assessment(move: Move, answers: Answers, level: str) -> UUID:
    acting, case = move.acting, move.case
    id_ = acting.new_id()
    sealed = acting.vault.seal(move.key, "risk_assessments", "answers", id_, json.dumps(dict(answers)))
    move.tx.add(
        RiskAssessment(
            regency_code=case.regency_code,
            id=id_,
            case_id=case.id,
            answers_sealed=sealed,
            level=level,
            at=acting.now,
            by=acting.actor.account_id,
        )
    )
    return id_


async def assessments_of(acting: Acting, case: Case) -> Sequence[Assessed]:
    """Return every assessment of the case, oldest first, opened."""
    await acting.tx.flush()
    rows = (
        await acting.tx.scalars(
            select(RiskAssessment)
            .where(RiskAssessment.regency_code == case.regency_code, RiskAssessment.case_id == case.id)
            .order_by(RiskAssessment.at, RiskAssessment.id)
        )
    ).all()
    if not rows:
        return []
    vault = acting.vault
    key = await data_key(acting.tx, vault, case.regency_code, case.data_key_id)
    return [
        Assessed(
            row.id,
            json.loads(vault.open(key, "risk_assessments", "answers", row.id, row.answers_sealed)),
            row.level,
            row.at,
            row.by,
        )
        for row in rows
    ]
