"""Which of the two languages the caller reads. Indonesian is the default."""

import re
from typing import Final, Literal

from starlette.requests import Request

Language = Literal["id", "en"]
_RANGE: Final = re.compile(
    r"\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9]{1,8})*\s*(?:;\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*)?"
)
_ENOUGH: Final = 16
"""No browser sends more ranges; the rest of a longer header is not read."""


def preferred(header: str) -> Language:
    """Read ``Accept-Language`` (RFC 9110). What cannot be read counts as absent, never as an error."""
    weights: dict[str, float] = {}
    for part in header.split(",")[:_ENOUGH]:
        match = _RANGE.fullmatch(part)
        if match:
            weights.setdefault(match[1].lower(), float(match[2] or 1))
    anything = weights.get("*", 0.0)
    return "en" if weights.get("en", anything) > weights.get("id", anything) else "id"


def language_of(request: Request) -> Language:
    return preferred(request.headers.get("accept-language", ""))


def chosen_language(spoken: Language, chosen: str | None) -> Language:
    """Return what an address asks for, else what the browser speaks."""
    return "en" if chosen == "en" else "id" if chosen == "id" else spoken
