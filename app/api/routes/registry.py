"""Registry snapshots: checked row by row, decided, taken in, compared, and held against who is in need."""

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
from app.api.presenters.registry import row_out, snapshot_out
from app.api.public_ids import read_id, read_own
from app.api.reading import ReadingDep
from app.api.registry_examples import JOB, ROW, SNAPSHOT, SNAPSHOT_BODY
from app.api.routing import make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.base import CodeText, Listed
from app.api.schemas.jobs import JobOut
from app.api.schemas.registry import CompareIn, DecideRowIn, RegistryRowOut, SnapshotIn, SnapshotOut
from app.db.queries import registry as stored
from app.domain.access import Permission
from app.domain.errors import NotFound
from app.domain.ids import public_id, tenant_of
from app.domain.lists import Reason, Verdict
from app.domain.registry import Decision
from app.services import registry
from app.services.registry.ordering import READERS, job_of

router = make_router("registry")

_MOST_ROWS: Final = 2_000_000
_IMPORT: Final = Permission.REGISTRY_IMPORT


@router.get(
    "/v1/registry/snapshots",
    **operation(
        "listSnapshots",
        may=READERS,
        answers=Listed[SnapshotOut],
        paged=True,
        example={"items": [SNAPSHOT], "next": None, "count": None},
    ),
)
async def list_snapshots(
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    region: Annotated[RegionText | None, Query(description="The regency; your own when left out.")] = None,
) -> Listed[SnapshotOut]:
    """List the registry snapshots of a regency, the newest first."""
    regency = tenant_of(must_know(reading.known, region, "region") or reading.actor.tenant)
    after = (datetime.fromisoformat(str(page.after[0])), UUID(page.after[1])) if page.after else None
    acting = acting_of(reading, tx)
    rows = await registry.snapshots(acting, regency, after, page.limit + 1)
    shown = rows[: page.limit]
    more = [shown[-1].created_at.isoformat(), shown[-1].id.hex] if len(rows) > page.limit else None
    count = await stored.counted(tx, regency) if page.wants_count else None
    items = [snapshot_out(reading, one, await job_of(acting, one)) for one in shown]
    return page.page(items, after=more, count=count)


@router.post(
    "/v1/registry/snapshots",
    **operation(
        "checkSnapshot",
        may=_IMPORT,
        answers=SnapshotOut,
        status=202,
        once=True,
        example=SNAPSHOT,
        body_example=SNAPSHOT_BODY,
    ),
)
async def check_snapshot(body: SnapshotIn, call: CallDep) -> Response:
    """Check a list of the registry row by row; nothing counts before it is committed.

    The same list for the same period again is the snapshot that is there (200).
    """
    reading = call.reading
    regency = tenant_of(body.region or reading.actor.tenant)

    async def may_see() -> None:
        reading.actor.require(_IMPORT, regency)

    async def work() -> Answer:
        await may_see()
        new = registry.NewSnapshot(
            regency=regency,
            list_id=read_own(body.list_id, regency, "/list_id") or UUID(int=0),
            source=body.source,
            period=body.period,
            decree=body.decree,
            profile_id=read_own(body.profile_id, regency, "/profile_id"),
        )
        acting = call.acting()
        row, is_new = await registry.order_check(acting, reading.house.vault, new)
        shown = snapshot_out(reading, row, await job_of(acting, row))
        headers = {"Location": f"/v1/registry/snapshots/{shown.id}"}
        return Answer(shown, 202 if is_new else 200, headers)

    return await call.once(call.tx, regency, work, may_see=may_see)


@router.get(
    "/v1/registry/snapshots/{snapshot_id}",
    **operation("getSnapshot", may=READERS, answers=SnapshotOut, example=SNAPSHOT),
)
async def get_snapshot(snapshot_id: str, reading: ReadingDep, tx: ReadTx) -> SnapshotOut:
    """Show how far a snapshot is, with its rows by verdict and by reason."""
    place, acting = read_id(snapshot_id), acting_of(reading, tx)
    row = await registry.get_snapshot(acting, place.tenant, place.id)
    return snapshot_out(reading, row, await job_of(acting, row))


