"""A meeting at work: its agenda, who is there, who takes no part in what, and what is decided."""

from typing import Annotated, Final

from fastapi import Query, Response

from app.api.acts import Call, CallDep, acting_of
from app.api.deliberating import (
    ATTENDEE_ID,
    CANDIDATE_EXAMPLE,
    CANDIDATE_ID,
    EXAMPLE,
    QUORUM_EXAMPLE,
    once,
    part_of,
    place_of,
    step,
    tools_of,
    unchecked,
    whole_out,
)
from app.api.deps import ReadTx, etag
from app.api.once import Answer
from app.api.presenters.deliberations import attendance_out, suggestion_out
from app.api.public_ids import read_own
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.base import Listed
from app.api.schemas.deliberations import (
    AgendaIn,
    AttendanceIn,
    AttendanceOut,
    CandidateOut,
    ConflictIn,
    DecisionsIn,
    DeliberationOut,
    SuggestionOut,
    WithdrawIn,
)
from app.db.queries.acting import Acting
from app.db.tables.deliberations import Deliberation
from app.domain.access import Permission
from app.domain.deliberation.deciding import Given
from app.domain.errors import FieldError, Invalid
from app.domain.identity import parse_nik
from app.services import deliberations
from app.services.deliberations import Came, Item, Place

router = make_router("deliberations")
P = Permission
READ: Final = (P.DELIBERATION_HOLD, P.DELIBERATION_RATIFY, P.OBJECTION_VERIFY)
_ONE: Final = "/v1/deliberations/{deliberation_id}"
_ATTENDANCE: Final = {
    "sitting": 1,
    "quorum": QUORUM_EXAMPLE,
    "items": [
        {
            "id": ATTENDEE_ID,
            "role": {"code": "RT", "label": "Ketua RT"},
            "name": "Rahmat Contoh",
            "account": None,
            "at": "2026-12-01T02:05:00Z",
        }
    ],
}
_SUGGESTION: Final = {
    "source": {"code": "gap", "label": "Belum ada di data"},
    "ticket": "1374-3F7K-9QX2-M",
    "name": "Yuliana Contoh",
    "nik": "************0042",
    "opened_at": "2026-11-25T02:00:00Z",
}


@router.get(
    _ONE + "/agenda",
    **operation(
        "listAgenda",
        may=READ,
        answers=Listed[CandidateOut],
        reads_person=True,
        example={"items": [CANDIDATE_EXAMPLE], "next": None, "count": None},
    ),
)
async def list_agenda(deliberation_id: str, reading: ReadingDep, tx: ReadTx) -> Listed[CandidateOut]:
    """List the candidates of a meeting, in the order in which they came on the agenda."""
    acting = acting_of(reading, tx)
    session = await deliberations.readable(acting, place_of(deliberation_id))
    return Listed(items=(await whole_out(reading, acting, session)).candidates)


@router.post(
    _ONE + "/agenda",
    **operation(
        "putOnAgenda",
        may=P.DELIBERATION_HOLD,
        answers=DeliberationOut,
        status=201,
        refuses=(409,),
        once=True,
        reads_person=True,
        example=EXAMPLE,
        body_example={"ticket": "1374-3F7K-9QX2-M"},
    ),
)
async def put_on_agenda(deliberation_id: str, body: AgendaIn, call: CallDep) -> Response:
    """Put somebody on the agenda: a case by its ticket, or a person in words.

    A confidential case is refused: RAHASIA always, TERBATAS unless a reason is given.
    """
    if (body.ticket is None) == (body.person is None):
        raise Invalid(
            fields=(
                FieldError(
                    "/ticket",
                    "one_of",
                    "Sebutkan tiket kasus, atau tulis orangnya.",
                    "Name a case's ticket, or write who it is.",
                ),
            )
        )
    said = body.person.model_dump(exclude_none=True) if body.person else None
    item = Item(body.ticket, said, body.reason)
    reading = call.reading

    async def do(acting: Acting, place: Place) -> Deliberation:
        tools, sight = tools_of(reading), reading.sight
        await deliberations.put(acting, tools, sight, place, item, unchecked)
        return await deliberations.seen(acting, place)

    return await step(call, place_of(deliberation_id), P.DELIBERATION_HOLD, do, 201)


