"""Lists of programmes against what is known: asked, watched, and listed."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query, Response

from app.api.acts import CallDep, acting_of
from app.api.deps import ReadTx
from app.api.once import Answer
from app.api.paging import Page
from app.api.places import must_know
from app.api.presenters.reconciliations import reconciliation_out
from app.api.public_ids import read_id, read_own
from app.api.reading import ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.base import CodeText, Listed
from app.api.schemas.reconciliations import ReconciliationIn, ReconciliationOut
from app.db.queries.reconciliations import findings, stored
from app.domain.access import Permission
from app.domain.ids import public_id, tenant_of
from app.domain.reconciliation import State
from app.services.reconciliations import ordering
from app.services.reconciliations import reading as looking

router = make_router("reconciliations")

_BODY: Final = {
    "region": "13.74",
    "program": "JKSS",
    "list_id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "against": ["registry", "persons", "deaths_and_moves", "ledger"],
    "others": [{"list_id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5c", "program": "PBI_JK", "role": "current"}],
    "purpose": "list_check",
}
EXAMPLE: Final = {
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5d",
    "region": "13.74",
    "program": "JKSS",
    "list_id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "profile_id": None,
    "against": [{"code": "registry", "label": "Registri terpadu"}],
    "others": [
        {
            "list_id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5c",
            "profile_id": None,
            "program": "PBI_JK",
            "role": {"code": "current", "label": "Daftar yang berlaku"},
        }
    ],
    "missing": [],
    "desil_at_most": None,
    "purpose": {"code": "list_check", "label": "Mencocokkan daftar penerima"},
    "state": {"code": "ready", "label": "Siap dikerjakan"},
    "registry_source": "DTSEN",
    "registry_period": "2026-Q3",
    "rows": 32856,
    "counts": {"matched": 32001, "deceased": 212, "moved": 301, "double_funded": 342, "missing": 0},
    "groups": [
        {
            "kind": {"code": "deceased", "label": "Meninggal"},
            "reason": {"code": "death_recorded", "label": "Kematian tercatat"},
            "state": {"code": "open", "label": "Belum diputuskan"},
            "count": 212,
        }
    ],
    "superseded_by": None,
    "job": {
        "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5e",
        "kind": {"code": "reconcile", "label": "Pencocokan daftar"},
        "state": {"code": "done", "label": "Selesai"},
        "done": 65712,
        "total": 65712,
        "result": {"reconciliation": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5d"},
        "problem": None,
        "created_at": "2026-11-25T02:00:00Z",
        "started_at": "2026-11-25T02:00:01Z",
        "ended_at": "2026-11-25T02:00:31Z",
    },
    "created_at": "2026-11-25T02:00:00Z",
    "finished_at": "2026-11-25T02:00:31Z",
}


@router.post(
    "/v1/reconciliations",
    **operation(
        "reconcileList",
        may=Permission.LIST_RECONCILE,
        answers=ReconciliationOut,
        status=202,
        once=True,
        example=EXAMPLE,
        body_example=_BODY,
    ),
)
async def reconcile_list(body: ReconciliationIn, call: CallDep) -> Response:
    """Compare a programme's list with the registry, our records, the ledger and other lists.

    The work is a job; its findings wait in a queue once it is done.
    """
    regency, reading = tenant_of(body.region), call.reading

    async def may_see() -> None:
        reading.actor.require(Permission.LIST_RECONCILE, body.region)

    async def work() -> Answer:
        await may_see()
        asked = _question(body, regency)
        row, job = await ordering.order(call.acting(), asked, reading.house.vault.new_data_key().wrapped)
        headers = {"Location": f"/v1/jobs/{public_id(regency, job.id)}"}
        return Answer(reconciliation_out(reading, row, job), 202, headers=headers)

    return await call.once(call.tx, regency, work, may_see=may_see)


def _question(body: ReconciliationIn, regency: str) -> ordering.Question:
    return ordering.Question(
        region=body.region,
        program=body.program,
        list_id=_named(body.list_id, regency, "/list_id"),
        profile_id=read_own(body.profile_id, regency, "/profile_id"),
        against=tuple(dict.fromkeys(body.against)),
        others=[
            ordering.Other(
                _named(one.list_id, regency, f"/others/{n}/list_id"),
                read_own(one.profile_id, regency, f"/others/{n}/profile_id"),
                one.program,
                one.role,
            )
            for n, one in enumerate(body.others)
        ],
        missing=tuple(dict.fromkeys(body.missing)),
        desil_at_most=body.desil_at_most,
        purpose=body.purpose,
        repeat=body.repeat,
    )


def _named(text: str, regency: str, pointer: str) -> UUID:
    found = read_own(text, regency, pointer)
    return found if found is not None else UUID(int=0)


@router.get(
    "/v1/reconciliations",
    **operation(
        "listReconciliations",
        may=Permission.LIST_RECONCILE,
        answers=Listed[ReconciliationOut],
        paged=True,
        example={"items": [EXAMPLE], "next": None, "count": None},
    ),
)
async def list_reconciliations(  # each is one filter
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    region: Annotated[RegionText | None, Query(description="Where; your own when left out.")] = None,
    program: Annotated[CodeText | None, Query()] = None,
    state: Annotated[State | None, Query()] = None,
) -> Listed[ReconciliationOut]:
    """List the reconciliations of a regency, the newest first; their groups stand with each one alone."""
    regency = tenant_of(must_know(reading.known, region, "region") or reading.actor.tenant)
    wanted = stored.Wanted(regency, program, state)
    after = (datetime.fromisoformat(str(page.after[0])), UUID(page.after[1])) if page.after else None
    rows = await looking.listed(acting_of(reading, tx), wanted, after, page.limit + 1)
    shown = rows[: page.limit]
    last = shown[-1][0] if len(rows) > page.limit else None
    more = [last.created_at.isoformat(), last.id.hex] if last is not None else None
    count = await stored.counted(tx, wanted) if page.wants_count else None
    return page.page([reconciliation_out(reading, *pair) for pair in shown], after=more, count=count)


@router.get(
    "/v1/reconciliations/{reconciliation_id}",
    **operation(
        "getReconciliation", may=Permission.LIST_RECONCILE, answers=ReconciliationOut, example=EXAMPLE
    ),
)
async def get_reconciliation(reconciliation_id: str, reading: ReadingDep, tx: ReadTx) -> ReconciliationOut:
    """Show how far it is, what was found by kind and reason, and what of it was decided."""
    place, acting = read_id(reconciliation_id), acting_of(reading, tx)
    row = await looking.find(acting, place.tenant, place.id)
    groups = await findings.groups(tx, findings.Wanted(place.tenant, place.id))
    return reconciliation_out(reading, row, await looking.job_of(acting, row), groups)
