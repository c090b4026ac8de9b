"""List, feed, webhook, sync and export show one set: also after a reassignment, and of closed cases.

What a reader of a case list, a desk's device, an export, the feed and a pushed endpoint are told of the same
scope is compared case by case and, where events are told, event by event.
"""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient

from app.api.deps import House
from app.db.queries import work
from app.worker.loop import JOBS, work_once
from tests.conftest import LogIn
from tests.support.desk import CASE, VILLAGE, Desk, a_person, act, open_case
from tests.support.http import Person
from tests.support.offline import Device, Store
from tests.support.webhooks import Pusher, Receiver, receiving
from tests.support.working import make_tools

pytestmark = pytest.mark.commits
BLT = {"program": "BLT_KOTA", "purpose": "AID"}


class Watched:
    """One reader, and all the ways in which it is told of the cases that a test opened."""

    def __init__(self, reader: Person, start: str, receiver: Receiver | None = None) -> None:
        self.reader, self.start, self.receiver = reader, start, receiver
        self.store = Store(Device(reader))

    async def listed(self, mine: set[str]) -> set[str]:
        return {t for t in mine if (await self.reader.get(f"/v1/cases?q={t}")).json()["items"]}

    async def synced(self, mine: set[str]) -> set[str]:
        return set((await self.store.follow()).cases) & mine

    async def exported(self, house: House, mine: set[str]) -> set[str]:
        made = await self.reader.post("/v1/exports", {"format": "ndjson", "purpose": "service"})
        assert made.status_code == 202, made.text
        tools = make_tools(house.database, lambda: datetime.now(UTC), house.settings.data_dir)
        await work_once(tools, {work.RUN_JOB: JOBS[work.RUN_JOB]})
        answer = await self.reader.get(f"/v1/exports/{made.json()['id']}/content")
        assert answer.status_code == 200, answer.text
        return {json.loads(line)["ticket"] for line in answer.text.splitlines()} & mine

    async def fed(self) -> list[tuple[str, str]]:
        """Return the events since the start, as ticket and id."""
        found: list[tuple[str, str]] = []
        after, more = self.start, True
        while more:
            page = (await self.reader.get(f"/v1/events?limit=200&after={after}")).json()
            found += [(str(one["ticket"]), str(one["id"])) for one in page["items"]]
            after, more = page["next"], page["more"]
        return found

    def pushed(self) -> list[tuple[str, str]]:
        assert self.receiver is not None
        bodies = [json.loads(one.body)["data"] for one in self.receiver.got]
        return [(str(one.get("ticket")), str(one["id"])) for one in bodies]


