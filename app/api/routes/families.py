"""Households (KK): formed and listed, who is of them as what, and what is known of them."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query, Response

from app.api.acts import Call, CallDep, acting_of
from app.api.deps import ReadTx
from app.api.once import AccessCheck, Answer
from app.api.paging import Page
from app.api.people_acts import read_areas
from app.api.presenters.families import family_brief, family_out
from app.api.public_ids import read_id, read_own_id
from app.api.reading import Reading, ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.base import CodeText, Listed
from app.api.schemas.families import (
    FamilyBrief,
    FamilyFactsIn,
    FamilyIn,
    FamilyOut,
    LeaveIn,
    MemberIn,
    RelationIn,
)
from app.db.queries import families as stored
from app.db.session import Tx
from app.db.tables.people import Household
from app.domain.access import Permission
from app.domain.ids import PublicId, parse_public_id, public_id, tenant_of
from app.services import families

router = make_router("people")

_BRIEF: Final = {
    "id": "1308-0193a1b2c3d47e5f8a9b0c1d2e3f4a60",
    "village": "13.08.05.2003",
    "village_name": "Durian Tinggi",
    "members": 1,
    "created_at": "2026-11-26T03:00:00Z",
}
_MEMBER: Final = {
    "person": {
        "id": "1308-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
        "name": "Yuliana Contoh",
        "nik": "************9001",
        "born_on": "1991-07-05",
        "sex": "P",
        "village": "13.08.05.2003",
        "village_name": "Durian Tinggi",
        "provisional": False,
    },
    "relation": {"code": "KEPALA_KELUARGA", "label": "Kepala keluarga"},
    "from_on": "2026-11-26",
    "to_on": None,
    "end_reason": None,
}
_FAMILY: Final = {
    "id": _BRIEF["id"],
    "kk": "************0001",
    "village": "13.08.05.2003",
    "village_name": "Durian Tinggi",
    "facts": {"household.pregnant": False},
    "members": [_MEMBER],
    "former": [],
    "created_at": "2026-11-26T03:00:00Z",
}
_MEMBER_BODY: Final = {"person": "1308-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b", "relation": "KEPALA_KELUARGA"}


def _tools(reading: Reading, tx: Tx) -> families.Tools:
    house = reading.house
    return families.Tools(acting_of(reading, tx), reading.sight, house.vault, house.blind)


@router.get(
    "/v1/households",
    **operation(
        "listHouseholds",
        may=Permission.PERSON_LOOKUP,
        answers=Listed[FamilyBrief],
        paged=True,
        example={"items": [_BRIEF], "next": None, "count": None},
    ),
)
async def list_households(
    reading: ReadingDep,
    tx: ReadTx,
    page: Page,
    region: Annotated[CodeText | None, Query(description="A village, district or regency; your own.")] = None,
) -> Listed[FamilyBrief]:
    """List the households on record of your area, the latest recorded first."""
    wanted = stored.Wanted(read_areas(reading, region, Permission.PERSON_LOOKUP))
    after = (datetime.fromisoformat(str(page.after[0])), UUID(page.after[1])) if page.after else None
    rows = await stored.listed(tx, wanted, after, page.limit + 1)
    shown = rows[: page.limit]
    more = [shown[-1].created_at.isoformat(), shown[-1].id.hex] if len(rows) > page.limit else None
    count = await stored.counted(tx, wanted) if page.wants_count else None
    sizes = await stored.sizes(tx, shown)
    items = [family_brief(reading, home, sizes.get(home.id, 0)) for home in shown]
    return page.page(items, after=more, count=count)


@router.get(
    "/v1/households/{household_id}",
    **operation(
        "getHousehold",
        may=Permission.PERSON_LOOKUP,
        answers=FamilyOut,
        reads_person=True,
        example=_FAMILY,
    ),
)
async def get_household(household_id: str, reading: ReadingDep, tx: ReadTx) -> FamilyOut:
    """Show a household: its people now, each with the relation to its head, and who was of it before."""
    id_ = read_id(household_id)
    home = await families.find_household(_tools(reading, tx), id_.tenant, id_.id)
    return await _shown(reading, tx, home)


@router.post(
    "/v1/households",
    **operation(
        "createHousehold",
        may=Permission.PERSON_WRITE,
        answers=FamilyOut,
        status=201,
        once=True,
        reads_person=True,
        example=_FAMILY,
        body_example={"kk": "1308050101200001", "village": "13.08.05.2003"},
    ),
)
async def create_household(body: FamilyIn, call: CallDep) -> Response:
    """Put a household on record by its family card, or without one, with those of it who are known."""
    regency, reading = tenant_of(body.village), call.reading

    async def may_see() -> None:
        reading.actor.require(Permission.PERSON_WRITE, body.village)

    async def work() -> Answer:
        members = [_member(one, regency, f"/members/{n}") for n, one in enumerate(body.members)]
        new = families.NewHousehold(body.village, body.kk, body.facts, members)
        home = await families.form_household(_tools(reading, call.tx), new)
        headers = {"Location": f"/v1/households/{public_id(regency, home.id)}"}
        return Answer(await _shown(reading, call.tx, home), headers=headers)

    return await call.once(call.tx, regency, work, may_see=may_see)


@router.post(
    "/v1/households/{household_id}/members",
    **operation(
        "addHouseholdMember",
        may=Permission.PERSON_WRITE,
        answers=FamilyOut,
        status=201,
        once=True,
        reads_person=True,
        example=_FAMILY,
        body_example=_MEMBER_BODY,
    ),
)
async def add_member(household_id: str, body: MemberIn, call: CallDep) -> Response:
    """Let a person be of a household; she leaves the one that she was of, and that stays in her history."""
    id_, reading = read_id(household_id), call.reading

    async def work() -> Answer:
        member = _member(body, id_.tenant, "")
        home = await families.add_member(_tools(reading, call.tx), id_.tenant, id_.id, member)
        return Answer(await _shown(reading, call.tx, home))

    return await call.once(call.tx, id_.tenant, work, may_see=_may_see(call, id_))


@router.post(
    "/v1/households/{household_id}/members/{person_id}/relation",
    **operation(
        "changeHouseholdMember",
        may=Permission.PERSON_WRITE,
        answers=FamilyOut,
        once=True,
        reads_person=True,
        example=_FAMILY,
        body_example={"relation": "ISTRI"},
    ),
)
async def change_member(household_id: str, person_id: str, body: RelationIn, call: CallDep) -> Response:
    """Say as what somebody is of a household."""
    id_, reading = read_id(household_id), call.reading

    async def work() -> Answer:
        person = read_own_id(person_id, id_.tenant)
        tools = _tools(reading, call.tx)
        home = await families.change_member(tools, id_.tenant, id_.id, person, body.relation)
        return Answer(await _shown(reading, call.tx, home), 200)

    return await call.once(call.tx, id_.tenant, work, may_see=_may_see(call, id_))


@router.post(
    "/v1/households/{household_id}/members/{person_id}/leave",
    **operation(
        "leaveHousehold",
        may=Permission.PERSON_WRITE,
        answers=FamilyOut,
        once=True,
        reads_person=True,
        example={**_FAMILY, "members": []},
        body_example={"reason": "moved"},
    ),
)
async def leave(household_id: str, person_id: str, body: LeaveIn, call: CallDep) -> Response:
    """Let somebody be of a household no longer; that she was of it is kept."""
    id_, reading = read_id(household_id), call.reading

    async def work() -> Answer:
        leaving = families.Leaving(read_own_id(person_id, id_.tenant), body.reason, body.on)
        home = await families.remove_member(_tools(reading, call.tx), id_.tenant, id_.id, leaving)
        return Answer(await _shown(reading, call.tx, home), 200)

    return await call.once(call.tx, id_.tenant, work, may_see=_may_see(call, id_))


@router.post(
    "/v1/households/{household_id}/facts",
    **operation(
        "changeHouseholdFacts",
        may=Permission.PERSON_WRITE,
        answers=FamilyOut,
        once=True,
        reads_person=True,
        example=_FAMILY,
        body_example={"facts": {"household.pregnant": True}},
    ),
)
async def change_facts(household_id: str, body: FamilyFactsIn, call: CallDep) -> Response:
    """Set what is known of a household; routing reads it for every case of its people."""
    id_, reading = read_id(household_id), call.reading

    async def work() -> Answer:
        home = await families.change_facts(_tools(reading, call.tx), id_.tenant, id_.id, body.facts)
        return Answer(await _shown(reading, call.tx, home), 200)

    return await call.once(call.tx, id_.tenant, work, may_see=_may_see(call, id_))


def _member(body: MemberIn, tenant: str, pointer: str) -> families.Member:
    # One of another regency is told as none, once it is known that the household may be seen.
    named = parse_public_id(body.person)
    person = named.id if named is not None and named.tenant == tenant else None
    return families.Member(person, body.relation, body.from_on, body.source, pointer)


async def _shown(reading: Reading, tx: Tx, home: Household) -> FamilyOut:
    shown = await families.read(acting_of(reading, tx), home)
    return family_out(reading, shown)


def _may_see(call: Call, id_: PublicId) -> AccessCheck:
    async def may_see() -> None:
        await families.find_household(_tools(call.reading, call.tx), id_.tenant, id_.id)

    return may_see
