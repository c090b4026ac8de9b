"""From aid to her own earning: guided in a case, reviewed, decided by a person, taken back in time."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query, Response

from app.api.acts import CallDep, acting_of
from app.api.deps import ReadTx
from app.api.errors import BadRequest
from app.api.once import AccessCheck, Answer
from app.api.paging import Page
from app.api.places import must_know
from app.api.presenters.graduations import detail_out, graduation_out
from app.api.public_ids import read_id
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.base import CodeText, Listed
from app.api.schemas.graduations import (
    DecideIn,
    GraduationDetail,
    GraduationIn,
    GraduationOut,
    ReachedIn,
    ReviewIn,
    UndoIn,
)
from app.api.tickets import read_ticket
from app.db.queries import graduations as stored
from app.domain.access import Permission
from app.domain.errors import FieldError
from app.domain.graduation import GraduationState
from app.domain.ids import PublicId
from app.domain.sla import local_date
from app.domain.tickets import parse_ticket
from app.services import graduations
from app.services.graduations import Shown, Start, Verdict

router = make_router("graduation")

_ROW: Final = {
    "id": "1371-0193a1b2c3d47e5f8a9b0c1d2e3f4a70",
    "ticket": "1371-3F7K-9QX2-M",
    "person": "1371-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "program": "PENA",
    "program_name": "Pahlawan Ekonomi Nusantara (PENA)",
    "state": {"code": "active", "label": "Didampingi"},
    "started_on": "2026-03-02",
    "income_before_idr": 1200000,
    "income_now_idr": 3400000,
    "steps": [{"step": {"code": "training", "label": "Pelatihan diikuti"}, "on": "2026-03-20"}],
    "review_due_on": "2027-02-23",
    "review_overdue": False,
    "suggestion": {"code": "exit", "label": "Siap graduasi"},
    "decision": None,
    "decided_at": None,
    "exits": [],
    "undo_until": None,
    "version": 4,
    "created_at": "2026-03-02T03:00:00Z",
}
_DETAIL: Final = {
    **_ROW,
    "reviews": [
        {
            "id": "1371-0193a1b2c3d47e5f8a9b0c1d2e3f4a71",
            "n": 1,
            "on": "2026-06-02",
            "income_idr": 3100000,
            "suggestion": {"code": "continue", "label": "Lanjutkan pendampingan"},
            "recorded_at": "2026-06-02T03:00:00Z",
            "recorded_by": "1371-0193a1b2c3d47e5f8a9b0c1d2e3f4a5e",
        }
    ],
    "rule": {"review_days": 90, "income_idr": 3000000, "reviews": 2, "undo_days": 30},
}
_GRADUATED: Final = {
    **_DETAIL,
    "state": {"code": "graduated", "label": "Graduasi"},
    "decision": {"code": "graduate", "label": "Graduasi"},
    "decided_at": "2026-11-25T03:00:00Z",
    "exits": ["PKH", "SEMBAKO"],
    "undo_until": "2026-12-25T03:00:00Z",
}


@router.get(
    "/v1/graduations",
    **operation(
        "listGraduations",
        may=Permission.CASE_READ,
        answers=Listed[GraduationOut],
        paged=True,
        reads_person=True,
        example={"items": [_ROW], "next": None, "count": None},
    ),
)
async def list_graduations(  # each is one filter
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    region: Annotated[RegionText | None, Query()] = None,
    state: Annotated[GraduationState | None, Query()] = None,
    program: Annotated[CodeText | None, Query()] = None,
    case: Annotated[str | None, Query(max_length=40, description="A ticket.")] = None,
    due: Annotated[bool, Query(description="Only those whose review is due.")] = False,  # noqa: FBT002
) -> Listed[GraduationOut]:
    """List who is guided to graduation, and who has graduated, the newest first."""
    here = must_know(reading.known, region, "region")
    due_by = local_date(reading.now, here or reading.actor.tenant) if due else None
    wanted = stored.Wanted(here, state, program, _ticket(case), due_by)
    after = (datetime.fromisoformat(str(page.after[0])), UUID(page.after[1])) if page.after else None
    rows = await stored.listed(tx, reading.sight, wanted, after, page.limit + 1)
    shown = rows[: page.limit]
    last = shown[-1][0] if len(rows) > page.limit else None
    more = [last.created_at.isoformat(), last.id.hex] if last else None
    count = await stored.counted(tx, reading.sight, wanted) if page.wants_count else None
    return page.page([graduation_out(reading, *one) for one in shown], after=more, count=count)


@router.post(
    "/v1/graduations",
    **operation(
        "startGraduation",
        may=Permission.CASE_WORK,
        answers=GraduationDetail,
        status=201,
        once=True,
        reads_person=True,
        example=_DETAIL,
        body_example={
            "ticket": "1371-3F7K-9QX2-M",
            "program": "PENA",
            "started_on": "2026-03-02",
            "income_idr": 1200000,
        },
    ),
)
async def start_graduation(body: GraduationIn, call: CallDep) -> Response:
    """Begin to guide the person of a case who is in a programme that ends in graduation."""
    place, new = read_ticket(body.ticket), Start(body.program, body.started_on, body.income_idr)

    async def work() -> Answer:
        shown = await graduations.start(call.acting(), call.reading.sight, place, new)
        return _answer(call, shown, 201)

    async def may_see() -> None:
        await graduations.require_case(call.acting(), call.reading.sight, place)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


@router.get(
    "/v1/graduations/{graduation_id}",
    **operation(
        "getGraduation",
        may=Permission.CASE_READ,
        answers=GraduationDetail,
        reads_person=True,
        example=_DETAIL,
    ),
)
async def get_graduation(graduation_id: str, reading: ReadingDep, tx: ReadTx) -> GraduationDetail:
    """Show one way out of aid: steps, incomes before and now, reviews, and the rule that suggests."""
    place = read_id(graduation_id)
    shown = await graduations.show(acting_of(reading, tx), reading.sight, place.tenant, place.id)
    return detail_out(reading, shown)


@router.post(
    "/v1/graduations/{graduation_id}/steps",
    **operation(
        "reachGraduationStep",
        may=Permission.CASE_WORK,
        answers=GraduationDetail,
        once=True,
        reads_person=True,
        example=_DETAIL,
        body_example={"step": "training", "on": "2026-03-20"},
    ),
)
async def reach_graduation_step(graduation_id: str, body: ReachedIn, call: CallDep) -> Response:
    """Note a step that she reached; a second time changes nothing."""
    place = read_id(graduation_id)

    async def work() -> Answer:
        shown = await graduations.reach_step(call.acting(), call.reading.sight, place, body.step, body.on)
        return _answer(call, shown, 200)

    return await call.once(call.tx, place.tenant, work, may_see=_may_see(call, place))


@router.post(
    "/v1/graduations/{graduation_id}/reviews",
    **operation(
        "reviewGraduation",
        may=Permission.CASE_WORK,
        answers=GraduationDetail,
        status=201,
        once=True,
        reads_person=True,
        example=_DETAIL,
        body_example={"on": "2026-06-02", "income_idr": 3100000},
    ),
)
async def review_graduation(graduation_id: str, body: ReviewIn, call: CallDep) -> Response:
    """Record how she does. The rule suggests; the next review gets its day."""
    place = read_id(graduation_id)

    async def work() -> Answer:
        shown = await graduations.review(call.acting(), call.reading.sight, place, body.on, body.income_idr)
        return _answer(call, shown, 201)

    return await call.once(call.tx, place.tenant, work, may_see=_may_see(call, place))


@router.post(
    "/v1/graduations/{graduation_id}/decide",
    **operation(
        "decideGraduation",
        may=Permission.GRADUATION_DECIDE,
        answers=GraduationDetail,
        once=True,
        reads_person=True,
        example=_GRADUATED,
        body_example={"decision": "graduate", "exits": ["PKH", "SEMBAKO"]},
    ),
)
async def decide_graduation(graduation_id: str, body: DecideIn, call: CallDep) -> Response:
    """Decide: she graduates, goes on, or guidance ends. What is planned of what she leaves is stopped.

    Where the regency wants four eyes, whoever made the last review does not decide. Against the suggestion a
    reason is needed.
    """
    place = read_id(graduation_id)
    verdict = Verdict(body.decision, None if body.exits is None else tuple(body.exits), body.reason)

    async def work() -> Answer:
        shown = await graduations.decide(call.acting(), call.reading.sight, place, verdict)
        return _answer(call, shown, 200)

    return await call.once(call.tx, place.tenant, work, may_see=_may_see(call, place))


@router.post(
    "/v1/graduations/{graduation_id}/undo",
    **operation(
        "undoGraduation",
        may=Permission.GRADUATION_DECIDE,
        answers=GraduationDetail,
        once=True,
        reads_person=True,
        example=_DETAIL,
        body_example={"reason": "Usahanya tutup karena banjir."},
    ),
)
async def undo_graduation(graduation_id: str, body: UndoIn, call: CallDep) -> Response:
    """Take a graduation back within its window: what it stopped is planned again."""
    place = read_id(graduation_id)

    async def work() -> Answer:
        shown = await graduations.undo(call.acting(), call.reading.sight, place, body.reason)
        return _answer(call, shown, 200)

    return await call.once(call.tx, place.tenant, work, may_see=_may_see(call, place))


def _answer(call: CallDep, shown: Shown, status: int) -> Answer:
    return Answer(detail_out(call.reading, shown), status, case_id=shown.case.id)


def _may_see(call: CallDep, place: PublicId) -> AccessCheck:
    async def check() -> None:
        await graduations.show(call.acting(), call.reading.sight, place.tenant, place.id)

    return check


def _ticket(text: str | None) -> str | None:
    if text is None:
        return None
    read = parse_ticket(text, pointer="/query/case")
    if isinstance(read, FieldError):
        raise BadRequest(fields=(read,))
    return read.text
