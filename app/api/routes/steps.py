"""The steps of a case: one path for each action, and what is said of a case without a step."""

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from fastapi import Response
from pydantic import BaseModel

from app.api.acts import Call, CallDep, acting_of
from app.api.deps import ReadTx, etag
from app.api.examples import CASE_EXAMPLE
from app.api.once import Answer
from app.api.presenters.cases import case_out
from app.api.presenters.steps import note_out, warning_out
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.base import Listed
from app.api.schemas.steps import (
    AskCompletionIn,
    CompleteIn,
    ConfirmIn,
    DisputeIn,
    HandleIn,
    NoteIn,
    NoteOut,
    PinIn,
    PinOut,
    ProposeIn,
    RecordVerificationIn,
    ReferIn,
    ReopenIn,
    ResolveIn,
    RestoreIn,
    ReturnIn,
    StepOut,
    TellIn,
    VerifyIn,
    VoidIn,
)
from app.api.tickets import read_ticket
from app.db.queries.acting import Acting
from app.db.queries.case_moves import Told
from app.db.queries.cases import find_case
from app.db.queries.texts import Stated
from app.domain.access import Permission
from app.domain.lifecycle import CaseAction
from app.services import facts, steps
from app.services.steps.notes import Place

router = make_router("cases")
A, P = CaseAction, Permission
Handler = TypeVar("Handler", bound=Callable[..., Awaitable[Response]])

_EXAMPLE: Final = {**CASE_EXAMPLE, "warnings": [], "disputed": False}
_NOTE: Final = {
    "id": "1308-0193a1b2c3d47e5f8a9b0c1d2e3f4a5d",
    "text": "Datang lagi besok dengan KK.",
    "to_resident": False,
    "at": "2026-11-25T03:00:00Z",
    "by": "1308-0193a1b2c3d47e5f8a9b0c1d2e3f4a5e",
}
_BY_DESK: Final = {"method": "in_person", "witness": "Ketua RT 001"}


def _step(action: CaseAction, may: Permission, example: dict[str, Any]) -> Callable[[Handler], Handler]:
    """Declare the route of one action."""
    words = "".join(part.title() for part in action.value.split("_"))
    declared = operation(
        f"case{words}",
        may=may,
        answers=StepOut,
        once=True,
        if_match=True,
        reads_person=True,
        example=_EXAMPLE,
        body_example=example,
    )
    return router.post(f"/v1/cases/{{ticket}}/{action.value}", **declared)


@_step(A.ASK_COMPLETION, P.CASE_WORK, {"missing": ["KK"], "note": "KK belum dibawa."})
async def ask_completion(ticket: str, body: AskCompletionIn, call: CallDep) -> Response:
    """Ask the resident for papers; her time runs, the case's own is paused unless it is urgent."""
    return await _take(call, ticket, A.ASK_COMPLETION, body)


@_step(A.COMPLETE, P.CASE_WORK, {"papers": ["KK"], "facts": {"household.pregnant": True}})
async def complete(ticket: str, body: CompleteIn, call: CallDep) -> Response:
    """Take in papers and answers: the case goes back to where it came from, and is routed again."""
    return await _take(call, ticket, A.COMPLETE, body)


@_step(A.VERIFY, P.CASE_WORK, {})
async def verify(ticket: str, body: VerifyIn, call: CallDep) -> Response:
    """Begin to verify what was said."""
    return await _take(call, ticket, A.VERIFY, body)


@_step(A.RECORD_VERIFICATION, P.CASE_WORK, {"verdict": "confirmed", "method": "visit"})
async def record_verification(ticket: str, body: RecordVerificationIn, call: CallDep) -> Response:
    """Record what the verification found."""
    return await _take(call, ticket, A.RECORD_VERIFICATION, body)


@_step(A.HANDLE, P.CASE_WORK, {})
async def handle(ticket: str, body: HandleIn, call: CallDep) -> Response:
    """Take the case into handling without a verification."""
    return await _take(call, ticket, A.HANDLE, body)


@_step(A.PROPOSE, P.CASE_WORK, {"recommendation": "refer", "reason": "Layak PKH.", "programs": ["PKH"]})
async def propose(ticket: str, body: ProposeIn, call: CallDep) -> Response:
    """Put the case to the secretariat with a recommendation."""
    return await _take(call, ticket, A.PROPOSE, body)


