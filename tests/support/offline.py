"""A desk without a link, as tests drive it: operations with their own ids and times, sent in batches."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from httpx import Response

from tests.support.desk import CASE, VILLAGE, a_person
from tests.support.http import Person

Json = dict[str, Any]


@dataclass
class Device:
    """One device of an officer; its clock may be off by *skew*."""

    officer: Person
    id: str = field(default_factory=lambda: str(uuid4()))
    skew: timedelta = timedelta()

    def clock(self, ago: timedelta = timedelta()) -> str:
        return (datetime.now(UTC) + self.skew - ago).isoformat()

    def does(
        self, kind: str, body: Json | None = None, *, ago: timedelta = timedelta(hours=1), **named: Any
    ) -> Json:
        """Return an operation as the device notes it down; *named*: case, visit, base, after, action, id."""
        made = {"id": uuid4().hex, "kind": kind, "at": self.clock(ago), "body": body or {}}
        return {**made, **named}

    def opens(self, *, ago: timedelta = timedelta(hours=1), id: str | None = None, **changes: Any) -> Json:  # noqa: A002
        body = {**CASE, "subject": a_person(), "place": {"village": VILLAGE, "address": "RT 001"}, **changes}
        named = {"id": id} if id else {}
        return self.does("open_case", body, ago=ago, **named)

    async def send(self, operations: Iterable[Json]) -> Response:
        body = {"device": {"id": self.id, "sent_at": self.clock()}, "operations": list(operations)}
        headers = {"Authorization": f"Bearer {self.officer.token}", "Accept-Language": "en"}
        return await self.officer.client.post("/v1/sync", json=body, headers=headers)

    async def sync(self, *operations: Json) -> list[Json]:
        answer = await self.send(operations)
        assert answer.status_code == 200, answer.text
        results = answer.json()["results"]
        assert [one["id"] for one in results] == [one["id"] for one in operations]
        for one in results:
            assert (one["problem"] or {}).get("status") != 500, one
            assert (one["problem"] or {}).get("code") != "internal", one
        return list(results)

    async def one(self, operation: Json) -> Json:
        (result,) = await self.sync(operation)
        return result

    async def reserve(self, count: int = 1) -> list[Json]:
        answer = await self.officer.post(
            "/v1/tickets/reserve", {"device": self.id, "village": VILLAGE, "count": count}
        )
        assert answer.status_code == 201, answer.text
        return list(answer.json()["tickets"])


@dataclass
class Store:
    """What a device keeps of `GET /v1/sync/changes`, followed to its end each time."""

    device: Device
    cases: dict[str, Json] = field(default_factory=dict)
    people: dict[str, Json] = field(default_factory=dict)
    codes: Json = field(default_factory=dict)
    programs: list[Json] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    """Every ticket that it was told to forget, as often as it was told."""
    after: str | None = None
    told: int = 0
    """How many cases came in answers."""

    async def page(self, limit: int = 100, **more: str) -> Json:
        """Ask once, keeping nothing."""
        after = {"after": self.after} if self.after else {}
        answer = await self.device.officer.get(
            "/v1/sync/changes", device=self.device.id, limit=limit, **after, **more
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def keep(self, page: Json) -> None:
        for case in page["cases"]:
            self.cases[case["ticket"]] = case
            self.told += 1
        for ticket in page["removed"]:
            self.cases.pop(ticket, None)
            self.removed.append(ticket)
        self.people.update({one["id"]: one for one in page["people"]})
        self.codes = page["codes"] or self.codes
        self.programs = page["programs"] or self.programs
        self.after = page["next"]

    async def follow(self, limit: int = 100) -> "Store":
        for _ in range(1000):
            page = await self.page(limit)
            self.keep(page)
            if not page["more"]:
                return self
        raise AssertionError("it never comes to an end")
