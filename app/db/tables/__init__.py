"""Every table of the service; importing this fills ``Base.metadata``."""

from app.db.tables import (
    access,
    cases,
    events,
    hands,
    jobs,
    knowledge,
    messages,
    papers,
    people,
    places,
    referrals,
)
from app.db.tables.base import Base

__all__ = [
    "Base",
    "access",
    "cases",
    "events",
    "hands",
    "jobs",
    "knowledge",
    "messages",
    "papers",
    "people",
    "places",
    "referrals",
]
