"""The rules of time and their calendars, as they hold in a regency."""

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import Query, Response

from app.api.acts import Call, CallDep
from app.api.deps import CurrentActor, Known, Now, ReadTx
from app.api.once import AccessCheck, Answer
from app.api.places import must_know
from app.api.presenters.policies import calendar_out, policies_out, rows_out
from app.api.routing import AUTHENTICATED, PUBLIC, make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.policies import CalendarIn, PolicyIn
from app.api.schemas.reference import CalendarOut, PoliciesOut
from app.db.queries import calendars as stored
from app.domain.access import Permission
from app.domain.errors import FieldError, Invalid, NotFound
from app.domain.ids import NATION, parse_public_id, tenant_of
from app.domain.knowledge import Rule
from app.services.calendars import Edit, edit_calendar
from app.services.policies import ClockRule, NamedRule, end_policy, set_policy

router = make_router("policies")

_POLICIES_EXAMPLE: Final = {
    "region": "13.74",
    "clocks": [
        {
            "id": "0000-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
            "step": "verification",
            "kind": None,
            "category": None,
            "priority": None,
            "amount": 3,
            "unit": "working_days",
            "region": "ID",
            "source": "F 33",
            "trust": "F",
            "to_be_confirmed": False,
        }
    ],
    "values": [
        {
            "id": "0000-0193a1b2c3d47e5f8a9b0c1d2e3f4a5c",
            "name": "duplicate_window_days",
            "label": {
                "id": "Masa pemeriksaan kasus ganda",
                "en": "Window in which the same matter is a duplicate",
            },
            "unit": "calendar_days",
            "value": 30,
            "region": "ID",
            "source": "OURS",
            "trust": "OURS",
            "to_be_confirmed": True,
        }
    ],
}
_CALENDAR_EXAMPLE: Final = {
    "region": "13.74",
    "year": 2026,
    "zone": "WIB",
    "hours": [{"weekday": 1, "opens": "08:00", "closes": "16:00"}],
    "holidays": [
        {"date": "2026-03-20", "name": "Cuti Bersama Hari Raya Idul Fitri", "kind": "cuti_bersama",
         "estimated": False}
    ],
}  # fmt: skip
_POLICY_BODY: Final = {
    "region": "13.74",
    "step": "verification",
    "amount": 2,
    "unit": "working_days",
    "source": "Perwako 12 Tahun 2026",
}
_CALENDAR_BODY: Final = {
    "region": "13.74",
    "add": [{"date": "2026-12-01", "name": "Hari Jadi Kota Padang Panjang"}],
    "year": 2026,
}


@router.get(
    "/v1/policies",
    **operation("listPolicies", may=AUTHENTICATED, answers=PoliciesOut, example=_POLICIES_EXAMPLE),
)
async def list_policies(
    actor: CurrentActor,
    known: Known,
    region: Annotated[RegionText | None, Query(description="Where; your own when left out.")] = None,
) -> PoliciesOut:
    """Show how long each step may take, and the other rules; a regency's own before the nation's."""
    regency = tenant_of(must_know(known, region, "region") or actor.tenant)
    places = dict.fromkeys((regency, regency[:2], NATION))
    clocks = [policy for place in places for policy in known.clocks.get(place, ())]
    rules: dict[str, tuple[str, Rule]] = {}
    for place in places:
        for name, rule in known.rules.get(place, {}).items():
            rules.setdefault(name, (place, rule))
    return policies_out(regency, clocks, rules.values(), known.rules.get(NATION, {}))


@router.post(
    "/v1/policies",
    **operation(
        "setPolicy",
        may=Permission.POLICY_MANAGE,
        answers=PoliciesOut,
        status=201,
        once=True,
        example=_POLICIES_EXAMPLE,
        body_example=_POLICY_BODY,
    ),
)
async def set_policy_route(body: PolicyIn, call: CallDep) -> Response:
    """Set a rule of a regency: how long a step may take, or a named value; the national default remains.

    It takes the place of the regency's own row for the same step, kind, category and priority (or name).
    Every process reads it within a second, and open clocks are counted anew. The answer shows what holds
    for the step or name from now on.
    """
    regency, rule = tenant_of(body.region), _rule_of(body)

    async def work() -> Answer:
        acting = call.acting()
        return Answer(rows_out(regency, await set_policy(acting, regency, rule, body.source), _named(call)))

    return await call.once(call.tx, regency, work, may_see=_may_set(call, regency))


