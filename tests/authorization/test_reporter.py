"""Who told it stays unknown: by every door, for every role, and in every table, line and paper."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from app.api.deps import House
from app.db.queries import work
from app.db.session import read_only, transaction
from app.domain.ids import public_id
from app.worker.loop import work_once
from tests.conftest import LogIn
from tests.support.desk import CASE, Desk, a_person
from tests.support.doors import about_a_case, ask, lists, method_of, path_of, share
from tests.support.http import Person
from tests.support.secrecy import row_of
from tests.support.tour import READERS
from tests.support.working import make_tools

pytestmark = pytest.mark.commits
TENANT = "13.74"
EVERYBODY = (*READERS, "manajer@1374", "yulia@1374", "psm.guguk@1374", "lurah.guguk@1374", "pemaraf@1374",
             "inspektorat@1374", "uptd-ppa@1374", "dinkes@1374", "manajer@1371")  # fmt: skip
NAME, PHONE = "Zulkenari Unikata", "081277665544"
TRACES = ("Zulkenari", "Unikata", "77665544")


async def in_every_table(house: House) -> dict[str, str]:
    """Return the tables that hold a trace, with the first row that does."""
    found = {}
    async with read_only(house.database.sessions) as tx:
        names = (
            await tx.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"))
        ).all()
        for name in names:
            if name == "regions":
                continue
            rows = (await tx.scalars(text(f'SELECT row_to_json(t)::text FROM "{name}" t'))).all()  # noqa: S608
            held = [row for row in rows if any(trace in row for trace in TRACES)]
            if held:
                found[name] = held[0]
    return found


async def by_every_door(login: LogIn, ticket: str, ids: dict[str, str]) -> set[tuple[str, str]]:
    """Read everything there is, as everybody; return who met a trace at which door.

    In the short form each tries a third of the doors, and each door is tried by a third; the case by all.
    """
    met = set()
    doors = [*about_a_case(), *lists()]
    own = {name: route for name, route in doors if name == "getCase"}
    for turn, name in enumerate(EVERYBODY):
        by = await login(name)
        for door, route in {**own, **dict(share(doors, turn))}.items():
            if method_of(route) != "GET":
                continue
            answer = await ask(by, route, path_of(route, ticket, ids))
            if any(trace in answer.text or trace.encode() in answer.content for trace in TRACES):
                met.add((name, door))
        for word in (ticket, NAME, PHONE):
            found = await by.post("/v1/cases/search", {"q": word})
            if any(trace in found.text for trace in TRACES):
                met.add((name, "searchCases"))
    return met


async def let_it_run(house: House, folder: Path) -> None:
    tools = make_tools(house.database, lambda: datetime.now(UTC), folder)
    async with transaction(house.database.sessions) as tx:
        await work.ensure_periodic(tx, tools.now())
    for _ in range(3):
        await work_once(tools)
    await house.access_log.flush()


async def handle(by: Person, desk: Desk, program: str) -> dict[str, str]:
    """Refer it, write about it, draft a letter of it; return the ids of all that."""
    path = f"/v1/cases/{desk.ticket}"
    etag = (await by.get(path)).headers["ETag"]
    asked = {"referrals": [{"program": program, "purpose": "COMPLAINT"}]}
    sent = await by.post(f"{path}/refer", asked, headers={"If-Match": etag})
    assert sent.status_code == 200, sent.text
    ids = {"referral_id": sent.json()["referrals"][0]["id"]}
    letter = await by.post(f"{path}/letters", {"kind": "rujukan", "referral_id": ids["referral_id"]})
    assert letter.status_code < 500, letter.text
    if letter.status_code == 201:
        ids["letter_id"] = letter.json()["id"]
    await by.post(f"{path}/tasks", {"text": "Periksa keterangan saksi."})
    return ids


async def test_of_an_anonymous_reporter_nothing_is_kept_at_all(
    house: House, login: LogIn, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also when an officer typed a name into the form: nobody may read it, so nobody has it."""
    siti = await login("siti@1374")
    reporter = {"relation": "ANONYMOUS", "name": NAME, "phone": PHONE, "anonymous": True}
    body = {
        **CASE,
        "subject": a_person(),
        "reporter": reporter,
        "kind": "PENGADUAN",
        "category": "PROGRAM_KURANG",
    }
    answer = await siti.post("/v1/cases", body)
    assert answer.status_code == 201, answer.text
    desk = Desk(siti, answer.json()["ticket"], answer.json()["pin"], answer.headers["ETag"])
    case = await row_of(house, desk.ticket)
    ids = {"case": public_id(TENANT, case.id)}
    ids |= await handle(await login("sekretariat@1374"), desk, "UMUM.DINSOS-1374")
    await let_it_run(house, tmp_path)
    assert await by_every_door(login, desk.ticket, ids) == set()
    assert await in_every_table(house) == {}
    key = await key_of(house, case)
    sealed = house.vault.open(key, "cases", "private", case.id, case.private_sealed)
    assert not any(trace in sealed for trace in TRACES)
    assert_silent(capsys)


async def test_a_secret_reporter_is_read_by_nobody_but_who_handles_it(
    client: AsyncClient, house: House, login: LogIn, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = {
        "village": "13.74.01.1005",
        "text": "Bantuan beras dipotong untuk setiap penerima.",
        "about": [{"kind": "village_office", "ref": "13.74.01.1005"}],
        "name": NAME,
        "phone": PHONE,
        "notice_version": "2026-1",
    }
    sent = await client.post("/v1/reports", json=body, headers={"Idempotency-Key": uuid4().hex})
    assert sent.status_code == 201, sent.text
    manager = await login("manajer@1374")
    desk = Desk(manager, sent.json()["ticket"], sent.json()["pin"], '"1"')
    case = await row_of(house, desk.ticket)
    ids = {"case": public_id(TENANT, case.id)}
    ids |= await handle(manager, desk, "UMUM.INSPEKTORAT-1374")
    await let_it_run(house, tmp_path)
    met = await by_every_door(login, desk.ticket, ids)
    assert met == {("manajer@1374", "getCase")}
    shown: dict[str, Any] = (await manager.get(f"/v1/cases/{desk.ticket}")).json()["reporter"]
    assert (shown["name"], PHONE[1:] in str(shown["phone"])) == (NAME, False)
    tracked = await client.post("/v1/track", json={"ticket": desk.ticket, "pin": desk.pin})
    resident = Person(client, tracked.json()["access_token"], "resident")
    followed = (await resident.get("/v1/track")).text
    assert not any(trace in followed for trace in TRACES)
    assert await in_every_table(house) == {}
    assert_silent(capsys)


async def key_of(house: House, case: Any) -> Any:
    async with read_only(house.database.sessions) as tx:
        wrapped = await tx.scalar(
            text("SELECT wrapped FROM data_keys WHERE regency_code = :tenant AND id = :id"),
            {"tenant": case.regency_code, "id": case.data_key_id},
        )
    return house.vault.unwrap(wrapped)


def assert_silent(capsys: pytest.CaptureFixture[str]) -> None:
    """The log lines of everything that was asked hold no trace."""
    said = capsys.readouterr()
    assert "/v1/cases/{ticket}" in said.out
    assert not any(trace in said.out + said.err for trace in TRACES)
