"""A key of an agency's system, as tests make one."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.http import Person

READS = ["referral:read"]


def key_body(**changes: Any) -> dict[str, Any]:
    until = datetime.now(UTC) + timedelta(days=30)
    return {"name": "Server antrean", "scopes": READS, "expires_at": until.isoformat(), **changes}


async def a_service_key(admin: Person, client_row_id: str, **changes: Any) -> dict[str, Any]:
    answer = await admin.post(f"/v1/clients/{client_row_id}/keys", key_body(**changes))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())
