"""Proposals of a village to the registry: gathered, exported for SIKS-NG, followed, answered."""

import asyncio
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query, Response

from app.api.acts import Call, CallDep, acting_of
from app.api.deliberating import CANDIDATE_ID
from app.api.deps import ReadTx, etag
from app.api.once import Answer
from app.api.paging import Page
from app.api.places import must_know
from app.api.presenters.words import coded, coded_or_none, masked
from app.api.public_ids import read_id, read_own
from app.api.reading import Reading, ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.base import Listed
from app.api.schemas.proposal_batches import (
    ProposalIn,
    ProposalLineOut,
    ProposalOut,
    ProposalRow,
    ResultsIn,
    StageIn,
)
from app.db.queries import proposal_batches as stored
from app.db.queries.acting import Acting
from app.db.tables.deliberations import ProposalBatch
from app.domain.access import Permission
from app.domain.deliberation.proposals import OF_BATCH, PERMISSION, RESULTS
from app.domain.deliberation.sheet import COLUMNS
from app.domain.errors import FieldError, Invalid
from app.domain.ids import public_id, tenant_of
from app.domain.referrals import NEXT_STAGES, RegistryStage
from app.integrations.proposal_files import CSV, XLSX, comma_separated
from app.integrations.workbooks import Sheet, workbook
from app.services import deliberations, proposal_batches
from app.services.proposal_batches import Result

router = make_router("deliberations")
P = Permission
READ: Final = (P.DELIBERATION_HOLD, P.DELIBERATION_RATIFY, P.OBJECTION_VERIFY)
_ONE: Final = "/v1/proposals/{proposal_id}"
_ROW: Final = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a76",
    "village": "13.74.01.1005",
    "village_name": "Guguk Malintang",
    "stage": {"code": "DIPROSES", "label": "Diproses pusat"},
    "count": 1,
    "cutoff_on": "2026-12-17",
    "reason": None,
    "created_at": "2026-12-17T02:00:00Z",
    "version": 6,
}
_EXAMPLE: Final = {
    **_ROW,
    "items": [
        {
            "candidate": CANDIDATE_ID,
            "name": "Yuliana Contoh",
            "nik": "************0042",
            "rank": 1,
            "stage": {"code": "DIPROSES", "label": "Diproses pusat"},
            "reason": None,
        }
    ],
    "allowed_stages": [],
}


class FileForm(StrEnum):
    XLSX = "xlsx"
    CSV = "csv"


@router.get(
    "/v1/proposals",
    **operation(
        "listProposals",
        may=READ,
        answers=Listed[ProposalRow],
        paged=True,
        example={"items": [_ROW], "next": None, "count": None},
    ),
)
async def list_proposals(
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    region: Annotated[RegionText | None, Query(description="Where; your own when left out.")] = None,
    stage: Annotated[RegistryStage | None, Query(description="Of the set `registry_status`.")] = None,
) -> Listed[ProposalRow]:
    """List the batches of proposals of your area, the newest first."""
    where = must_know(reading.known, region, "region") or reading.actor.tenant
    regions = deliberations.wanted_of(reading.actor, where, deliberations.READERS, P.DELIBERATION_HOLD)
    wanted = stored.Wanted(tenant_of(where), regions, stage.value if stage else None)
    after = (datetime.fromisoformat(str(page.after[0])), UUID(page.after[1])) if page.after else None
    rows = await stored.listed(tx, wanted, after, page.limit + 1)
    shown = rows[: page.limit]
    more = [shown[-1].created_at.isoformat(), shown[-1].id.hex] if len(rows) > page.limit else None
    count = await stored.counted(tx, wanted) if page.wants_count else None
    return page.page([_row(reading, one) for one in shown], after=more, count=count)


@router.post(
    "/v1/proposals",
    **operation(
        "gatherProposals",
        may=P.DELIBERATION_HOLD,
        answers=ProposalOut,
        status=201,
        refuses=(409,),
        once=True,
        reads_person=True,
        example=_EXAMPLE,
        body_example={"village": "13.74.01.1005"},
    ),
)
async def gather_proposals(body: ProposalIn, call: CallDep) -> Response:
    """Put the eligible of a village's ratified sessions together, each of them once."""
    reading, regency = call.reading, tenant_of(body.village)

    async def may_see() -> None:
        reading.actor.require(P.DELIBERATION_HOLD, body.village)

    async def work() -> Answer:
        await may_see()
        acting = call.acting()
        batch = await proposal_batches.gather(acting, regency, body.village)
        return await _answer(call, acting, batch, 201)

    return await call.once(call.tx, regency, work, may_see=may_see)


async def _answer(call: Call, acting: Acting, batch: ProposalBatch, status: int) -> Answer:
    shown = await _whole(call.reading, acting, batch)
    return Answer(shown, status, {"ETag": etag(batch.version)})


@router.get(
    _ONE,
    **operation("getProposals", may=READ, answers=ProposalOut, reads_person=True, example=_EXAMPLE),
)
async def get_proposals(proposal_id: str, reading: ReadingDep, tx: ReadTx, response: Response) -> ProposalOut:
    """Show a batch and what became of each in it; numbers are masked here, whole in the export."""
    place, acting = read_id(proposal_id), acting_of(reading, tx)
    batch = await proposal_batches.seen(acting, place.tenant, place.id)
    response.headers["ETag"] = etag(batch.version)
    return await _whole(reading, acting, batch)


