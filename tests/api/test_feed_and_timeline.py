"""The feed and the timeline over HTTP: what is told, to whom, and how one goes on."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.api.deps import House
from app.api.feed_wait import FeedWait
from app.db.queries import feed
from app.db.queries.events import CaseStream, append
from app.db.session import transaction
from app.db.tables.access import Account
from app.db.tables.cases import Case
from app.domain.access import Actor
from app.domain.codes import ActorKind
from app.domain.events.cases import CaseAssigned, CaseStepTaken
from app.domain.ids import public_id
from tests.support.http import Person
from tests.support.streams import NOW, PADANG, PADANG_PANJANG, add_case, cause, grow

LogIn = Callable[..., Awaitable[Person]]
OFFICER = "siti@1374"


class Story:
    """A case whose events are known, in a village of the officer."""

    def __init__(self, stream: CaseStream, ticket: str, account: str) -> None:
        self.stream, self.ticket, self.account = stream, ticket, account


@pytest.fixture(scope="module")
async def story(house: House) -> Story:
    async with transaction(house.database.sessions) as tx:
        account = (
            await tx.scalars(select(Account).where(Account.regency_code == "13.74", Account.login == "siti"))
        ).one()
        stream = await add_case(tx, village_code="13.74.01.1005")
        far = await add_case(tx, PADANG)
        await grow(tx, far, 2)
        actor = Actor(ActorKind.OFFICER, PADANG_PANJANG, account.id)
        happened = [
            CaseStepTaken(
                case_id=stream.id, action="resolve", from_status="handling", to_status="resolved",
                outcome="information_given",
            ),
            CaseAssigned(case_id=stream.id, assignee_id=account.id),
        ]  # fmt: skip
        await append(tx, stream, happened, actor=actor, now=NOW, cause_id=cause())
        await grow(tx, stream, 3, now=NOW + timedelta(seconds=1))
        ticket = await tx.scalar(
            select(Case.ticket).where(Case.regency_code == stream.regency_code, Case.id == stream.id)
        )
    for regency in (PADANG, PADANG_PANJANG):
        async with transaction(house.database.sessions) as tx:
            await feed.number_pending(tx, regency, NOW, 100)
    return Story(stream, str(ticket), public_id(PADANG_PANJANG, account.id))


async def test_the_timeline_tells_ids_codes_and_words_in_both_languages(story: Story, login: LogIn) -> None:
    officer = await login(OFFICER)
    answer = await officer.get(f"/v1/cases/{story.ticket}/events", limit=2, count="true")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    first, second = body["items"]
    assert (body["count"], first["n"], second["n"]) == (5, 1, 2)
    assert first["type"] == "case.step_taken"
    assert first["words"]["en"].startswith(first["label"]["en"] + ": ")
    assert "→" in first["words"]["id"]
    assert first["words"]["id"] != first["words"]["en"]
    assert first["actor"] == {"kind": "officer", "id": story.account}
    assert second["data"] == {"assignee_id": story.account}
    assert first["cause_id"] == second["cause_id"]
    assert first["case_id"] == public_id(PADANG_PANJANG, story.stream.id)
    rest = await officer.get(f"/v1/cases/{story.ticket}/events", cursor=body["next"])
    assert [item["n"] for item in rest.json()["items"]] == [3, 4, 5]
    assert rest.json()["next"] is None


async def test_the_timeline_of_a_case_out_of_scope_is_not_there(story: Story, login: LogIn) -> None:
    stranger = await login("admin@1374")
    for ticket in (story.ticket, "1374-0000-0000-0", "no ticket"):
        answer = await stranger.get(f"/v1/cases/{ticket}/events")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_the_feed_goes_on_where_it_was(story: Story, house: House, login: LogIn) -> None:
    officer = await login(OFFICER)
    seen, after = [], None
    for _ in range(4):
        answer = await officer.get("/v1/events", limit=2, **({"after": after} if after else {}))
        assert answer.status_code == 200, answer.text
        seen += [item["n"] for item in answer.json()["items"]]
        after = answer.json()["next"]
        assert f"after={after}" in answer.headers["Link"]
    assert seen == [1, 2, 3, 4, 5]
    assert not answer.json()["more"]
    async with transaction(house.database.sessions) as tx:
        await grow(tx, story.stream)
    async with transaction(house.database.sessions) as tx:
        await feed.number_pending(tx, PADANG_PANJANG, NOW, 100)
    answer = await officer.get("/v1/events", after=after, types="case.rated,case.opened")
    assert [item["ticket"] for item in answer.json()["items"]] == [story.ticket]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"types": "case.opened,case.unheard"}, "/query/types"),
        ({"types": ""}, "/query/types"),
        ({"after": "abc"}, "/query/after"),
        ({"after": ""}, "/query/after"),
        ({"limit": 1001}, "/query/limit"),
        ({"since": "2026"}, "/query/since"),
    ],
)
async def test_what_the_feed_cannot_read_is_refused(
    login: LogIn, query: dict[str, object], pointer: str
) -> None:
    officer = await login(OFFICER)
    answer = await officer.get("/v1/events", **query)
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_a_cursor_of_another_list_is_refused(story: Story, login: LogIn) -> None:
    officer = await login(OFFICER)
    page = await officer.get(f"/v1/cases/{story.ticket}/events", limit=1)
    answer = await officer.get("/v1/events", after=page.json()["next"])
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


async def test_whoever_waits_hears_of_what_comes_at_once_and_of_nothing_else(
    story: Story, house: House, login: LogIn
) -> None:
    officer, stranger = await login(OFFICER), await login("sekretariat@1371")
    after = (await officer.get("/v1/events", limit=200)).json()["next"]
    theirs = (await stranger.get("/v1/events", limit=200)).json()["next"]
    waiting = asyncio.create_task(officer.get("/v1/events", after=after, wait=15))
    elsewhere = asyncio.create_task(stranger.get("/v1/events", after=theirs, wait=3))
    await asyncio.sleep(1.5)
    assert not waiting.done()
    assert house.database.engine.pool.checkedout() == 0  # Whoever waits holds no connection.
    async with transaction(house.database.sessions) as tx:
        await grow(tx, story.stream)
    async with transaction(house.database.sessions) as tx:
        await feed.number_pending(tx, PADANG_PANJANG, NOW, 100)
    answer = await asyncio.wait_for(waiting, 5)
    assert [item["ticket"] for item in answer.json()["items"]] == [story.ticket]
    nothing = (await elsewhere).json()
    assert (nothing["items"], nothing["more"]) == ([], False)


async def test_whoever_is_signed_out_while_waiting_is_told_nothing(
    story: Story, house: House, login: LogIn
) -> None:
    officer = await login(OFFICER)
    after = (await officer.get("/v1/events", limit=200)).json()["next"]
    waiting = asyncio.create_task(officer.get("/v1/events", after=after, wait=15))
    await asyncio.sleep(0.5)
    await officer.client.post("/v1/oauth/revoke", data={"token": officer.token})
    async with transaction(house.database.sessions) as tx:
        await grow(tx, story.stream)
    async with transaction(house.database.sessions) as tx:
        await feed.number_pending(tx, PADANG_PANJANG, NOW, 100)
    assert (await asyncio.wait_for(waiting, 5)).status_code == 401


async def test_where_too_many_wait_the_next_one_has_no_place() -> None:
    waiting = FeedWait(most=1)
    async with waiting.place() as first, waiting.place() as second:
        assert (first, second) == (True, False)
    async with waiting.place() as again:
        assert again
