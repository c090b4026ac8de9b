"""A supervisor's view of her people."""

from typing import Annotated, Final

from fastapi import Query

from app.api.acts import acting_of
from app.api.deps import ReadTx
from app.api.errors import BadRequest
from app.api.places import must_know
from app.api.presenters.words import coded
from app.api.reading import Reading, ReadingDep
from app.api.routing import make_router, operation
from app.api.schemas.access import RegionText
from app.api.schemas.team import LeaveOut, OfficeOut, TeamMemberOut, TeamOut
from app.db.tables.hands import Absence
from app.domain.access import Permission
from app.domain.errors import FieldError
from app.domain.ids import public_id, tenant_digits, tenant_of
from app.services import team

router = make_router("hands")

_EXAMPLE: Final = {
    "region": "13.74",
    "items": [
        {
            "account": "1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b",
            "login": "siti@1374",
            "name": "Siti Contoh",
            "offices": [
                {"role": {"code": "desk_officer", "label": "Petugas Puskesos"}, "region": "13.74.01.1005"}
            ],
            "open": 14,
            "overdue": 2,
            "oldest": "2026-10-02T02:00:00Z",
            "visits_planned": 3,
            "leave": None,
        }
    ],
}


@router.get("/v1/team", **operation("getTeam", may=Permission.TEAM_MANAGE, answers=TeamOut, example=_EXAMPLE))
async def get_team(
    reading: ReadingDep,
    tx: ReadTx,
    region: Annotated[RegionText | None, Query(description="A regency; your own when left out.")] = None,
) -> TeamOut:
    """Show who works for you: open and overdue cases, the oldest, planned visits, and who is on leave.

    Counts are those of your own lists: `/v1/cases?assignee=…`.
    """
    tenant = tenant_of(must_know(reading.known, region, "region") or reading.actor.tenant)
    if "." not in tenant:
        raise BadRequest(
            fields=(
                FieldError(
                    "/query/region",
                    "no_regency",
                    "Sebutkan kabupaten atau kota; petugas tercatat di sana.",
                    "Name a regency; that is where officers are.",
                ),
            )
        )
    people = await team.people_of(acting_of(reading, tx), reading.sight, tenant)
    return TeamOut(region=tenant, items=[_member(reading, tenant, one) for one in people])


def _member(reading: Reading, tenant: str, one: team.Person) -> TeamMemberOut:
    member, counts = one.member, one.counts
    return TeamMemberOut(
        account=public_id(tenant, member.account_id),
        login=f"{member.login}@{tenant_digits(tenant)}",
        name=member.name,
        offices=[
            OfficeOut(role=coded(reading.known, "role", grant.role.value, reading.lang), region=grant.region)
            for grant in member.actor.grants
        ],
        open=counts.open,
        overdue=counts.overdue,
        oldest=counts.oldest,
        visits_planned=one.visits_planned,
        leave=_leave(tenant, member.leave),
    )


def _leave(tenant: str, leave: Absence | None) -> LeaveOut | None:
    if leave is None:
        return None
    deputy = public_id(tenant, leave.deputy_id) if leave.deputy_id else None
    return LeaveOut(until=leave.to_on, deputy=deputy)
