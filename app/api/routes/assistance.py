"""The assistance ledger: planned, given, stopped and taken back, through referrals and beside them."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query, Response

from app.api.acts import CallDep, acting_of
from app.api.deps import ReadTx
from app.api.errors import BadRequest
from app.api.once import AccessCheck, Answer
from app.api.paging import Page
from app.api.presenters.assistance import held_out, totals_out
from app.api.presenters.referrals import assistance_out
from app.api.public_ids import read_id
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.assistance import (
    AidIn,
    AssistanceIn,
    LedgerReasonIn,
    PersonAssistanceOut,
    RecordedOut,
    ReversedOut,
)
from app.api.schemas.base import CodeText, Listed
from app.api.schemas.referrals import AssistanceOut
from app.db.queries.holding import home_of
from app.db.queries.ledger import LineFilter, count_lines, list_lines
from app.db.queries.person_aid import MOST, lines_of
from app.domain.access import Permission
from app.domain.codes import LedgerState
from app.domain.errors import FieldError, NotFound
from app.domain.ids import PublicId, parse_public_id
from app.domain.tickets import parse_ticket
from app.services import assistance, people_reveal

router = make_router("people")

_LINE: Final = {
    "id": "1308-0193a1b2c3d47e5f8a9b0c1d2e3f4a60",
    "program": "PKH",
    "component": "child_0_6",
    "instalment": 1,
    "kind": {"code": "cash", "label": "Uang"},
    "state": {"code": "given", "label": "Disalurkan"},
    "period": "2026-Q4",
    "planned_idr": 750000,
    "amount_idr": 750000,
    "goods": None,
    "given_on": "2026-11-25",
    "proof": "BAST 7/2026",
    "ticket": "1308-3F7K-9QX2-M",
    "person": "1308-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "referral": "1308-0193a1b2c3d47e5f8a9b0c1d2e3f4a5f",
    "source": {"code": "case", "label": "Kasus dan rujukan"},
    "funder": None,
    "level": {"code": "PUSAT", "label": "Pusat"},
    "reverses": None,
    "why": None,
    "created_at": "2026-11-25T03:00:00Z",
}

_BY_HAND: Final = {
    **_LINE,
    "program": "BLT_KOTA",
    "component": "cash",
    "instalment": 0,
    "state": {"code": "planned", "label": "Direncanakan"},
    "period": "2026-12",
    "planned_idr": 300000,
    "amount_idr": None,
    "given_on": None,
    "proof": "SK 12/2026",
    "ticket": None,
    "referral": None,
    "source": {"code": "manual", "label": "Dicatat petugas"},
    "level": {"code": "KAB_KOTA", "label": "Kabupaten/Kota"},
}
_BODY: Final = {
    "person": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "lines": [
        {
            "program": "BLT_KOTA",
            "component": "cash",
            "state": "planned",
            "period": "2026-12",
            "amount_idr": 300000,
            "proof": "SK 12/2026",
        }
    ],
}
_WHY: Final = {"code": "wrong_amount", "label": "Jumlah salah"}
_REVERSED: Final = {**_LINE, "state": {"code": "reversed", "label": "Dibalik"}, "why": _WHY}
_COUNTER: Final = {
    **_REVERSED,
    "id": "1308-0193a1b2c3d47e5f8a9b0c1d2e3f4a61",
    "planned_idr": None,
    "amount_idr": -750000,
    "reverses": "1308-0193a1b2c3d47e5f8a9b0c1d2e3f4a60",
}
_TOTAL: Final = {"given_idr": 750000, "planned_idr": 0, "lines": 1}


@router.get(
    "/v1/assistance",
    **operation(
        "listAssistance",
        may=Permission.CASE_READ,
        answers=Listed[AssistanceOut],
        paged=True,
        reads_person=True,
        example={"items": [_LINE], "next": None, "count": 1},
    ),
)
async def list_assistance(  # the filters, each by its name
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    person: Annotated[str | None, Query(max_length=40, description="A person's id.")] = None,
    case: Annotated[str | None, Query(max_length=40, description="A ticket.")] = None,
    program: Annotated[CodeText | None, Query()] = None,
) -> Listed[AssistanceOut]:
    """List planned, given, stopped and reversed aid, the newest first."""
    wanted = _filter(person, case, program)
    after = (datetime.fromisoformat(page.after[0]), UUID(page.after[1])) if page.after else None
    rows = await list_lines(tx, reading.sight, wanted, page.limit + 1, after)
    shown = rows[: page.limit]
    count = await count_lines(tx, reading.sight, wanted) if page.wants_count else None
    last = shown[-1][0] if len(rows) > page.limit else None
    more = [last.created_at.isoformat(), last.id.hex] if last else None
    return page.page(
        [assistance_out(reading, line, ticket) for line, ticket in shown], after=more, count=count
    )


@router.post(
    "/v1/assistance",
    **operation(
        "recordAssistance",
        may=Permission.ASSISTANCE_WRITE,
        answers=RecordedOut,
        status=201,
        once=True,
        example={"items": [_BY_HAND]},
        body_example=_BODY,
    ),
)
async def record_assistance(body: AssistanceIn, call: CallDep) -> Response:
    """Record aid that came through no referral, all lines or none.

    What was given is a fact and is recorded; what is planned is refused where something stands against it.
    Aid that runs through a referral is recorded there.
    """
    place = _person(body.person)

    async def work() -> Answer:
        aid = [_aid(one) for one in body.lines]
        rows = await assistance.record(call.acting(), call.reading.sight, place.tenant, place.id, aid)
        return Answer(RecordedOut(items=[assistance_out(call.reading, row, None) for row in rows]))

    return await call.once(call.tx, place.tenant, work, may_see=_may_see_person(call, place))


@router.post(
    "/v1/assistance/{assistance_id}/reverse",
    **operation(
        "reverseAssistance",
        may=Permission.ASSISTANCE_WRITE,
        answers=ReversedOut,
        once=True,
        example={"line": _REVERSED, "counter": _COUNTER},
        body_example={"reason": "wrong_amount"},
    ),
)
async def reverse_assistance(assistance_id: str, body: LedgerReasonIn, call: CallDep) -> Response:
    """Take a given line back by a counter line with the negative amount; nothing is edited away."""
    place = read_id(assistance_id)

    async def work() -> Answer:
        row, counter = await assistance.take_back(
            call.acting(), call.reading.sight, place.tenant, place.id, body.reason
        )
        shown = ReversedOut(
            line=assistance_out(call.reading, row, None), counter=assistance_out(call.reading, counter, None)
        )
        return Answer(shown, 200, case_id=row.case_id)

    return await call.once(call.tx, place.tenant, work, may_see=_may_see_line(call, place))


@router.post(
    "/v1/assistance/{assistance_id}/stop",
    **operation(
        "stopAssistance",
        may=Permission.ASSISTANCE_WRITE,
        answers=AssistanceOut,
        once=True,
        example={**_BY_HAND, "state": {"code": "stopped", "label": "Dihentikan"}},
        body_example={"reason": "moved_away"},
    ),
)
async def stop_assistance(assistance_id: str, body: LedgerReasonIn, call: CallDep) -> Response:
    """Stop aid that is still planned and came through no referral."""
    place = read_id(assistance_id)

    async def work() -> Answer:
        row = await assistance.stop(call.acting(), call.reading.sight, place.tenant, place.id, body.reason)
        return Answer(assistance_out(call.reading, row, None), 200)

    return await call.once(call.tx, place.tenant, work, may_see=_may_see_line(call, place))


@router.get(
    "/v1/people/{person_id}/assistance",
    **operation(
        "getPersonAssistance",
        may=Permission.PERSON_LOOKUP,
        answers=PersonAssistanceOut,
        reads_person=True,
        example={
            "person": "1308-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
            "lines": [{**_LINE, "regency": "13.08", "own": True}],
            "totals": {
                "by_program": [{**_TOTAL, "key": "PKH", "label": "Program Keluarga Harapan"}],
                "by_level": [{**_TOTAL, "key": "PUSAT", "label": "Pusat"}],
                "by_year": [{**_TOTAL, "key": "2026", "label": "2026"}],
            },
            "truncated": False,
        },
    ),
)
async def get_person_assistance(person_id: str, reading: ReadingDep, tx: ReadTx) -> PersonAssistanceOut:
    """Show all aid of a person and of those she lives with, of every regency, with totals.

    Lines of other regencies are found by her NIK; they carry no id that leads there.
    """
    place = _person(person_id)
    person = await people_reveal.find_person(acting_of(reading, tx), reading.sight, place.tenant, place.id)
    home = home_of(person)
    rows = await lines_of(tx, home, reading.sight)
    shown = rows[:MOST]
    return PersonAssistanceOut(
        person=person_id,
        lines=[held_out(reading, home, line, ticket) for line, ticket in shown],
        totals=totals_out(reading, [line for line, _ in shown]),
        truncated=len(rows) > MOST,
    )


def _aid(body: AidIn) -> assistance.Aid:
    return assistance.Aid(
        program=body.program,
        component=body.component,
        state=LedgerState(body.state),
        period=body.period,
        amount_idr=body.amount_idr,
        goods=body.goods,
        given_on=body.given_on,
        proof=body.proof,
        funder=body.funder,
    )


def _person(text: str) -> PublicId:
    found = parse_public_id(text)
    if found is None:
        raise NotFound(id="Orang ini tidak ditemukan.", en="No such person.")
    return found


def _may_see_person(call: CallDep, place: PublicId) -> AccessCheck:
    async def check() -> None:
        await assistance.find_person(call.acting(), call.reading.sight, place.tenant, place.id)

    return check


def _may_see_line(call: CallDep, place: PublicId) -> AccessCheck:
    async def check() -> None:
        await assistance.find_line(call.acting(), call.reading.sight, place.tenant, place.id)

    return check


def _filter(person: str | None, case: str | None, program: str | None) -> LineFilter:
    tenants: set[str] = set()
    person_id, ticket = None, None
    if person is not None:
        named = parse_public_id(person)
        if named is None:
            raise _bad("/query/person", "Kode orang tidak benar.", "It is no person's id.")
        person_id = named.id
        tenants.add(named.tenant)
    if case is not None:
        read = parse_ticket(case, pointer="/query/case")
        if isinstance(read, FieldError):
            raise BadRequest(fields=(read,))
        ticket = read.text
        tenants.add(read.tenant)
    if len(tenants) > 1:
        raise _bad("/query/case", "Orang dan kasus berbeda daerah.", "Person and case are of two regencies.")
    return LineFilter(person_id, ticket, next(iter(tenants), None), program)


def _bad(pointer: str, indonesian: str, english: str) -> BadRequest:
    return BadRequest(fields=(FieldError(pointer, "malformed", indonesian, english),))
