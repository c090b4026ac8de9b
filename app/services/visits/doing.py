"""What a visit found: judged by the regency's checklist, sealed, and stated as facts of the case."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from app.db.queries import visits as stored
from app.db.queries.acting import Acting
from app.db.queries.case_moves import Move, finish, open_move
from app.db.queries.sync import brought_at
from app.db.queries.texts import Stated
from app.db.tables.cases import Case
from app.db.tables.hands import Visit
from app.domain.errors import FieldError, Invalid
from app.domain.events.hands import VisitDone
from app.domain.hands import Item, check_answers, parse_checklist, poverty_signs
from app.domain.sla import local_date
from app.services.visits.going import unknown_code, wrong_field

CHECKLIST: Final = "visit_checklist"
ASSESSED: Final = "person.assessed_poor"
_SOURCE: Final = "assessment"


@dataclass(frozen=True, slots=True)
class Report:
    verdict: str
    done_at: datetime
    answers: Mapping[str, Any] = field(default_factory=dict)
    narrative: str | None = None
    point: Mapping[str, float] | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    attachments: Collection[UUID] = ()


@dataclass(frozen=True, slots=True)
class Visited:
    """A visit that was done, and what the case learns from it; the caller routes the case again."""

    case: Case
    visit: Visit
    stated: Stated | None


async def done(acting: Acting, case: Case, visit: Visit, report: Report, at: str) -> Visited:
    items = parse_checklist(acting.known.policy_value(case.regency_code, CHECKLIST, []))
    await _check_report(acting, case, report, items, at)
    move = await open_move(acting, case)
    text = json.dumps(_found(items, report), ensure_ascii=False)
    visit.state, visit.verdict, visit.done_at = stored.DONE, report.verdict, report.done_at
    visit.findings_sealed = acting.vault.seal(move.key, "visits", "findings", visit.id, text)
    visit.version += 1
    await acting.tx.flush()
    await _take_photos(move, visit, report.attachments, at)
    move.add(
        VisitDone(
            case_id=case.id,
            visit_id=visit.id,
            purpose=visit.purpose,
            done_at=report.done_at,
            findings_hmac=acting.vault.text_hmac(move.key, text),
        )
    )
    await finish(move)
    return Visited(case, visit, _learnt(acting, case, report))


def _found(items: Sequence[Item], report: Report) -> dict[str, Any]:
    """Return what is sealed: with the words of the day, since a regency may change its checklist."""
    signs, of = poverty_signs(items, report.answers)
    asked = [item for item in items if item.code in report.answers]
    return {
        "answers": [
            {
                "code": item.code,
                "label": {"id": item.label.id, "en": item.label.en},
                "value": report.answers[item.code],
            }
            for item in asked
        ],
        "signs": signs,
        "signs_of": of,
        "narrative": report.narrative,
        "point": dict(report.point) if report.point else None,
    }


def _learnt(acting: Acting, case: Case, report: Report) -> Stated | None:
    """Return the facts that the visit states: its verdict on poverty, and what else was seen."""
    facts = dict(report.facts)
    poor = acting.known.attrs("visit_verdict", report.verdict).get("assessed_poor")
    if poor is not None and case.subject_kind != "place":
        facts[ASSESSED] = poor
    if not facts or case.status in {"closed", "void"}:
        return None
    return Stated(facts, _SOURCE, local_date(report.done_at, case.village_code))


async def _check_report(acting: Acting, case: Case, report: Report, items: Sequence[Item], at: str) -> None:
    wrong = [
        FieldError(f"{at}{one.pointer}", one.code, one.id, one.en)
        for one in check_answers(items, report.answers)
    ]
    if not acting.known.knows("visit_verdict", report.verdict):
        wrong.append(unknown_code(f"{at}/verdict"))
    if not await brought_at(acting, case) <= report.done_at <= acting.now:
        wrong.append(
            FieldError(
                f"{at}/done_at",
                "outside_the_case",
                "Kunjungan harus sesudah kasus dibuka dan sudah lewat.",
                "The visit must be after the case was opened, and past.",
            )
        )
    if wrong:
        raise Invalid(fields=tuple(wrong))


async def _take_photos(move: Move, visit: Visit, attachments: Collection[UUID], at: str) -> None:
    if not attachments:
        return
    taken = await stored.take_photos(move.tx, move.case, visit, attachments)
    if len(taken) != len(set(attachments)):
        raise wrong_field(
            f"{at}/attachments",
            "unknown",
            "Lampiran ini tidak ada pada kasus, atau belum selesai diunggah.",
            "The case has no such attachment, or its upload has not ended.",
        )