@router.get(
    _ONE + "/export",
    **operation(
        "exportProposals",
        may=P.DELIBERATION_HOLD,
        reads_person=True,
        extra={"x-media": f"{XLSX} text/csv"},
    ),
)
async def export_proposals(
    proposal_id: str,
    reading: ReadingDep,
    tx: ReadTx,
    form: Annotated[
        FileForm, Query(description="A workbook to look at and upload, or CSV for machines.")
    ] = FileForm.XLSX,
) -> Response:
    """Give the batch in the columns of SIKS-NG's village list, with whole numbers as text."""
    place = read_id(proposal_id)
    batch, rows = await proposal_batches.sheet(acting_of(reading, tx), place.tenant, place.id)
    if form is FileForm.XLSX:
        made = await asyncio.to_thread(workbook, [Sheet("usulan", COLUMNS, rows)])
    else:
        made = await asyncio.to_thread(comma_separated, COLUMNS, rows)
    name = f"usulan-{batch.village_code.replace('.', '')}-{batch.created_at:%Y%m%d}.{form.value}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(made, media_type=XLSX if form is FileForm.XLSX else CSV, headers=headers)


@router.post(
    _ONE + "/progress",
    **operation(
        "moveProposals",
        may=(P.DELIBERATION_HOLD, P.DELIBERATION_RATIFY),
        answers=ProposalOut,
        once=True,
        if_match=True,
        reads_person=True,
        example=_EXAMPLE,
        body_example={"stage": "DIUNGGAH"},
    ),
)
async def move_proposals(proposal_id: str, body: StageIn, call: CallDep) -> Response:
    """Record the stage that a batch reached: the upload by the village, all after it by the regency."""
    place, check = read_id(proposal_id), call.expected.check

    async def work() -> Answer:
        acting = call.acting()
        batch = await proposal_batches.move_on(acting, place.tenant, place.id, body.stage, body.reason, check)
        return await _answer(call, acting, batch, 200)

    async def may_see() -> None:
        await proposal_batches.seen(call.acting(), place.tenant, place.id)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


@router.post(
    _ONE + "/results",
    **operation(
        "answerProposals",
        may=P.DELIBERATION_RATIFY,
        answers=ProposalOut,
        once=True,
        if_match=True,
        reads_person=True,
        example=_EXAMPLE,
        body_example={
            "results": [{"candidate": CANDIDATE_ID, "stage": "TIDAK_PADAN", "reason": "nik_not_matched"}]
        },
    ),
)
async def answer_proposals(proposal_id: str, body: ResultsIn, call: CallDep) -> Response:
    """Record what the ministry answered of each; her case, its referral and its desk learn it at once."""
    place, check = read_id(proposal_id), call.expected.check

    async def work() -> Answer:
        acting = call.acting()
        results = [
            Result(
                read_own(one.candidate, place.tenant, f"/results/{n}/candidate") or place.id,
                _final(one.stage, n),
                one.reason,
            )
            for n, one in enumerate(body.results)
        ]
        batch = await proposal_batches.answer(acting, place.tenant, place.id, results, check)
        return await _answer(call, acting, batch, 200)

    async def may_see() -> None:
        batch = await proposal_batches.seen(call.acting(), place.tenant, place.id)
        call.reading.actor.require(P.DELIBERATION_RATIFY, batch.village_code)

    return await call.once(call.tx, place.tenant, work, may_see=may_see)


def _final(stage: RegistryStage, n: int) -> RegistryStage:
    if stage in RESULTS:
        return stage
    raise Invalid(
        fields=(
            FieldError(
                f"/results/{n}/stage",
                "not_a_result",
                "Isi DITETAPKAN, DITOLAK, atau TIDAK_PADAN.",
                "Give DITETAPKAN, DITOLAK or TIDAK_PADAN.",
            ),
        )
    )


def _row(reading: Reading, batch: ProposalBatch) -> ProposalRow:
    return ProposalRow.model_validate(_columns(reading, batch))


def _columns(reading: Reading, batch: ProposalBatch) -> dict[str, object]:
    known, lang = reading.known, reading.lang
    return {
        "id": public_id(batch.regency_code, batch.id),
        "village": batch.village_code,
        "village_name": known.regions.get(batch.village_code, batch.village_code),
        "stage": coded(known, "registry_status", batch.stage, lang),
        "count": batch.count,
        "cutoff_on": batch.cutoff_on,
        "reason": coded_or_none(known, "proposal_reason", batch.reason, lang),
        "created_at": batch.created_at,
        "version": batch.version,
    }


async def _whole(reading: Reading, acting: Acting, batch: ProposalBatch) -> ProposalOut:
    known, lang = reading.known, reading.lang
    held = reading.actor.permissions_at(batch.village_code)
    stages = [
        stage
        for stage in RegistryStage
        if stage in NEXT_STAGES[RegistryStage(batch.stage)] & OF_BATCH and PERMISSION[stage] in held
    ]
    items = [
        ProposalLineOut(
            candidate=public_id(batch.regency_code, one.row.id),
            name=one.said.get("name"),
            nik=masked(one.said.get("nik")),
            rank=one.row.rank,
            stage=coded(known, "registry_status", one.row.stage, lang),
            reason=coded_or_none(known, "proposal_reason", one.row.result_reason, lang),
        )
        for one in await proposal_batches.lines(acting, batch)
    ]
    return ProposalOut.model_validate(
        {
            **_columns(reading, batch),
            "items": items,
            "allowed_stages": [coded(known, "registry_status", one.value, lang) for one in stages],
        }
    )
