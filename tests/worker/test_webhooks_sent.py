"""Webhooks over real sockets: what arrives, in which order, and what a bad receiver cannot do."""

import json
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from app.api.deps import House
from app.domain.webhooks import ATTEMPTS, PAUSES
from tests.conftest import LogIn
from tests.support.desk import Desk, open_case
from tests.support.http import Person
from tests.support.webhooks import Got, Pusher, Receiver, answer, receiving

pytestmark = pytest.mark.commits


@pytest.fixture
async def leader(house: House, login: LogIn) -> Person:
    object.__setattr__(house, "settings", house.settings.model_copy(update={"webhook_loopback": True}))
    return await login("manajer@1374")


class Endpoint:
    """An endpoint of the secretariat, as its owner sees it."""

    def __init__(self, leader: Person, made: dict[str, Any]) -> None:
        self.leader, self.secret = leader, str(made["secret"])
        self.path = f"/v1/webhooks/{made['webhook']['id']}"

    @classmethod
    async def at(cls, leader: Person, url: str, **more: object) -> "Endpoint":
        made = await leader.post("/v1/webhooks", {"url": url, **more})
        assert made.status_code == 201, made.text
        return cls(leader, made.json())

    async def shown(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.leader.get(self.path)).json()
        return found

    async def change(self, **changes: object) -> None:
        tag = (await self.leader.get(self.path)).headers["ETag"]
        done = await self.leader.patch(self.path, changes, etag=tag)
        assert done.status_code == 200, done.text

    async def deliveries(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.leader.get(f"{self.path}/deliveries?limit=200")).json()[
            "items"
        ]
        return found

    async def end(self) -> None:
        if (await self.shown())["state"] == "active":
            await self.change(active=False)
        done = await self.leader.post(f"{self.path}/remove")
        assert done.status_code == 200, done.text


def tickets(receiver: Receiver) -> list[tuple[str, str]]:
    """Return of what came the ticket and the id, in order."""
    found = []
    for got in receiver.got:
        said = json.loads(got.body)
        found.append((said["data"].get("ticket") or "", got.headers["webhook-id"]))
    return found


def verify(secret: str, got: Got) -> dict[str, Any]:
    found: dict[str, Any] = Webhook(secret).verify(got.body, got.headers)
    return found


async def feed_of(reader: Person, after: str) -> list[dict[str, Any]]:
    answer_ = await reader.get(f"/v1/events?limit=200&after={after}")
    found: list[dict[str, Any]] = answer_.json()["items"]
    return found


async def end_of_feed(reader: Person) -> str:
    page = (await reader.get("/v1/events?limit=200")).json()
    while page["more"]:
        page = (await reader.get(f"/v1/events?limit=200&after={page['next']}")).json()
    return str(page["next"])


async def grown(login: LogIn) -> Desk:
    """Open a case and refer it: several events of one case."""
    desk = await open_case(await login("siti@1374"))
    await desk.refer({"program": "BLT_KOTA", "purpose": "AID"})
    return desk


async def test_a_receiver_that_was_down_for_three_days_gets_every_event_in_the_order_of_its_case(
    house: House, leader: Person, login: LogIn, tmp_path: Path
) -> None:
    pusher = Pusher(house, tmp_path, datetime.now(UTC) - sum(PAUSES, timedelta(minutes=5)) * 1.1)
    await pusher.put_out()
    async with receiving(answering=lambda _: answer(503)) as receiver:
        hook = await Endpoint.at(leader, receiver.url)
        after = await end_of_feed(await login("sekretariat@1374"))
        cases = [await grown(login) for _ in range(3)]
        await pusher.push()
        down = len(receiver.got)
        # What happens while it is down waits behind what happened before in its case.
        cases.append(await grown(login))
        await pusher.push()
        for pause in PAUSES[:-1]:
            await pusher.later(seconds=pause.total_seconds() * 1.1 + 1)
        assert (await hook.shown())["state"] == "active"
        tried = tickets(receiver)
        # Of no case did a second event come before the first had arrived.
        assert len(set(tried)) == len({ticket for ticket, _ in tried}) == len(cases)
        assert down >= 1
        receiver.got.clear()
        receiver.answering = lambda _: answer()
        pusher.at = datetime.now(UTC)
        await pusher.send()
        expected = [
            (one["ticket"] or "", one["id"]) for one in await feed_of(await login("sekretariat@1374"), after)
        ]
        came = tickets(receiver)
        assert sorted(came) == sorted(expected)
        for ticket in {ticket for ticket, _ in came}:
            assert [one for one in came if one[0] == ticket] == [one for one in expected if one[0] == ticket]
        assert len({id_ for _, id_ in came}) == len(came)
        for got in receiver.got:
            assert verify(hook.secret, got)["type"]
        shown = await hook.shown()
        assert (shown["waiting"], shown["failures"]) == (0, 0)
        await hook.end()


