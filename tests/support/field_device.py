"""One desk's device as a process of its own, to be killed at any moment and started again.

It works through a plan that its number and a seed decide: does a few things, syncs when it can, and ends when
all are done and judged. What it tells an officer is done is written to a log before it goes on.

    python -m tests.support.field_device '{"url": …, "folder": …, "number": 3, "count": 50, …}'
"""

import asyncio
import json
import os
import random
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from puskesos_client import (
    Case,
    Device,
    NoTicket,
    Operation,
    PasswordGrant,
    Refused,
    Retries,
    State,
    Unreachable,
    connect,
)

KINDS: Final = ("open_case", "patch_case", "contact", "visit_plan", "visit_complete", "step", "note")
_AT_ONCE: Final = 20
"""Things that are done at most between two looks for a link."""
_FETCHES: Final = 0.15
"""How often a device that has sent looks too for what others did; so that it often knows too little."""
_TICKETS: Final = 10
_PATIENCE: Final = 60.0
_SERVER_FAULT: Final = 500


@dataclass(frozen=True, slots=True)
class Plan:
    url: str
    folder: str
    login: str
    password: str
    village: str
    number: int
    count: int
    shared: tuple[str, ...]
    """Cases that every device changes."""

    @property
    def queue(self) -> Path:
        return Path(self.folder) / f"device-{self.number}.sqlite"

    @property
    def log(self) -> Path:
        return Path(self.folder) / f"device-{self.number}.log"


