"""Who has a case in hand; and, before giving it to somebody, what each has already."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import Query, Response

from app.api.acts import CallDep, acting_of
from app.api.deps import ReadTx
from app.api.once import Answer
from app.api.presenters.words import all_coded, coded, coded_or_none
from app.api.public_ids import read_own
from app.api.reading import Reading, ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.assigning import (
    AssignIn,
    AssignmentOut,
    CandidateOut,
    CaseloadOut,
    LoadOut,
    SuggestionOut,
)
from app.api.schemas.base import Listed
from app.api.tickets import read_ticket
from app.domain.access import Permission
from app.domain.errors import FieldError, Invalid
from app.domain.ids import public_id, tenant_digits
from app.domain.tickets import Ticket
from app.services import assigning

router = make_router("hands")
P = Permission

_ACCOUNT: Final = "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"
_ASSIGNMENT: Final = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5c",
    "account": _ACCOUNT,
    "name": "Desi Contoh",
    "queue": None,
    "instruction": "Kunjungi sebelum Jumat.",
    "at": "2026-11-25T03:00:00Z",
    "by": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5d",
    "ended_at": None,
    "ended_as": None,
}
_EXAMPLE: Final = {"items": [_ASSIGNMENT], "next": None, "count": None}
_CASELOAD: Final = {
    "ticket": "1374-3F7K-9QX2-M",
    "suggestion": {
        "account": _ACCOUNT,
        "name": "Desi Contoh",
        "reasons": [{"code": "same_village", "label": "Bertugas di desa/kelurahan kasus"}],
    },
    "items": [
        {
            "account": _ACCOUNT,
            "login": "desi@1374",
            "name": "Desi Contoh",
            "nearness": {"code": "same_village", "label": "Bertugas di desa/kelurahan kasus"},
            "load": {"open": 3, "overdue": 1, "capacity": 60},
            "works": True,
            "unfit": None,
        }
    ],
}


@router.get(
    "/v1/cases/{ticket}/assignments",
    **operation(
        "listAssignments",
        may=P.CASE_READ,
        answers=Listed[AssignmentOut],
        reads_person=True,
        example=_EXAMPLE,
    ),
)
async def list_assignments(ticket: str, reading: ReadingDep, tx: ReadTx) -> Listed[AssignmentOut]:
    """List who has had the case in hand, oldest first."""
    place = read_ticket(ticket)
    found = await assigning.history(acting_of(reading, tx), reading.sight, place)
    return _listed(reading, place, found)


@router.post(
    "/v1/cases/{ticket}/assignments",
    **operation(
        "assignCase",
        may=(P.CASE_ASSIGN, P.CASE_WORK),
        answers=Listed[AssignmentOut],
        status=201,
        once=True,
        reads_person=True,
        example=_EXAMPLE,
        body_example={"account_id": _ACCOUNT, "instruction": "Kunjungi sebelum Jumat."},
    ),
)
async def assign_case(ticket: str, body: AssignIn, call: CallDep) -> Response:
    """Give the case to somebody or to a queue, or take it yourself with `self`."""
    place, reading = read_ticket(ticket), call.reading

    async def work() -> Answer:
        found = await assigning.give(call.acting(), reading.sight, place, _target(body, place.tenant))
        return Answer(_listed(reading, place, found))

    async def may_see() -> None:
        await assigning.history(call.acting(), reading.sight, place)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


@router.get(
    "/v1/team/caseload",
    **operation("getCaseload", may=P.CASE_ASSIGN, answers=CaseloadOut, example=_CASELOAD),
)
async def get_caseload(
    reading: ReadingDep,
    tx: ReadTx,
    ticket: Annotated[str, Query(min_length=1, max_length=40, description="The case to be given.")],
) -> CaseloadOut:
    """Show who works where the case lies, what each has in hand, and whom to choose, with the reasons."""
    place = read_ticket(ticket)
    found = await assigning.caseload(acting_of(reading, tx), reading.sight, place)
    return CaseloadOut(
        ticket=place.text,
        suggestion=_suggestion(reading, place, found),
        items=[_candidate(reading, place, one) for one in found.candidates],
    )


def _target(body: AssignIn, tenant: str) -> assigning.Target:
    named = [body.account_id is not None, body.queue is not None, body.take]
    if sum(named) != 1:
        raise Invalid(
            fields=(
                FieldError(
                    "",
                    "one_target",
                    "Sebutkan tepat satu: akun, antrean, atau diri sendiri.",
                    "Name exactly one: an account, a queue, or yourself.",
                ),
            )
        )
    account = read_own(body.account_id, tenant, "/account_id")
    return assigning.Target(account, body.queue, body.take, body.instruction)


def _listed(reading: Reading, place: Ticket, found: Sequence[assigning.Shown]) -> Listed[AssignmentOut]:
    known, lang, tenant = reading.known, reading.lang, place.tenant
    return Listed(
        items=[
            AssignmentOut(
                id=public_id(tenant, one.assignment.id),
                account=public_id(tenant, one.assignment.account_id) if one.assignment.account_id else None,
                name=one.name,
                queue=coded_or_none(known, "work_queue", one.assignment.queue, lang),
                instruction=one.instruction,
                at=one.assignment.at,
                by=public_id(tenant, one.assignment.by) if one.assignment.by else None,
                ended_at=one.assignment.ended_at,
                ended_as=coded_or_none(known, "assignment_end", one.assignment.ended_as, lang),
            )
            for one in found
        ]
    )


def _suggestion(reading: Reading, place: Ticket, found: assigning.Caseload) -> SuggestionOut | None:
    best = found.suggestion
    if best is None:
        return None
    name = next(one.member.name for one in found.candidates if one.hand.account_id == best.account_id)
    reasons = all_coded(reading.known, "suggestion_reason", best.reasons, reading.lang)
    return SuggestionOut(account=public_id(place.tenant, best.account_id), name=name, reasons=reasons)


def _candidate(reading: Reading, place: Ticket, one: assigning.Candidate) -> CandidateOut:
    known, lang, hand = reading.known, reading.lang, one.hand
    return CandidateOut(
        account=public_id(place.tenant, hand.account_id),
        login=f"{one.member.login}@{tenant_digits(place.tenant)}",
        name=one.member.name,
        nearness=coded(known, "suggestion_reason", hand.nearness.value, lang),
        load=LoadOut(open=hand.load.open, overdue=hand.load.overdue, capacity=hand.load.capacity),
        works=hand.works,
        unfit=coded_or_none(known, "unfit_reason", one.unfit.value if one.unfit else None, lang),
    )
