"""What the worker does for a person's rights: overdue ones climb, and a freeze holds in all that goes out."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from app.api.deps import House
from app.db.queries import work
from app.db.queries.work import Wanted
from app.db.session import read_only, transaction
from app.db.tables.access import Account
from app.db.tables.events import Event
from app.db.tables.messages import Notice
from app.domain.ids import parse_public_id
from app.worker.jobs.long import run_job
from app.worker.jobs.rights import watch_right
from tests.conftest import LogIn
from tests.support.data_rights import a_breach, ask, granted, person_of
from tests.support.desk import open_case
from tests.support.posts import GatewayServer
from tests.support.telling import TENANT, Hands, reachable
from tests.support.working import make_tools

pytestmark = pytest.mark.commits
LEASE = timedelta(seconds=30)


def id_of(text: str) -> UUID:
    found = parse_public_id(text)
    assert found is not None
    return found.id


async def look(house: House, folder: Path, key: str, later: timedelta) -> datetime | None:
    """Do what is due of *key*, *later* than now; return when the worker looks again."""
    at = datetime.now(UTC) + later
    tools = make_tools(house.database, lambda: at, folder)
    async with transaction(house.database.sessions) as tx:
        found = await work.claim(tx, TENANT, at, Wanted((work.WATCH_RIGHT,), LEASE, limit=100))
    held = next((one for one in found if one.key == key), None)
    assert held is not None, [one.key for one in found]
    return await watch_right(tools, held)


async def told_of(house: House, kind: str) -> set[str]:
    async with read_only(house.database.sessions) as tx:
        statement = (
            select(Account.login)
            .join(Notice, (Notice.regency_code == Account.regency_code) & (Notice.account_id == Account.id))
            .where(Notice.regency_code == TENANT, Notice.kind == kind)
        )
        return set(await tx.scalars(statement))


async def events_of(house: House, thing: UUID) -> list[str]:
    async with read_only(house.database.sessions) as tx:
        found = await tx.scalars(
            select(Event.type).where(Event.regency_code == TENANT, Event.stream_id == thing).order_by(Event.n)
        )
        return [kind for kind in found if kind.startswith(("data_request.", "breach."))]


async def test_a_request_beyond_its_time_climbs_and_a_decided_one_rests(
    login: LogIn, house: House, tmp_path: Path
) -> None:
    siti = await login("siti@1374")
    person = await person_of(await open_case(siti))
    asked = await ask(siti, person, "erase")
    due = datetime.fromisoformat(asked["due_at"]) - datetime.fromisoformat(asked["taken_at"])
    assert due == timedelta(hours=72)
    key = f"request:{id_of(asked['id']).hex}"
    again = await look(house, tmp_path, key, timedelta(hours=73))
    assert again is not None
    assert {"manajer", "kadis", "admin"} <= await told_of(house, "data_request_overdue")
    shown = (await siti.get(f"/v1/data-requests/{asked['id']}")).json()
    assert shown["escalated_at"] is not None
    refused = await (await login("manajer@1374")).post(
        f"/v1/data-requests/{asked['id']}/refuse", {"reason": "legal_duty"}
    )
    assert refused.status_code == 200
    assert await look(house, tmp_path, key, timedelta(hours=98)) is None
    assert await events_of(house, id_of(person)) == [
        "data_request.taken",
        "data_request.escalated",
        "data_request.refused",
    ]


async def test_a_breach_that_nobody_told_of_climbs(login: LogIn, house: House, tmp_path: Path) -> None:
    manager = await login("manajer@1374")
    breach = await a_breach(manager)
    key = f"breach:{id_of(breach['id']).hex}"
    assert await look(house, tmp_path, key, timedelta(hours=72)) is not None
    assert "kadis" in await told_of(house, "breach_overdue")
    for to in ("authority", "persons"):
        await manager.post(f"/v1/breaches/{breach['id']}/tell", {"to": to, "at": breach["found_at"]})
    assert await look(house, tmp_path, key, timedelta(hours=97)) is None
    assert (await events_of(house, id_of(breach["id"])))[1:2] == ["breach.escalated"]


async def test_nothing_is_sent_to_the_phone_of_whoever_froze_her_data(
    login: LogIn, hands: Hands, there: GatewayServer
) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti, subject=reachable())
    frozen = await granted(siti, await person_of(desk), "freeze")
    await hands.tell()
    await hands.send()
    assert there.got == []
    await siti.post(f"/v1/data-requests/{frozen['id']}/lift")
    await desk.read()
    await desk.took("ask_completion", {"missing": ["KK"]})
    await hands.tell()
    await hands.send()
    assert len(there.got) == 1


async def test_an_export_leaves_out_whoever_froze_her_data(login: LogIn, house: House) -> None:
    siti = await login("siti@1374")
    free, frozen = await open_case(siti), await open_case(siti)
    await granted(siti, await person_of(frozen), "freeze")
    body = {"format": "csv", "purpose": "service", "filter": {"region": "13.74"}}
    made = (await siti.post("/v1/exports", body)).json()
    tools = make_tools(house.database, house.clock, house.settings.data_dir)
    async with transaction(house.database.sessions) as tx:
        found = await work.claim(tx, TENANT, tools.now(), Wanted((work.RUN_JOB,), LEASE, limit=10))
    for held in found:
        await run_job(tools, held)
    text = (await siti.get(f"/v1/exports/{made['id']}/content")).text
    assert free.ticket in text
    assert frozen.ticket not in text
