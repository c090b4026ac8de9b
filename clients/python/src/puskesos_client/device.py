"""A desk's device: works without a link, and makes up with the service when there is one.

```python
device = Device(client, "antrean.sqlite", account="siti@1374")
slip = await device.open_case(Operation("open_case", body))   # on the disk; print the slip
await device.sync()                                           # whenever there is a link
```
"""

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from puskesos_client.client import Client, Params, json_bytes
from puskesos_client.disk import Disk
from puskesos_client.errors import OtherAccount, Refused, Unreachable
from puskesos_client.operations import Operation
from puskesos_client.queue import BATCH, Queue
from puskesos_client.store import Store
from puskesos_client.tickets import Slip, Tickets
from puskesos_client.wire import Ask

_TOO_LARGE: Final = 413
_WRONG: Final = 422
_PLACE: Final = re.compile(r"/operations/([0-9]{1,4})(?:/|$)")
_BAD_CURSOR: Final = "bad_cursor"


@dataclass
class Report:
    """What one `Device.push` came to: how many operations got which verdict."""

    verdicts: Counter[str] = field(default_factory=Counter)
    clock_off_seconds: int = 0
    """By how much the service's clock is ahead of the device's; show it when it is minutes."""


def _now() -> datetime:
    return datetime.now(UTC)


class Device:
    def __init__(
        self, client: Client, path: Path | str, account: str, *, clock: Callable[[], datetime] = _now
    ) -> None:
        """Open the device's file; it belongs to *account* for ever. No link is needed.

        *clock* is the one that its operations were dated by.

        Raises:
            OtherAccount: another account filled it.
        """
        self._client, self._clock = client, clock
        self._disk = Disk(path, account)
        self.queue, self.tickets, self.store = Queue(self._disk), Tickets(self._disk), Store(self._disk)
        self._one_at_a_time = asyncio.Lock()
        self._known_as = ""
        self._most = BATCH

    @property
    def id(self) -> str:
        """The device's own name, made when its file was."""
        return self._disk.device

    def close(self) -> None:
        self._disk.close()

    async def add(self, operation: Operation) -> str:
        """Keep what was done; it is on the disk when this returns. Return its id."""
        return await asyncio.to_thread(self.queue.add, operation)

    async def open_case(self, operation: Operation) -> Slip:
        """Keep a new case under the next reserved ticket, and return the slip to print."""
        return await asyncio.to_thread(self.queue.open_case, operation)

    async def reserve(self, village: str, count: int) -> int:
        """Fetch *count* tickets to hold; return how many are on the device now."""
        async with self._one_at_a_time:
            await self._check_account()
            asked = await asyncio.to_thread(self.tickets.ask, village, count)
            try:
                answer = await self._client.post("/v1/tickets/reserve", asked.body, key=asked.key)
            except Refused:
                await asyncio.to_thread(self.tickets.give_up)
                raise
            await asyncio.to_thread(self.tickets.take_in, answer.body)
            return await asyncio.to_thread(self.tickets.left)

    async def sync(self) -> Report:
        """Send what is queued, then fetch what has changed."""
        report = await self.push()
        await self.pull()
        return report

    async def push(self) -> Report:
        """Send every operation that may go, until each has its verdict or waits for something.

        Raises:
            Unreachable: the link broke; all that has no verdict stays queued.
            SignInRefused: the account may not come in any more; all stays queued.
            OtherAccount: the client is logged in as somebody else; nothing was sent.
        """
        report, idle = Report(), 0
        async with self._one_at_a_time:
            await self._check_account()
            while batch := await asyncio.to_thread(self.queue.batch, self._most):
                told = await self._send(batch, report)
                report.verdicts += told
                idle = 0 if told.total() > told["waiting"] else idle + 1
                if idle:
                    wait = self._client.retries.wait(idle)
                    if wait is None:
                        break
                    await asyncio.sleep(wait)
        return report

    async def pull(self, *, limit: int = 100, fields: str | None = None) -> int:
        """Fetch what has changed in the account's scope; return how many pages came.

        For a thin link: *limit* cases on a page, and only *fields* of them (names with commas between).
        """
        pages, asked = 0, {"device": self.id, "limit": limit, "fields": fields}
        async with self._one_at_a_time:
            await self._check_account()
            more = True
            while more:
                page = await self._changes(await asyncio.to_thread(self.store.cursor), asked)
                await asyncio.to_thread(self.store.take_in, page)
                more, pages = page["more"], pages + 1
        return pages

    async def _changes(self, after: str | None, asked: Params) -> dict[str, Any]:
        if after is None:
            await asyncio.to_thread(self.store.clear)
        try:
            return (await self._client.get("/v1/sync/changes", {**asked, "after": after})).body
        except Refused as refused:
            if after is None or refused.problem.code != _BAD_CURSOR:
                raise
        return await self._changes(None, asked)

    async def _check_account(self) -> None:
        """Whose token is it? A queue never goes out under another name, however the device was shared."""
        if not self._known_as:
            self._known_as = (await self._client.get("/v1/me")).body["login"]
        if self._known_as != self._disk.account:
            raise OtherAccount(f"The queue is of {self._disk.account}, the client of {self._known_as}.")

    async def _send(self, batch: list[dict[str, Any]], report: Report) -> Counter[str]:
        try:
            answer = (await self._client.ask(_sync(self.id, batch, self._clock))).body
        except Unreachable:
            # Perhaps the link is too bad for so much at once.
            self._most = max(1, len(batch) // 2)
            raise
        except Refused as refused:
            return await self._whole_refused(batch, refused, report)
        self._most = min(BATCH, self._most * 2)
        report.clock_off_seconds = answer["clock_off_seconds"]
        return await asyncio.to_thread(self.queue.settle, answer["results"])

    async def _whole_refused(
        self, batch: list[dict[str, Any]], refused: Refused, report: Report
    ) -> Counter[str]:
        """Find what made the service refuse the whole batch, so that it holds nothing else up."""
        status = refused.problem.status
        if status == _TOO_LARGE and len(batch) > 1:
            self._most = len(batch) // 2
            return await self._send(batch[: self._most], report)
        guilty = {_TOO_LARGE: [0], _WRONG: _places(refused, len(batch))}.get(status)
        if not guilty:
            raise refused
        results = [{"id": batch[n]["id"], "verdict": "rejected", "problem": refused.body} for n in guilty]
        return await asyncio.to_thread(self.queue.settle, results)


def _sync(device: str, batch: list[dict[str, Any]], clock: Callable[[], datetime]) -> Ask:
    def content() -> bytes:
        # With the time of this very try, since the service tells the device's clock by it.
        sent = {"id": device, "sent_at": clock().astimezone(UTC).isoformat()}
        return json_bytes({"device": sent, "operations": batch})

    return Ask("POST", "/v1/sync", {"Content-Type": "application/json"}, content=content)


def _places(refused: Refused, count: int) -> list[int]:
    """Return the numbers of the operations that the problem's pointers name."""
    found = {match[1] for one in refused.problem.fields if (match := _PLACE.match(one["pointer"]))}
    return sorted(n for n in map(int, found) if n < count)