@_step(A.RETURN, P.CASE_DECIDE, {"note": "Lengkapi hasil kunjungan."})
async def give_back(ticket: str, body: ReturnIn, call: CallDep) -> Response:
    """Give a proposal back to be worked on."""
    return await _take(call, ticket, A.RETURN, body)


@_step(A.DECIDE_REFER, P.CASE_DECIDE, {"referrals": [{"program": "PKH", "purpose": "AID"}]})
async def decide_refer(ticket: str, body: ReferIn, call: CallDep) -> Response:
    """Decide that the case is referred, to one programme or to several at once."""
    return await _take(call, ticket, A.DECIDE_REFER, body)


@_step(A.DECIDE_RESOLVE, P.CASE_DECIDE, {"outcome": "not_eligible", "reason": "decile_too_high"})
async def decide_resolve(ticket: str, body: ResolveIn, call: CallDep) -> Response:
    """Decide the outcome of a proposal."""
    return await _take(call, ticket, A.DECIDE_RESOLVE, body)


@_step(A.REFER, P.CASE_REFER, {"referrals": [{"program": "PKH", "purpose": "AID"}]})
async def refer(ticket: str, body: ReferIn, call: CallDep) -> Response:
    """Hand the case to one programme or to several at once; again while others run.

    Refused: a programme that does not cover the place, aid that may not stand beside what the household
    holds or is about to get, and a body that answered that it is not its matter.
    """
    return await _take(call, ticket, A.REFER, body)


@_step(A.RESOLVE, P.CASE_RESOLVE, {"outcome": "information_given"})
async def resolve(ticket: str, body: ResolveIn, call: CallDep) -> Response:
    """Resolve the case with a coded outcome; say that she was told, or the task to tell her is made."""
    return await _take(call, ticket, A.RESOLVE, body)


@_step(A.CONFIRM, P.CASE_CONFIRM, {"received": [{"program": "PKH"}], "by_desk": _BY_DESK})
async def confirm(ticket: str, body: ConfirmIn, call: CallDep) -> Response:
    """Record her word that she received it. A difference from the ledger makes it a dispute."""
    return await _take(call, ticket, A.CONFIRM, body)


@_step(A.DISPUTE, P.CASE_CONFIRM, {"reason": "Uang belum masuk.", "by_desk": _BY_DESK})
async def dispute(ticket: str, body: DisputeIn, call: CallDep) -> Response:
    """Record her word that it is not as recorded: the case is open again."""
    return await _take(call, ticket, A.DISPUTE, body)


@_step(A.REOPEN, P.CASE_REOPEN, {"reason": "Bantuan berhenti di tengah jalan."})
async def reopen(ticket: str, body: ReopenIn, call: CallDep) -> Response:
    """Open a closed case again, within the window."""
    return await _take(call, ticket, A.REOPEN, body)


@_step(A.VOID, P.CASE_VOID, {"reason": "withdrawn"})
async def void(ticket: str, body: VoidIn, call: CallDep) -> Response:
    """Declare the case void: withdrawn, invalid, or the duplicate of another that you may see."""
    return await _take(call, ticket, A.VOID, body)


@_step(A.RESTORE, P.CASE_RESTORE, {"reason": "Salah dibatalkan."})
async def restore(ticket: str, body: RestoreIn, call: CallDep) -> Response:
    """Bring a void case back to where it was."""
    return await _take(call, ticket, A.RESTORE, body)


async def _take(call: Call, ticket: str, action: CaseAction, body: BaseModel) -> Response:
    place, reading = read_ticket(ticket), call.reading
    request = steps.StepRequest(place.tenant, place.text, action, body.model_dump(exclude_none=True))

    async def work() -> Answer:
        acting = call.acting()
        taken = await steps.take(acting, reading.sight, request, call.expected.check)
        if isinstance(body, CompleteIn):
            await _route_again(acting, taken, body)
        shown = await case_out(call.tx, reading, taken.case)
        warnings = [warning_out(reading, code) for code in taken.warnings]
        answer = StepOut(**{**dict(shown), "warnings": warnings, "disputed": taken.disputed})
        return Answer(answer, 200, {"ETag": etag(taken.case.version)}, taken.case.id)

    async def may_see() -> None:
        found = await find_case(call.tx, reading.sight, place.tenant, place.text)
        steps.require_step(call.acting(), found, action)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


