"""Candidates and attendees with what is sealed about them, opened."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.db.queries import deliberations as stored
from app.db.queries.acting import Acting
from app.db.tables.deliberations import Deliberation, DeliberationCandidate
from app.services.deliberations.places import key_of


@dataclass(frozen=True, slots=True)
class Opened:
    """A candidate; nothing is said of her once she was erased."""

    row: DeliberationCandidate
    said: dict[str, Any] = field(default_factory=dict)
    reason: str | None = None


async def open_candidates(
    acting: Acting, regency: str, rows: Sequence[DeliberationCandidate]
) -> list[Opened]:
    keys = await stored.keys_of(acting.tx, regency, {row.data_key_id for row in rows})
    found = []
    for row in rows:
        wrapped = keys.get(row.data_key_id)
        if wrapped is None:
            found.append(Opened(row))
            continue
        key, table = acting.vault.unwrap(wrapped), "deliberation_candidates"
        said = json.loads(acting.vault.open(key, table, "private", row.id, row.private_sealed))
        reason = (
            acting.vault.open(key, table, "reason", row.id, row.reason_sealed) if row.reason_sealed else None
        )
        found.append(Opened(row, said, reason))
    return found


async def opened_names(acting: Acting, session: Deliberation, sitting: int) -> list[tuple[str, str]]:
    """Return name and role of each who sits."""
    rows = await stored.attendees_of(acting.tx, session, sitting)
    key = await key_of(acting, session.regency_code, session.data_key_id)
    table = "deliberation_attendees"
    return [(acting.vault.open(key, table, "name", row.id, row.name_sealed), row.role) for row in rows]
