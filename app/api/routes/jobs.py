"""Long work: how far it is, what came of it; stopped, and taken up again."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query, Response

from app.api.acts import CallDep, acting_of
from app.api.deps import ReadTx
from app.api.once import Answer
from app.api.paging import Page
from app.api.places import must_know
from app.api.presenters.jobs import job_out
from app.api.public_ids import read_id
from app.api.reading import ReadingDep
from app.api.routing import AUTHENTICATED, make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.base import Listed
from app.api.schemas.jobs import JobOut
from app.db.queries import jobs as stored
from app.domain.access import Permission
from app.domain.ids import tenant_of
from app.domain.jobs import JobKind
from app.services import jobs

router = make_router("jobs")

_EXAMPLE: Final = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "kind": {"code": "registry_check", "label": "Pemeriksaan daftar registri"},
    "state": {"code": "running", "label": "Berjalan"},
    "done": 40000,
    "total": 1000000,
    "result": None,
    "problem": None,
    "created_at": "2026-11-25T02:00:00Z",
    "started_at": "2026-11-25T02:00:01Z",
    "ended_at": None,
}


@router.get(
    "/v1/jobs",
    **operation(
        "listJobs",
        may=AUTHENTICATED,
        answers=Listed[JobOut],
        paged=True,
        example={"items": [_EXAMPLE], "next": None, "count": None},
    ),
)
async def list_jobs(  # each is one filter
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    region: Annotated[RegionText | None, Query(description="Where; your own when left out.")] = None,
    kind: Annotated[JobKind | None, Query()] = None,
    open_only: Annotated[bool, Query(alias="open", description="Only what has not ended.")] = False,  # noqa: FBT002
) -> Listed[JobOut]:
    """List the long work that you asked for or might have asked for, the newest first."""
    regency = tenant_of(must_know(reading.known, region, "region") or reading.actor.tenant)
    held = frozenset(one.value for one in Permission if reading.actor.has(one, regency))
    wanted = stored.Wanted(regency, held, reading.actor.account_id, kind, open_only)
    after = (datetime.fromisoformat(str(page.after[0])), UUID(page.after[1])) if page.after else None
    rows = await stored.listed(tx, wanted, after, page.limit + 1)
    shown = rows[: page.limit]
    more = [shown[-1].created_at.isoformat(), shown[-1].id.hex] if len(rows) > page.limit else None
    count = await stored.counted(tx, wanted) if page.wants_count else None
    return page.page([job_out(reading, job) for job in shown], after=more, count=count)


@router.get(
    "/v1/jobs/{job_id}",
    **operation("getJob", may=AUTHENTICATED, answers=JobOut, example=_EXAMPLE),
)
async def get_job(job_id: str, reading: ReadingDep, tx: ReadTx) -> JobOut:
    """Show how far a job is, and what came of it."""
    place = read_id(job_id)
    return job_out(reading, await jobs.get_job(acting_of(reading, tx), place.tenant, place.id))


@router.post(
    "/v1/jobs/{job_id}/stop",
    **operation("stopJob", may=AUTHENTICATED, answers=JobOut, once=True, example=_EXAMPLE),
)
async def stop_job(job_id: str, call: CallDep) -> Response:
    """Stop a job at its next step. What it has done stays; it can be resumed."""
    place = read_id(job_id)

    async def work() -> Answer:
        job = await jobs.stop_job(call.acting(), place.tenant, place.id)
        return Answer(job_out(call.reading, job), 200)

    async def may_see() -> None:
        await jobs.get_job(call.acting(), place.tenant, place.id)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


@router.post(
    "/v1/jobs/{job_id}/resume",
    **operation("resumeJob", may=AUTHENTICATED, answers=JobOut, once=True, example=_EXAMPLE),
)
async def resume_job(job_id: str, call: CallDep) -> Response:
    """Go on with a stopped job from where it is."""
    place = read_id(job_id)

    async def work() -> Answer:
        job = await jobs.resume_job(call.acting(), place.tenant, place.id)
        return Answer(job_out(call.reading, job), 200)

    async def may_see() -> None:
        await jobs.get_job(call.acting(), place.tenant, place.id)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)
