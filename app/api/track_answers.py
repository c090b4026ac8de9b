"""What the forms of the resident's page say, as the bodies and services of the API take it."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from app.api.errors import fields_of
from app.api.schemas.steps import ReceivedIn
from app.api.schemas.track import TrackConfirmIn, TrackDisputeIn, TrackRatingIn, TrackWithdrawIn
from app.api.track_words import WORDS
from app.db.queries.acting import Acting
from app.db.queries.resident_moves import Word
from app.domain.errors import FieldError, Invalid
from app.domain.ledger import Received
from app.services import tracking

Fields = Mapping[str, str]
Body = TypeVar("Body", bound=BaseModel)
_MOST_PROGRAMS: Final = 50
_RUPIAH: Final = re.compile(r"(?:rp)?[.\s]*", re.IGNORECASE)


def received_of(body: list[ReceivedIn]) -> tuple[Received, ...]:
    return tuple(Received(one.program, one.amount_idr, one.goods, one.on) for one in body)


async def _confirm(acting: Acting, fields: Fields) -> str:
    body = _body(
        TrackConfirmIn,
        received=_received(fields),
        rating=_number(fields.get("rating")),
        comment=fields.get("comment"),
    )
    word = Word(received_of(body.received), rating=body.rating, comment=body.comment)
    _, disputed = await tracking.confirm(acting, word)
    return "beda" if disputed else "benar"


async def _dispute(acting: Acting, fields: Fields) -> str:
    body = _body(TrackDisputeIn, reason=fields.get("reason", ""))
    await tracking.dispute(acting, Word(reason=body.reason))
    return "sanggah"


async def _rate(acting: Acting, fields: Fields) -> str:
    body = _body(TrackRatingIn, rating=_number(fields.get("rating")))
    await tracking.rate(acting, body.rating)
    return "nilai"


async def _withdraw(acting: Acting, fields: Fields) -> str:
    if fields.get("sure") != "yes":
        raise _wrong("/sure", "unsure")
    body = _body(TrackWithdrawIn, note=fields.get("note"))
    await tracking.withdraw(acting, body.note)
    return "batal"


ANSWERS: Final[Mapping[str, Callable[[Acting, Fields], Awaitable[str]]]] = {
    "benar": _confirm,
    "sanggah": _dispute,
    "nilai": _rate,
    "batal": _withdraw,
}
"""By the last part of the form's address; each returns the word for what was done."""


def _received(fields: Fields) -> list[dict[str, Any]]:
    """Read what she ticked of each programme: all of it, something else, or nothing."""
    found: list[dict[str, Any]] = []
    for n in range(1, _MOST_PROGRAMS):
        program, got = fields.get(f"program{n}"), fields.get(f"got{n}")
        if program is None:
            break
        if got not in {"all", "part", "none"}:
            raise _wrong(f"/got{n}", "unsaid")
        amount, goods = _amount(fields.get(f"amount{n}")), fields.get(f"goods{n}")
        if got == "part" and amount is None and goods is None:
            # Without either it would say: all of it.
            raise _wrong(f"/amount{n}", "unsaid")
        if got == "all":
            found.append({"program": program})
        elif got == "part":
            found.append({"program": program, "amount_idr": amount, "goods": goods})
    return found


def _amount(text: str | None) -> object:
    return None if text is None else _number(_RUPIAH.sub("", text))


def _number(text: str | None) -> object:
    """Return a number of plain digits; anything else as it is, for the body to refuse."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else text  # noqa: PLR2004


def _body(kind: type[Body], **values: object) -> Body:
    given = {name: value for name, value in values.items() if value is not None}
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        raise Invalid(fields=fields_of(error.errors())) from error


def _wrong(pointer: str, word: str) -> Invalid:
    said = WORDS[word]
    return Invalid(fields=(FieldError(pointer, f"form.{word}", said.id, said.en),))
