"""One key, one effect: under twins, replays, other bodies, refusals and lost rights."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient
from pydantic import BaseModel
from sqlalchemy import func, select

from app.api.deps import House
from app.api.once import Answer, Once
from app.db.queries import idempotency
from app.db.queries.idempotency import Key
from app.db.session import transaction
from app.db.tables.access import Account, Grant, IdempotencyKey
from app.db.tables.events import Event
from app.domain.errors import Forbidden
from app.domain.ids import parse_public_id
from tests.support.factories import account_body
from tests.support.http import Person, log_in


@pytest.fixture
async def admin(fresh_client: AsyncClient) -> Person:
    return await log_in(fresh_client, "admin@1374")


async def counted(house: House, login: str) -> tuple[int, int]:
    """Return how many accounts of that login there are, and how many events made accounts."""
    async with transaction(house.database.sessions) as tx:
        accounts = await tx.scalar(select(func.count()).select_from(Account).where(Account.login == login))
        events = await tx.scalar(
            select(func.count()).select_from(Event).where(Event.type == "account.created")
        )
    return accounts or 0, events or 0


async def test_eight_twins_at_once_make_one_account_and_get_one_answer(
    admin: Person, fresh_house: House
) -> None:
    answers = await asyncio.gather(
        *(admin.post("/v1/accounts", account_body("kembar"), key="twin") for _ in range(8))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert len({(a.headers["etag"], a.headers["location"]) for a in answers}) == 1
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 7
    assert await counted(fresh_house, "kembar") == (1, 1)


async def test_a_replay_gives_the_first_answer_and_writes_that_it_did(
    admin: Person, fresh_house: House
) -> None:
    first = await admin.post("/v1/accounts", account_body("satu"), key="one")
    async with transaction(fresh_house.database.sessions) as tx:
        before = await tx.scalar(select(IdempotencyKey.seen_at))
    again = await admin.post("/v1/accounts", account_body("satu"), key="one")
    async with transaction(fresh_house.database.sessions) as tx:
        row = (await tx.scalars(select(IdempotencyKey))).one()
    assert (again.status_code, again.text) == (first.status_code, first.text)
    assert again.headers["idempotency-replayed"] == "true"
    assert before is not None
    assert row.seen_at > before
    assert row.answer_sealed is not None
    assert b"satu" not in row.answer_sealed


async def test_the_same_key_with_another_body_or_address_is_422(admin: Person, fresh_house: House) -> None:
    assert (await admin.post("/v1/accounts", account_body("satu"), key="k")).status_code == 201
    other = await admin.post("/v1/accounts", account_body("dua"), key="k")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert await counted(fresh_house, "dua") == (0, 1)
    made = await admin.post("/v1/clients", client_body("aa"), key="c")
    made_too = await admin.post("/v1/clients", client_body("bb"), key="d")
    rotated = await admin.post(f"/v1/clients/{made.json()['id']}/rotate", key="r")
    elsewhere = await admin.post(f"/v1/clients/{made_too.json()['id']}/rotate", key="r")
    assert (rotated.status_code, elsewhere.status_code) == (200, 422)


def client_body(client_id: str) -> dict[str, object]:
    return {"client_id": client_id, "name": "Sistem", "agency": "DINSOS-1374"}


async def test_a_refused_request_may_be_sent_again_with_its_key(admin: Person) -> None:
    taken = await admin.post("/v1/accounts", account_body("siti"), key="again")
    assert (taken.status_code, taken.json()["code"]) == (409, "login_taken")
    repaired = await admin.post("/v1/accounts", account_body("siti2"), key="again")
    assert repaired.status_code == 201
    assert "idempotency-replayed" not in repaired.headers


async def test_two_accounts_may_use_the_same_key(admin: Person, fresh_client: AsyncClient) -> None:
    other = await log_in(fresh_client, "admin@1371")
    body = account_body("sama", grants=[])
    first, second = await asyncio.gather(
        admin.post("/v1/accounts", body, key="same"), other.post("/v1/accounts", body, key="same")
    )
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] != second.json()["id"]


async def test_a_twin_that_does_not_end_is_409_after_two_seconds(admin: Person, fresh_house: House) -> None:
    me = parse_public_id((await admin.get("/v1/me")).json()["id"])
    assert me is not None
    key = Key("13.74", me.id, "POST /v1/accounts", "slow")
    loop = asyncio.get_running_loop()
    async with transaction(fresh_house.database.sessions) as tx:
        assert await idempotency.claim(tx, key, b"", datetime.now(UTC))
        begun = loop.time()
        answer = await admin.post("/v1/accounts", account_body("lambat"), key="slow")
        took = loop.time() - begun
        await idempotency.release(tx, key)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_running")
    assert answer.headers["retry-after"] == "2"
    assert 1.5 < took < 4
    assert (await admin.post("/v1/accounts", account_body("lambat"), key="slow")).status_code == 201


async def test_who_lost_the_right_gets_no_replay(admin: Person, fresh_house: House) -> None:
    made = await admin.post("/v1/clients", client_body("baru"), key="secret")
    assert made.json()["client_secret"].startswith("pc_1374-")
    mine = parse_public_id((await admin.get("/v1/me")).json()["id"])
    assert mine is not None
    await end_grants(fresh_house, mine.id)
    fresh_house.sessions.clear()
    again = await admin.post("/v1/clients", client_body("baru"), key="secret")
    assert again.status_code == 403
    assert "client_secret" not in again.text


class Shown(BaseModel):
    secret: str


async def test_a_replay_asks_again_whether_the_caller_may_see_it(fresh_house: House) -> None:
    once = Once(fresh_house, uuid4(), "POST /v1/probe", "key", b"digest", fresh_house.clock())

    async def work() -> Answer:
        return Answer(Shown(secret="told to the first"))

    async def may() -> None:
        return None

    async def may_not() -> None:
        raise Forbidden

    async with transaction(fresh_house.database.sessions) as tx:
        assert (await once(tx, "13.74", work, may_see=may_not)).status_code == 201
    with pytest.raises(Forbidden):
        async with transaction(fresh_house.database.sessions) as tx:
            await once(tx, "13.74", work, may_see=may_not)
    async with transaction(fresh_house.database.sessions) as tx:
        again = await once(tx, "13.74", work, may_see=may)
    assert again.headers["idempotency-replayed"] == "true"


async def end_grants(house: House, account_id: UUID) -> None:
    async with transaction(house.database.sessions) as tx:
        for grant in await tx.scalars(select(Grant).where(Grant.account_id == account_id)):
            grant.valid_to = grant.valid_from.replace(year=2020)
