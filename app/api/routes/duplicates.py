"""Cases that are likely one: the queue of the secretariat, in groups, and what is decided of each."""

from typing import Annotated, Final

from fastapi import Query, Response

from app.api.acts import CallDep
from app.api.deps import ReadTx
from app.api.errors import BadRequest
from app.api.once import Answer
from app.api.paging import Page
from app.api.presenters.duplicates import cases_out, groups_out
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.base import CodeText, Listed
from app.api.schemas.duplicates import (
    DuplicateDecidedOut,
    DuplicateDecisionIn,
    DuplicateGroupOut,
    DuplicateUndoIn,
)
from app.api.tickets import read_ticket
from app.db.queries.cases import find_case
from app.db.queries.duplicates import Group, Narrowed, open_groups
from app.domain.access import Permission, covers
from app.domain.duplicates import Reason
from app.domain.errors import FieldError
from app.domain.tickets import Ticket, parse_ticket
from app.services import duplicates

router = make_router("cases")
_MAY = Permission.DUPLICATE_DECIDE

_CASE: Final = {
    "ticket": "1374-3F7K-9QX2-M",
    "status": {"code": "registered", "label": "Terdaftar"},
    "category": {"code": "PERMOHONAN_BANSOS", "label": "Permohonan bantuan sosial"},
    "program": None,
    "confidentiality": {"code": "BIASA", "label": "Biasa"},
    "holder": "desk",
    "village": "13.74.01.1005",
    "village_name": "Guguk Malintang",
    "subject": {
        "kind": "person",
        "person": {
            "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
            "name": "Yuliana Contoh",
            "nik": "************9001",
            "born_on": "1991-07-05",
            "sex": "P",
        },
    },
    "opened_at": "2026-11-25T03:00:00Z",
}
_GROUP: Final = {
    "ticket": "1374-3F7K-9QX2-M",
    "since": "2026-11-25T04:00:00Z",
    "score": 70,
    "cases": [_CASE, {**_CASE, "ticket": "1374-8B2C-4D6E-P"}],
    "pairs": [
        {
            "tickets": ["1374-8B2C-4D6E-P", "1374-3F7K-9QX2-M"],
            "score": 70,
            "reasons": [
                {"code": "same_household", "label": "Keluarga yang sama"},
                {"code": "same_matter", "label": "Perkara yang sama"},
            ],
            "at": "2026-11-25T04:00:00Z",
        }
    ],
}


@router.get(
    "/v1/duplicates",
    **operation(
        "listDuplicates",
        may=_MAY,
        answers=Listed[DuplicateGroupOut],
        paged=True,
        reads_person=True,
        example={"items": [_GROUP], "next": None, "count": 1},
    ),
)
async def list_duplicates(  # each a filter of the list
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    region: CodeText | None = None,
    reason: Reason | None = None,
    min_score: Annotated[int, Query(ge=0, le=100)] = 0,
) -> Listed[DuplicateGroupOut]:
    """List what waits to be decided, oldest first. A group is shown only as far as you may see its cases."""
    if region is not None and region not in reading.known.regions:
        raise BadRequest(fields=(_unknown_region(),))
    wanted = Narrowed(min_score=min_score, reason=reason.value if reason else None)
    groups = await open_groups(tx, reading.sight, wanted)
    groups = [group for group in groups if region is None or _lies_in(group, region)]
    behind = [group for group in groups if page.after is None or _place(group) > page.after]
    shown = behind[: page.limit]
    after = _place(shown[-1]) if len(behind) > page.limit else None
    items = await groups_out(tx, reading, shown)
    return page.page(items, after=after, count=len(groups) if page.wants_count else None)


@router.post(
    "/v1/duplicates/{ticket}/decide",
    **operation(
        "decideDuplicates",
        may=_MAY,
        answers=DuplicateDecidedOut,
        once=True,
        reads_person=True,
        example={"cases": [_CASE]},
        body_example={"action": "merge", "keep": "1374-3F7K-9QX2-M"},
    ),
)
async def decide_duplicates(ticket: str, body: DuplicateDecisionIn, call: CallDep) -> Response:
    """Link the cases of a group, merge them under the first, or say that they are none.

    A merged case is void and tracks on to the one that is kept: the one that an agency works on, or else the
    first one; 409 `keep_another` names it. Referrals of the others that nobody works on yet are taken back,
    and the kept case gets the task to send them anew.
    """
    place, reading = read_ticket(ticket), call.reading
    wanted = duplicates.Wanted(
        place.tenant,
        place.text,
        body.action,
        [_ticket(text) for text in body.tickets],
        None if body.keep is None else _ticket(body.keep),
        body.note,
    )

    async def work() -> Answer:
        cases = await duplicates.settle(call.acting(), reading.sight, wanted)
        return Answer(DuplicateDecidedOut(cases=await cases_out(call.tx, reading, cases)), status=200)

    return await call.once(call.tx, place.tenant, work, may_see=lambda: _may_see(call, place))


@router.post(
    "/v1/duplicates/{ticket}/undo",
    **operation(
        "undoDuplicates",
        may=_MAY,
        answers=DuplicateDecidedOut,
        once=True,
        reads_person=True,
        example={"cases": [_CASE]},
        body_example={"other": "1374-8B2C-4D6E-P"},
    ),
)
async def undo_duplicates(ticket: str, body: DuplicateUndoIn, call: CallDep) -> Response:
    """Take back what was decided about two cases; a merged one goes on where it stood."""
    place, reading = read_ticket(ticket), call.reading
    other = _ticket(body.other)

    async def work() -> Answer:
        cases = await duplicates.undo(call.acting(), reading.sight, place.tenant, place.text, other)
        return Answer(DuplicateDecidedOut(cases=await cases_out(call.tx, reading, cases)), status=200)

    return await call.once(call.tx, place.tenant, work, may_see=lambda: _may_see(call, place))


async def _may_see(call: CallDep, place: Ticket) -> None:
    found = await find_case(call.tx, call.reading.sight, place.tenant, place.text)
    call.reading.actor.require(_MAY, found.village_code)


def _place(group: Group) -> list[str]:
    return [group.since.isoformat(), group.ticket]


def _lies_in(group: Group, region: str) -> bool:
    return any(covers(region, member.village) for member in group.members)


def _ticket(text: str) -> str:
    """Return a ticket in its normal form; what is none stays as it is and is of no group."""
    found = parse_ticket(text)
    return found.text if isinstance(found, Ticket) else text


def _unknown_region() -> FieldError:
    return FieldError("/query/region", "unknown_code", "Kode ini tidak dikenal.", "This code is not known.")