@router.get(
    _ONE + "/suggestions",
    **operation(
        "suggestAgenda",
        may=READ,
        answers=Listed[SuggestionOut],
        reads_person=True,
        example={"items": [_SUGGESTION], "next": None, "count": None},
    ),
)
async def suggest_agenda(
    deliberation_id: str,
    reading: ReadingDep,
    tx: ReadTx,
    limit: Annotated[int, Query(ge=1, le=200, description="How many at most.")] = 50,
) -> Listed[SuggestionOut]:
    """Say who could be discussed: proposals that wait, then people whom the registry does not name."""
    acting, place = acting_of(reading, tx), place_of(deliberation_id)
    found = await deliberations.suggestions(acting, reading.sight, place, limit)
    return Listed(items=[suggestion_out(reading, one) for one in found])


@router.post(
    _ONE + "/agenda/{candidate_id}/withdraw",
    **operation(
        "withdrawCandidate",
        may=P.DELIBERATION_HOLD,
        answers=DeliberationOut,
        once=True,
        reads_person=True,
        example=EXAMPLE,
        body_example={"reason": "moved"},
    ),
)
async def withdraw_candidate(
    deliberation_id: str, candidate_id: str, body: WithdrawIn, call: CallDep
) -> Response:
    """Take somebody undecided off the agenda, with a reason of the set `withdrawal_reason`."""

    async def do(acting: Acting, place: Place) -> Deliberation:
        id_ = part_of(candidate_id, place)
        await deliberations.withdraw(acting, place, id_, body.reason, unchecked)
        return await deliberations.seen(acting, place)

    return await step(call, place_of(deliberation_id), P.DELIBERATION_HOLD, do)


@router.get(
    _ONE + "/attendance",
    **operation("listAttendance", may=READ, answers=AttendanceOut, reads_person=True, example=_ATTENDANCE),
)
async def list_attendance(deliberation_id: str, reading: ReadingDep, tx: ReadTx) -> AttendanceOut:
    """List who is there, and whether they make the quorum."""
    acting = acting_of(reading, tx)
    session, people = await deliberations.attendance(acting, place_of(deliberation_id))
    quorum = (await deliberations.shown(acting, session)).quorum
    return attendance_out(reading, session, quorum, people)


@router.post(
    _ONE + "/attendance",
    **operation(
        "recordAttendance",
        may=P.DELIBERATION_HOLD,
        answers=AttendanceOut,
        status=201,
        refuses=(409,),
        once=True,
        reads_person=True,
        example=_ATTENDANCE,
        body_example={"role": "RT", "name": "Rahmat Contoh"},
    ),
)
async def record_attendance(deliberation_id: str, body: AttendanceIn, call: CallDep) -> Response:
    """Write down who is there; a candidate, or one of her household, takes no part in deciding on her."""
    place, reading = place_of(deliberation_id), call.reading

    async def work() -> Answer:
        acting = call.acting()
        came = Came(
            body.role,
            body.name,
            _nik(acting, place, body.nik),
            read_own(body.account, place.tenant, "/account"),
        )
        await deliberations.attend(acting, tools_of(reading), place, came, unchecked)
        return await _attendance(call, acting, place, 201)

    return await once(call, place, P.DELIBERATION_HOLD, work)


def _nik(acting: Acting, place: Place, text: str | None) -> str | None:
    if text is None:
        return None
    found = parse_nik(text, today=acting.today(place.tenant), pointer="/nik")
    if isinstance(found, FieldError):
        raise Invalid(fields=(found,))
    return found.number


async def _attendance(call: Call, acting: Acting, place: Place, status: int) -> Answer:
    session = await deliberations.seen(acting, place)
    found = await deliberations.shown(acting, session)
    people = await deliberations.named(acting, session)
    shown = attendance_out(call.reading, session, found.quorum, people)
    return Answer(shown, status, {"ETag": etag(session.version)})


