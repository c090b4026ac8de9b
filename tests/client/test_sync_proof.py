"""Desks on a bad link: what they were told is done is done, once; who was overwritten is told by whom.

Real processes of the reference client, killed at random, behind a proxy that cuts, delays and repeats. The
short form runs with every commit; ``make proof-sync`` runs the issue's 20 devices and 5,000 operations, and
with ``PUSKESOS_PROOF=long`` 100,000.
"""

import asyncio
import json
import os
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from app.api.deps import House
from app.db.session import read_only
from app.db.tables.cases import Case
from app.db.tables.events import Event
from app.services.seed import DEMO_PASSWORD
from puskesos_client import Device, Filed, PasswordGrant, State, Store, connect
from puskesos_client.client import Client
from tests.support.bad_link import BadLink, bad_link
from tests.support.desk import VILLAGE, open_case
from tests.support.http import log_in, serving
from tests.support.listening import listening
from tests.support.working import working

pytestmark = [pytest.mark.commits, pytest.mark.process, pytest.mark.timeout(7_200)]

DEVICES, OPERATIONS, SHARED, KILLS = {"issue": (20, 5_000, 12, 60), "long": (20, 100_000, 12, 400)}.get(
    os.environ.get("PUSKESOS_PROOF", ""), (3, 90, 1, 3)
)
BETWEEN_KILLS = (0.5, 1.0) if OPERATIONS < 1_000 else (1.0, 6.0)
SEED = 20261126
LOGIN = "siti@1374"
ROOT = Path(__file__).resolve().parents[2]
EVENT_OF = {
    "open_case": "case.opened",
    "contact": "case.contact_recorded",
    "visit_plan": "visit.planned",
    "visit_complete": "visit.done",
    "note": "case.note_added",
    "patch_case": "case.patched",
}
"""The event that each kind of operation writes once; a step and a change have proofs of their own."""


@dataclass
class Told:
    """What one device told its officer, over all its lives."""

    did: set[str] = field(default_factory=set)
    will: dict[str, dict[str, Any]] = field(default_factory=dict)
    base: dict[str, Any] = field(default_factory=dict)
    """The base under which an operation was insisted on last."""
    conflicts: list[dict[str, Any]] = field(default_factory=list)
    tickets: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, log: Path) -> "Told":
        told = cls()
        for line in log.read_text("utf-8").splitlines():
            said = json.loads(line)
            if "will" in said:
                told.will[said["will"]] = said
            elif "did" in said:
                told.did.add(said["did"])
                told.tickets += [said["ticket"]] if said["ticket"] else []
            elif "conflict" in said:
                told.conflicts.append(said)
            else:
                told.base[said["mended"]] = said["base"]
        return told

    def base_of(self, id_: str) -> Any:
        return self.base.get(id_, self.will[id_].get("base"))


@dataclass
class Field:
    """The devices in the field, and who kills them."""

    plan: dict[str, Any]
    luck: random.Random
    running: dict[int, asyncio.subprocess.Process] = field(default_factory=dict)
    kills: int = 0

    async def start(self, number: int) -> None:
        told = json.dumps({**self.plan, "number": number})
        with (Path(self.plan["folder"]) / f"device-{number}.err").open("ab") as errors:
            self.running[number] = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.support.field_device", told, cwd=ROOT, stderr=errors
            )

    async def play(self, kills: int) -> None:
        """Start all, kill and start again, and wait until each has ended by itself."""
        await asyncio.gather(*(self.start(number) for number in range(DEVICES)))
        while any(one.returncode is None for one in self.running.values()):
            await asyncio.sleep(self.luck.uniform(*BETWEEN_KILLS))
            alive = [number for number, one in self.running.items() if one.returncode is None]
            if alive and self.kills < kills:
                await self.kill(self.luck.choice(alive))
        wrong = {number: one.returncode for number, one in self.running.items() if one.returncode}
        assert not wrong, self.errors()

    async def kill(self, number: int) -> None:
        process = self.running[number]
        process.kill()
        await process.wait()
        self.kills += 1
        await self.start(number)

    def errors(self) -> str:
        logs = sorted(Path(self.plan["folder"]).glob("device-*.err"))
        return "\n".join(log.read_text("utf-8", "replace")[-2_000:] for log in logs)


async def test_nothing_is_lost_doubled_or_overwritten_unseen(fresh_house: House, tmp_path: Path) -> None:
    luck = random.Random(SEED)  # noqa: S311  # the same link each time, as far as time allows
    async with serving(fresh_house) as near, listening(fresh_house) as address:
        officer = await log_in(near, LOGIN)
        shared = [(await open_case(officer)).ticket for _ in range(SHARED)]
        begun = time.monotonic()
        port = int(urlsplit(address).port or 0)
        async with working(fresh_house, tmp_path), bad_link(port, luck) as (url, link):
            plan = {"url": url, "folder": str(tmp_path), "login": LOGIN, "password": DEMO_PASSWORD}
            count = OPERATIONS // DEVICES
            field_ = Field({**plan, "village": VILLAGE, "count": count, "shared": shared}, luck)
            await field_.play(KILLS)
            await link.settle()
            seconds = time.monotonic() - begun
            devices = await come_home(address, tmp_path)
        told = [Told.of(tmp_path / f"device-{number}.log") for number in range(DEVICES)]
        try:
            filed = check_judged(devices, told, count)
            await check_once(fresh_house, filed, told)
            check_conflicts(filed, told)
            await check_no_silent_overwriting(near, filed, told, shared)
            await check_same_everywhere(near, [device.store for device in devices])
        finally:
            for device in devices:
                device.close()
        report(filed, told, link, field_.kills, seconds)