async def test_attempts_follow_the_schedule_and_the_last_one_disables_with_a_notice(
    house: House, leader: Person, tmp_path: Path
) -> None:
    pusher = Pusher(house, tmp_path)
    async with receiving(answering=lambda _: answer(500)) as receiver:
        hook = await Endpoint.at(leader, receiver.url)
        await leader.post(f"{hook.path}/test")
        pusher.at = datetime.now(UTC)
        await pusher.send()
        for n, pause in enumerate(PAUSES, 1):
            assert len(receiver.got) == n
            await pusher.later(seconds=pause.total_seconds() - 1)
            assert len(receiver.got) == n, "too early"
            await pusher.later(seconds=pause.total_seconds() * 0.1 + 1)
        assert len(receiver.got) == ATTEMPTS
        assert len({(got.headers["webhook-id"], got.body) for got in receiver.got}) == 1
        shown = await hook.shown()
        assert (shown["state"], shown["stopped"], shown["waiting"]) == ("disabled", "exhausted", 1)
        told = (await leader.get("/v1/notifications")).json()["items"]
        assert told[0]["kind"] == "webhook_stopped"
        # Nothing is lost: enabled again, it goes on with what waits.
        receiver.answering = lambda _: answer()
        await hook.change(active=True)
        pusher.at = max(pusher.at, datetime.now(UTC))
        await pusher.send()
        assert (await hook.shown())["waiting"] == 0
        await hook.end()


@pytest.mark.parametrize(
    ("answering", "status", "problem"),
    [
        (lambda _: answer(301, location="http://127.0.0.1:9/inside"), 301, None),
        (lambda _: answer(500), 500, None),
        (lambda _: b"", None, "broken_answer"),
        (lambda _: b"gibberish\r\n\r\n", None, "broken_answer"),
    ],
    ids=["redirect", "fault", "cut", "no HTTP"],
)
async def test_what_is_no_2xx_counts_as_a_failure_and_is_told(
    answering: Callable[[int], bytes],
    status: int | None,
    problem: str | None,
    house: House,
    leader: Person,
    tmp_path: Path,
) -> None:
    pusher = Pusher(house, tmp_path)
    async with receiving(answering=answering) as receiver:
        hook = await Endpoint.at(leader, receiver.url)
        await leader.post(f"{hook.path}/test")
        pusher.at = datetime.now(UTC)
        await pusher.send()
        (one,) = await hook.deliveries()
        assert (one["state"], one["status"], one["problem"]) == ("waiting", status, problem)
        assert len(receiver.got) == 1
        await hook.end()


async def test_410_disables_at_once(house: House, leader: Person, tmp_path: Path) -> None:
    pusher = Pusher(house, tmp_path)
    async with receiving(answering=lambda _: answer(410)) as receiver:
        hook = await Endpoint.at(leader, receiver.url)
        await leader.post(f"{hook.path}/test")
        pusher.at = datetime.now(UTC)
        await pusher.send()
        shown = await hook.shown()
        assert (shown["state"], shown["stopped"]) == ("disabled", "gone")
        refused = await leader.post(f"{hook.path}/test")
        assert (refused.status_code, refused.json()["code"]) == (409, "webhook_disabled")
        await hook.end()


