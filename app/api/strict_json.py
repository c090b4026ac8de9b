"""JSON as we take it: UTF-8, no deeper than 50, no NaN, no number beyond 64 bits, no name twice, no NUL.

Python's own reader takes all of these, and each of them ends as a fault further in.
"""

import json
import math
from typing import Any, Final

from app.api.errors import BadRequest, pointer
from app.domain.errors import FieldError, Invalid

DEEPEST: Final = 50
_LARGEST: Final = 2**63 - 1
_LONGEST_NUMBER: Final = 40


class _RefusedError(ValueError):
    """The text is JSON for Python, but not for us."""


def _unreadable(code: str, id_: str, en: str) -> BadRequest:
    return BadRequest(fields=(FieldError("", code, id_, en),))


def _too_deep(text: str) -> bool:
    """Count brackets outside strings; only called when there are enough of them to matter."""
    depth, quoted, escaped = 0, False, False
    for symbol in text:
        if quoted:
            quoted, escaped = escaped or symbol != '"', symbol == "\\" and not escaped
        elif symbol == '"':
            quoted = True
        elif symbol in "[{":
            depth += 1
            if depth > DEEPEST:
                return True
        elif symbol in "]}":
            depth -= 1
    return False


def _whole(text: str) -> int:
    if len(text) > _LONGEST_NUMBER or abs(value := int(text)) > _LARGEST:
        raise _RefusedError
    return value


def _real(text: str) -> float:
    if len(text) > _LONGEST_NUMBER or not math.isfinite(value := float(text)):
        raise _RefusedError
    return value


def _constant(_: str) -> float:
    raise _RefusedError


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _RefusedError
    return found


def parse(body: bytes) -> Any:
    """Read a body.

    Raises:
        BadRequest: it is no JSON of ours.
        Invalid: a text holds a NUL or half of a surrogate pair; names the place.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise _unreadable("not_utf8", "Isi bukan teks UTF-8.", "The body is not UTF-8 text.") from error
    if text.count("[") + text.count("{") > DEEPEST and _too_deep(text):
        raise _unreadable(
            "too_deep", f"Isi lebih dalam dari {DEEPEST} tingkat.", f"Nested deeper than {DEEPEST} levels."
        )
    try:
        value = json.loads(
            text, parse_int=_whole, parse_float=_real, parse_constant=_constant, object_pairs_hook=_once_each
        )
    except _RefusedError as error:
        raise _unreadable(
            "json_refused",
            "JSON memuat nama ganda atau bilangan di luar batas.",
            "The JSON holds a name twice or a number out of bounds.",
        ) from error
    except ValueError as error:
        raise _unreadable("json_invalid", "JSON tidak dapat dibaca.", "The JSON cannot be read.") from error
    if "\\u" in text:
        _check_texts(value)
    return value


def _check_texts(value: Any) -> None:
    stack: list[tuple[Any, tuple[str | int, ...]]] = [(value, ())]
    while stack:
        item, place = stack.pop()
        if isinstance(item, str) and not clean(item):
            raise _bad_text(place)
        if isinstance(item, list):
            stack.extend((child, (*place, n)) for n, child in enumerate(item))
        elif isinstance(item, dict):
            if not all(clean(name) for name in item):
                # The name itself cannot be written into a pointer.
                raise _bad_text(place)
            stack.extend((child, (*place, name)) for name, child in item.items())


def clean(text: str) -> bool:
    """Tell whether the database and UTF-8 can hold *text*."""
    return "\x00" not in text and (text.isascii() or not any("\ud800" <= c <= "\udfff" for c in text))


def _bad_text(place: tuple[str | int, ...]) -> Invalid:
    return Invalid(
        fields=(
            FieldError(
                pointer(place),
                "string_unicode",
                "Teks memuat karakter yang tidak sah (NUL atau separuh surrogate).",
                "The text holds a character that is not valid (NUL or half a surrogate).",
            ),
        )
    )
