"""Cases that are likely one: a family, its cases at two desks, and what waits to be decided of them."""

from typing import Any

from sqlalchemy import select

from app.api.deps import House
from app.db.session import read_only
from app.db.tables.cases import DuplicatePair
from tests.support.desk import CASE, VILLAGE, Desk
from tests.support.http import Person
from tests.support.people import a_nik
from tests.support.secrecy import row_of

ELSEWHERE = "13.74.02.1004"
_KK = iter(range(1, 9999))


def family() -> str:
    return f"137401010120{next(_KK):04}"


def person(**more: Any) -> dict[str, Any]:
    return {"kind": "person", "nik": a_nik(), "name": "Rosma Contoh", "sex": "P", **more}


async def opened(by: Person, subject: dict[str, Any], **changes: Any) -> tuple[Desk, list[dict[str, Any]]]:
    """Open a case; return it with the hints that came with it."""
    answer = await by.post("/v1/cases", body_of(by, subject, **changes))
    assert answer.status_code == 201, answer.text
    told = answer.json()
    return Desk(by, told["ticket"], told["pin"], answer.headers["ETag"]), told.get("other_cases", [])


def body_of(by: Person, subject: dict[str, Any], **changes: Any) -> dict[str, Any]:
    village = ELSEWHERE if by.login.startswith("yulia") else VILLAGE
    return {**CASE, "subject": subject, "place": {"village": village}, **changes}


def why(hint: dict[str, Any]) -> set[str]:
    return {reason["code"] for reason in hint["reasons"]}


async def pairs_of(house: House, ticket: str) -> list[tuple[int, set[str], str]]:
    case = await row_of(house, ticket)
    async with read_only(house.database.sessions) as tx:
        rows = await tx.scalars(
            select(DuplicatePair).where(
                DuplicatePair.regency_code == "13.74", DuplicatePair.case_id == case.id
            )
        )
        return [(row.score, set(row.reasons), row.state) for row in rows]


async def all_groups(by: Person, **filters: Any) -> list[dict[str, Any]]:
    found, cursor = [], ""
    while True:
        asked = {"cursor": cursor} if cursor else {"limit": 3, **filters}
        answer = await by.get("/v1/duplicates", **asked)
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        cursor = answer.json()["next"]
        if not cursor:
            return found
