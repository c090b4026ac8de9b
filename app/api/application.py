"""The application with its frame: which layer lies around which, and which methods a path has."""

from collections.abc import Sequence
from types import ModuleType
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Match
from starlette.types import ASGIApp, Scope

from app.api import errors
from app.api.edge import Edge, Most, Squeeze
from app.api.feed_wait import FeedWait
from app.api.metrics import Metrics
from app.api.watch import Watch

_ASKED = [
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "Accept-Language",
    "Upload-Offset",
    "File-Name",
    "X-Request-ID",
]
_EXPOSED = [
    "ETag",
    "Link",
    "Location",
    "Retry-After",
    "Upload-Offset",
    "Content-Disposition",
    "X-Request-ID",
    "Idempotency-Replayed",
    "RateLimit",
    "RateLimit-Policy",
]


class Desk(FastAPI):
    """A FastAPI whose outermost layer is ours."""

    def __init__(self, *, cors_origins: Sequence[str], most: Most, **options: Any) -> None:
        self.metrics = Metrics()
        self.watch = Watch()
        self.feed_wait = FeedWait()
        self._cors_origins = cors_origins
        self._most = most
        super().__init__(docs_url=None, redoc_url=None, openapi_url=None, **options)
        errors.install(self)

    def build_middleware_stack(self) -> ASGIApp:
        inner: ASGIApp = Squeeze(super().build_middleware_stack())
        if self._cors_origins:
            inner = CORSMiddleware(
                inner,
                allow_origins=self._cors_origins,
                allow_methods=["GET", "POST", "PUT", "PATCH"],
                allow_headers=_ASKED,
                expose_headers=_EXPOSED,
                max_age=600,
            )
        return Edge(inner, self.metrics, self._most)

    def add_routes(self, modules: Sequence[ModuleType]) -> None:
        """Take over the routes of each module's ``router``, as they are and without another layer."""
        for module in modules:
            self.router.routes.extend(module.router.routes)

    def api_routes(self) -> list[APIRoute]:
        return [route for route in self.router.routes if isinstance(route, APIRoute)]

    def methods_at(self, scope: Scope) -> list[str]:
        """Return every method that the path of *scope* answers; Starlette knows those of one route only."""
        found: set[str] = set()
        for route in self.api_routes():
            match, _ = route.matches(scope)
            if match is not Match.NONE:
                found |= set(route.methods or ())
        return sorted(found | {"HEAD"} if "GET" in found else found)
