"""The sync driver: what it makes of answers, of refusals, of a link that breaks at any byte."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from app.api.deps import House as App
from app.services.seed import DEMO_PASSWORD
from puskesos_client import (
    Bearer,
    Case,
    Device,
    Operation,
    OtherAccount,
    PasswordGrant,
    Refused,
    Retries,
    State,
    Unreachable,
    connect,
)
from tests.support.desk import open_case
from tests.support.http import log_in
from tests.support.listening import listening
from tests.support.proof import LONG
from tests.support.scripted import Scripted

ACCOUNT = "siti@1374"
ONCE = Retries(tries=1)
QUICK = Retries(tries=3, base=0.001, longest=0.002)
Answering = Callable[[list[dict[str, Any]]], httpx.Response]


def note(id_: str, case: Case | None = None) -> Operation:
    return Operation("note", {"text": f"Catatan {id_}"}, case or Case(ticket="1374-3F7K-9QX2-M"), id=id_)


def judged(*results: dict[str, Any]) -> httpx.Response:
    return httpx.Response(200, json={"results": results, "server_time": "x", "clock_off_seconds": 3})


def all_applied(operations: list[dict[str, Any]]) -> httpx.Response:
    return judged(*({"id": one["id"], "verdict": "applied"} for one in operations))


class Service:
    """Answers `/v1/me` and what a test says of a batch; keeps the batches."""

    def __init__(self, answering: Answering = all_applied, login: str = ACCOUNT) -> None:
        self.answering, self.login = answering, login
        self.batches: list[list[str]] = []
        self.sent_at: list[str] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/me":
            return httpx.Response(200, json={"login": self.login})
        sent = json.loads(request.content)
        self.batches.append([one["id"] for one in sent["operations"]])
        self.sent_at.append(sent["device"]["sent_at"])
        return self.answering(sent["operations"])


@asynccontextmanager
async def device_of(service: Service, path: Path, retries: Retries = QUICK) -> AsyncIterator[Device]:
    async with connect("http://desk", Bearer("t"), retries=retries, transport=Scripted(service)) as client:
        device = Device(client, path / "queue.sqlite", ACCOUNT)
        try:
            yield device
        finally:
            device.close()


def states(device: Device) -> list[str]:
    return [one.state.value for one in device.queue.all()]


async def test_a_long_queue_goes_in_batches_of_five_hundred(tmp_path: Path) -> None:
    service = Service()
    async with device_of(service, tmp_path) as device:
        for n in range(501):
            device.queue.add(note(f"op-{n}"))
        report = await device.push()
    assert [len(batch) for batch in service.batches] == [500, 1]
    assert (report.verdicts, report.clock_off_seconds) == ({"applied": 501}, 3)


async def test_one_bad_operation_does_not_hold_the_others_up(tmp_path: Path) -> None:
    def answering(operations: list[dict[str, Any]]) -> httpx.Response:
        places = [n for n, one in enumerate(operations) if one["id"] == "bad"]
        if not places:
            return all_applied(operations)
        errors = [{"pointer": f"/operations/{places[0]}/visit", "code": "missing", "detail": "…"}]
        return httpx.Response(422, json={"status": 422, "code": "invalid", "errors": errors})

    async with device_of(Service(answering), tmp_path) as device:
        for id_ in ("a", "bad", "b"):
            await device.add(note(id_))
        await device.push()
        assert states(device) == ["applied", "rejected", "applied"]
        found = device.queue.find("bad")
        assert found is not None
        assert (found.verdict or {})["problem"]["code"] == "invalid"


async def test_a_batch_that_is_too_large_is_halved(tmp_path: Path) -> None:
    def answering(operations: list[dict[str, Any]]) -> httpx.Response:
        large = len(operations) > 2 or "op-6" in {one["id"] for one in operations}
        return httpx.Response(413, json={"code": "too_large"}) if large else all_applied(operations)

    service = Service(answering)
    async with device_of(service, tmp_path) as device:
        for n in range(7):
            await device.add(note(f"op-{n}"))
        await device.push()
        assert states(device) == ["applied"] * 6 + ["rejected"]


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
async def test_a_refusal_of_the_whole_keeps_the_queue(status: int, tmp_path: Path) -> None:
    async with device_of(Service(lambda _: httpx.Response(status, json={"code": "x"})), tmp_path) as device:
        await device.add(note("op"))
        with pytest.raises(Refused):
            await device.push()
        assert states(device) == ["sent"]


async def test_a_broken_link_keeps_the_queue_and_asks_for_less_next_time(tmp_path: Path) -> None:
    def broken(_operations: list[dict[str, Any]]) -> httpx.Response:
        raise httpx.ReadError("the link broke")

    service = Service(broken)
    async with device_of(service, tmp_path) as device:
        for n in range(8):
            await device.add(note(f"op-{n}"))
        for most in (8, 4, 2, 1, 1):
            with pytest.raises(Unreachable):
                await device.push()
            assert len(service.batches[-1]) == most
        assert set(states(device)) == {"sent"}
        # Each try told its own time, by which the service judges the device's clock.
        assert len(set(service.sent_at)) == len(service.sent_at) == 5 * QUICK.tries
        service.answering = all_applied
        await device.push()
        assert set(states(device)) == {"applied"}


async def test_who_waits_for_ever_does_not_keep_the_driver(tmp_path: Path) -> None:
    def answering(operations: list[dict[str, Any]]) -> httpx.Response:
        return judged(
            *({"id": one["id"], "verdict": "waiting", "waiting_for": "elsewhere"} for one in operations)
        )

    service = Service(answering)
    async with device_of(service, tmp_path) as device:
        await device.add(note("op"))
        report = await device.push()
        assert states(device) == ["waiting"]
        assert report.verdicts["waiting"] == len(service.batches) == QUICK.tries


async def test_it_goes_out_under_its_own_account_only(tmp_path: Path) -> None:
    service = Service(login="rina@1374")
    async with device_of(service, tmp_path) as device:
        await device.add(note("op"))
        for going in (device.push, device.pull, device.sync):
            with pytest.raises(OtherAccount):
                await going()
        assert states(device) == ["queued"]
    assert service.batches == []


async def test_a_cursor_that_is_not_known_any_more_starts_anew(tmp_path: Path) -> None:
    asked: list[str | None] = []

    async def answering(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/me":
            return httpx.Response(200, json={"login": ACCOUNT})
        after = request.url.params.get("after")
        asked.append(after)
        if after == "old":
            return httpx.Response(400, json={"code": "bad_cursor", "status": 400})
        page = {"people": [], "codes": None, "programs": None, "removed": []}
        cases = [] if after else [{"ticket": "B"}]
        return httpx.Response(200, json={**page, "cases": cases, "next": "new", "more": after is None})

    async with connect("http://desk", Bearer("t"), retries=ONCE, transport=Scripted(answering)) as client:
        device = Device(client, tmp_path / "queue.sqlite", ACCOUNT)
        stale = {"cases": [{"ticket": "A"}], "people": [], "codes": None, "programs": None, "removed": []}
        device.store.take_in({**stale, "next": "old"})
        await device.add(note("op"))
        assert await device.pull() == 2
        assert asked == ["old", None, "new"]
        assert [one["ticket"] for one in device.store.cases()] == ["B"]
        assert states(device) == ["queued"]
        device.close()


async def test_two_pushes_at_once_send_once(tmp_path: Path) -> None:
    service = Service()
    async with device_of(service, tmp_path) as device:
        await device.add(note("op"))
        await asyncio.gather(device.push(), device.push())
    assert service.batches == [["op"]]


# With the service ------------------------------------------------------------------------------------


class Cutter:
    """A service that answers `/v1/me` whole and a batch with the first bytes of an answer."""

    def __init__(self, me: bytes, answer: bytes) -> None:
        self.me, self.answer = me, answer
        self.most = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        await reader.readexactly(int(length[0].split(b":")[1]) if length else 0)
        writer.write(self.me if head.startswith(b"GET /v1/me") else self.answer[: self.most])
        await writer.drain()
        writer.close()


async def raw(address: str, request: bytes) -> bytes:
    """Send *request* as it is; return the answer as it comes over the wire."""
    place = urlsplit(address)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return answer


def request_of(method: str, path: str, token: str, body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: desk", f"Authorization: Bearer {token}", "Connection: close"]
    lines += [
        "Content-Type: application/json",
        "Accept-Encoding: identity",
        f"Content-Length: {len(body)}",
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + body


def cuts(answer: bytes) -> list[int]:
    body = answer.index(b"\r\n\r\n") + 4
    ends = [*range(8), *range(body - 6, body + 6), *range(len(answer) - 8, len(answer))]
    return sorted({*range(0, len(answer), 1 if LONG else 29), *ends})


@pytest.fixture
def officer() -> PasswordGrant:
    return PasswordGrant("konsol@1374", ACCOUNT, DEMO_PASSWORD)


@pytest.mark.commits
async def test_cut_at_every_byte_of_the_answer_to_a_batch(
    house: App, client: httpx.AsyncClient, tmp_path: Path, officer: PasswordGrant
) -> None:
    """The service has done it all; the device learns of it by a whole answer, and of nothing before.

    The short form takes every 29th byte and those around the ends of head and answer, the long form all.
    """
    siti = await log_in(client, ACCOUNT)
    ticket = (await open_case(siti)).ticket
    async with listening(house) as address, connect(address, officer) as good:
        path = tmp_path / "queue.sqlite"
        device = Device(good, path, ACCOUNT)
        for id_ in ("a", "b"):
            await device.add(note(id_, Case(ticket=ticket)))
        sent = {"id": device.id, "sent_at": datetime.now(UTC).isoformat()}
        body = json.dumps({"device": sent, "operations": device.queue.batch()}).encode()
        me = await raw(address, request_of("GET", "/v1/me", siti.token))
        answer = await raw(address, request_of("POST", "/v1/sync", siti.token, body))
        assert answer.count(b'"verdict":"applied"') == 2
        cutter = Cutter(me, answer)
        server = await asyncio.start_server(cutter.serve, "127.0.0.1", 0)
        cut = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with connect(cut, Bearer("t"), retries=ONCE) as bad:
            there = Device(bad, path, ACCOUNT)
            for most in cuts(answer):
                cutter.most = most
                with pytest.raises(Unreachable):
                    await there.push()
                assert {one.state for one in there.queue.all()} <= {State.SENT, State.QUEUED}, most
            there.close()
        server.close()
        report = await device.push()
        assert report.verdicts == {"replayed": 2}
        notes = (await good.get(f"/v1/cases/{ticket}/notes")).body["items"]
        assert sorted(one["text"] for one in notes) == ["Catatan a", "Catatan b"]
        device.close()
