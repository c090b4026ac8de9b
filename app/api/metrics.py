"""Figures for Prometheus: by route template, method and status; never by a path, a person or a case."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 8.0)


class Metrics:
    """The figures of one application; a registry of its own, so that two in one process do not mix."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "puskesos_requests_total",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "puskesos_request_seconds",
            "Time to the end of the answer.",
            ["method", "route"],
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._running = Gauge("puskesos_requests_running", "Requests under way.", registry=self._registry)

    def begin(self) -> None:
        self._running.inc()

    def end(self, method: str, route: str, status: int, seconds: float) -> None:
        known = method if method in _METHODS else "OTHER"
        self._running.dec()
        self._requests.labels(known, route, str(status)).inc()
        self._seconds.labels(known, route).observe(seconds)

    def text(self) -> bytes:
        return generate_latest(self._registry)