@dataclass
class Officer:
    """Does what the plan says, each thing once over all lives of the process."""

    plan: Plan
    device: Device
    opened: list[str] = field(default_factory=list)
    unverified: list[str] = field(default_factory=list)
    planned: list[tuple[str, str]] = field(default_factory=list)
    """Case and visit of each visit that is still to be made."""

    def recall(self) -> int:
        """Find out from the queue what was done in earlier lives; return how much."""
        done = [one.content for one in self.device.queue.all()]
        of = {kind: [one for one in done if one["kind"] == kind] for kind in KINDS}
        self.opened = [one["id"] for one in of["open_case"]]
        verified = {one["case"]["operation"] for one in of["step"]}
        self.unverified = [id_ for id_ in self.opened if id_ not in verified]
        made = {one["visit"]["operation"] for one in of["visit_complete"]}
        plans = [(one["case"]["operation"], one["id"]) for one in of["visit_plan"]]
        self.planned = [plan for plan in plans if plan[1] not in made]
        return len(done)

    async def do(self, k: int) -> None:
        luck = random.Random(f"{self.plan.number} {k}")  # noqa: S311  # the same in every life
        operation = self._choose(k, luck)
        slip = None
        self.tell({"will": operation.id, **operation.content()})
        if operation.kind == "open_case":
            self.opened.append(operation.id)
            self.unverified.append(operation.id)
            with suppress(NoTicket):
                slip = await self.device.open_case(operation)
        if slip is None:
            await self.device.add(operation)
        self.tell({"did": operation.id, "ticket": slip.ticket if slip else None})

    def _choose(self, k: int, luck: random.Random) -> Operation:  # noqa: PLR0911  # one for each kind
        id_ = f"d{self.plan.number}-{k}"
        what = luck.random()
        if not self.opened or what < 0.12:
            return Operation("open_case", _opening(self.plan, k), id=id_)
        if what < 0.32 and self.device.store.cases():
            return self._change(id_, luck)
        own = luck.choice(self.opened)
        case = Case(operation=own)
        if what < 0.6:
            at = datetime.now(UTC).isoformat()
            return Operation("contact", {"at": at, "means": "phone", "result": "no_answer"}, case, id=id_)
        if what < 0.65 and self.unverified:
            return Operation("step", {}, Case(operation=self.unverified.pop()), action="verify", id=id_)
        if what < 0.7 and self.planned:
            case, visit = self.planned.pop()
            now = datetime.now(UTC).isoformat()
            body = {"verdict": "poor", "done_at": now}
            return Operation("visit_complete", body, Case(operation=case), visit={"operation": visit}, id=id_)
        if what < 0.78:
            day = (datetime.now(UTC) + timedelta(days=3)).isoformat()
            self.planned.append((own, id_))
            return Operation("visit_plan", {"purpose": "verification", "planned_for": day}, case, id=id_)
        return Operation("note", {"text": f"Catatan {id_}"}, case, id=id_)

    def _change(self, id_: str, luck: random.Random) -> Operation:
        """Change what others change too, from what the device knows of it."""
        ticket = luck.choice(self.plan.shared)
        known = self.device.store.case(ticket)
        seen = known["place"]["detail"] if known else None
        village = {"village": self.plan.village}
        return Operation(
            "patch_case",
            {"place": {**village, "detail": id_}},
            Case(ticket=ticket),
            base={"place": {**village, "detail": seen}},
            id=id_,
        )

    async def decide(self) -> None:
        """Look at each conflict: half of them are insisted on, the others stay as they are."""
        for one in self.device.queue.all(State.CONFLICT):
            (conflict,) = [dict(found) for found in one.conflicts]
            luck = random.Random(f"{one.id} {conflict['theirs']}")  # noqa: S311
            self.tell({"conflict": one.id, **conflict})
            if luck.random() < 0.5:
                base = {"place": {"village": self.plan.village, "detail": conflict["theirs"]}}
                self.tell({"mended": one.id, "base": base})
                await asyncio.to_thread(self.device.queue.mend, one.id, base=base)

    def tell(self, what: Mapping[str, Any]) -> None:
        """Write a line that a kill cannot take back."""
        line = json.dumps(what) + "\n"
        handle = os.open(self.plan.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(handle, line.encode())
        os.close(handle)


def _opening(plan: Plan, k: int) -> dict[str, Any]:
    day, month = plan.number % 28 + 1, plan.number // 28 + 1
    nik = f"137401{day + 40:02}{month:02}91{k + 1:04}"
    subject = {
        "kind": "person",
        "nik": nik,
        "name": "Yuliana Contoh",
        "born_on": f"1991-{month:02}-{day:02}",
        "sex": "P",
    }
    return {
        "kind": "LAYANAN",
        "category": "DOKUMEN_ADMINDUK",
        "channel": "DATANG",
        "subject": subject,
        "reporter": {"relation": "SELF"},
        "place": {"village": plan.village, "address": "RT 001"},
        "chronology": f"Belum punya KTP ({plan.number}-{k}).",
        "legal_basis": "public_task",
        "notice_version": "2026-1",
    }


async def live(plan: Plan) -> None:
    """Work until everything is done and judged."""
    who = PasswordGrant("konsol@" + plan.login.partition("@")[2], plan.login, plan.password)
    retries = Retries(tries=4, base=0.2, longest=2.0)
    async with connect(plan.url, who, retries=retries, timeout=_PATIENCE) as client:
        device = Device(client, plan.queue, plan.login)
        officer = Officer(plan, device)
        done = officer.recall()
        luck = random.Random()  # noqa: S311
        while True:
            for k in range(done, min(plan.count, done + luck.randint(1, _AT_ONCE))):
                await officer.do(k)
                done = k + 1
            with suppress(Unreachable):
                await _make_up(officer, fetch=luck.random() < _FETCHES)
            still = device.queue.all(State.QUEUED, State.SENT, State.WAITING)
            if done == plan.count and not still:
                device.close()
                return


async def _make_up(officer: Officer, *, fetch: bool) -> None:
    device = officer.device
    try:
        if device.tickets.left() == 0:
            await device.reserve(officer.plan.village, _TICKETS)
        await device.push()
        if fetch or not device.store.cases():
            await device.pull()
    except Refused as refused:
        if refused.problem.status < _SERVER_FAULT:
            raise
    await officer.decide()


def main() -> None:
    told = json.loads(sys.argv[1])
    asyncio.run(live(Plan(**{**told, "shared": tuple(told["shared"])})))


if __name__ == "__main__":
    main()
