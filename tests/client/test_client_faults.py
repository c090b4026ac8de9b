"""The device and the real service over a socket: what goes wrong in the field loses nothing."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.api.deps import House
from app.domain.ids import parse_public_id
from app.services.seed import DEMO_PASSWORD
from puskesos_client import (
    Bearer,
    Case,
    Client,
    Device,
    Filed,
    Operation,
    PasswordGrant,
    Refused,
    Retries,
    SignInRefused,
    State,
    Unreachable,
    connect,
)
from tests.support.desk import open_case
from tests.support.http import log_in
from tests.support.listening import listening

pytestmark = pytest.mark.commits
LOGIN = "siti@1374"
WHO = PasswordGrant("konsol@1374", LOGIN, DEMO_PASSWORD)
QUICK = Retries(tries=3, base=0.01, longest=0.05)


@dataclass
class Desk:
    """One case of a desk, and the way to the service."""

    client: Client
    address: str
    ticket: str
    folder: Path

    def device(self, name: str = "queue", client: Client | None = None) -> Device:
        return Device(client or self.client, self.folder / f"{name}.sqlite", LOGIN)

    def note(self, id_: str, text: str = "", **more: Any) -> Operation:
        return Operation("note", {"text": text or f"Catatan {id_}"}, Case(ticket=self.ticket), id=id_, **more)

    async def notes(self) -> list[str]:
        return sorted([one["text"] async for one in self.client.pages(f"/v1/cases/{self.ticket}/notes")])


@pytest.fixture(scope="module")
async def address(house: House) -> AsyncIterator[str]:
    async with listening(house) as address:
        yield address


@pytest.fixture
async def desk(client: httpx.AsyncClient, address: str, tmp_path: Path) -> AsyncIterator[Desk]:
    ticket = (await open_case(await log_in(client, LOGIN))).ticket
    async with connect(address, WHO, retries=QUICK) as siti:
        yield Desk(siti, address, ticket, tmp_path)


def problem_of(filed: Filed | None) -> dict[str, Any]:
    assert filed is not None
    assert filed.verdict is not None
    found: dict[str, Any] = filed.verdict["problem"]
    return found


async def test_one_queue_on_two_devices_does_each_once(desk: Desk) -> None:
    """A copied file: both send the same operations at the same instant."""
    device = desk.device()
    for n in range(30):
        await device.add(desk.note(f"{desk.ticket}-{n:02}"))
    device.close()
    shutil.copy(desk.folder / "queue.sqlite", desk.folder / "copy.sqlite")
    one, two = desk.device(), desk.device("copy")
    reports = await asyncio.gather(one.push(), two.push())
    told = [report.verdicts["applied"] for report in reports]
    assert sum(told) == 30, told
    for each in (one, two):
        assert {filed.state for filed in each.queue.all()} == {State.APPLIED}
        each.close()
    assert await desk.notes() == [f"Catatan {desk.ticket}-{n:02}" for n in range(30)]


async def test_a_stolen_device_is_refused_and_its_queue_goes_by_the_next_log_in(
    desk: Desk, house: House, client: httpx.AsyncClient
) -> None:
    token = (await log_in(client, LOGIN)).token
    async with connect(desk.address, Bearer(token), retries=QUICK) as held:
        device = desk.device(client=held)
        await device.add(desk.note(f"{desk.ticket}-a"))
        await client.post("/v1/oauth/revoke", data={"token": token})
        house.sessions.clear()
        with pytest.raises(Refused) as refused:
            await device.sync()
        assert refused.value.problem.status == 401
        assert [one.state for one in device.queue.all()] == [State.QUEUED]
        assert await desk.notes() == []
        device.close()
    async with connect(desk.address, replace(WHO, password="salah"), retries=QUICK) as locked:
        device = desk.device(client=locked)
        with pytest.raises(SignInRefused):
            await device.sync()
        assert [one.state for one in device.queue.all()] == [State.QUEUED]
        device.close()
    device = desk.device()
    assert (await device.push()).verdicts == {"applied": 1}
    device.close()


async def test_a_batch_whose_sender_has_gone_is_not_done_in_his_place(desk: Desk, house: House) -> None:
    """Else each try that timed out would still be worked off, and the next one wait behind it for ever."""
    me = parse_public_id((await desk.client.get("/v1/me")).body["id"])
    assert me is not None
    async with AsyncExitStack() as lane:
        for _ in range(house.settings.intake_pool_size - 1):
            await lane.enter_async_context(house.limits.lanes.of(me.id))
        async with connect(desk.address, WHO, retries=Retries(tries=2, base=0.01), timeout=0.5) as hasty:
            device = desk.device(client=hasty)
            await device.add(desk.note(f"{desk.ticket}-a"))
            with pytest.raises(Unreachable):
                await device.push()
            device.close()
        await asyncio.sleep(0.2)  # until the service has heard that the sender is gone
    device = desk.device()
    assert (await device.push()).verdicts == {"applied": 1}
    device.close()


async def test_a_cycle_is_told_and_mended_and_holds_nothing_else_up(desk: Desk) -> None:
    one, two, three = (f"{desk.ticket}-{name}" for name in "abc")
    device = desk.device()
    await device.add(desk.note(one, after=(two,)))
    await device.add(desk.note(two, after=(one,)))
    await device.add(desk.note(three))
    await device.push()
    assert [filed.state for filed in device.queue.all()] == [State.REJECTED, State.REJECTED, State.APPLIED]
    assert problem_of(device.queue.find(one))["code"] == "dependency_cycle"
    device.queue.drop(one)
    device.queue.mend(two, after=())
    await device.push()
    assert [filed.state for filed in device.queue.all()] == [State.APPLIED, State.APPLIED]
    device.close()


async def test_ten_megabytes_are_refused_clearly_and_the_rest_goes(desk: Desk) -> None:
    small, large, other = (f"{desk.ticket}-{name}" for name in "abc")
    device = desk.device()
    await device.add(desk.note(small))
    await device.add(desk.note(large, "x" * 10_000_000))
    await device.add(desk.note(other))
    report = await device.push()
    assert [filed.state for filed in device.queue.all()] == [State.APPLIED, State.REJECTED, State.APPLIED]
    problem = problem_of(device.queue.find(large))
    assert (problem["status"], problem["code"]) == (413, "too_large")
    assert "bagian yang lebih kecil" in problem["detail"]
    assert report.verdicts["applied"] == 2
    device.queue.mend(large, body={"text": "Ringkas."})
    await device.push()
    assert "Ringkas." in await desk.notes()
    device.close()


@pytest.mark.parametrize("days", [-3, 3])
async def test_a_clock_days_off_is_told_and_does_no_harm(days: int, desk: Desk) -> None:
    device = desk.device()
    operation = desk.note(f"{desk.ticket}-a", at=datetime.now(UTC) + timedelta(days=days))
    await device.add(operation)
    async with connect(desk.address, WHO, retries=QUICK) as siti:
        skewed = Device(siti, desk.folder / "queue.sqlite", LOGIN, clock=clock(days))
        report = await skewed.push()
        skewed.close()
    assert abs(report.clock_off_seconds + days * 86_400) <= 60
    assert [filed.state for filed in device.queue.all()] == [State.APPLIED]
    # Asked again it is told as done: the ids count, not the clocks.
    assert await desk.notes() == [f"Catatan {desk.ticket}-a"]
    device.close()


def clock(days: int) -> Any:
    return lambda: datetime.now(UTC) + timedelta(days=days)
