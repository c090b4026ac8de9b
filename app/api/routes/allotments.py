"""Quotas of programmes by regency, and the waiting lists behind them."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query

from app.api.acts import acting_of
from app.api.deps import Known, ReadTx, WriteTx
from app.api.errors import BadRequest
from app.api.examples import REFERRAL_ROW
from app.api.paging import Page, Position
from app.api.places import must_know
from app.api.presenters.referrals import row_out
from app.api.reading import Reading, ReadingDep
from app.api.routing import PUBLIC, make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.allotments import AllotmentsIn, AllotmentsOut, QuotaOut
from app.api.schemas.base import Listed
from app.api.schemas.referrals import ReferralRow
from app.db.queries import allotments as stored
from app.db.queries import waiting
from app.db.tables.places import Allotment
from app.db.tables.referrals import Referral
from app.domain.access import Permission
from app.domain.access.actors import forbidden
from app.domain.errors import FieldError, NotFound
from app.domain.ids import NATION, tenant_of
from app.domain.knowledge import Knowledge
from app.services import referrals
from app.services.allotments import Setting, set_allotments

router = make_router("programs")

_QUOTA: Final = {
    "region": "13.74",
    "period": "2026",
    "component": "*",
    "quota": 300,
    "taken": 210,
    "left": 90,
}
_WAITING: Final = {**REFERRAL_ROW, "waiting": {"position": 3, "of": 41, "offered_at": None}}


@router.get(
    "/v1/programs/{code}/allotments",
    **operation(
        "listAllotments",
        may=PUBLIC,
        answers=Listed[QuotaOut],
        paged=True,
        example={"items": [_QUOTA], "next": None, "count": 1},
    ),
)
async def list_allotments(  # each is one filter
    code: str,
    tx: ReadTx,
    known: Known,
    page: Page,
    region: Annotated[
        RegionText | None, Query(description="A regency, or all of a province; everywhere when left out.")
    ] = None,
    period: Annotated[str | None, Query(max_length=7, description="Such as `2026`.")] = None,
) -> Listed[QuotaOut]:
    """List the quotas of a programme by regency, with what is taken: numbers only."""
    _must_exist(known, code)
    tenants = known.tenants_in(must_know(known, region, "region") or NATION)
    wanted = stored.Wanted(code, tenants, period)
    after = (str(page.after[0]), str(page.after[1]), str(page.after[2])) if page.after else None
    rows = await stored.listed(tx, wanted, after, page.limit + 1)
    shown = rows[: page.limit]
    last = shown[-1] if len(rows) > page.limit else None
    more = [last.regency_code, last.period, last.component] if last else None
    count = await stored.counted(tx, wanted) if page.wants_count else None
    return page.page([_quota_out(row) for row in shown], after=more, count=count)


@router.put(
    "/v1/programs/{code}/allotments",
    **operation(
        "setAllotments",
        may=Permission.QUOTA_MANAGE,
        answers=AllotmentsOut,
        refuses=(409,),
        example={"program": "BLT_KOTA", "items": [_QUOTA]},
        body_example={"region": "13.74", "period": "2026", "quotas": {"*": 300}},
    ),
)
async def put_allotments(code: str, body: AllotmentsIn, reading: ReadingDep, tx: WriteTx) -> AllotmentsOut:
    """Set how many a regency may take in: by the programme's agency, or by the regency for its own bodies.

    Never less than are taken in already. Whoever waits is offered what becomes free. The answer shows all
    quotas of the period.
    """
    setting = Setting(code, body.region, body.period, body.quotas)
    rows = await set_allotments(acting_of(reading, tx), setting)
    return AllotmentsOut(program=code, items=[_quota_out(row) for row in rows])


@router.get(
    "/v1/programs/{code}/waiting-list",
    **operation(
        "listWaiting",
        may=(Permission.REFERRAL_READ, Permission.CASE_READ),
        answers=Listed[ReferralRow],
        paged=True,
        example={"items": [_WAITING], "next": None, "count": 41},
    ),
)
async def list_waiting(
    code: str,
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    region: Annotated[RegionText | None, Query(description="A regency; your own when left out.")] = None,
) -> Listed[ReferralRow]:
    """List who waits for a programme in a regency, the first in the list first.

    An agency sees its own referrals, an officer those of the cases in scope; the positions are those of the
    whole list.
    """
    known = reading.known
    _must_exist(known, code)
    _require_reader(reading)
    regency = _regency(known, region or reading.actor.tenant)
    after = _after(page.after)
    rows = await waiting.listed(tx, reading.sight, regency, code, after, page.limit + 1)
    shown = rows[: page.limit]
    more = _place_of(shown[-1]) if len(rows) > page.limit else None
    count = await waiting.counted(tx, reading.sight, regency, code) if page.wants_count else None
    reads = await referrals.read_page(acting_of(reading, tx), reading.sight, shown)
    return page.page([row_out(reading, one) for one in reads], after=more, count=count)


def _after(place: Position | None) -> tuple[int, datetime, UUID] | None:
    if place is None:
        return None
    number, at, id_ = place
    return int(number), datetime.fromisoformat(at), UUID(id_)


def _place_of(row: Referral) -> Position:
    at = row.accepted_at
    return [row.waitlist_position, at.isoformat() if at else None, row.id.hex]


def _require_reader(reading: Reading) -> None:
    if not any(reading.actor.ever(one) for one in (Permission.REFERRAL_READ, Permission.CASE_READ)):
        raise forbidden(Permission.REFERRAL_READ)


def _regency(known: Knowledge, region: str) -> str:
    must_know(known, region, "region")
    if region == NATION or "." not in region:
        raise BadRequest(
            fields=(
                FieldError(
                    "/query/region",
                    "not_a_regency",
                    "Isi kode kabupaten/kota: tiap daerah mempunyai daftar tunggunya sendiri.",
                    "Give the code of a regency: each has a waiting list of its own.",
                ),
            )
        )
    return tenant_of(region)


def _must_exist(known: Knowledge, code: str) -> None:
    if code not in known.programs:
        raise NotFound(id="Program ini tidak ada.", en="There is no such programme.")


def _quota_out(row: Allotment) -> QuotaOut:
    return QuotaOut(
        region=row.regency_code,
        period=row.period,
        component=row.component,
        quota=row.quota,
        taken=row.taken,
        left=row.quota - row.taken,
    )
