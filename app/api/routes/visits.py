"""Home visits of a case, and a visitor's day."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import Query, Response

from app.api.acts import Call, CallDep, acting_of
from app.api.deps import ReadTx
from app.api.once import Answer
from app.api.paging import Page
from app.api.places import must_know
from app.api.presenters.visits import checklist_out, visit_brief, visit_out
from app.api.public_ids import read_own, read_own_id
from app.api.reading import ReadingDep
from app.api.routing import AUTHENTICATED, make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.base import Instant, Listed
from app.api.schemas.visits import (
    ChecklistOut,
    VisitBrief,
    VisitCancelIn,
    VisitIn,
    VisitOut,
    VisitReportIn,
)
from app.api.tickets import read_ticket
from app.db.queries import visits as stored
from app.db.queries.acting import Acting
from app.db.tables.cases import Case
from app.db.tables.hands import Visit
from app.domain.access import Permission
from app.domain.errors import FieldError, Invalid
from app.domain.hands import parse_checklist
from app.domain.ids import tenant_of
from app.domain.tickets import Ticket
from app.services import facts, visits

router = make_router("hands")
P = Permission

_BRIEF: Final[dict[str, Any]] = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5c",
    "ticket": "1374-3F7K-9QX2-M",
    "village": "13.74.01.1005",
    "village_name": "Guguk Malintang",
    "purpose": {"code": "verification", "label": "Verifikasi keadaan"},
    "state": {"code": "done", "label": "Selesai"},
    "planned_for": "2026-11-26T02:00:00Z",
    "visitor": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "cadre": None,
    "done_at": "2026-11-26T02:40:00Z",
}
_VISIT: Final = {
    **_BRIEF,
    "visitor_name": "Siti Contoh",
    "verdict": {"code": "poor", "label": "Terbukti miskin"},
    "findings": {
        "answers": [{"code": "meals", "label": "Makan per hari (kali)", "value": 2}],
        "signs": 1,
        "signs_of": 1,
        "narrative": "Rumah kayu, lantai tanah.",
        "point": {"latitude": -0.4621, "longitude": 100.4053, "accuracy_m": 12},
    },
    "cancel_reason": None,
    "photos": [],
    "created_at": "2026-11-25T03:00:00Z",
    "version": 2,
}
_REPORT: Final = {
    "verdict": "poor",
    "done_at": "2026-11-26T09:40:00+07:00",
    "answers": {"meals": 2, "floor": "earth", "treatment": False},
    "narrative": "Rumah kayu, lantai tanah.",
    "point": {"latitude": -0.4621, "longitude": 100.4053, "accuracy_m": 12},
}


@router.get(
    "/v1/visits",
    **operation(
        "listVisits",
        may=P.CASE_VISIT,
        answers=Listed[VisitBrief],
        paged=True,
        example={"items": [_BRIEF], "next": None, "count": None},
    ),
)
async def list_visits(  # each is one filter
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    mine: Annotated[bool, Query(description="Only those that you go on.")] = True,  # noqa: FBT002
    state: Annotated[Literal["planned", "done", "cancelled"] | None, Query()] = None,
    planned_from: Annotated[Instant | None, Query()] = None,
    planned_to: Annotated[Instant | None, Query(description="Exclusive.")] = None,
) -> Listed[VisitBrief]:
    """List the visits to cases within your sight in the order of the day; your own unless you ask for all."""
    visitor = reading.actor.account_id if mine else None
    wanted = stored.Wanted(visitor, state, planned_from, planned_to)
    after = (datetime.fromisoformat(page.after[0]), UUID(page.after[1])) if page.after else None
    rows = await stored.listed(tx, reading.sight, wanted, after, page.limit + 1)
    shown = rows[: page.limit]
    last = shown[-1][0] if len(rows) > page.limit else None
    more = [last.planned_for.isoformat(), last.id.hex] if last else None
    count = await stored.counted(tx, reading.sight, wanted) if page.wants_count else None
    return page.page([visit_brief(reading, *row) for row in shown], after=more, count=count)


@router.get(
    "/v1/visits/checklist",
    **operation(
        "getVisitChecklist",
        may=AUTHENTICATED,
        answers=ChecklistOut,
        example={
            "region": "13.74",
            "items": [
                {
                    "code": "meals",
                    "kind": {"code": "number", "label": "Angka"},
                    "label": {"id": "Makan per hari (kali)", "en": "Meals a day"},
                    "choices": [],
                    "lowest": 0,
                    "highest": 10,
                }
            ],
        },
    ),
)
async def get_checklist(
    reading: ReadingDep,
    region: Annotated[RegionText | None, Query(description="Where; your own when left out.")] = None,
) -> ChecklistOut:
    """Show what a visit asks: the poverty indicators of the regency, which may change them as a policy."""
    regency = tenant_of(must_know(reading.known, region, "region") or reading.actor.tenant)
    items = parse_checklist(reading.known.policy_value(regency, visits.CHECKLIST, []))
    return checklist_out(reading, regency, items)


@router.get(
    "/v1/cases/{ticket}/visits",
    **operation(
        "listCaseVisits",
        may=P.CASE_READ,
        answers=Listed[VisitOut],
        reads_person=True,
        example={"items": [_VISIT], "next": None, "count": None},
    ),
)
async def list_case_visits(ticket: str, reading: ReadingDep, tx: ReadTx) -> Listed[VisitOut]:
    """List the visits of the case with what they found."""
    place = read_ticket(ticket)
    case, found = await visits.of_case(acting_of(reading, tx), reading.sight, place)
    return Listed(items=[visit_out(reading, one, case.ticket, case.village_code) for one in found])


@router.post(
    "/v1/cases/{ticket}/visits",
    **operation(
        "addVisit",
        may=P.CASE_VISIT,
        answers=VisitOut,
        status=201,
        once=True,
        reads_person=True,
        example=_VISIT,
        body_example={"purpose": "verification", "planned_for": "2026-11-26T09:00:00+07:00"},
    ),
)
async def add_visit(ticket: str, body: VisitIn, call: CallDep) -> Response:
    """Plan a visit, or with `done` record one that was made."""
    place, reading = read_ticket(ticket), call.reading

    async def work() -> Answer:
        acting, plan = call.acting(), _plan(body, place.tenant)
        if body.done is None:
            case, visit = await visits.plan(acting, reading.sight, place, plan)
            return await _answer(call, acting, case, visit, 201)
        report = _report(body.done, place.tenant, "/done")
        visited = await visits.record(acting, reading.sight, place, plan, report)
        return await _learnt(call, acting, visited, 201)

    return await call.once(call.tx, place.tenant, work, may_see=lambda: _may_see(call, place))


@router.post(
    "/v1/cases/{ticket}/visits/{visit_id}/done",
    **operation(
        "completeVisit",
        may=P.CASE_VISIT,
        answers=VisitOut,
        once=True,
        reads_person=True,
        example=_VISIT,
        body_example=_REPORT,
    ),
)
async def complete_visit(ticket: str, visit_id: str, body: VisitReportIn, call: CallDep) -> Response:
    """Record what a planned visit found; its verdict becomes a fact, and the case is routed again."""
    place, reading = read_ticket(ticket), call.reading
    id_ = read_own_id(visit_id, place.tenant)

    async def work() -> Answer:
        acting = call.acting()
        report = _report(body, place.tenant, "")
        visited = await visits.complete(acting, reading.sight, place, id_, report)
        return await _learnt(call, acting, visited, 200)

    return await call.once(call.tx, place.tenant, work, may_see=lambda: _may_see(call, place, id_))


@router.post(
    "/v1/cases/{ticket}/visits/{visit_id}/cancel",
    **operation(
        "cancelVisit",
        may=P.CASE_VISIT,
        answers=VisitOut,
        once=True,
        reads_person=True,
        example=_VISIT,
        body_example={"reason": "weather"},
    ),
)
async def cancel_visit(ticket: str, visit_id: str, body: VisitCancelIn, call: CallDep) -> Response:
    """Cancel a planned visit, with the reason."""
    place, reading = read_ticket(ticket), call.reading
    id_ = read_own_id(visit_id, place.tenant)

    async def work() -> Answer:
        acting = call.acting()
        case, visit = await visits.cancel(acting, reading.sight, place, id_, body.reason)
        return await _answer(call, acting, case, visit, 200)

    return await call.once(call.tx, place.tenant, work, may_see=lambda: _may_see(call, place, id_))


async def _may_see(call: Call, place: Ticket, visit_id: UUID | None = None) -> None:
    await visits.require_visit(call.acting(), call.reading.sight, place, visit_id)


async def _learnt(call: Call, acting: Acting, visited: visits.Visited, status: int) -> Answer:
    """Let the case learn from the visit in the same act, as an answer given at the desk would."""
    if visited.stated is not None:
        await facts.add_facts(acting, visited.case, visited.stated)
    return await _answer(call, acting, visited.case, visited.visit, status)


async def _answer(call: Call, acting: Acting, case: Case, visit: Visit, status: int) -> Answer:
    (one,) = await visits.shown(acting, case, [visit])
    return Answer(visit_out(call.reading, one, case.ticket, case.village_code), status, case_id=case.id)


def _plan(body: VisitIn, tenant: str) -> visits.Plan:
    at = body.planned_for or (body.done.done_at if body.done else None)
    if at is None:
        raise Invalid(
            fields=(
                FieldError(
                    "/planned_for",
                    "required",
                    "Tulis kapan kunjungan direncanakan, atau hasilnya bila sudah dilakukan.",
                    "Say when the visit is planned, or what it found if it was made.",
                ),
            )
        )
    visitor = read_own(body.visitor, tenant, "/visitor")
    return visits.Plan(body.purpose, at, visitor, read_own(body.cadre, tenant, "/cadre"))


def _report(body: VisitReportIn, tenant: str, at: str) -> visits.Report:
    named = [read_own(one, tenant, f"{at}/attachments/{n}") for n, one in enumerate(body.attachments)]
    return visits.Report(
        verdict=body.verdict,
        done_at=body.done_at,
        answers=body.answers,
        narrative=body.narrative,
        point=body.point.model_dump(exclude_none=True) if body.point else None,
        facts=body.facts,
        attachments=[one for one in named if one is not None],
    )