async def come_home(address: str, folder: Path) -> list[Device]:
    """Open every device's file on a good link, and fetch what has changed since."""
    devices = []
    async with connect(address, PasswordGrant("konsol@1374", LOGIN, DEMO_PASSWORD)) as client:
        await settled_feed(client)
        for number in range(DEVICES):
            device = Device(client, folder / f"device-{number}.sqlite", LOGIN)
            await device.pull()
            devices.append(device)
    return devices


async def settled_feed(client: Client) -> None:
    """Give the worker the second that it may be behind."""
    await client.get("/v1/me")
    await asyncio.sleep(1.5)


def check_judged(devices: list[Device], told: list[Told], count: int) -> list[list[Filed]]:
    """Each thing that a device ever said is done is in its queue, and the service has judged it."""
    every = []
    for device, said in zip(devices, told, strict=True):
        filed = device.queue.all()
        ids = [one.id for one in filed]
        assert len(ids) == count == len(set(ids))
        assert said.did <= set(ids)
        wrong = [one for one in filed if one.state not in {State.APPLIED, State.CONFLICT}]
        assert not wrong, [(one.id, one.state, one.verdict) for one in wrong[:3]]
        every.append(filed)
    return every


async def check_once(house: House, filed: list[list[Filed]], told: list[Told]) -> None:
    """The service did each applied operation once: as many events of its kind, and no case too many."""
    applied = Counter(one.content["kind"] for device in filed for one in device if one.state is State.APPLIED)
    async with read_only(house.database.sessions) as tx:
        tickets = Counter(await tx.scalars(select(Case.ticket)))
        counted = await tx.execute(select(Event.type, func.count()).group_by(Event.type))
        events = dict(counted.all())
    assert set(tickets.values()) == {1}
    assert len(tickets) == applied["open_case"] + SHARED
    for kind, type_ in EVENT_OF.items():
        assert events.get(type_, 0) == applied[kind] + (SHARED if kind == "open_case" else 0), kind
    reserved = [ticket for said in told for ticket in said.tickets]
    assert len(reserved) == len(set(reserved))
    assert set(reserved) <= set(tickets)


def check_conflicts(filed: list[list[Filed]], told: list[Told]) -> None:
    """Every conflict names the field, what it was based on, what was wanted, and what stands there."""
    assert any(said.conflicts for said in told), "nobody was in anybody's way: this proves nothing"
    for device, said in zip(filed, told, strict=True):
        for one in device:
            if one.state is State.CONFLICT:
                assert one.id in {found["conflict"] for found in said.conflicts}
        for found in said.conflicts:
            assert found["field"] == "place.detail"
            assert found["mine"] == found["conflict"]
            assert found["theirs"] not in {found["mine"], found["base"]}


async def check_no_silent_overwriting(
    near: Any, filed: list[list[Filed]], told: list[Told], shared: list[str]
) -> None:
    """What was applied to one field is a chain: each took the place of exactly what its officer saw."""
    links: dict[str, dict[str | None, str]] = {ticket: {} for ticket in shared}
    for device, said in zip(filed, told, strict=True):
        for one in device:
            if one.content["kind"] == "patch_case" and one.state is State.APPLIED:
                chain = links[one.content["case"]["ticket"]]
                base = said.base_of(one.id)["place"]["detail"]
                assert base not in chain, "two officers took the place of the same word"
                chain[base] = one.id
    officer = await log_in(near, LOGIN)
    for ticket, chain in links.items():
        word: str | None = None
        for _ in range(len(chain)):
            word = chain[word]
        shown = (await officer.get(f"/v1/cases/{ticket}")).json()
        assert shown["place"]["detail"] == word


async def check_same_everywhere(near: Any, stores: list[Store]) -> None:
    """Every device holds the same cases, as the service shows them."""
    officer = await log_in(near, LOGIN)
    first = stores[0].cases()
    for store in stores[1:]:
        assert unlike(first, store.cases()) == []
    listed, cursor = {}, None
    while True:
        page = (await officer.get("/v1/cases", **({"cursor": cursor} if cursor else {"limit": 200}))).json()
        listed |= {one["ticket"]: one for one in page["items"]}
        cursor = page["next"]
        if cursor is None:
            break
    assert {one["ticket"] for one in first} == set(listed)
    for one in first:
        assert one["status"] == listed[one["ticket"]]["status"]["code"], one["ticket"]


def unlike(some: list[dict[str, Any]], others: list[dict[str, Any]]) -> list[tuple[Any, Any]]:
    """Return what two devices hold of a case, where they hold different things."""
    mine, theirs = ({one["ticket"]: one for one in cases} for cases in (some, others))
    return [
        (mine.get(ticket), theirs.get(ticket))
        for ticket in mine.keys() | theirs.keys()
        if mine.get(ticket) != theirs.get(ticket)
    ]


def report(filed: list[list[Filed]], told: list[Told], link: BadLink, kills: int, seconds: float) -> None:
    """Say what happened: `pytest -s` shows it."""
    states = Counter(one.state.value for device in filed for one in device)
    verdicts = Counter((one.verdict or {})["verdict"] for device in filed for one in device)
    reported = sum(len({(one["conflict"], one["theirs"]) for one in said.conflicts}) for said in told)
    print(  # noqa: T201
        f"\n{DEVICES} devices, {sum(states.values())} operations in {seconds:.0f} s: {dict(states)}, "
        f"{dict(verdicts)}, {reported} conflicts reported, {kills} kills, link {dict(link.seen)}"
    )
