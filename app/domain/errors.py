"""What can go wrong, in the words of the trade. No HTTP numbers here.

DeskError
├── NotFound          the thing is absent, or the actor may not know that it exists
├── Forbidden         the actor may see the thing but not do this
├── Gone              the thing turned out to be another one, which is named
├── Conflict          the thing is not in a state that allows this
├── Stale             the thing changed since the actor read it
├── Invalid           the content of the request breaks a rule; names the fields
├── Unauthenticated   nobody, or nobody we know
├── TooMany           a limit was reached; says when to come again
└── Unavailable       a part we need does not answer; says when to try again
"""

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field: a JSON pointer (``/subject/nik``), a stable code, and what to do."""

    pointer: str
    code: str
    id: str
    """The sentence in Indonesian."""
    en: str
    """The sentence in English."""


@dataclass
class DeskError(Exception):
    """The base of every refusal. ``code`` is public and never changes."""

    code: str
    id: str = ""
    en: str = ""
    data: dict[str, object] = field(default_factory=dict)
    """Codes and public ids that help the caller; never personal data."""


@dataclass
class NotFound(DeskError):
    code: str = "not_found"


@dataclass
class Gone(DeskError):
    code: str = "gone"


@dataclass
class Forbidden(DeskError):
    code: str = "forbidden"


@dataclass
class Conflict(DeskError):
    code: str = "conflict"


@dataclass
class Stale(DeskError):
    code: str = "stale"


@dataclass
class Invalid(DeskError):
    code: str = "invalid"
    fields: tuple[FieldError, ...] = ()


@dataclass
class Unauthenticated(DeskError):
    code: str = "unauthenticated"


@dataclass
class TooMany(DeskError):
    code: str = "too_many"
    retry_after: timedelta = timedelta(seconds=60)


@dataclass
class Unavailable(DeskError):
    """The database or another part we need does not answer; the same request may be sent again."""

    code: str = "unavailable"
    retry_after: timedelta = timedelta(seconds=2)
