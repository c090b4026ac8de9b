"""Who sees a case, and whom it is about: what tests of closed cases say over and over."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.api.deps import House
from app.db.session import read_only
from app.db.tables.access import Account
from app.db.tables.cases import Case
from app.domain.ids import public_id
from tests.support.desk import CASE, a_person
from tests.support.http import Person

TENANT = "13.74"


async def opened(by: Person, **changes: Any) -> dict[str, Any]:
    answer = await by.post("/v1/cases", {**CASE, "subject": a_person(), **changes})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def account_of(house: House, login: str) -> UUID:
    async with read_only(house.database.sessions) as tx:
        found = await tx.scalar(
            select(Account.id).where(Account.regency_code == TENANT, Account.login == login)
        )
    assert found is not None
    return found


async def about(house: House, login: str) -> dict[str, str]:
    return {"kind": "account", "ref": public_id(TENANT, await account_of(house, login))}


async def row_of(house: House, ticket: str) -> Case:
    async with read_only(house.database.sessions) as tx:
        found = await tx.scalar(select(Case).where(Case.regency_code == TENANT, Case.ticket == ticket))
    assert found is not None
    return found


async def sees(person: Person, ticket: str) -> bool:
    """Ask by get, list and search; all three must say the same."""
    got = (await person.get(f"/v1/cases/{ticket}")).status_code == 200
    listed = (await person.get("/v1/cases", q=ticket)).json()["items"]
    found = (await person.post("/v1/cases/search", {"q": ticket})).json()["items"]
    assert {got} == {bool(listed), bool(found)}
    return got
