"""The assistance ledger, as far as the reader sees the cases that it belongs to."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query

from app.api.deps import ReadTx
from app.api.errors import BadRequest
from app.api.paging import Page
from app.api.presenters.referrals import assistance_out
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.base import CodeText, Listed
from app.api.schemas.referrals import AssistanceOut
from app.db.queries.ledger import LineFilter, count_lines, list_lines
from app.domain.access import Permission
from app.domain.errors import FieldError
from app.domain.ids import parse_public_id
from app.domain.tickets import parse_ticket

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
    "created_at": "2026-11-25T03:00:00Z",
}


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
