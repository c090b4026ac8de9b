"""What every event has: a type, labels, and data made of ids and codes only.

Never personal data: a field is an id, a number, a date, a truth value, or text of a checked form
(:data:`Code`, :data:`Region`, :data:`Ticket`, :data:`Hmac`). Free text stands sealed elsewhere; the
event holds its id and an HMAC that dies with the person's key. PPKS categories are left out as well:
with a case's id they would be health data.
"""

import re
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, ClassVar, NamedTuple, Protocol, get_type_hints
from uuid import UUID

from app.domain.chain import GENESIS, Head, dump, event_hash, instant_text
from app.domain.codes import ActorKind

JsonData = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Form:
    """The form that a text field of an event must have."""

    name: str
    pattern: re.Pattern[str]


CODE_FORM = Form("code", re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,79}", re.ASCII))
REGION_FORM = Form("region", re.compile(r"ID|[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?", re.ASCII))
TICKET_FORM = Form("ticket", re.compile(r"[0-9]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]", re.ASCII))
HMAC_FORM = Form("hmac", re.compile(r"[0-9a-f]{64}", re.ASCII))
VERSION_FORM = Form("version", re.compile(r"[0-9A-Za-z.-]{1,12}", re.ASCII))

Code = Annotated[str, CODE_FORM]
Region = Annotated[str, REGION_FORM]
Ticket = Annotated[str, TICKET_FORM]
Hmac = Annotated[str, HMAC_FORM]
Version = Annotated[str, VERSION_FORM]


class Label(NamedTuple):
    id: str
    en: str


@dataclass(frozen=True, slots=True)
class Act:
    """Who did something, and when; one act may change several things, and ``cause_id`` ties their events."""

    actor_kind: ActorKind
    actor_id: UUID | None
    """``None`` for the system and for a resident with a slip."""
    at: datetime
    cause_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to one thing."""

    type: ClassVar[str]
    label: ClassVar[Label]
    columns: ClassVar[frozenset[str]] = frozenset()
    """Fields that are columns of their own and therefore not in :meth:`data`."""

    @property
    def stream_id(self) -> UUID:
        """The chain that the event belongs to: its case, or else the changed thing itself."""
        raise NotImplementedError

    def data(self) -> JsonData:
        """Return the fields as JSON; those that are ``None`` are left out.

        Raises:
            ValueError: a text has not the form of a code: somebody put words into an event.
        """
        found = {}
        for name, form in _data_fields(type(self)):  # type: ignore[arg-type]  # a class is hashable
            value = getattr(self, name)
            if value is not None:
                found[name] = _json(value, name, form)
        return found


class EventRecord(NamedTuple):
    """An event as it is stored, in its place in the chain."""

    regency_code: str
    id: UUID
    stream_id: UUID
    n: int
    case_id: UUID | None
    referral_id: UUID | None
    type: str
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    cause_id: UUID
    data: JsonData
    prev_hash: bytes
    hash: bytes

    @property
    def head(self) -> Head:
        """The stream's head once this event is written."""
        return Head(self.n, self.hash)


def record_event(event: Event, act: Act, *, regency_code: str, id_: UUID, after: Head) -> EventRecord:
    """Return *event* as the row that follows *after* in its stream, which the caller has locked."""
    unsigned = EventRecord(
        regency_code=regency_code,
        id=id_,
        stream_id=event.stream_id,
        n=after.n + 1,
        case_id=getattr(event, "case_id", None),
        referral_id=getattr(event, "referral_id", None),
        type=event.type,
        at=act.at,
        actor_kind=str(act.actor_kind),
        actor_id=act.actor_id,
        cause_id=act.cause_id,
        data=event.data(),
        prev_hash=after.hash,
        hash=GENESIS,
    )
    return unsigned._replace(hash=event_hash(after.hash, event_body(unsigned)))


class EventFields(Protocol):
    """What of an event's row is hashed. An id may be given as its text: an audit reads millions of them."""

    @property
    def regency_code(self) -> str: ...
    @property
    def id(self) -> UUID | str: ...
    @property
    def stream_id(self) -> UUID | str: ...
    @property
    def n(self) -> int: ...
    @property
    def case_id(self) -> UUID | str | None: ...
    @property
    def referral_id(self) -> UUID | str | None: ...
    @property
    def type(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def actor_kind(self) -> str: ...
    @property
    def actor_id(self) -> UUID | str | None: ...
    @property
    def cause_id(self) -> UUID | str: ...
    @property
    def data(self) -> JsonData: ...


def event_body(row: EventFields) -> bytes:
    """Return the canonical bytes of a row: everything but the two hashes, spelt as ``canonical`` does.

    Written out, since an audit spells every row of the log anew: this takes a third of the time.
    """
    return (
        f'{{"actor_id":{_id(row.actor_id)},"actor_kind":{dump(row.actor_kind)},"at":"{instant_text(row.at)}",'
        f'"case_id":{_id(row.case_id)},"cause_id":"{row.cause_id}","data":{dump(row.data)},"id":"{row.id}",'
        f'"n":{row.n},"referral_id":{_id(row.referral_id)},"regency_code":{dump(row.regency_code)},'
        f'"stream_id":"{row.stream_id}","type":{dump(row.type)},"v":1}}'
    ).encode()


def _id(value: UUID | str | None) -> str:
    return "null" if value is None else f'"{value}"'


@cache
def _data_fields(kind: type[Event]) -> tuple[tuple[str, Form | None], ...]:
    hints = get_type_hints(kind, include_extras=True)
    names = (field.name for field in fields(kind) if field.name not in kind.columns)
    return tuple((name, form_of(hints[name])) for name in names)


def form_of(hint: Any) -> Form | None:
    """Return the form that a field's annotation asks of its text, or ``None`` if it holds no text."""
    for mark in getattr(hint, "__metadata__", ()):
        if isinstance(mark, Form):
            return mark
    forms = (form_of(part) for part in getattr(hint, "__args__", ()))
    return next((form for form in forms if form), None)


def _json(value: Any, name: str, form: Form | None) -> Any:
    if isinstance(value, tuple):
        return [_json(inner, name, form) for inner in value]
    if isinstance(value, str):
        if form is None or not form.pattern.fullmatch(value):
            raise ValueError(f"{name} of an event is not of its form")
        return str(value)
    if isinstance(value, datetime):
        return instant_text(value)
    return str(value) if isinstance(value, (UUID, date)) else value