def by_case(told: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the events of each case in their order: across cases an endpoint gets them side by side."""
    return {ticket: [id_ for one, id_ in told if one == ticket] for ticket, _ in told}


async def end_of_feed(reader: Person) -> str:
    page: dict[str, Any] = (await reader.get("/v1/events?limit=200")).json()
    while page["more"]:
        page = (await reader.get(f"/v1/events?limit=200&after={page['next']}")).json()
    return str(page["next"])


@pytest.fixture
async def pusher(house: House, tmp_path: Path) -> Pusher:
    object.__setattr__(house, "settings", house.settings.model_copy(update={"webhook_loopback": True}))
    made = Pusher(house, tmp_path)
    await made.put_out()
    return made


async def push(pusher: Pusher) -> None:
    pusher.at = datetime.now(UTC)
    await pusher.push()


async def endpoint(owner: Person, url: str) -> str:
    made = await owner.post("/v1/webhooks", {"url": url})
    assert made.status_code == 201, made.text
    return f"/v1/webhooks/{made.json()['webhook']['id']}"


async def ended(owner: Person, path: str) -> None:
    tag = (await owner.get(path)).headers["ETag"]
    assert (await owner.patch(path, {"active": False}, etag=tag)).status_code == 200
    assert (await owner.post(f"{path}/remove")).status_code == 200


async def complain_about(accused: str, by: Person) -> str:
    body = {**CASE, "subject": a_person(), "kind": "PENGADUAN", "category": "LAYANAN_PETUGAS"}
    body["about"] = [{"kind": "account", "ref": accused}]
    answer = await by.post("/v1/cases", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["ticket"])


async def closed_to_named(case: Desk, by: Person) -> None:
    await case.read(by)
    answer = await by.patch(f"/v1/cases/{case.ticket}", {"confidentiality": "RAHASIA"}, etag=case.etag)
    assert answer.status_code == 200, answer.text


async def sent_elsewhere(case: Desk, by: Person) -> None:
    await case.read(by)
    await case.took("transfer", {"to_region": "13.71.02.1003", "note": "Keluarga ini pindah ke Padang."}, by)


@pytest.mark.parametrize("moved", [closed_to_named, sent_elsewhere], ids=lambda one: one.__name__)
async def test_the_secretariat_is_told_the_same_in_five_ways(
    moved: Callable[[Desk, Person], Awaitable[None]],
    house: House,
    login: LogIn,
    pusher: Pusher,
) -> None:
    office, manager, siti = (
        await login("sekretariat@1374"),
        await login("manajer@1374"),
        await login("siti@1374"),
    )
    async with receiving() as receiver:
        path = await endpoint(manager, receiver.url)
        watched = Watched(office, await end_of_feed(office), receiver)
        cases = {
            secrecy: await open_case(siti, confidentiality=secrecy)
            for secrecy in ("BIASA", "TERBATAS", "RAHASIA")
        }
        await cases["BIASA"].refer(BLT)
        accused = (await (await login("hendra@1374")).get("/v1/me")).json()["id"]
        handler = await complain_about(accused, siti)
        tickets = {name: case.ticket for name, case in cases.items()}
        mine = {*tickets.values(), handler}

        async def told(expected: set[str]) -> None:
            await push(pusher)
            assert await watched.listed(mine) == expected
            assert await watched.synced(mine) == expected
            assert await watched.exported(house, mine) == expected

        await told({tickets["BIASA"], tickets["TERBATAS"]})
        first = await watched.fed()
        assert {ticket for ticket, _ in first} & mine == {tickets["BIASA"], tickets["TERBATAS"]}
        assert by_case(watched.pushed()) == by_case(first)

        # What was the office's goes out of its sight: from then on it is told of nowhere.
        await moved(cases["TERBATAS"], manager)
        note = await manager.post(f"/v1/cases/{tickets['TERBATAS']}/notes", {"text": "Hanya untuk kami."})
        await told(await watched.listed(mine))
        later = watched.pushed()[len(first) :]
        seen = tickets["TERBATAS"] in await watched.listed(mine)
        assert seen is (moved is sent_elsewhere)
        assert note.status_code == (201 if not seen else note.status_code)
        assert set(later) <= set(await watched.fed())
        if not seen:
            assert tickets["TERBATAS"] not in {ticket for ticket, _ in later}
            assert tickets["TERBATAS"] in watched.store.removed
            assert tickets["TERBATAS"] not in {ticket for ticket, _ in await watched.fed()}
        await ended(manager, path)


async def test_a_case_that_is_given_to_another_leaves_one_desk_and_comes_to_the_other(
    house: House, login: LogIn, pusher: Pusher
) -> None:
    siti, yulia, office = await login("siti@1374"), await login("yulia@1374"), await login("sekretariat@1374")
    watched = {one: Watched(one, await end_of_feed(one)) for one in (siti, yulia)}
    case = await open_case(siti, confidentiality="TERBATAS", village=VILLAGE)
    mine = {case.ticket}

    async def given_to(holder: Person | None) -> None:
        body = (
            {"account_id": (await holder.get("/v1/me")).json()["id"]} if holder else {"queue": "secretariat"}
        )
        answer = await office.post(f"/v1/cases/{case.ticket}/assignments", body)
        assert answer.status_code == 201, answer.text
        await push(pusher)
        for reader, told in watched.items():
            expected = mine if reader is holder else set()
            assert await told.listed(mine) == expected
            assert await told.synced(mine) == expected
            assert await told.exported(house, mine) == expected
            assert {ticket for ticket, _ in await told.fed()} & mine == expected

    await given_to(siti)
    await given_to(None)
    await given_to(siti)
    assert watched[siti].store.removed == [case.ticket]


async def test_an_agency_is_told_the_same_by_inbox_feed_and_webhook_until_the_referral_is_taken_back(
    client: AsyncClient, login: LogIn, pusher: Pusher
) -> None:
    form = {"client_id": "sistem-dinsos@1374", "client_secret": "demo-secret-sistem-dinsos-1374"}
    given = await client.post("/v1/oauth/token", data={"grant_type": "client_credentials", **form})
    agency = Person(client, given.json()["access_token"], "sistem-dinsos@1374")
    siti, office = await login("siti@1374"), await login("sekretariat@1374")
    async with receiving() as receiver:
        path = await endpoint(agency, receiver.url)
        watched = Watched(agency, await end_of_feed(agency), receiver)
        kept, lost = await open_case(siti), await open_case(siti)
        other = await open_case(siti)
        await other.refer({"program": "UMUM.DINKES-1374", "purpose": "INFORMATION"})
        (first,), (second,) = await kept.refer(BLT), await lost.refer(BLT)
        await push(pusher)
        mine = {kept.ticket, lost.ticket, other.ticket}

        async def inbox() -> set[str]:
            items = (await agency.get("/v1/referrals?limit=200")).json()["items"]
            return {one["ticket"] for one in items} & mine

        assert await inbox() == {kept.ticket, lost.ticket}
        assert {ticket for ticket, _ in await watched.fed()} == {kept.ticket, lost.ticket}
        assert by_case(watched.pushed()) == by_case(await watched.fed())
        assert (await act(agency, first, "accept")).status_code == 200
        assert (await act(office, second, "revoke", {"reason": "wrong_program"})).status_code == 200
        before = len(watched.pushed())
        await lost.read(siti)
        await lost.refer({"program": "UMUM.DINKES-1374", "purpose": "INFORMATION"})
        await push(pusher)
        assert by_case(watched.pushed()) == by_case(await watched.fed())
        assert kept.ticket in {ticket for ticket, _ in watched.pushed()[before:]}
        shown = {id_ for _, id_ in await watched.fed()}
        elsewhere = (await office.get(f"/v1/cases/{lost.ticket}/events?limit=100")).json()["items"]
        sent = [one["referral_id"] for one in elsewhere if one["type"] == "referral.sent"]
        assert {one["id"] for one in elsewhere if one["referral_id"] == sent[-1]}.isdisjoint(shown)
        await ended(agency, path)
