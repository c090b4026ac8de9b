"""A long job, stored without its work: nothing of it is ever run."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from app.api.deps import House
from app.db.session import transaction
from app.db.tables.jobs import Job
from app.domain.access import Permission
from app.domain.ids import public_id
from app.domain.jobs import JobKind

EXPORT = {"format": "csv", "purpose": "service"}


async def a_job(house: House, **changes: Any) -> str:
    """Return the public id of a queued job of 13.74 that ``policy:manage`` may watch."""
    values: dict[str, Any] = {
        "regency_code": "13.74",
        "id": house.ids.new_id(datetime.now(UTC)),
        "kind": JobKind.TRY_PROGRAM.value,
        "permission": Permission.POLICY_MANAGE.value,
        "region_code": "13.74",
        "state": "queued",
        "done": 0,
        "total": None,
        "input": {"note": uuid4().hex},
        "position": {},
        "result": None,
        "problem": None,
        "stop_requested": False,
        "created_at": datetime.now(UTC),
        "created_by": None,
        "started_at": None,
        "ended_at": None,
        "updated_at": datetime.now(UTC),
        **changes,
    }
    async with transaction(house.database.sessions) as tx:
        tx.add(Job(**values))
    return public_id(values["regency_code"], values["id"])
