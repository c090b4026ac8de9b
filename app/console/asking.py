"""How a page asks the API: a request in the same process, with the person's own token."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from httpx import ASGITransport, Request
from starlette.types import ASGIApp

_STALE: Final = 412
_UNKNOWN: Final = 401
_ERRORS: Final = 400


@dataclass(frozen=True, slots=True)
class Told:
    """What the API answered."""

    status: int
    body: Any
    etag: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""

    @property
    def fine(self) -> bool:
        return self.status < _ERRORS

    @property
    def stale(self) -> bool:
        return self.status == _STALE

    @property
    def unknown(self) -> bool:
        """Whether the token is not good any more."""
        return self.status == _UNKNOWN


@dataclass(frozen=True, slots=True)
class Sending:
    """What goes along with a request: one of *json*, *form* and *content*, or nothing."""

    json: Mapping[str, Any] | None = None
    form: Mapping[str, str] | None = None
    content: bytes | None = None
    kind: str = ""
    """The media type of *content*."""
    name: str = ""
    """The name of the file that *content* is, as an address would hold it."""
    key: str = ""
    """The idempotency key: the same form sent twice is one act."""
    etag: str = ""


NOTHING: Final = Sending()


class Api:
    """The API as this process serves it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def ask(self, caller: "Caller", method: str, path: str, sending: Sending = NOTHING) -> Told:
        """Ask as *caller*; a refusal is an answer, not an error."""
        body, kind = _body(sending)
        headers = {"Accept": "application/json", "Accept-Language": caller.lang}
        headers |= {"Authorization": f"Bearer {caller.token}"} if caller.token else {}
        headers |= {"Content-Type": kind} if kind else {}
        headers |= {"File-Name": _header(sending.name)} if sending.name else {}
        headers |= {"Idempotency-Key": _header(sending.key)} if sending.key else {}
        headers |= {"If-Match": _header(sending.etag)} if sending.etag else {}
        request = Request(method, f"{caller.base}{path}", headers=headers, content=body)
        # The address is the browser's, so that limits by address count people and not the console.
        transport = ASGITransport(self._app, raise_app_exceptions=False, client=caller.address)
        answer = await transport.handle_async_request(request)
        content = await answer.aread()
        is_json = "json" in answer.headers.get("content-type", "")
        return Told(
            answer.status_code,
            json.loads(content) if is_json and content else None,
            answer.headers.get("etag", ""),
            answer.headers,
            content,
        )


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, from where, in which language."""

    token: str
    base: str
    """The address by which the browser came, for what the API says of itself; nothing leaves the process."""
    address: tuple[str, int]
    lang: str


def _header(text: str) -> str:
    """Return *text* as a header can carry it; anything else is no key and no version of ours, and refused."""
    return "".join(one if " " <= one <= "~" else "?" for one in text[:200])


def _body(sending: Sending) -> tuple[bytes, str]:
    if sending.json is not None:
        return json.dumps(sending.json, ensure_ascii=False).encode(), "application/json"
    if sending.form is not None:
        return urlencode(sending.form).encode(), "application/x-www-form-urlencoded"
    return sending.content or b"", sending.kind
