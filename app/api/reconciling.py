"""Acts on the findings of a reconciliation: found, done once, and answered as it is now."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from fastapi import Response

from app.api.acts import Call
from app.api.deps import etag
from app.api.once import Answer
from app.api.presenters.reconciliations import batch_out, finding_out
from app.api.public_ids import read_id, read_own_id
from app.api.reading import Reading
from app.api.schemas.reconciliations import FindingOut
from app.db.queries.acting import Acting
from app.db.tables.reconciliations import ReconciliationFinding
from app.domain.ids import PublicId
from app.domain.reconciliation import Kind
from app.services.reconciliations import funders
from app.services.reconciliations import reading as looking
from app.services.reconciliations.comparing import Comparing
from app.services.reconciliations.together import Result

Act = Callable[[Acting, Comparing, UUID], Awaitable[ReconciliationFinding]]
ActOnMany = Callable[[Acting, Comparing], Awaitable[Result]]


async def opened_for(reading: Reading, acting: Acting, place: PublicId) -> Comparing:
    """Return a reconciliation with what opens its rows.

    Raises:
        NotFound: there is none, it is nothing of the actor's, or its rows were erased.
    """
    row = await looking.find(acting, place.tenant, place.id)
    return await looking.opening(acting, row, reading.house.blind)


async def findings_out(
    reading: Reading, acting: Acting, at: Comparing, rows: Sequence[ReconciliationFinding]
) -> list[FindingOut]:
    missing = any(one.kind == Kind.MISSING.value for one in rows)
    quotas = await funders.quotas(acting, at.row) if missing else []
    return [finding_out(reading, one, quotas) for one in await looking.shown(acting, at, rows)]


async def act_on_one(call: Call, reconciliation_id: str, finding_id: str, act: Act) -> Response:
    place, reading = read_id(reconciliation_id), call.reading

    async def work() -> Answer:
        acting = call.acting()
        at = await opened_for(reading, acting, place)
        one = await act(acting, at, read_own_id(finding_id, place.tenant))
        (shown,) = await findings_out(reading, acting, at, [one])
        return Answer(shown, 200, {"ETag": etag(one.version)})

    return await call.once(call.tx, place.tenant, work, may_see=_still_sees(call, place))


async def act_on_many(call: Call, reconciliation_id: str, act: ActOnMany, *, is_new: bool) -> Response:
    place = read_id(reconciliation_id)

    async def work() -> Answer:
        acting = call.acting()
        at = await opened_for(call.reading, acting, place)
        result = await act(acting, at)
        return Answer(batch_out(place.tenant, result, is_new=is_new), 200)

    return await call.once(call.tx, place.tenant, work, may_see=_still_sees(call, place))


def _still_sees(call: Call, place: PublicId) -> Callable[[], Awaitable[None]]:
    async def may_see() -> None:
        await looking.find(call.acting(), place.tenant, place.id)

    return may_see
