"""Aid that came through no referral, recorded by hand."""

from typing import Any

from tests.support.desk import Desk
from tests.support.http import Person
from tests.support.lists import a_list, sent_list


def planned(program: str = "UEP-1374", component: str = "goods", period: str = "once", **more: Any) -> Any:
    return {"program": program, "component": component, "state": "planned", "period": period, **more}


def given(
    program: str = "SEMBAKO", period: str = "2026-10", amount: int | None = 200_000, **more: Any
) -> Any:
    """One payment of food aid, as a list of the ministry would tell it."""
    line = {"program": program, "state": "given", "period": period, "given_on": "2026-10-05"}
    return {**line, "amount_idr": amount, **more}


async def person_of(desk: Desk) -> str:
    return str((await desk.read())["subject"]["person"]["id"])


async def record(by: Person, person: str, *lines: Any) -> Any:
    return await by.post("/v1/assistance", {"person": person, "lines": list(lines)})


async def recorded(by: Person, person: str, *lines: Any) -> list[dict[str, Any]]:
    answer = await record(by, person, *lines)
    assert answer.status_code == 201, answer.text
    return list(answer.json()["items"])


async def a_line(by: Person, desk: Desk) -> str:
    """Return the id of a planned line of the case's person."""
    (line,) = await recorded(by, await person_of(desk), planned())
    return str(line["id"])


async def a_way_out(by: Person, desk: Desk, income: int = 1_200_000) -> str:
    """Put the case's person into PENA, begin to guide her, and return the id of her way out of aid."""
    # Given, which is a fact whatever else she has.
    await recorded(by, await person_of(desk), given("PENA", "once", None, component="capital", goods="Oven"))
    return str((await guided(by, desk, income))["id"])


async def guided(by: Person, desk: Desk, income: int = 1_200_000) -> dict[str, Any]:
    body = {"ticket": desk.ticket, "program": "PENA", "started_on": "2026-03-02", "income_idr": income}
    answer = await by.post("/v1/graduations", body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def an_order(list_id: str, **changes: Any) -> dict[str, Any]:
    """Return what is asked of a list of October's food aid."""
    told = {"program": "SEMBAKO", "state": "given", "period": "2026-10", "given_on": "2026-10-05"}
    return {"region": "13.74", "list": list_id, "amount_idr": 200_000, **told, **changes}


async def an_import(by: Person) -> str:
    """Order the import of a list of one person; nothing runs it."""
    answer = await by.post("/v1/assistance/imports", an_order(await sent_list(by, a_list(4_711))))
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])
