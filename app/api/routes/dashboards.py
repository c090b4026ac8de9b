"""``GET /v1/dashboards/queue``: a secretariat's counts, each with the filter that lists the same cases."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from app.api.deps import ReadTx
from app.api.language import Language
from app.api.presenters.words import said
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.cases import QueueCell, QueueOut
from app.db.queries.cases import AT_REST
from app.db.queries.dashboards import AGES, QueueRow, queue_counts
from app.domain.access import Permission
from app.domain.knowledge import Knowledge
from app.domain.lifecycle import CaseStatus

router = make_router("dashboards")

_CELL = {"value": "registered", "label": "Terdaftar", "count": 3, "filter": "status=registered"}
_EXAMPLE = {
    "as_of": "2026-11-25T03:00:00Z",
    "open": 3,
    "by_status": [_CELL],
    "by_village": [],
    "by_program": [],
    "by_age": [],
    "by_overdue": [],
}


@router.get(
    "/v1/dashboards/queue",
    **operation("getQueue", may=Permission.DASHBOARD_READ, answers=QueueOut, example=_EXAMPLE),
)
async def get_queue(reading: ReadingDep, tx: ReadTx) -> QueueOut:
    """Count the open cases in your scope by status, village, programme, age and whether they are overdue."""
    known, lang, now = reading.known, reading.lang, reading.now
    rows = {by: await queue_counts(tx, reading.sight, by, now) for by in _BY}
    return QueueOut(
        as_of=now,
        open=sum(row.count for row in rows["status"]),
        by_status=[
            _cell(row, known.label("case_status", row.value, lang), [("status", row.value)])
            for row in rows["status"]
        ],
        by_village=[
            _cell(row, known.regions.get(row.value, row.value), [*_OPEN, ("region", row.value)])
            for row in rows["village"]
        ],
        by_program=[
            _cell(row, _program(known, row.value, lang), [*_OPEN, ("program", row.value)])
            for row in rows["program"]
        ],
        by_age=[
            _cell(row, _days(row.value, lang), [*_OPEN, *_opened(row.value, now)]) for row in rows["age"]
        ],
        by_overdue=[
            _cell(row, _OVERDUE[lang][row.value], [*_OPEN, ("overdue", row.value)]) for row in rows["overdue"]
        ],
    )


_BY = ("status", "village", "program", "age", "overdue")
_OPEN = [("status", status.value) for status in CaseStatus if status.value not in AT_REST]
"""The statuses that a queue counts, as the list's filter."""
_OVERDUE = {
    "id": {"true": "Lewat tenggat", "false": "Belum lewat tenggat"},
    "en": {"true": "Overdue", "false": "Not overdue"},
}


def _cell(row: QueueRow, label: str, filters: list[tuple[str, str]]) -> QueueCell:
    return QueueCell(value=row.value, label=label, count=row.count, filter=urlencode(filters))


def _program(known: Knowledge, code: str, lang: Language) -> str:
    program = known.programs.get(code)
    return said(program.name, lang) if program else code


def _days(value: str, lang: Language) -> str:
    return f"{value} days" if lang == "en" else f"{value} hari"


def _opened(value: str, now: datetime) -> list[tuple[str, str]]:
    """Say an age as the instants between which the case was opened, exactly as the count had them."""
    bounds = [days for days, _ in AGES]
    labels = [label for _, label in AGES]
    place = labels.index(value) if value in labels else len(labels)
    found = []
    if place < len(bounds):
        found.append(("opened_from", (now - timedelta(days=bounds[place])).isoformat()))
    if place > 0:
        found.append(("opened_to", (now - timedelta(days=bounds[place - 1])).isoformat()))
    return found