@router.get(
    "/v1/registry/snapshots/{snapshot_id}/rows",
    **operation(
        "listSnapshotRows",
        may=_IMPORT,
        answers=Listed[RegistryRowOut],
        paged=True,
        reads_person=True,
        example={"items": [ROW], "next": None, "count": None},
    ),
)
async def list_rows(
    snapshot_id: str,
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    verdict: Annotated[Verdict | None, Query()] = None,
    reason: Annotated[Reason | None, Query()] = None,
    undecided: Annotated[bool, Query(description="Without those decided already.")] = False,  # noqa: FBT002
) -> Listed[RegistryRowOut]:
    """List rows with their verdicts, in the order of the file."""
    place, acting = read_id(snapshot_id), acting_of(reading, tx)
    wanted = stored.Rows(
        place.tenant,
        place.id,
        verdict=verdict.value if verdict else None,
        reason=reason.value if reason else None,
        undecided=undecided,
    )
    after = int(page.after[0]) if page.after else None
    await registry.require_import(acting, place.tenant, place.id)
    _, rows = await registry.look(acting, wanted, after, page.limit + 1)
    shown = rows[: page.limit]
    more = [shown[-1].row.n] if len(rows) > page.limit else None
    count = await stored.count_rows(tx, wanted) if page.wants_count else None
    return page.page([row_out(reading, one) for one in shown], after=more, count=count)


@router.post(
    "/v1/registry/snapshots/{snapshot_id}/rows/{row_n}/decide",
    **operation(
        "decideSnapshotRow",
        may=_IMPORT,
        answers=RegistryRowOut,
        once=True,
        reads_person=True,
        example=ROW,
        body_example={"decision": "correct", "fields": {"nik": "1374014101800001"}},
    ),
)
async def decide_row(snapshot_id: str, row_n: str, body: DecideRowIn, call: CallDep) -> Response:
    """Decide about a parked row: take it as it is, drop it, or take it with other values."""
    place, reading = read_id(snapshot_id), call.reading

    async def may_see() -> None:
        await registry.require_import(call.acting(), place.tenant, place.id)

    async def work() -> Answer:
        await may_see()
        fields = body.fields.model_dump(exclude_none=True) if body.fields else {}
        where = (place.tenant, place.id, _number(row_n))
        correction = registry.Correction(Decision(body.decision), fields)
        one = await registry.decide(call.acting(), reading.house.blind, where, correction)
        return Answer(row_out(reading, one), 200)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


@router.post(
    "/v1/registry/snapshots/{snapshot_id}/commit",
    **operation("commitSnapshot", may=_IMPORT, answers=SnapshotOut, status=202, once=True, example=SNAPSHOT),
)
async def commit_snapshot(snapshot_id: str, call: CallDep) -> Response:
    """Take a checked snapshot in. Rows that still wait for a person stay outside."""
    place, reading = read_id(snapshot_id), call.reading

    async def may_see() -> None:
        await registry.get_snapshot(call.acting(), place.tenant, place.id)

    async def work() -> Answer:
        acting = call.acting()
        row = await registry.take_in(acting, place.tenant, place.id)
        headers = {"Location": f"/v1/jobs/{public_id(row.regency_code, row.job_id)}"}
        return Answer(snapshot_out(reading, row, await job_of(acting, row)), 202, headers)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


@router.post(
    "/v1/registry/snapshots/{snapshot_id}/withdraw",
    **operation("withdrawSnapshot", may=_IMPORT, answers=SnapshotOut, once=True, example=SNAPSHOT),
)
async def withdraw_snapshot(snapshot_id: str, call: CallDep) -> Response:
    """Give up a snapshot that does not count yet; another list may be sent for its period."""
    place, reading = read_id(snapshot_id), call.reading

    async def may_see() -> None:
        await registry.get_snapshot(call.acting(), place.tenant, place.id)

    async def work() -> Answer:
        acting = call.acting()
        row = await registry.withdraw(acting, place.tenant, place.id)
        return Answer(snapshot_out(reading, row, await job_of(acting, row)), 200)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


@router.post(
    "/v1/registry/snapshots/{snapshot_id}/compare",
    **operation(
        "compareSnapshots",
        may=_IMPORT,
        answers=JobOut,
        status=202,
        once=True,
        example=JOB,
        body_example={"against": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b"},
    ),
)
async def compare_snapshots(snapshot_id: str, body: CompareIn, call: CallDep) -> Response:
    """Compare two snapshots that count; a commit has the new one compared with the one before by itself."""
    place, reading = read_id(snapshot_id), call.reading

    async def may_see() -> None:
        await registry.get_snapshot(call.acting(), place.tenant, place.id)

    async def work() -> Answer:
        against = _against(body.against, place.tenant)
        job = await registry.compare(call.acting(), place.tenant, place.id, against)
        shown = job_out(reading, job)
        return Answer(shown, 202, {"Location": f"/v1/jobs/{shown.id}"})

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


def _against(text: CodeText, tenant: str) -> UUID:
    return read_own(text, tenant, "/against") or UUID(int=0)


def _number(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 10 and int(text) < _MOST_ROWS:  # noqa: PLR2004  # digits
        return int(text)
    raise NotFound
