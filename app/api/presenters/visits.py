"""Home visits as officers read them: findings opened, codes with their words."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.api.presenters.words import coded, coded_or_none
from app.api.reading import Reading
from app.api.schemas.base import Localised
from app.api.schemas.visits import (
    AnswerOut,
    ChecklistItemOut,
    ChecklistOut,
    ChoiceOut,
    FindingsOut,
    PointIn,
    VisitBrief,
    VisitOut,
)
from app.db.tables.hands import Visit
from app.domain.hands import Item, ItemKind
from app.domain.ids import public_id
from app.services.visits import Shown


def visit_brief(reading: Reading, visit: Visit, ticket: str, village: str) -> VisitBrief:
    known, lang, tenant = reading.known, reading.lang, visit.regency_code
    return VisitBrief(
        id=public_id(tenant, visit.id),
        ticket=ticket,
        village=village,
        village_name=known.regions.get(village, village),
        purpose=coded(known, "visit_purpose", visit.purpose, lang),
        state=coded(known, "visit_state", visit.state, lang),
        planned_for=visit.planned_for,
        visitor=_public(tenant, visit.visitor_id),
        cadre=_public(tenant, visit.cadre_id),
        done_at=visit.done_at,
    )


def visit_out(reading: Reading, one: Shown, ticket: str, village: str) -> VisitOut:
    visit, known, lang = one.visit, reading.known, reading.lang
    return VisitOut(
        **dict(visit_brief(reading, visit, ticket, village)),
        visitor_name=one.visitor,
        verdict=coded_or_none(known, "visit_verdict", visit.verdict, lang),
        findings=None if one.findings is None else _findings(reading, one.findings),
        cancel_reason=coded_or_none(known, "visit_cancel_reason", visit.cancel_reason, lang),
        photos=[public_id(visit.regency_code, photo) for photo in one.photos],
        created_at=visit.created_at,
        version=visit.version,
    )


def _public(tenant: str, id_: UUID | None) -> str | None:
    return public_id(tenant, id_) if id_ else None


def _findings(reading: Reading, found: Mapping[str, Any]) -> FindingsOut:
    point = found["point"]
    return FindingsOut(
        answers=[
            AnswerOut(code=one["code"], label=one["label"][reading.lang], value=one["value"])
            for one in found["answers"]
        ],
        signs=found["signs"],
        signs_of=found["signs_of"],
        narrative=found["narrative"],
        point=PointIn(**point) if point else None,
    )


def checklist_out(reading: Reading, regency: str, items: tuple[Item, ...]) -> ChecklistOut:
    known, lang = reading.known, reading.lang
    return ChecklistOut(
        region=regency,
        items=[
            ChecklistItemOut(
                code=item.code,
                kind=coded(known, "checklist_kind", item.kind.value, lang),
                label=Localised(id=item.label.id, en=item.label.en),
                choices=[
                    ChoiceOut(code=code, label=Localised(id=words.id, en=words.en))
                    for code, words in item.choices.items()
                ],
                lowest=item.lowest if item.kind is ItemKind.NUMBER else None,
                highest=item.highest if item.kind is ItemKind.NUMBER else None,
            )
            for item in items
        ],
    )
