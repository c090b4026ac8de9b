"""What a regency changes in a programme: its own cut-off, papers, contacts, over the rules of everybody."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Final

from fastapi import Query, Response

from app.api.acts import Call, CallDep
from app.api.deps import ReadTx
from app.api.once import Answer
from app.api.paging import Page
from app.api.places import must_know
from app.api.presenters.overrides import override_out
from app.api.public_ids import read_id
from app.api.reading import ReadingDep
from app.api.routing import AUTHENTICATED, make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.base import Listed
from app.api.schemas.overrides import OverrideIn, OverrideOut
from app.db.queries import overrides as stored
from app.db.queries.acting import Acting
from app.db.tables.regency_programs import ProgramOverride
from app.domain.access import Permission
from app.domain.errors import NotFound
from app.domain.ids import NATION, PublicId, tenant_of
from app.services.overrides import New, draft, publish, retire

router = make_router("programs")

_CHANGES: Final = {
    "bounds": [{"fact": "registry.desil", "op": "between", "value": [1, 3]}],
    "papers": {"more": [{"code": "SKTM", "required": True}], "less": []},
    "contacts": [
        {"label": {"id": "Loket BLT", "en": "Cash aid desk"}, "value": "Dinas Sosial, Jl. Contoh 1"}
    ],
    "quota": None,
    "ladder": [],
}
_BODY: Final = {
    "region": "13.74",
    "valid_from": "2027-01-01",
    "valid_to": None,
    "source": "Perwako 12 Tahun 2026",
    "changes": _CHANGES,
}
_EXAMPLE: Final[dict[str, object]] = {
    **_BODY,
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "program": "BLT_KOTA",
    "n": 1,
    "status": {"code": "draft", "label": "Draf"},
    "criteria_text": "Desil 1\u20133 (batas kabupaten/kota ini)",
    "does_not_fit": [],
    "drafted_at": "2026-11-25T03:00:00Z",
    "published_at": None,
    "retired_at": None,
}


@router.get(
    "/v1/programs/{code}/overrides",
    **operation(
        "listOverrides",
        may=AUTHENTICATED,
        answers=Listed[OverrideOut],
        paged=True,
        example={"items": [_EXAMPLE], "next": None, "count": 1},
    ),
)
async def list_overrides(
    code: str,
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    region: Annotated[RegionText | None, Query(description="A regency, or all of a province.")] = None,
) -> Listed[OverrideOut]:
    """List what regencies change in a programme; drafts only to whoever drafts or publishes there."""
    known = reading.known
    if code not in known.programs:
        raise NotFound(id="Program ini tidak ada.", en="There is no such programme.")
    tenants = known.tenants_in(must_know(known, region, "region") or NATION)
    drafting = [one for one in known.settings if reading.actor.has(Permission.PROGRAM_DRAFT, one)]
    wanted = stored.Wanted(code, tenants, drafting)
    after = (str(page.after[0]), int(page.after[1])) if page.after else None
    rows = await stored.listed(tx, wanted, after, page.limit + 1)
    shown = rows[: page.limit]
    more = [shown[-1].regency_code, shown[-1].n] if len(rows) > page.limit else None
    count = await stored.counted(tx, wanted) if page.wants_count else None
    return page.page([override_out(reading, row) for row in shown], after=more, count=count)


@router.post(
    "/v1/programs/{code}/overrides",
    **operation(
        "draftOverride",
        may=Permission.PROGRAM_DRAFT,
        answers=OverrideOut,
        status=201,
        once=True,
        example=_EXAMPLE,
        body_example=_BODY,
    ),
)
async def draft_override(code: str, body: OverrideIn, call: CallDep) -> Response:
    """Draft what a regency changes: bounds of criteria, papers, contacts. Somebody else publishes it.

    Nothing is copied: what is not named stays as the programme has it, in its later versions too. A bound of
    a programme from above the regency may only be made stricter.
    """
    regency = tenant_of(body.region)
    document = body.changes.model_dump(mode="json")
    new = New(regency, code, body.valid_from, body.valid_to, body.source, document)

    async def may_see() -> None:
        call.reading.actor.require(Permission.PROGRAM_DRAFT, regency)

    async def work() -> Answer:
        made = await draft(call.acting(), new)
        return Answer(override_out(call.reading, made))

    return await call.once(call.tx, regency, work, may_see=may_see)


@router.post(
    "/v1/overrides/{override_id}/publish",
    **operation(
        "publishOverride", may=Permission.PROGRAM_PUBLISH, answers=OverrideOut, once=True, example=_EXAMPLE
    ),
)
async def publish_override(override_id: str, call: CallDep) -> Response:
    """Let a draft of somebody else hold from its first day; it is never edited any more."""
    place = read_id(override_id)
    return await _stepped(call, place, lambda acting: publish(acting, place.tenant, place.id))


@router.post(
    "/v1/overrides/{override_id}/retire",
    **operation(
        "retireOverride", may=Permission.PROGRAM_PUBLISH, answers=OverrideOut, once=True, example=_EXAMPLE
    ),
)
async def retire_override(override_id: str, call: CallDep) -> Response:
    """Take it out of force: from now on the programme's own rules hold. Decisions made under it stay."""
    place = read_id(override_id)
    return await _stepped(call, place, lambda acting: retire(acting, place.tenant, place.id))


async def _stepped(
    call: Call, place: PublicId, step: Callable[[Acting], Awaitable[ProgramOverride]]
) -> Response:
    async def may_see() -> None:
        call.reading.actor.require(Permission.PROGRAM_PUBLISH, place.tenant)

    async def work() -> Answer:
        return Answer(override_out(call.reading, await step(call.acting())), 200)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)
