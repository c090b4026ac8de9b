"""What can go wrong between a program and the service.

PuskesosError
├── Unreachable       no answer came, in all tries: what was asked may or may not have happened
├── Refused           the service answered with a problem document (RFC 9457)
│   └── Stale         412: somebody changed the thing since it was read; read it and decide again
├── SignInRefused     the log-in, or its renewal, was refused (RFC 6749)
├── BadSignature      a webhook that is not from the service, or not from now
└── QueueError        the offline queue cannot do what was asked
    ├── OtherAccount  the queue was filled by another account
    └── NoTicket      no reserved ticket is left
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class PuskesosError(Exception):
    """Everything that this package raises on purpose."""


class Unreachable(PuskesosError):
    """No answer came. A write had its key, so sending it again is harmless."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What the service says of a refusal. Decide by ``code``; the sentences are for people."""

    status: int
    code: str
    title: str = ""
    detail: str = ""
    fields: tuple[Mapping[str, str], ...] = ()
    """Wrong fields: ``pointer`` (JSON pointer), ``code``, ``detail``."""
    data: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, body: Any, status: int) -> "Problem":
        """Read a problem document; a proxy's page in its place keeps its status only."""
        if not isinstance(body, dict):
            return cls(status, f"http_{status}")
        return cls(
            status,
            str(body.get("code") or f"http_{status}"),
            str(body.get("title", "")),
            str(body.get("detail", "")),
            tuple(body.get("errors") or ()),
            body.get("data") or {},
        )


class Refused(PuskesosError):
    """The service said no, and sending the same again would bring the same answer."""

    def __init__(self, problem: Problem, what: str = "", body: Any = None) -> None:
        super().__init__(f"{what}: {problem.status} {problem.code} {problem.detail}".lstrip(": "))
        self.problem = problem
        self.body = body
        """The whole document, as it came."""


class Stale(Refused):
    """Somebody changed the thing since its ``ETag`` was read."""


class SignInRefused(PuskesosError):
    """Login, password, secret or token is not right (any more). What is queued stays queued."""

    def __init__(self, error: str, description: str = "") -> None:
        super().__init__(f"{error}: {description}" if description else error)
        self.error = error


class BadSignature(PuskesosError):
    """Answer it with 401 or 400 and do nothing else."""


class QueueError(PuskesosError):
    """The offline queue cannot do what was asked; nothing in it was changed."""


class OtherAccount(QueueError):
    """The queue was filled by another account and is sent under that one only."""


class NoTicket(QueueError):
    """Every reserved ticket is given out; the case can be filed without one."""
