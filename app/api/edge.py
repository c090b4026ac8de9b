"""The outermost layer: request ids, security headers, the size of bodies, HEAD, the access line, figures.

It wraps the whole application, the layer that answers faults included, so that a 500 too has its id and
its headers.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final
from uuid import uuid4

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_compress import CompressMiddleware

from app.api.errors import TooLarge, from_error, problem
from app.api.limits import headers_of
from app.api.metrics import Metrics

_REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9_-]{8,64}")
_CSP: Final = b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
DOCS_CSP: Final = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    b"frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
_SECURITY: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"strict-transport-security", b"max-age=31536000"),
)
# Answers that hold a secret are not compressed: their length would tell about it (BREACH).
_SECRET_PATHS: Final = ("/v1/oauth/", "/v1/track", "/lacak", "/v1/clients", "/v1/letter-links")
_UNKNOWN_ROUTE: Final = "none"
_CLOSED: Final = 499
"""In log and figures: the caller went away before it had said all. The number is that of nginx."""
_TAKES_FILE: Final = re.compile(
    r"POST /lacak/berkas|POST /v1/(cases/[^/]+|track)/attachments|PATCH /v1/cases/[^/]+/attachments/[^/]+"
    r"|POST /v1/deliberations/[^/]+/(minutes/[^/]+/scan|objections/[^/]+/photo)",
    re.ASCII,
)
_TAKES_LIST: Final = ("POST", "/v1/lists")
_FRAME: Final = 65_536
"""Bytes of a form around its file."""


@dataclass(frozen=True, slots=True)
class Most:
    """How many bytes a body may have."""

    body: int
    upload: int
    list: int

    def of(self, scope: Scope) -> int:
        if takes_file(scope):
            return self.upload + _FRAME
        return self.list if (scope["method"], scope["path"]) == _TAKES_LIST else self.body


class Edge:
    def __init__(self, app: ASGIApp, metrics: Metrics, most: "Most") -> None:
        self._app = app
        self._metrics = metrics
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method = scope["method"]
        if method == "HEAD":
            # Every GET can be asked for its headers; the body is dropped on the way out. The server keeps
            # its own scope, by which it knows that no body follows.
            scope = {**scope, "method": "GET"}
        visit = Visit(scope, send, method)
        self._metrics.begin()
        try:
            await self._serve(scope, receive, visit)
        finally:
            route = route_template(scope)
            self._metrics.end(visit.method, route, visit.status, visit.seconds())
            visit.write_line(route)

    async def _serve(self, scope: Scope, receive: Receive, visit: "Visit") -> None:
        most = self._most.of(scope)
        if declared_length(scope["headers"]) > most:
            await from_error(Request(scope), TooLarge())(scope, receive, visit.send)
            return
        try:
            await self._app(scope, counted(receive, most), visit.send)
        except ClientDisconnect:
            # A link that breaks in the middle of a request is no fault of ours, and nobody hears an answer.
            visit.hung_up()
        except Exception as error:  # noqa: BLE001  # the last one who can; Starlette has answered and raises again
            structlog.get_logger().error("fault", request_id=scope["request_id"], exc_info=error)
            if not visit.started:
                await problem(Request(scope), 500, "internal")(scope, receive, visit.send)


def counted(receive: Receive, most: int) -> Receive:
    """A body that does not say its length is counted while it comes in."""
    seen = 0

    async def counting() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise TooLarge
        return message

    return counting


def takes_file(scope: Scope) -> bool:
    """Tell whether the body may be a file: these routes read it only after they know who asks."""
    return _TAKES_FILE.fullmatch(f"{scope['method']} {scope['path']}") is not None


class Visit:
    """One request from its first to its last byte."""

    def __init__(self, scope: Scope, send: Send, method: str) -> None:
        self.method = method
        self.status = 500
        self.started = False
        self._scope = scope
        self._send = send
        self._begun = perf_counter()
        scope["request_id"] = request_id_of(scope["headers"])

    def seconds(self) -> float:
        return perf_counter() - self._begun

    def hung_up(self) -> None:
        """Note that the caller went away; nobody hears the answer."""
        self.status = _CLOSED

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            self.status = message["status"]
            message["headers"] = [*message["headers"], *self._headers(message["headers"])]
        elif self.method == "HEAD" and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)

    def _headers(self, present: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        names = {name.lower() for name, _ in present}
        added = [(b"x-request-id", self._scope["request_id"].encode()), *_SECURITY]
        if b"content-security-policy" not in names:
            added.append((b"content-security-policy", _CSP))
        if b"cache-control" not in names:
            added.append((b"cache-control", b"no-store"))
        allowances = self._scope.get("allowances")
        return added + headers_of(allowances) if allowances else added

    def write_line(self, route: str) -> None:
        actor: Any = self._scope.get("actor")
        structlog.get_logger().info(
            "request",
            request_id=self._scope["request_id"],
            method=self.method if self.method.isalpha() else "OTHER",
            route=route,
            status=self.status,
            ms=round(self.seconds() * 1000, 2),
            tenant=actor.tenant if actor else None,
            account=actor.account_id.hex if actor and actor.account_id else None,
        )


def request_id_of(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Take the caller's id if it has the form of one, so that a line can hold nothing else; or make one."""
    for name, value in headers:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return value.decode()
    return uuid4().hex


def declared_length(headers: Iterable[tuple[bytes, bytes]]) -> int:
    for name, value in headers:
        if name == b"content-length" and value.isdigit() and len(value) < 20:  # noqa: PLR2004  # 64 bits
            return int(value)
    return 0


def route_template(scope: Scope) -> str:
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else _UNKNOWN_ROUTE


class Squeeze:
    """Compresses answers, but never those that hold secrets."""

    def __init__(self, app: ASGIApp) -> None:
        self._plain = app
        self._compressed = CompressMiddleware(app, minimum_size=800)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        secret = scope["type"] == "http" and scope["path"].startswith(_SECRET_PATHS)
        await (self._plain if secret else self._compressed)(scope, receive, send)
