"""What the service answered."""

import json
from dataclasses import dataclass
from typing import Any, Final

import httpx

from puskesos_client.errors import Problem, Refused, Stale

_STALE: Final = 412
_FIRST_REFUSAL: Final = 400


@dataclass(frozen=True, slots=True)
class Answer:
    """A success."""

    status: int
    headers: httpx.Headers
    content: bytes

    @property
    def body(self) -> dict[str, Any]:
        """The JSON object of the answer."""
        found: dict[str, Any] = json.loads(self.content)
        return found

    @property
    def etag(self) -> str:
        """What ``If-Match`` of the next change must say; empty where the thing has no version."""
        return str(self.headers.get("ETag", ""))

    @property
    def replayed(self) -> bool:
        """Whether this is the first answer again: the write had happened before."""
        return bool(self.headers.get("Idempotency-Replayed") == "true")


def read(response: httpx.Response) -> Answer:
    """Return the answer of a success.

    Raises:
        Refused: it was none; ``Stale`` for 412.
    """
    if response.status_code < _FIRST_REFUSAL:
        return Answer(response.status_code, response.headers, response.content)
    kind = Stale if response.status_code == _STALE else Refused
    body = body_of(response)
    what = f"{response.request.method} {response.request.url.path}"
    raise kind(Problem.of(body, response.status_code), what, body)


def body_of(response: httpx.Response) -> Any:
    """Return what a refusal says, or ``None`` when it is no JSON."""
    try:
        return response.json()
    except ValueError:
        return None
