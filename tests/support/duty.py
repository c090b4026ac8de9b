"""A turn of duty, planned over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

from httpx import Response

from tests.support.http import Person


async def plan(by: Person, on: str = "TAGANA", **changes: Any) -> Response:
    """Put *by* on duty from now for a day, unless *changes* say otherwise."""
    now = datetime.now(UTC)
    body = {
        "region": f"{by.login[-4:-2]}.{by.login[-2:]}",
        "duty": on,
        "account_id": (await by.get("/v1/me")).json()["id"],
        "starts_at": (now - timedelta(minutes=1)).isoformat(),
        "ends_at": (now + timedelta(days=1)).isoformat(),
    }
    return await by.post("/v1/duty", {**body, **changes})


async def a_turn(by: Person) -> str:
    made = await plan(by)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])
