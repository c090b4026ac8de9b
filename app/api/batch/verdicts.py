"""What became of each operation, written as one answer.

Answers are the bytes that the single route gave or gave before, so nothing is read and written anew.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog
from fastapi import Request

from app.api.errors import StillRunning, from_error, status_of
from app.domain.errors import Conflict, DeskError, Unavailable
from app.domain.sync import Difference
from app.integrations.logs import places

DONE: Final = frozenset({"applied", "replayed"})


@dataclass(frozen=True, slots=True)
class Result:
    id: str
    verdict: str
    status: int | None = None
    ticket: str | None = None
    etag: str | None = None
    answer: bytes | None = None
    problem: bytes | None = None
    conflicts: Sequence[Difference] | None = None
    waiting_for: str | None = None
    works_on: str | None = None
    """The ticket that later operations on it go to: of a void duplicate, that of the case that stands."""
    made: str | None = None
    """The public id of what it made beside the case: a visit."""

    @property
    def is_done(self) -> bool:
        return self.verdict in DONE

    def write(self) -> bytes:
        fields: list[tuple[str, bytes]] = [
            ("id", _json(self.id)),
            ("verdict", _json(self.verdict)),
            ("status", _json(self.status)),
            ("ticket", _json(self.ticket)),
            ("etag", _json(self.etag)),
            ("answer", self.answer or b"null"),
            ("problem", self.problem or b"null"),
            ("conflicts", _json(_told(self.conflicts))),
            ("waiting_for", _json(self.waiting_for)),
        ]
        return b"{" + b",".join(b'"%s":%s' % (name.encode(), value) for name, value in fields) + b"}"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str).encode()


def _told(conflicts: Sequence[Difference] | None) -> list[dict[str, Any]] | None:
    if conflicts is None:
        return None
    return [
        {"field": one.field, "base": one.base, "mine": one.mine, "theirs": one.theirs} for one in conflicts
    ]


def write(results: Iterable[Result], now: datetime, off_seconds: int) -> bytes:
    return b'{"results":[%s],"server_time":%s,"clock_off_seconds":%d}' % (
        b",".join(one.write() for one in results),
        _json(now.isoformat().replace("+00:00", "Z")),
        off_seconds,
    )


@dataclass
class Differs(DeskError):
    """Somebody else changed the same fields since the device read them."""

    code: str = "changed_meanwhile"
    found: tuple[Difference, ...] = ()


def refused(request: Request, id_: str, error: DeskError) -> Result:
    """Return the verdict on an operation that was not done: by what refused it."""
    if isinstance(error, Differs):
        told = Conflict(
            code=error.code,
            id="Orang lain sudah mengubah isian yang sama. Bandingkan, putuskan, lalu kirim lagi.",
            en="Somebody else changed the same field meanwhile. Compare, decide, and send it again.",
        )
        return Result(id_, "conflict", 409, problem=_problem(request, told), conflicts=error.found)
    passing = isinstance(error, StillRunning | Unavailable)
    return Result(
        id_, "waiting" if passing else "rejected", status_of(error), problem=_problem(request, error)
    )


def faulty(request: Request, id_: str, error: Exception) -> Result:
    """Return the verdict on an operation that we failed on, and leave the fault in the log."""
    found = {"error": type(error).__name__, "places": places(error)}
    structlog.get_logger().error("fault", request_id=request.scope["request_id"], **found)
    return refused(request, id_, Unavailable(code="internal"))


def _problem(request: Request, error: DeskError) -> bytes:
    return bytes(from_error(request, error).body)
