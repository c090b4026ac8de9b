"""The audit for people: who saw or changed what, whether the logs are whole, and their seals to keep."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query, Response

from app.api.acts import CallDep, acting_of
from app.api.deps import ReadTx
from app.api.once import Answer
from app.api.paging import Page, Position
from app.api.places import must_know
from app.api.presenters.audit import rows_out, seal_out
from app.api.presenters.jobs import job_out
from app.api.public_ids import read_id
from app.api.reading import Reading, ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.audit import SealOut, TrailRowOut, VerifyIn
from app.api.schemas.base import Instant, Listed
from app.api.schemas.jobs import JobOut
from app.api.schemas.steps import PublicIdText
from app.api.tickets import read_ticket
from app.db.queries import seals
from app.db.queries.person_access import no_such_person
from app.db.queries.trail import AccessPlace
from app.domain.access import Permission
from app.domain.ids import public_id, tenant_of
from app.services import trail
from app.services.trail import Place, Question

router = make_router("audit")
_ROW: Final[dict[str, Any]] = {
    "at": "2026-11-25T03:04:05Z",
    "kind": "read",
    "action": "getCase",
    "words": {"id": "Membaca: kasus (getCase)", "en": "Read: case (getCase)"},
    "actor": {"kind": "officer", "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b", "name": "Siti"},
    "ticket": "1374-3F7K-9QX2-M",
    "subject": {"kind": {"code": "case", "label": "kasus"}, "id": None},
    "result": "ok",
    "purpose": None,
    "event": None,
    "request": "0193a1b2c3d47e5f",
}
_JOB: Final[dict[str, Any]] = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "kind": {"code": "audit_verify", "label": "Pemeriksaan keutuhan catatan"},
    "state": {"code": "queued", "label": "Menunggu giliran"},
    "done": 0,
    "total": None,
    "result": None,
    "problem": None,
    "created_at": "2026-11-25T02:00:00Z",
    "started_at": None,
    "ended_at": None,
}
_SEAL: Final[dict[str, Any]] = {
    "n": 12,
    "at": "2026-11-25T03:00:00Z",
    "feed_n": 4210,
    "digest": "9f2c" * 16,
    "previous": "07aa" * 16,
    "key_id": "seal-1",
    "signature": "c2VnZWw=",
    "body": None,
}
_WHOLE: Final = 20
_WHOLLY: Final = "With the bytes that were signed, twenty at a time: for who runs the service."
RegionQuery = Annotated[RegionText | None, Query(description="The regency; your own when left out.")]


@router.get(
    "/v1/audit",
    **operation(
        "listAudit",
        may=trail.MAY,
        answers=Listed[TrailRowOut],
        paged=True,
        example={"items": [_ROW], "next": None, "count": None},
    ),
)
async def list_audit(  # each is one filter
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    region: RegionQuery = None,
    case: Annotated[str | None, Query(max_length=40, description="The ticket of one case.")] = None,
    person: Annotated[PublicIdText | None, Query(description="Whom it is about.")] = None,
    actor: Annotated[PublicIdText | None, Query(description="Who did it: an account.")] = None,
    since: Annotated[Instant | None, Query(alias="from", description="Seven days ago when left out.")] = None,
    until: Annotated[Instant | None, Query(alias="to", description="Exclusive.")] = None,
) -> Listed[TrailRowOut]:
    """Tell who changed and who read what, who was refused and who logged in, the latest first.

    Of a whole regency or one actor at most 31 days at a time; of one case or person everything that is kept.
    What lies outside your sight is not in it: neither the change nor the reading of it.
    """
    question = _question(reading, region, case, person)
    named = Question(
        question.regency,
        since,
        until,
        read_id(actor).id if actor is not None else None,
        question.ticket,
        question.person_id,
    )
    found = await trail.read_trail(
        acting_of(reading, tx), reading.sight, named, _place(page.after), page.limit
    )
    return page.page(rows_out(reading, found), after=_position(found.after))


@router.post(
    "/v1/audit/verifications",
    **operation(
        "verifyAudit",
        may=trail.MAY,
        answers=JobOut,
        status=202,
        once=True,
        example=_JOB,
        body_example={"region": "13.74"},
    ),
)
async def verify_audit(body: VerifyIn, call: CallDep) -> Response:
    """Have every chain of one regency read anew and held against its seals; the job says what was found."""
    reading = call.reading
    regency = _regency(reading, body.region)

    async def work() -> Answer:
        job = await trail.order_verification(call.acting(), regency)
        headers = {"Location": f"/v1/jobs/{public_id(job.regency_code, job.id)}"}
        return Answer(job_out(reading, job), 202, headers=headers)

    async def may_see() -> None:
        reading.actor.require(trail.MAY, regency)

    return await call.once(call.tx, regency, work, may_see=may_see)


@router.get(
    "/v1/audit/seals",
    **operation(
        "listSeals",
        may=trail.MAY,
        answers=Listed[SealOut],
        paged=True,
        example={"items": [_SEAL], "next": None, "count": None},
    ),
)
async def list_seals(
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    region: RegionQuery = None,
    whole: Annotated[bool, Query(description=_WHOLLY)] = False,  # noqa: FBT002
) -> Listed[SealOut]:
    """List the hourly seals of a regency in their order: whoever keeps them sees a tail that was cut off."""
    limit = min(page.limit, _WHOLE) if whole else page.limit
    regency = _regency(reading, region)
    # The bytes name every chain: who is complained of would find that there is one more.
    reading.actor.require(Permission.AUDIT_PROVE if whole else trail.MAY, regency)
    after = int(page.after[0]) if page.after else 0
    found = await seals.seals_after(tx, regency, after, limit=limit + 1)
    shown = found[:limit]
    more = [shown[-1].signed.seal.n] if len(found) > limit else None
    return page.page([seal_out(one, whole=whole) for one in shown], after=more)


def _regency(reading: Reading, region: str | None) -> str:
    return tenant_of(must_know(reading.known, region, "region") or reading.actor.tenant)


def _question(reading: Reading, region: str | None, case: str | None, person: str | None) -> Question:
    """Read whose trail is asked for: a case and a person name their regency themselves.

    Raises:
        NotFound: the case and the person lie in two regencies.
    """
    ticket = read_ticket(case) if case is not None else None
    whom = read_id(person) if person is not None else None
    named = {one.tenant for one in (ticket, whom) if one is not None}
    if len(named) > 1:
        raise no_such_person()
    regency = named.pop() if named else _regency(reading, region)
    return Question(regency, ticket=ticket, person_id=whom.id if whom else None)


def _place(after: Position | None) -> Place:
    if after is None:
        return Place()
    event, access = after
    return Place(
        UUID(event) if event else None,
        AccessPlace(datetime.fromisoformat(access[0]), UUID(access[1]), int(access[2])) if access else None,
    )


def _position(place: Place | None) -> Position | None:
    if place is None:
        return None
    access = place.access
    return [
        place.event_id.hex if place.event_id else None,
        [access.at.isoformat(), access.segment_id.hex, access.n] if access else None,
    ]
