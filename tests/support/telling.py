"""A worker that tells and sends, with a clock that the test moves; and what the log of a case says."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.api.deps import House
from app.worker.jobs.feed import number_feed
from app.worker.jobs.notify import notify
from app.worker.jobs.send import send
from tests.support.desk import Desk, a_person
from tests.support.working import claim_of, make_tools

TENANT = "13.74"
PHONE = "081234567890"
MORNING = 3
"""The hour in UTC at which it is ten in Padang Panjang."""


def tomorrow(hour: int = MORNING) -> datetime:
    day = datetime.now(UTC) + timedelta(days=1)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


class Hands:
    """A worker whose clock is moved by the test."""

    def __init__(self, house: House, folder: Path, **settings: object) -> None:
        self.at = tomorrow()
        made = make_tools(house.database, lambda: self.at, folder)
        self.tools = replace(made, settings=made.settings.model_copy(update=settings))
        self.house = house

    async def tell(self) -> None:
        await number_feed(self.tools, claim_of("number_feed"))
        await notify(self.tools, claim_of("notify"))

    async def send(self) -> None:
        await send(self.tools, claim_of("send"))

    async def later(self, **passed: float) -> None:
        self.at += timedelta(**passed)
        await self.send()


def reachable(**more: Any) -> dict[str, Any]:
    return {**a_person(), "phone": PHONE, **more}


async def log(desk: Desk) -> list[dict[str, Any]]:
    answer = await (await desk.secretariat()).get(f"/v1/cases/{desk.ticket}/messages")
    assert answer.status_code == 200, answer.text
    return [
        {
            "event": one["event"]["code"],
            "to": one["to"]["code"],
            "state": one["state"]["code"],
            "reason": (one["reason"] or {}).get("code"),
            "attempts": one["attempts"],
            "ref": one["provider_ref"],
        }
        for one in answer.json()["items"]
    ]
