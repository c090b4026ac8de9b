"""Figures for Prometheus: by route template, method and status; never by a path, a person or a case."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from app.db.queries.figures import Figures, Queue

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
        self._house = _HouseGauges(self._registry)

    def begin(self) -> None:
        self._running.inc()

    def end(self, method: str, route: str, status: int, seconds: float) -> None:
        known = method if method in _METHODS else "OTHER"
        self._running.dec()
        self._requests.labels(known, route, str(status)).inc()
        self._seconds.labels(known, route).observe(seconds)

    def show(self, figures: Figures | None) -> None:
        """Take over what the database holds; None: it does not answer, and old figures would lie."""
        self._house.show(figures)

    def text(self) -> bytes:
        return generate_latest(self._registry)


class _HouseGauges:
    """What waits in the database. Every process says the same of it: aggregate by max, not by sum."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def gauge(name: str, words: str, *labels: str) -> Gauge:
            return Gauge(f"puskesos_{name}", words, labels, registry=registry)

        self._up = gauge("database_up", "1 while the database answers.")
        self._waiting = gauge("queue_waiting", "What is due and not done.", "queue")
        self._oldest = gauge("queue_oldest_seconds", "How long the oldest of it has been due.", "queue")
        self._work = gauge("work_waiting", "Work that is due, by kind of job.", "kind")
        self._work_oldest = gauge("work_oldest_seconds", "How long the oldest of it has been due.", "kind")
        self._runs = gauge("job_runs", "How often a periodic job was begun; the sweeps among them.", "kind")
        self._sent = gauge("messages_last_day", "Messages made in the last day.", "channel", "state")
        self._webhooks = gauge("webhooks", "Endpoints of agencies and secretariats.", "state")
        self._overdue = gauge("cases_overdue", "Cases with a clock past its due instant.")
        self._unescalatable = gauge(
            "unescalatable", "Overdue clocks that stand before nobody though it was time; it stays 0."
        )

    def show(self, figures: Figures | None) -> None:
        self._up.set(figures is not None)
        for one in (self._waiting, self._oldest, self._work, self._work_oldest, self._runs, self._sent):
            one.clear()
        if figures is None:
            self._overdue.set(float("nan"))
            self._unescalatable.set(float("nan"))
            return
        named = {
            "feed": figures.feed,
            "messages": figures.messages,
            "deliveries": figures.deliveries,
            "clocks": figures.clocks,
        }
        _set(named, self._waiting, self._oldest)
        _set(figures.work, self._work, self._work_oldest)
        for kind, number in figures.runs.items():
            self._runs.labels(kind).set(number)
        self._webhooks.clear()
        for state, number in figures.webhooks.items():
            self._webhooks.labels(state).set(number)
        for (channel, state), number in figures.sent.items():
            self._sent.labels(channel, state).set(number)
        self._overdue.set(figures.overdue)
        self._unescalatable.set(figures.unescalatable)


def _set(queues: Mapping[str, Queue], waiting: Gauge, oldest: Gauge) -> None:
    for name, queue in queues.items():
        waiting.labels(name).set(queue.waiting)
        oldest.labels(name).set(queue.oldest / timedelta(seconds=1))
