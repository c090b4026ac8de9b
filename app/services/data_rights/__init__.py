"""A person's rights over her data: taken at the desk, decided in time, and done."""

from app.services.data_rights.copying import Copy, copy_of
from app.services.data_rights.deciding import decide_yes, lift, refuse
from app.services.data_rights.taking import Asked, find_request, list_requests, take_request
from app.services.data_rights.watching import watch

__all__ = [
    "Asked",
    "Copy",
    "copy_of",
    "decide_yes",
    "find_request",
    "lift",
    "list_requests",
    "refuse",
    "take_request",
    "watch",
]
