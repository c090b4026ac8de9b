"""Campaigns of aid: made, opened to nominations, selected by a job, approved by a second person, closed."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query, Response

from app.api.acts import Call, CallDep, acting_of
from app.api.campaign_calls import ANY, EXAMPLE, ROW_EXAMPLE, answer_of, once_for, place_of
from app.api.deps import IfMatch, ReadTx, WriteTx, etag
from app.api.once import Answer
from app.api.paging import Page
from app.api.places import must_know
from app.api.presenters.campaigns import campaign_out, campaign_row
from app.api.presenters.jobs import job_out
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.base import Listed
from app.api.schemas.campaigns import (
    CampaignIn,
    CampaignOut,
    CampaignPatchIn,
    CampaignRow,
    ComponentIn,
    ReasonIn,
    RulesIn,
)
from app.api.schemas.jobs import JobOut
from app.db.queries import campaigns as stored
from app.domain.access import Permission
from app.domain.campaigns import CampaignAction, CampaignState
from app.domain.errors import FieldError, Invalid
from app.domain.ids import NATION, public_id, tenant_of
from app.services import campaigns

router = make_router("campaigns")
P, A = Permission, CampaignAction
_ONE: Final = "/v1/campaigns/{campaign_id}"
_BODY: Final = {
    "region": "18.72",
    "name": "Bhakti Sosial LKKS 2026",
    "program": "BHAKTI_SOSIAL-1872",
    "funder": "DPA Kota Metro 2026",
    "budget_source": "DPA",
    "starts_on": "2026-12-05",
    "ends_on": "2026-12-06",
    "components": [
        {"code": "PD", "label": "Penyandang disabilitas", "kind": "goods", "goods": "Paket", "quota": 150},
        {"code": "LUT", "label": "Lanjut usia terlantar", "kind": "goods", "goods": "Paket", "quota": 150},
        {"code": "FM", "label": "Fakir miskin", "kind": "goods", "goods": "Paket", "quota": 200},
    ],
    "rules": {"per_household": True, "from_registry": True, "share": "equal", "excludes": []},
}
_JOB: Final = {
    "id": "1872-0193a1b2c3d47e5f8a9b0c1d2e3f4a61",
    "kind": {"code": "campaign_select", "label": "Pemilihan penerima kegiatan"},
    "state": {"code": "queued", "label": "Antre"},
    "done": 0,
    "total": None,
    "result": None,
    "problem": None,
    "created_at": "2026-11-25T02:00:00Z",
    "started_at": None,
    "ended_at": None,
}


@router.get(
    "/v1/campaigns",
    **operation(
        "listCampaigns",
        may=ANY,
        answers=Listed[CampaignRow],
        paged=True,
        example={"items": [ROW_EXAMPLE], "next": None, "count": None},
    ),
)
async def list_campaigns(
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    region: Annotated[RegionText | None, Query(description="A regency; all of yours when left out.")] = None,
    state: Annotated[CampaignState | None, Query()] = None,
) -> Listed[CampaignRow]:
    """List the campaigns of your regencies, and those that your agency organises; the newest first."""
    known = must_know(reading.known, region, "region")
    regency = tenant_of(known) if known is not None and known != NATION else None
    reach = [regency] if regency else list(reading.known.tenants_in(reading.actor.tenant))
    wanted = campaigns.wanted_by(reading.actor, reach, state.value if state else None, regency)
    after = (datetime.fromisoformat(str(page.after[0])), UUID(page.after[1])) if page.after else None
    rows = await campaigns.list_campaigns(acting_of(reading, tx), wanted, after, page.limit + 1)
    shown = rows[: page.limit]
    more = [shown[-1].created_at.isoformat(), shown[-1].id.hex] if len(rows) > page.limit else None
    count = await stored.counted(tx, wanted) if page.wants_count else None
    return page.page([campaign_row(reading, one) for one in shown], after=more, count=count)


@router.post(
    "/v1/campaigns",
    **operation(
        "createCampaign",
        may=P.CAMPAIGN_MANAGE,
        answers=CampaignOut,
        status=201,
        once=True,
        example=EXAMPLE,
        body_example=_BODY,
    ),
)
async def create_campaign(body: CampaignIn, call: CallDep) -> Response:
    """Make a campaign as a draft. Its organiser is the agency that owns the programme."""
    regency = body.region
    if regency.count(".") != 1 or regency not in call.reading.known.regions:
        raise Invalid(
            fields=(
                FieldError(
                    "/region",
                    "unknown_region",
                    "Sebutkan kode kabupaten/kota.",
                    "Name the code of a regency.",
                ),
            )
        )
    new = campaigns.NewCampaign(
        regency=regency,
        program=body.program,
        components=_components(body.components),
        rules=_rules(body.rules),
        **body.model_dump(include={"name", "funder", "funder_code", "budget_source", "starts_on", "ends_on"}),
    )

    async def work() -> Answer:
        row = await campaigns.create_campaign(call.acting(), new)
        return await answer_of(call, row, 201)

    async def may_see() -> None:
        call.reading.actor.require_ever(P.CAMPAIGN_MANAGE)

    return await call.once(call.tx, regency, work, may_see=may_see)


@router.get(_ONE, **operation("getCampaign", may=ANY, answers=CampaignOut, example=EXAMPLE))
async def get_campaign(campaign_id: str, reading: ReadingDep, tx: ReadTx, response: Response) -> CampaignOut:
    """Show a campaign: its components, its selection, and how many stand where. It names nobody."""
    acting = acting_of(reading, tx)
    row = await campaigns.find_campaign(acting, *place_of(campaign_id))
    response.headers["ETag"] = etag(row.version)
    return campaign_out(reading, await campaigns.shown(acting, row))


@router.patch(
    _ONE,
    **operation(
        "changeCampaign",
        may=P.CAMPAIGN_MANAGE,
        answers=CampaignOut,
        if_match=True,
        example=EXAMPLE,
        body_example={"name": "Bhakti Sosial LKKS 2026", "ends_on": "2026-12-07"},
    ),
)
async def change_campaign(  # what a change of a campaign takes
    campaign_id: str,
    body: CampaignPatchIn,
    reading: ReadingDep,
    tx: WriteTx,
    expected: IfMatch,
    response: Response,
) -> CampaignOut:
    """Change a draft or open campaign; components and rules are given whole."""
    acting = acting_of(reading, tx)
    changes: dict[str, Any] = {
        name: getattr(body, name)
        for name in body.model_fields_set - {"components", "rules"}
        if getattr(body, name) is not None or name == "funder_code"
    }
    if body.components is not None:
        changes["components"] = _components(body.components)
    if body.rules is not None:
        changes["rules"] = _rules(body.rules)
    row = await campaigns.edit_campaign(acting, place_of(campaign_id), changes, expected.check)
    response.headers["ETag"] = etag(row.version)
    return campaign_out(reading, await campaigns.shown(acting, row))


def _components(components: list[ComponentIn]) -> list[dict[str, Any]]:
    return [one.model_dump(mode="json") for one in components]


def _rules(rules: RulesIn) -> dict[str, Any]:
    return rules.model_dump(mode="json")


# Steps ----------------------------------------------------------------------------------------------------


@router.post(
    f"{_ONE}/select",
    **operation(
        "selectRecipients",
        may=P.CAMPAIGN_MANAGE,
        answers=JobOut,
        status=202,
        once=True,
        if_match=True,
        example=_JOB,
    ),
)
async def select_recipients(campaign_id: str, call: CallDep) -> Response:
    """Close the nominations and select by a job. The same candidates and rules give the same answer."""
    place = place_of(campaign_id)

    async def work() -> Answer:
        row, job = await campaigns.order_selection(call.acting(), place, call.expected.check)
        headers = {"Location": f"/v1/jobs/{public_id(job.regency_code, job.id)}", "ETag": etag(row.version)}
        return Answer(job_out(call.reading, job), 202, headers)

    return await once_for(call, place, work, P.CAMPAIGN_MANAGE)


def _step(name: str, permission: Permission) -> dict[str, Any]:
    return operation(name, may=permission, answers=CampaignOut, once=True, if_match=True, example=EXAMPLE)


async def _take(call: Call, campaign_id: str, action: CampaignAction, reason: str | None = None) -> Response:
    place = place_of(campaign_id)
    asked = campaigns.Asked(place, action, reason)

    async def work() -> Answer:
        row = await campaigns.take_step(call.acting(), asked, call.expected.check)
        return await answer_of(call, row)

    may = P.CAMPAIGN_APPROVE if action in {A.RETURN, A.CLOSE} else P.CAMPAIGN_MANAGE
    return await once_for(call, place, work, may)


@router.post(f"{_ONE}/open", **_step("openCampaign", P.CAMPAIGN_MANAGE))
async def open_campaign(campaign_id: str, call: CallDep) -> Response:
    """Open a draft to nominations."""
    return await _take(call, campaign_id, A.OPEN)


@router.post(f"{_ONE}/withdraw", **_step("withdrawSelection", P.CAMPAIGN_MANAGE))
async def withdraw_selection(campaign_id: str, call: CallDep) -> Response:
    """Take a selection back, also one that is under way; nominations are open again."""
    return await _take(call, campaign_id, A.WITHDRAW)


@router.post(
    f"{_ONE}/return",
    **operation(
        "returnSelection",
        may=P.CAMPAIGN_APPROVE,
        answers=CampaignOut,
        once=True,
        if_match=True,
        example=EXAMPLE,
        body_example={"reason": "quota_wrong"},
    ),
)
async def return_selection(campaign_id: str, body: ReasonIn, call: CallDep) -> Response:
    """Give a selection back with a reason."""
    return await _take(call, campaign_id, A.RETURN, body.reason)


@router.post(f"{_ONE}/approve", **_step("approveCampaign", P.CAMPAIGN_APPROVE))
async def approve_campaign(campaign_id: str, call: CallDep) -> Response:
    """Approve who was selected. Whoever made the campaign or ordered the selection may not.

    Everybody is judged once more; from then on each has an entitlement and a planned line in the ledger.
    """
    place = place_of(campaign_id)

    async def work() -> Answer:
        bits = call.reading.house.ids.ticket_bits
        row = await campaigns.approve(call.acting(), place, bits, call.expected.check)
        return await answer_of(call, row)

    return await once_for(call, place, work, P.CAMPAIGN_APPROVE)


@router.post(f"{_ONE}/start", **_step("startHandOut", P.CAMPAIGN_MANAGE))
async def start_hand_out(campaign_id: str, call: CallDep) -> Response:
    """Begin to hand out: everybody is given a slot near her."""
    place = place_of(campaign_id)

    async def work() -> Answer:
        row = await campaigns.start(call.acting(), place, call.expected.check)
        return await answer_of(call, row)

    return await once_for(call, place, work, P.CAMPAIGN_MANAGE)


@router.post(f"{_ONE}/report", **_step("reportCampaign", P.CAMPAIGN_MANAGE))
async def report_campaign(campaign_id: str, call: CallDep) -> Response:
    """End the hand-out: who did not come is marked, and what was planned for her is stopped."""
    place = place_of(campaign_id)

    async def work() -> Answer:
        row = await campaigns.report(call.acting(), place, call.expected.check)
        return await answer_of(call, row)

    return await once_for(call, place, work, P.CAMPAIGN_MANAGE)


@router.post(f"{_ONE}/close", **_step("closeCampaign", P.CAMPAIGN_APPROVE))
async def close_campaign(campaign_id: str, call: CallDep) -> Response:
    """Close a reported campaign; a second person does."""
    return await _take(call, campaign_id, A.CLOSE)


@router.post(f"{_ONE}/cancel", **_step("cancelCampaign", P.CAMPAIGN_MANAGE))
async def cancel_campaign(campaign_id: str, call: CallDep) -> Response:
    """Give a campaign up before its recipients are approved."""
    return await _take(call, campaign_id, A.CANCEL)
