"""The findings of a reconciliation: listed in groups, decided, agreed to, taken back, exported."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Query, Request, Response

from app.api.acts import CallDep, acting_of
from app.api.deps import ReadTx, etag
from app.api.notes import Noted, record
from app.api.paging import Page
from app.api.public_ids import read_id, read_own, read_own_id
from app.api.reading import ReadingDep
from app.api.reconciliation_export import export_answer
from app.api.reconciling import act_on_many, act_on_one, findings_out, opened_for
from app.api.routing import make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.base import CodeText, Listed
from app.api.schemas.reconciliations import (
    ApproveIn,
    BatchApproveIn,
    BatchIn,
    BatchOut,
    DecideIn,
    ExportIn,
    FindingOut,
)
from app.db.queries.acting import Acting
from app.db.queries.reconciliations import findings
from app.db.session import read_only
from app.db.tables.reconciliations import ReconciliationFinding
from app.domain.access import Permission
from app.domain.exports import MEDIA_TYPES
from app.domain.reconciliation import FindingState, Kind
from app.services.reconciliations import deciding, standing, together
from app.services.reconciliations import reading as looking
from app.services.reconciliations.comparing import Comparing

router = make_router("reconciliations")

_MAY: Final = Permission.LIST_RECONCILE
_PATH: Final = "/v1/reconciliations/{reconciliation_id}"
_EXAMPLE: Final = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5f",
    "kind": {"code": "deceased", "label": "Meninggal"},
    "reason": {"code": "death_recorded", "label": "Kematian tercatat"},
    "state": {"code": "open", "label": "Belum diputuskan"},
    "subject": {
        "row": 412,
        "name": "Yuliana Contoh",
        "nik": "************9001",
        "born_on": "1991-07-05",
        "sex": "P",
        "village": "13.74.01.1005",
        "village_name": "Guguk Malintang",
    },
    "evidence": {
        "source": {"code": "person", "label": "Catatan layanan ini"},
        "told_by": "village_letter",
        "as_of": "2026-10-02",
        "details": {"died_on": "2026-09-28"},
    },
    "candidates": [],
    "fallback": [],
    "allowed_decisions": [{"code": "remove", "label": "Keluarkan dari daftar"}],
    "decision": None,
    "decision_reason": None,
    "program": None,
    "candidate": None,
    "note": None,
    "corrected_nik": None,
    "decided_at": None,
    "decided_by": None,
    "approved_at": None,
    "approved_by": None,
    "batch": None,
    "version": 1,
}
_DECIDE: Final = {"decision": "remove", "reason": "village_letter", "note": "Surat kematian 12/2026"}
_BATCH: Final = {"kind": "deceased", "decision": "remove", "reason": "village_letter"}
_BATCH_OUT: Final = {
    "batch": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a60",
    "done": 212,
    "changed": 0,
    "no_place": 0,
    "left": 0,
}


@router.get(
    f"{_PATH}/findings",
    **operation(
        "listFindings",
        may=_MAY,
        answers=Listed[FindingOut],
        paged=True,
        reads_person=True,
        example={"items": [_EXAMPLE], "next": None, "count": None},
    ),
)
async def list_findings(  # each is one filter
    reconciliation_id: str,
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    kind: Annotated[Kind | None, Query()] = None,
    state: Annotated[FindingState | None, Query()] = None,
    reason: Annotated[CodeText | None, Query(description="Of the set `finding_reason`.")] = None,
    village: Annotated[RegionText | None, Query(description="A village or district.")] = None,
) -> Listed[FindingOut]:
    """List what was found: by kind, then by village, so that what is worked together stands together."""
    place, acting = read_id(reconciliation_id), acting_of(reading, tx)
    at = await opened_for(reading, acting, place)
    wanted = findings.Wanted(place.tenant, place.id, kind, state, reason, village)
    after = (str(page.after[0]), str(page.after[1]), UUID(page.after[2])) if page.after else None
    rows = await findings.listed(tx, wanted, after, page.limit + 1)
    shown = rows[: page.limit]
    last = shown[-1] if len(rows) > page.limit else None
    more = [last.kind, last.village_code, last.id.hex] if last is not None else None
    count = await findings.counted(tx, wanted) if page.wants_count else None
    return page.page(await findings_out(reading, acting, at, shown), after=more, count=count)


@router.get(
    f"{_PATH}/findings/{{finding_id}}",
    **operation("getFinding", may=_MAY, answers=FindingOut, reads_person=True, example=_EXAMPLE),
)
async def get_finding(
    reconciliation_id: str, finding_id: str, reading: ReadingDep, tx: ReadTx, response: Response
) -> FindingOut:
    """Show one finding: who says so and since when, whom it might be, and what may be decided."""
    place, acting = read_id(reconciliation_id), acting_of(reading, tx)
    at = await opened_for(reading, acting, place)
    one = await findings.find(tx, place.tenant, read_own_id(finding_id, place.tenant))
    if one is None or one.reconciliation_id != place.id:
        raise looking.no_finding()
    response.headers["ETag"] = etag(one.version)
    (shown,) = await findings_out(reading, acting, at, [one])
    return shown


@router.post(
    f"{_PATH}/findings/{{finding_id}}/decide",
    **operation(
        "decideFinding",
        may=_MAY,
        answers=FindingOut,
        once=True,
        if_match=True,
        example=_EXAMPLE,
        body_example=_DECIDE,
    ),
)
async def decide_finding(reconciliation_id: str, finding_id: str, body: DecideIn, call: CallDep) -> Response:
    """Decide a finding with a reason. If the person changed since, it is refused: refresh it first."""
    choice = deciding.Choice(body.decision, body.reason, body.note, body.nik, body.program, body.candidate)

    async def act(acting: Acting, at: Comparing, id_: UUID) -> ReconciliationFinding:
        return await deciding.decide(acting, at, id_, choice, call.expected.check)

    return await act_on_one(call, reconciliation_id, finding_id, act)


@router.post(
    f"{_PATH}/findings/{{finding_id}}/approve",
    **operation(
        "approveFinding",
        may=_MAY,
        answers=FindingOut,
        once=True,
        if_match=True,
        example=_EXAMPLE,
        body_example={"agree": True},
    ),
)
async def approve_finding(
    reconciliation_id: str, finding_id: str, body: ApproveIn, call: CallDep
) -> Response:
    """Agree to somebody else's decision, or send it back to be decided anew."""

    async def act(acting: Acting, at: Comparing, id_: UUID) -> ReconciliationFinding:
        return await deciding.approve(acting, at, id_, call.expected.check, agree=body.agree)

    return await act_on_one(call, reconciliation_id, finding_id, act)


