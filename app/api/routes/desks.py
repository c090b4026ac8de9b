"""The desks of the villages: where, by which rule, from which budget, when open, and who sits there."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query, Response

from app.api.deps import CurrentActor, HouseDep, IfMatch, Known, Now, ReadTx, WriteTx, etag
from app.api.once import Answer, OnceDep
from app.api.paging import Page
from app.api.places import must_know
from app.api.routing import AUTHENTICATED, make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.base import Listed
from app.api.schemas.desks import BudgetIn, DeskIn, DeskOut, DeskPatch, HoursIn, OfficerIn
from app.db.queries import desks as stored
from app.domain.errors import FieldError, Invalid, NotFound
from app.domain.facts import village_kind
from app.domain.ids import parse_public_id, public_id, tenant_of
from app.domain.knowledge import Knowledge
from app.services import desks
from app.services.desks import MANAGE, Act, Budget, Changes, NewDesk, Seen

router = make_router("desks")

_BODY_EXAMPLE: Final = {
    "village": "13.74.01.1005",
    "name": "Puskesos Guguk Malintang",
    "founding_rule": "Keputusan Lurah Guguk Malintang Nomor 7 Tahun 2021",
    "budget": {"source": "DANA_KELURAHAN", "idr_per_year": 36000000, "year": 2026},
    "hours": [{"days": [1, 2, 3, 4, 5], "opens": "08:00", "closes": "16:00"}],
}
_EXAMPLE: Final = {
    **_BODY_EXAMPLE,
    "id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
    "regency": "13.74",
    "village": {"code": "13.74.01.1005", "name": "Guguk Malintang"},
    "village_kind": "kelurahan",
    "officers": [
        {
            "account_id": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5c",
            "name": "Siti Rahmah",
            "duties": ["FO"],
        }
    ],
    "active": True,
    "version": 1,
}


@router.get(
    "/v1/desks",
    **operation(
        "listDesks",
        may=AUTHENTICATED,
        answers=Listed[DeskOut],
        paged=True,
        example={"items": [_EXAMPLE], "next": None, "count": None},
    ),
)
async def list_desks(
    actor: CurrentActor,
    tx: ReadTx,
    known: Known,
    page: Page,
    region: Annotated[RegionText | None, Query(description="Where; your own when left out.")] = None,
    active: Annotated[bool | None, Query()] = None,
) -> Listed[DeskOut]:
    """List desks by village."""
    place = must_know(known, region, "region") or actor.tenant
    tenants = known.tenants_in(place)
    wanted = stored.Wanted(tenants, place if place.count(".") > 1 else None, active)
    after = (str(page.after[0]), UUID(page.after[1])) if page.after else None
    rows = await stored.listed(tx, wanted, after, page.limit + 1)
    shown = rows[: page.limit]
    seated = await stored.officers(tx, [(desk.regency_code, desk.id) for desk in shown])
    more = [shown[-1].village_code, shown[-1].id.hex] if len(rows) > page.limit else None
    count = await stored.counted(tx, wanted) if page.wants_count else None
    items = [desk_out(known, Seen(desk, seated.get(desk.id, []))) for desk in shown]
    return page.page(items, after=more, count=count)


@router.post(
    "/v1/desks",
    **operation(
        "openDesk",
        may=MANAGE,
        answers=DeskOut,
        status=201,
        once=True,
        example=_EXAMPLE,
        body_example=_BODY_EXAMPLE,
    ),
)
async def open_desk(  # each is one thing the frame hands in
    body: DeskIn,
    actor: CurrentActor,
    tx: WriteTx,
    once: OnceDep,
    known: Known,
    now: Now,
    house: HouseDep,
) -> Response:
    """Open a desk in a village, with its officers."""
    if body.village not in known.regions:
        raise Invalid(
            fields=(
                FieldError("/village", "unknown", "Kode desa ini tidak ada.", "There is no such village."),
            )
        )
    tenant = tenant_of(body.village)

    async def work() -> Answer:
        new = NewDesk(
            id=house.ids.new_id(now),
            village=body.village,
            name=body.name,
            founding_rule=body.founding_rule,
            budget=_budget(body.budget),
            hours=_hours(body.hours),
            seats=_seats(body.officers, tenant),
            active=body.active,
        )
        seen = await desks.open_desk(tx, Act(actor, now, house.ids.new_id(now)), new)
        shown = desk_out(known, seen)
        return Answer(shown, headers={"ETag": etag(1), "Location": f"/v1/desks/{shown.id}"})

    async def may_see() -> None:
        actor.require(MANAGE, body.village)

    return await once(tx, tenant, work, may_see=may_see)


@router.get(
    "/v1/desks/{desk_id}",
    **operation("getDesk", may=AUTHENTICATED, answers=DeskOut, example=_EXAMPLE),
)
async def get_desk(
    desk_id: str,
    actor: CurrentActor,  # noqa: ARG001  # whoever is known may look
    tx: ReadTx,
    known: Known,
    response: Response,
) -> DeskOut:
    """Show one desk."""
    regency, id_ = _place_of(desk_id)
    desk = await stored.find(tx, regency, id_)
    if desk is None:
        raise NotFound
    response.headers["ETag"] = etag(desk.version)
    return desk_out(known, await desks.see(tx, desk))


@router.patch(
    "/v1/desks/{desk_id}",
    **operation(
        "changeDesk",
        may=MANAGE,
        answers=DeskOut,
        if_match=True,
        example=_EXAMPLE,
        body_example={"active": False},
    ),
)
async def change_desk(  # each is one thing the frame hands in
    desk_id: str,
    body: DeskPatch,
    actor: CurrentActor,
    tx: WriteTx,
    known: Known,
    expected: IfMatch,
    now: Now,
    house: HouseDep,
    response: Response,
) -> DeskOut:
    """Change what the body names; officers and hours are replaced as a whole."""
    regency, id_ = _place_of(desk_id)
    desk = await desks.lock_desk(tx, actor, regency, id_)
    expected.check(desk.version)
    changes = Changes(
        name=body.name,
        founding_rule=body.founding_rule,
        budget=None if body.budget is None else _budget(body.budget),
        hours=None if body.hours is None else _hours(body.hours),
        seats=None if body.officers is None else _seats(body.officers, regency),
        active=body.active,
    )
    seen = await desks.change_desk(tx, Act(actor, now, house.ids.new_id(now)), desk, changes)
    response.headers["ETag"] = etag(seen.desk.version)
    return desk_out(known, seen)


def _place_of(text: str) -> tuple[str, UUID]:
    """Read a public id of a path; whatever is none names nothing."""
    found = parse_public_id(text)
    if found is None:
        raise NotFound
    return found.tenant, found.id


def _budget(given: BudgetIn) -> Budget:
    return Budget(given.source, given.idr_per_year, given.year)


def _hours(given: list[HoursIn]) -> list[dict[str, Any]]:
    wrong = [place for place, one in enumerate(given) if one.closes <= one.opens]
    if wrong:
        raise Invalid(
            fields=tuple(
                FieldError(
                    f"/hours/{place}/closes",
                    "before_opening",
                    "Jam tutup harus sesudah jam buka.",
                    "Closing must be after opening.",
                )
                for place in wrong
            )
        )
    return [one.model_dump() for one in given]


def _seats(given: list[OfficerIn], regency: str) -> dict[UUID, list[str]]:
    seats: dict[UUID, list[str]] = {}
    for place, one in enumerate(given):
        found = parse_public_id(one.account_id)
        if found is None or found.tenant != regency or found.id in seats:
            raise Invalid(
                fields=(
                    FieldError(
                        f"/officers/{place}/account_id",
                        "unknown",
                        "Bukan akun kabupaten/kota ini, atau disebut dua kali.",
                        "Is no account of this regency, or stands twice.",
                    ),
                )
            )
        seats[found.id] = one.duties
    return seats


def desk_out(known: Knowledge, seen: Seen) -> DeskOut:
    desk = seen.desk
    village = desk.village_code
    shown: dict[str, Any] = {
        "id": public_id(desk.regency_code, desk.id),
        "regency": desk.regency_code,
        "village": {"code": village, "name": known.regions.get(village, village)},
        "village_kind": village_kind(village),
        "name": desk.name,
        "founding_rule": desk.founding_rule,
        "budget": {
            "source": desk.budget_source,
            "idr_per_year": desk.budget_idr_per_year,
            "year": desk.budget_year,
        },
        "hours": desk.hours["windows"],
        "officers": [
            {
                "account_id": public_id(desk.regency_code, officer.account_id),
                "name": officer.name,
                "duties": list(officer.duties),
            }
            for officer in seen.officers
        ],
        "active": desk.active,
        "version": desk.version,
    }
    return DeskOut.model_validate(shown)
