"""Lists of aid brought into the ledger: matched by NIK, a verdict for each row, no row twice."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query, Response

from app.api.acts import CallDep, acting_of
from app.api.deps import ReadTx
from app.api.once import Answer
from app.api.paging import Page
from app.api.places import must_know
from app.api.presenters.words import coded
from app.api.public_ids import read_id, read_own
from app.api.reading import Reading, ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.assistance_imports import AidImportIn, AidImportOut, AidRowOut
from app.api.schemas.base import Listed
from app.db.queries import assistance_imports as stored
from app.db.tables.assistance import AssistanceImport, AssistanceImportRow
from app.domain.access import Permission
from app.domain.codes import LedgerState
from app.domain.errors import FieldError, Invalid
from app.domain.ids import public_id, tenant_of
from app.domain.lists import Verdict
from app.services import assistance_imports as imports

router = make_router("people")

_P: Final = Permission.ASSISTANCE_WRITE
_EXAMPLE: Final = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a80",
    "list": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a81",
    "job": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a82",
    "program": "SEMBAKO",
    "component": "*",
    "state": {"code": "given", "label": "Diberikan"},
    "period": "2026-10",
    "amount_idr": 200000,
    "goods": None,
    "given_on": "2026-10-05",
    "funder": None,
    "proof": "SP2D 1023/2026",
    "dry_run": False,
    "by_verdict": {"accepted": 980, "corrected": 12, "parked": 5, "refused": 3},
    "by_reason": {"not_on_record": 410, "nik_separators": 12},
    "created_at": "2026-11-26T02:00:00Z",
    "ended_at": "2026-11-26T02:00:09Z",
}
_BODY: Final = {
    "region": "13.74",
    "list": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a81",
    "program": "SEMBAKO",
    "state": "given",
    "period": "2026-10",
    "amount_idr": 200000,
    "given_on": "2026-10-05",
    "proof": "SP2D 1023/2026",
}
_ROW: Final = {
    "n": 17,
    "verdict": {"code": "parked", "label": "Ditahan"},
    "reasons": [{"code": "through_referral", "label": "Berjalan lewat rujukan"}],
    "person": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "line": None,
}
RegionQuery = Annotated[RegionText | None, Query(description="The regency; your own when left out.")]


@router.post(
    "/v1/assistance/imports",
    **operation(
        "importAssistance",
        may=_P,
        answers=AidImportOut,
        status=202,
        once=True,
        example={**_EXAMPLE, "by_verdict": None, "by_reason": None, "ended_at": None},
        body_example=_BODY,
    ),
)
async def import_assistance(body: AidImportIn, call: CallDep) -> Response:
    """Order the import of a list of aid, or its dry run; the job is watched at the address in `Location`.

    Rows are matched by NIK. What was given is recorded; what is planned is parked where something stands
    against it, and so is what runs through a referral. A second import of the same changes nothing.
    """
    regency = tenant_of(body.region)

    async def may_see() -> None:
        imports.require(call.acting(), regency)

    async def work() -> Answer:
        imports.require(call.acting(), regency)
        row = await imports.order(call.acting(), _order(body, regency))
        headers = {"Location": f"/v1/jobs/{public_id(regency, row.job_id)}"}
        return Answer(_import_out(call.reading, row), 202, headers)

    return await call.once(call.tx, regency, work, may_see=may_see)


@router.get(
    "/v1/assistance/imports",
    **operation(
        "listAssistanceImports",
        may=_P,
        answers=Listed[AidImportOut],
        paged=True,
        example={"items": [_EXAMPLE], "next": None, "count": None},
    ),
)
async def list_assistance_imports(
    reading: ReadingDep, tx: ReadTx, page: Page, region: RegionQuery = None
) -> Listed[AidImportOut]:
    """List the imports of aid of a regency, the newest first."""
    regency = tenant_of(must_know(reading.known, region, "region") or reading.actor.tenant)
    imports.require_any(acting_of(reading, tx), regency)
    after = (datetime.fromisoformat(str(page.after[0])), UUID(page.after[1])) if page.after else None
    rows = await stored.listed(tx, regency, after, page.limit + 1)
    shown = rows[: page.limit]
    more = [shown[-1].created_at.isoformat(), shown[-1].id.hex] if len(rows) > page.limit else None
    count = await stored.counted(tx, regency) if page.wants_count else None
    return page.page([_import_out(reading, one) for one in shown], after=more, count=count)


@router.get(
    "/v1/assistance/imports/{import_id}",
    **operation("getAssistanceImport", may=_P, answers=AidImportOut, example=_EXAMPLE),
)
async def get_assistance_import(import_id: str, reading: ReadingDep, tx: ReadTx) -> AidImportOut:
    """Show one import and, once it has ended, what came of its rows."""
    place = read_id(import_id)
    return _import_out(reading, await imports.get(acting_of(reading, tx), place.tenant, place.id))


@router.get(
    "/v1/assistance/imports/{import_id}/rows",
    **operation(
        "listAssistanceImportRows",
        may=_P,
        answers=Listed[AidRowOut],
        paged=True,
        reads_person=True,
        example={"items": [_ROW], "next": None, "count": None},
    ),
)
async def list_assistance_import_rows(
    import_id: str,
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    verdict: Annotated[Verdict | None, Query()] = None,
) -> Listed[AidRowOut]:
    """List the rows in the order of the file, each with its verdict; who it is stands in the list itself."""
    place = read_id(import_id)
    row = await imports.get(acting_of(reading, tx), place.tenant, place.id)
    after = int(page.after[0]) if page.after else 0
    rows = await stored.rows(tx, row, verdict, after, page.limit + 1)
    shown = rows[: page.limit]
    more = [shown[-1].n] if len(rows) > page.limit else None
    count = await stored.rows_counted(tx, row, verdict) if page.wants_count else None
    return page.page([_row_out(reading, one) for one in shown], after=more, count=count)


def _order(body: AidImportIn, regency: str) -> imports.Order:
    list_id = read_own(body.list, regency, "/list")
    if list_id is None or "." not in regency:
        raise Invalid(
            fields=(FieldError("/list", "unknown_list", "Daftar ini tidak ada.", "There is no such list."),)
        )
    return imports.Order(
        regency=regency,
        list_id=list_id,
        profile_id=read_own(body.profile, regency, "/profile"),
        program=body.program,
        component=body.component,
        state=LedgerState(body.state),
        period=body.period,
        amount_idr=body.amount_idr,
        goods=body.goods,
        given_on=body.given_on,
        funder=body.funder,
        proof=body.proof,
        dry_run=body.dry_run,
    )


def _import_out(reading: Reading, row: AssistanceImport) -> AidImportOut:
    tenant, counts = row.regency_code, row.counts
    return AidImportOut(
        id=public_id(tenant, row.id),
        list=public_id(tenant, row.list_id),
        job=public_id(tenant, row.job_id),
        program=row.program_code,
        component=row.component,
        state=coded(reading.known, "ledger_state", row.state, reading.lang),
        period=row.period,
        amount_idr=row.amount_idr,
        goods=row.goods,
        given_on=row.given_on,
        funder=row.funder,
        proof=row.proof,
        dry_run=row.dry_run,
        by_verdict=counts["verdict"] if counts else None,
        by_reason=counts["reason"] if counts else None,
        created_at=row.created_at,
        ended_at=row.ended_at,
    )


def _row_out(reading: Reading, row: AssistanceImportRow) -> AidRowOut:
    known, lang, tenant = reading.known, reading.lang, row.regency_code
    return AidRowOut(
        n=row.n,
        verdict=coded(known, "list_verdict", row.verdict, lang),
        reasons=[
            coded(known, "aid_reason" if known.knows("aid_reason", code) else "list_reason", code, lang)
            for code in row.reasons
        ],
        person=public_id(tenant, row.person_id) if row.person_id else None,
        line=public_id(tenant, row.line_id) if row.line_id else None,
    )
