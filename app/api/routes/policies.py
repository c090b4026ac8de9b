"""The rules of time and their calendars, as they hold in a regency."""

from typing import Annotated, Any, Final

from fastapi import Query

from app.api.deps import CurrentActor, Known, Now, ReadTx
from app.api.places import must_know
from app.api.routing import AUTHENTICATED, PUBLIC, make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.reference import CalendarOut, PoliciesOut
from app.db.queries import policies as stored
from app.domain.codes import TO_BE_CONFIRMED
from app.domain.ids import NATION, tenant_of
from app.domain.knowledge import Rule, zone_name
from app.domain.sla import Policy

router = make_router("policies")

_POLICIES_EXAMPLE: Final = {
    "region": "13.74",
    "clocks": [
        {
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
            "name": "duplicate_window_days",
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
_MINUTE: Final = 60_000_000
"""Windows are kept in microseconds."""


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
    return PoliciesOut.model_validate(
        {
            "region": regency,
            "clocks": [_clock(policy) for policy in clocks],
            "values": [_rule(place, rule) for place, rule in rules.values()],
        }
    )


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
    calendar = known.calendar(regency)
    asked = year or now.astimezone(calendar.zone).year
    return CalendarOut.model_validate(
        {
            "region": regency,
            "year": asked,
            "zone": zone_name(regency),
            "hours": [
                {"weekday": day, "opens": _clock_text(window[0]), "closes": _clock_text(window[1])}
                for day, window in enumerate(calendar.week, 1)
                if window is not None
            ],
            "holidays": [
                {"date": row.on_date, "name": row.name, "kind": row.kind, "estimated": row.estimated}
                for row in await stored.holidays(tx, regency, asked)
            ],
        }
    )


def _clock_text(window: int) -> str:
    hours, minutes = divmod(window // _MINUTE, 60)
    return f"{hours:02}:{minutes:02}"


def _clock(policy: Policy) -> dict[str, Any]:
    return {
        "step": policy.step.value,
        "kind": policy.kind,
        "category": policy.category,
        "priority": policy.priority,
        "amount": policy.amount,
        "unit": policy.unit.value,
        "region": policy.region,
        "source": policy.source,
        "trust": policy.trust,
        "to_be_confirmed": policy.trust in TO_BE_CONFIRMED,
    }


def _rule(place: str, rule: Rule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "value": rule.value,
        "region": place,
        "source": rule.source,
        "trust": rule.trust,
        "to_be_confirmed": rule.trust in TO_BE_CONFIRMED,
    }