@router.post(
    _ONE + "/attendance/{attendee_id}/remove",
    **operation(
        "removeAttendance",
        may=P.DELIBERATION_HOLD,
        answers=AttendanceOut,
        once=True,
        reads_person=True,
        example=_ATTENDANCE,
    ),
)
async def remove_attendance(deliberation_id: str, attendee_id: str, call: CallDep) -> Response:
    """Take somebody off the list who was written down by mistake, before anything is decided."""
    place = place_of(deliberation_id)

    async def work() -> Answer:
        acting = call.acting()
        await deliberations.leave(acting, place, part_of(attendee_id, place), unchecked)
        return await _attendance(call, acting, place, 200)

    return await once(call, place, P.DELIBERATION_HOLD, work)


@router.post(
    _ONE + "/agenda/{candidate_id}/conflicts",
    **operation(
        "declareConflict",
        may=P.DELIBERATION_HOLD,
        answers=DeliberationOut,
        status=201,
        refuses=(409,),
        once=True,
        reads_person=True,
        example=EXAMPLE,
        body_example={"attendee": ATTENDEE_ID, "reason": "family"},
    ),
)
async def declare_conflict(
    deliberation_id: str, candidate_id: str, body: ConflictIn, call: CallDep
) -> Response:
    """Record a conflict of interest: that person takes no part in this decision and does not count."""

    async def do(acting: Acting, place: Place) -> Deliberation:
        attendee = read_own(body.attendee, place.tenant, "/attendee")
        if attendee is None:
            raise ValueError("The body names an attendee.")
        id_ = part_of(candidate_id, place)
        await deliberations.declare(acting, place, id_, (attendee, body.reason), unchecked)
        return await deliberations.seen(acting, place)

    return await step(call, place_of(deliberation_id), P.DELIBERATION_HOLD, do, 201)


@router.post(
    _ONE + "/decisions",
    **operation(
        "decideCandidates",
        may=P.DELIBERATION_HOLD,
        answers=DeliberationOut,
        once=True,
        if_match=True,
        reads_person=True,
        example=EXAMPLE,
        body_example={
            "decisions": [
                {
                    "candidate": CANDIDATE_ID,
                    "decision": "LAYAK",
                    "rank": 1,
                    "reason": "Rumah kontrak, tiga anak sekolah.",
                }
            ]
        },
    ),
)
async def decide_candidates(deliberation_id: str, body: DecisionsIn, call: CallDep) -> Response:
    """Decide on candidates, each with its quorum; in a reopened session on what was reopened alone."""
    check = call.expected.check

    async def do(acting: Acting, place: Place) -> Deliberation:
        given = [
            Given(
                read_own(one.candidate, place.tenant, f"/decisions/{n}/candidate") or place.id,
                one.decision,
                one.reason,
                one.rank,
            )
            for n, one in enumerate(body.decisions)
        ]
        await deliberations.decide(acting, place, given, check)
        return await deliberations.seen(acting, place)

    return await step(call, place_of(deliberation_id), P.DELIBERATION_HOLD, do)


@router.get(
    _ONE + "/decisions",
    **operation(
        "listDecisions",
        may=READ,
        answers=Listed[CandidateOut],
        reads_person=True,
        example={"items": [CANDIDATE_EXAMPLE], "next": None, "count": None},
    ),
)
async def list_decisions(deliberation_id: str, reading: ReadingDep, tx: ReadTx) -> Listed[CandidateOut]:
    """List those who were decided: the eligible by rank, then the others."""
    acting = acting_of(reading, tx)
    session = await deliberations.readable(acting, place_of(deliberation_id))
    found = (await whole_out(reading, acting, session)).candidates
    decided = [one for one in found if one.decision is not None]
    return Listed(items=sorted(decided, key=lambda one: (one.rank is None, one.rank or 0, one.n)))
