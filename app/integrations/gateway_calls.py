"""What every gateway of ours has in common: an address of the web, and what its answers mean."""

import json
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from app.domain.messages import Verdict

_LATER: Final = frozenset({408, 425, 429})
_LARGEST_ANSWER: Final = 65_536


def is_web_address(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def verdict_of(answer: httpx.Response) -> Verdict:
    """Return what the status says: 2xx is taken, 408, 425, 429 and 5xx come again, all else is refused."""
    if answer.is_success:
        return Verdict.TAKEN
    return Verdict.LATER if answer.status_code in _LATER or answer.is_server_error else Verdict.REFUSED


async def member_of(answer: httpx.Response, name: str) -> Any:
    """Return a member of the answer's JSON object; None if it is none, or larger than 64 KiB.

    Raises:
        httpx.HTTPError: the answer broke off.
    """
    read = b""
    async for part in answer.aiter_bytes():
        read += part
        if len(read) > _LARGEST_ANSWER:
            return None
    try:
        found: Any = json.loads(read)
    except ValueError:
        return None
    return found.get(name) if isinstance(found, dict) else None