async def test_a_slow_receiver_and_a_huge_body_are_cut_off_and_slow_no_other(
    house: House, leader: Person, tmp_path: Path
) -> None:
    pusher = Pusher(house, tmp_path, seconds=1.0)
    huge = answer(200, body=b"x" * 3_000_000)
    async with receiving(delay=5.0) as slow, receiving(answering=lambda _: huge) as wide, receiving() as good:
        hooks = [await Endpoint.at(leader, one.url) for one in (slow, wide, good)]
        for hook in hooks:
            for _ in range(3):
                await leader.post(f"{hook.path}/test")
        pusher.at = datetime.now(UTC)
        begun = datetime.now(UTC)
        await pusher.send()
        assert datetime.now(UTC) - begun < timedelta(seconds=4)
        assert [len(one.got) for one in (slow, wide, good)] == [1, 3, 3]
        # A batch that is cut off has its connection closed; the good one's stays open.
        assert wide.connections > 1
        first = min(await hooks[0].deliveries(), key=lambda one: one["n"])
        assert (first["state"], first["problem"]) == ("waiting", "timeout")
        for hook in hooks:
            await hook.end()


async def test_a_name_that_leads_inside_gets_no_connection(
    house: House, leader: Person, tmp_path: Path
) -> None:
    async with receiving() as inside:
        port = inside.url.rsplit(":", 1)[1].partition("/")[0]
        asked = []

        async def rebinding(host: str, _port: int) -> list[str]:
            asked.append(host)
            return ["127.0.0.1"] if len(asked) > 1 else ["93.184.215.14", "127.0.0.1"]

        pusher = Pusher(house, tmp_path, loopback=False, resolve=rebinding)
        hook = await Endpoint.at(leader, f"https://rebind.contoh.go.id:{port}/x")
        await leader.post(f"{hook.path}/test")
        pusher.at = datetime.now(UTC)
        await pusher.send()
        await pusher.later(seconds=6)
        (one,) = await hook.deliveries()
        assert (one["problem"], one["attempts"], asked) == ("not_public", 2, ["rebind.contoh.go.id"] * 2)
        assert inside.connections == 0
        await hook.end()


async def test_a_signature_that_was_altered_or_is_old_is_refused_and_both_secrets_sign_for_a_day(
    house: House, leader: Person, tmp_path: Path
) -> None:
    pusher = Pusher(house, tmp_path)
    async with receiving() as receiver:
        hook = await Endpoint.at(leader, receiver.url)
        rotated = (await leader.post(f"{hook.path}/secret")).json()
        await leader.post(f"{hook.path}/test")
        pusher.at = datetime.now(UTC)
        await pusher.send()
        (got,) = receiver.got
        for secret in (hook.secret, rotated["secret"]):
            assert len(b64decode(secret.removeprefix("whsec_"))) == 32
            assert verify(secret, got)["type"] == "webhook.test"
        for place in range(0, len(got.body), 7):
            altered = got.body[:place] + bytes([got.body[place] ^ 1]) + got.body[place + 1 :]
            with pytest.raises(WebhookVerificationError):
                verify(hook.secret, Got(got.headers, altered))
        old = {**got.headers, "webhook-timestamp": str(int(got.headers["webhook-timestamp"]) - 301)}
        with pytest.raises(WebhookVerificationError):
            verify(hook.secret, Got(old, got.body))
        pusher.at += timedelta(hours=25)
        await leader.post(f"{hook.path}/test")
        await pusher.send()
        assert len(receiver.got[1].headers["webhook-signature"].split()) == 1
        await hook.end()


async def test_one_is_sent_again_and_a_replay_from_a_cursor_gives_the_same_ids_and_bodies(
    house: House, leader: Person, login: LogIn, tmp_path: Path
) -> None:
    pusher = Pusher(house, tmp_path)
    await pusher.put_out()
    async with receiving() as receiver:
        hook = await Endpoint.at(leader, receiver.url)
        cursor = await end_of_feed(await login("sekretariat@1374"))
        await grown(login)
        pusher.at = datetime.now(UTC)
        await pusher.push()
        first = {got.headers["webhook-id"]: got.body for got in receiver.got}
        n = (await hook.deliveries())[0]["n"]
        again = await leader.post(f"{hook.path}/deliveries/{n}/redeliver")
        assert again.status_code == 202
        pusher.at = datetime.now(UTC)
        await pusher.send()
        assert len(receiver.got) == len(first) + 1
        receiver.got.clear()
        done = await leader.post(f"{hook.path}/replay", {"after": cursor})
        assert done.status_code == 202, done.text
        pusher.at = datetime.now(UTC)
        await pusher.push()
        assert {got.headers["webhook-id"]: got.body for got in receiver.got} == first
        wrong = await leader.post(f"{hook.path}/replay", {"after": "AAAA"})
        assert wrong.status_code == 422
        await hook.end()