@router.post(
    f"{_PATH}/findings/{{finding_id}}/undo",
    **operation("undoFinding", may=_MAY, answers=FindingOut, once=True, if_match=True, example=_EXAMPLE),
)
async def undo_finding(reconciliation_id: str, finding_id: str, call: CallDep) -> Response:
    """Take a decision back; the finding is open again."""

    async def act(acting: Acting, at: Comparing, id_: UUID) -> ReconciliationFinding:
        return await deciding.undo(acting, at, id_, call.expected.check)

    return await act_on_one(call, reconciliation_id, finding_id, act)


@router.post(
    f"{_PATH}/findings/{{finding_id}}/refresh",
    **operation("refreshFinding", may=_MAY, answers=FindingOut, once=True, if_match=True, example=_EXAMPLE),
)
async def refresh_finding(reconciliation_id: str, finding_id: str, call: CallDep) -> Response:
    """Look at an open finding's person again: what is no longer so is withdrawn, what is new is added."""

    async def act(acting: Acting, at: Comparing, id_: UUID) -> ReconciliationFinding:
        return await standing.refresh_one(acting, at, id_, call.expected.check)

    return await act_on_one(call, reconciliation_id, finding_id, act)


@router.post(
    f"{_PATH}/decide",
    **operation(
        "decideFindings", may=_MAY, answers=BatchOut, once=True, example=_BATCH_OUT, body_example=_BATCH
    ),
)
async def decide_findings(reconciliation_id: str, body: BatchIn, call: CallDep) -> Response:
    """Decide up to a thousand open findings of one kind alike; the answer says how many are left."""
    which = together.Many(body.kind, body.finding_reason, body.village)
    choice = deciding.Choice(body.decision, body.reason, body.note, None, body.program)

    async def act(acting: Acting, at: Comparing) -> together.Result:
        return await together.decide_many(acting, at, which, choice)

    return await act_on_many(call, reconciliation_id, act, is_new=True)


@router.post(
    f"{_PATH}/approve",
    **operation(
        "approveFindings",
        may=_MAY,
        answers=BatchOut,
        once=True,
        example={**_BATCH_OUT, "batch": None},
        body_example={"kind": "deceased", "decision": "remove"},
    ),
)
async def approve_findings(reconciliation_id: str, body: BatchApproveIn, call: CallDep) -> Response:
    """Agree to up to a thousand decisions of one kind that others have taken."""
    tenant = read_id(reconciliation_id).tenant
    which = together.Many(body.kind, None, body.village, read_own(body.batch, tenant, "/batch"))

    async def act(acting: Acting, at: Comparing) -> together.Result:
        return await together.approve_many(acting, at, which, body.decision)

    return await act_on_many(call, reconciliation_id, act, is_new=False)


@router.post(
    f"{_PATH}/export",
    **operation(
        "exportReconciliation",
        may=_MAY,
        reads_person=True,
        refuses=(409,),
        body_example={"format": "xlsx", "purpose": "list_check"},
        extra={"x-media": " ".join(one.partition(";")[0] for one in MEDIA_TYPES.values())},
    ),
)
async def export_reconciliation(
    reconciliation_id: str, body: ExportIn, request: Request, reading: ReadingDep
) -> Response:
    """Give the corrected list, the findings and the proposals for a fallback, numbers in full.

    Who asked, when and what for is stored before anything leaves.
    """
    place = read_id(reconciliation_id)
    async with read_only(reading.house.database.sessions) as tx:
        at = await opened_for(reading, acting_of(reading, tx), place)
    answer = await export_answer(reading, at, body)
    noted = Noted("exportReconciliation", "reconciliation", "ok", place.id, place.tenant, body.purpose)
    await record(request, noted, reading.now)
    return answer
