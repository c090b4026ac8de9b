"""Whether the database is one that this release can work on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, text

from app.db.session import Tx
from app.db.tables.places import Work


@dataclass(frozen=True, slots=True)
class Readiness:
    migration: str | None
    tamper_protection: bool
    """The service's role cannot change events, access log and seals."""
    worker_lag: timedelta
    """How long the oldest work that is due has been waiting."""


async def look(tx: Tx, now: datetime) -> Readiness:
    migration = await tx.scalar(text("SELECT version_num FROM alembic_version"))
    may_change = await tx.scalar(
        text(
            "SELECT has_table_privilege('events', 'UPDATE') OR has_table_privilege('events', 'DELETE')"
            " OR has_table_privilege('access_log', 'UPDATE') OR has_table_privilege('access_log', 'DELETE')"
        )
    )
    oldest = await tx.scalar(select(func.min(Work.due_at)).where(Work.done_at.is_(None)))
    return Readiness(migration, not may_change, max(timedelta(0), now - oldest) if oldest else timedelta(0))