async def _route_again(acting: Acting, taken: steps.Taken, body: CompleteIn) -> None:
    """Keep the answers and work out again what fits, in the same act and transaction."""
    case = taken.case
    if body.facts:
        stated = Stated(body.facts, body.source, acting.today(case.village_code))
        await facts.add_facts(acting, case, stated)
    else:
        await facts.route_again(acting, case)


# Without a step ------------------------------------------------------------------------------------------


@router.post(
    "/v1/cases/{ticket}/told",
    **operation(
        "caseTold",
        may=P.CASE_WORK,
        answers=StepOut,
        once=True,
        reads_person=True,
        example=_EXAMPLE,
        body_example={"at": "2026-11-25T10:00:00+07:00", "method": "phone", "by": "Siti Rahmah"},
    ),
)
async def tell(ticket: str, body: TellIn, call: CallDep) -> Response:
    """Record that the resident was told: the task is done, and her time to answer begins."""
    place, reading = read_ticket(ticket), call.reading
    at = Place(place.tenant, place.text)

    async def work() -> Answer:
        told = Told(body.at, body.method)
        case = await steps.tell(call.acting(), reading.sight, at, told, body.by)
        shown = await case_out(call.tx, reading, case)
        return Answer(StepOut(**dict(shown)), 200, {"ETag": etag(case.version)}, case.id)

    return await call.once(call.tx, place.tenant, work, may_see=_sees(call, at))


@router.get(
    "/v1/cases/{ticket}/notes",
    **operation(
        "listNotes",
        may=P.CASE_READ,
        answers=Listed[NoteOut],
        reads_person=True,
        example={"items": [_NOTE], "next": None, "count": None},
    ),
)
async def list_notes(ticket: str, reading: ReadingDep, tx: ReadTx) -> Listed[NoteOut]:
    """Read the notes of a case, oldest first."""
    place = read_ticket(ticket)
    at = Place(place.tenant, place.text)
    notes = await steps.read_notes(acting_of(reading, tx), reading.sight, at)
    return Listed(items=[note_out(place.tenant, one) for one in notes])


@router.post(
    "/v1/cases/{ticket}/notes",
    **operation(
        "addNote",
        may=P.CASE_WORK,
        answers=NoteOut,
        status=201,
        once=True,
        example=_NOTE,
        body_example={"text": "Datang lagi besok dengan KK."},
    ),
)
async def add_note(ticket: str, body: NoteIn, call: CallDep) -> Response:
    """Add a note. It is sealed, and moves no clock and no status."""
    place, reading = read_ticket(ticket), call.reading
    at = Place(place.tenant, place.text)

    async def work() -> Answer:
        stored = await steps.add_note(
            call.acting(), reading.sight, at, body.text, to_resident=body.to_resident
        )
        return Answer(note_out(place.tenant, stored))

    return await call.once(call.tx, place.tenant, work, may_see=_sees(call, at))


@router.post(
    "/v1/cases/{ticket}/pin",
    **operation(
        "replacePin",
        may=P.CASE_WORK,
        answers=PinOut,
        status=201,
        once=True,
        example={"ticket": "1308-3F7K-9QX2-M", "pin": "482913"},
        body_example={"reason": "lost"},
    ),
)
async def replace_pin(ticket: str, body: PinIn, call: CallDep) -> Response:
    """Give a new PIN for a lost slip. The old one dies at once, with whatever it opened."""
    place, reading = read_ticket(ticket), call.reading
    at = Place(place.tenant, place.text)

    async def work() -> Answer:
        pin = reading.house.ids.pin()
        digest = reading.house.blind.digest("pin", f"{place.text}:{pin}")
        case = await steps.replace_pin(call.acting(), reading.sight, at, digest, body.reason)
        reading.house.sessions.clear()
        return Answer(PinOut(ticket=place.text, pin=pin), case_id=case.id)

    return await call.once(call.tx, place.tenant, work, may_see=_sees(call, at))


def _sees(call: Call, place: Place) -> Callable[[], Awaitable[None]]:
    async def may_see() -> None:
        found = await find_case(call.tx, call.reading.sight, place.tenant, place.ticket)
        call.reading.actor.require(P.CASE_WORK, found.village_code, found.desk_id)

    return may_see
