"""Village meetings, from the plan to the ratified result."""

from app.services.deliberations.agenda import Item, Suggested, put, suggestions, withdraw
from app.services.deliberations.minutes import (
    Scan,
    content_is_intact,
    make,
    match_of,
    minutes_row,
    open_minutes,
    ready_to_sign,
    resume,
    sign,
)
from app.services.deliberations.opening import Opened
from app.services.deliberations.places import READERS, Place, Tools, key_of, readable, seen
from app.services.deliberations.planning import Plan, cancel, change, convene, open_sitting, plan
from app.services.deliberations.publishing import public_view, publish, ratify
from app.services.deliberations.reading import (
    Whole,
    attendance,
    invitation_of,
    named,
    published_sessions,
    shown,
    wanted_of,
    whole,
)
from app.services.deliberations.sitting import Came, attend, decide, declare, leave

__all__ = [
    "READERS",
    "Came",
    "Item",
    "Opened",
    "Place",
    "Plan",
    "Scan",
    "Suggested",
    "Tools",
    "Whole",
    "attend",
    "attendance",
    "cancel",
    "change",
    "content_is_intact",
    "convene",
    "decide",
    "declare",
    "invitation_of",
    "key_of",
    "leave",
    "make",
    "match_of",
    "minutes_row",
    "named",
    "open_minutes",
    "open_sitting",
    "plan",
    "public_view",
    "publish",
    "published_sessions",
    "put",
    "ratify",
    "readable",
    "ready_to_sign",
    "resume",
    "seen",
    "shown",
    "sign",
    "suggestions",
    "wanted_of",
    "whole",
    "withdraw",
]