@router.post(
    "/v1/policies/{policy_id}/end",
    **operation(
        "endPolicy",
        may=Permission.POLICY_MANAGE,
        answers=PoliciesOut,
        once=True,
        example=_POLICIES_EXAMPLE,
    ),
)
async def end_policy_route(policy_id: str, call: CallDep) -> Response:
    """End a regency's own rule: the national default holds again, for open clocks too."""
    place = parse_public_id(policy_id)
    if place is None:
        raise NotFound

    async def work() -> Answer:
        rows = await end_policy(call.acting(), place.tenant, place.id)
        return Answer(rows_out(place.tenant, rows, _named(call)), 200)

    return await call.once(call.tx, place.tenant, work, may_see=_may_set(call, place.tenant))


@router.get(
    "/v1/calendars",
    **operation("getCalendar", may=PUBLIC, answers=CalendarOut, example=_CALENDAR_EXAMPLE),
)
async def get_calendar(
    tx: ReadTx,
    known: Known,
    now: Now,
    region: Annotated[RegionText, Query(description="A regency, or any region in it.")] = NATION,
    year: Annotated[int | None, Query(ge=2000, le=2100, description="This year when left out.")] = None,
) -> CalendarOut:
    """Show the office hours and the days off of a region in a year."""
    must_know(known, region, "region")
    regency = tenant_of(region)
    asked = year or now.astimezone(known.zone(regency)).year
    return calendar_out(regency, asked, known.calendar(regency), await stored.holidays(tx, regency, asked))


@router.post(
    "/v1/calendars",
    **operation(
        "editCalendar",
        may=Permission.POLICY_MANAGE,
        answers=CalendarOut,
        status=201,
        once=True,
        example=_CALENDAR_EXAMPLE,
        body_example=_CALENDAR_BODY,
    ),
)
async def edit_calendar_route(body: CalendarIn, call: CallDep) -> Response:
    """Change a regency's calendar: days off of its own, estimates that are certain, its week and hours.

    Every process reads it within a second, and open clocks are counted anew.
    """
    regency, now = tenant_of(body.region), call.reading.now
    edit = Edit(
        add={one.date: one.name for one in body.add},
        remove=tuple(dict.fromkeys(body.remove)),
        confirm=tuple(dict.fromkeys(body.confirm)),
        six_day_week=body.six_day_week,
        office_hours=body.office_hours.model_dump() if body.office_hours else None,
    )

    async def work() -> Answer:
        calendar = await edit_calendar(call.acting(), regency, edit)
        year = body.year or now.astimezone(calendar.zone).year
        return Answer(calendar_out(regency, year, calendar, await stored.holidays(call.tx, regency, year)))

    return await call.once(call.tx, regency, work, may_see=_may_set(call, regency))


def _named(call: Call) -> Mapping[str, Rule]:
    return call.reading.known.rules.get(NATION, {})


def _may_set(call: Call, regency: str) -> AccessCheck:
    async def may_see() -> None:
        call.reading.actor.require(Permission.POLICY_MANAGE, regency)

    return may_see


def _rule_of(body: PolicyIn) -> ClockRule | NamedRule:
    """Read the one rule that a body holds."""
    if body.step is not None and body.name is None and body.amount is not None and body.unit is not None:
        return ClockRule(body.step, body.amount, body.unit, body.kind, body.category, body.priority)
    matters = (body.kind, body.category, body.priority, body.step, body.amount, body.unit)
    if body.name is not None and not any(matters):
        return NamedRule(body.name, body.value)
    raise Invalid(
        fields=(
            FieldError(
                "/step",
                "one_rule",
                "Isi langkah dengan jumlah dan satuan waktunya, atau nama kebijakan dengan nilainya.",
                "Give a step with its amount and unit of time, or the name of a policy with its value.",
            ),
        )
    )
