"""The bases of every body, and the kinds of fields that they share."""

from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

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
