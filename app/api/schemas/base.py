"""The bases of every body, and the kinds of fields that they share."""

import re
from datetime import date, datetime
from typing import Annotated, Final, Generic, TypeVar

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticKnownError

LONGEST_TEXT = 20_000
"""Characters in any one text of a request."""

T = TypeVar("T")

Whole = Annotated[int, Field(ge=0, le=2_147_483_647)]
"""A count that fits the database's integer."""
Rupiah = Annotated[int, Field(ge=0, le=10**15)]
"""Whole rupiah."""
CodeText = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")]
"""A code of the trade, a region or an agency."""
NameText = Annotated[str, Field(min_length=1, max_length=200)]
NoteText = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_INSTANT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ].+", re.ASCII)


def _day(value: object) -> object:
    # Pydantic also takes seconds since 1970, so that a typing error would become a day of that year.
    if isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value.strip())):
        return value
    raise PydanticKnownError("date_type")


def _instant(value: object) -> object:
    if isinstance(value, date) or (isinstance(value, str) and _INSTANT.fullmatch(value.strip())):
        return value
    raise PydanticKnownError("datetime_type")


def _moment(value: object) -> object:
    if not isinstance(value, str):
        return _day(value)
    text = value.strip()
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
        found = datetime.fromisoformat(text) if _INSTANT.fullmatch(text) else None
    except ValueError:
        found = None
    if found is None:
        raise PydanticKnownError("datetime_type")
    if found.tzinfo is None:
        raise PydanticKnownError("timezone_aware")
    return found


Day = Annotated[date, BeforeValidator(_day)]
"""A day as a request writes it: ``2026-01-31``."""
Instant = Annotated[AwareDatetime, BeforeValidator(_instant)]
"""An instant as a request writes it, by RFC 3339 and with its zone."""
Moment = Annotated[datetime | date, BeforeValidator(_moment)]
"""An instant; or a day, which begins at midnight where each case lies."""


class In(BaseModel):
    """A body that comes in. Unknown fields are refused, so that typing errors and server-owned fields show.

    NUL, lone surrogates and numbers beyond 64 bits are refused before a model sees them
    (``app.api.strict_json``).
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        str_strip_whitespace=True,
        str_max_length=LONGEST_TEXT,
        allow_inf_nan=False,
    )


class Out(BaseModel):
    """A body that goes out; read from rows and dataclasses alike."""

    model_config = ConfigDict(extra="forbid", from_attributes=True, frozen=True)


class Localised(Out):
    id: str
    en: str


class Listed(Out, Generic[T]):
    """One page. ``next`` is the cursor of the next one, absent at the end; ``count`` only when asked for."""

    items: list[T]
    next: str | None = None
    count: int | None = None
