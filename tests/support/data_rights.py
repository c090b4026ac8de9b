"""Data requests and breaches, made over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.desk import Desk
from tests.support.http import Person


async def person_of(desk: Desk) -> str:
    return str((await desk.read())["subject"]["person"]["id"])


async def ask(by: Person, person: str, kind: str, **more: Any) -> dict[str, Any]:
    body = {"person": person, "kind": kind, "identity": {"method": "card_seen"}, **more}
    made = await by.post("/v1/data-requests", body)
    assert made.status_code == 201, made.text
    return dict(made.json())


async def granted(by: Person, person: str, kind: str, **more: Any) -> dict[str, Any]:
    asked = await ask(by, person, kind, **more)
    answer = await by.post(f"/v1/data-requests/{asked['id']}/grant")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def a_breach(by: Person, **more: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    body = {
        "region": "13.74",
        "nature": "stolen_device",
        "data": ["nik", "name"],
        "persons": 40,
        "happened_at": (now - timedelta(hours=3)).isoformat(),
        "found_at": (now - timedelta(hours=1)).isoformat(),
        "what": "Laptop meja layanan dicuri.",
        "done": "Sesi dicabut.",
        "contact": "Sekretariat SLRT",
    }
    made = await by.post("/v1/breaches", {**body, **more})
    assert made.status_code == 201, made.text
    return dict(made.json())


async def rights_ids(officer: Person, manager: Person, desk: Desk) -> dict[str, str]:
    """Make one of each; the request is a copy that was granted, of a person of her own."""
    request = await granted(officer, await person_of(desk), "copy")
    return {"data_request_id": str(request["id"]), "breach_id": str((await a_breach(manager))["id"])}
