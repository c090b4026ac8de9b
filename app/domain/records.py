"""What a step must record, checked the same way for cases and referrals."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from app.domain.errors import FieldError

Records = Mapping[str, object]
Check = Callable[[object], bool]

_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")


def is_text(value: object) -> bool:
    return isinstance(value, str) and value.strip() != ""


def is_code(value: object) -> bool:
    """A code of an open list; whether the list holds it is checked where the list is known."""
    return isinstance(value, str) and _CODE.fullmatch(value) is not None


def is_some(value: object) -> bool:
    """A list or a text that is not empty."""
    return bool(value) if isinstance(value, list | tuple) else is_text(value)


def is_date(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def is_instant(value: object) -> bool:
    return isinstance(value, datetime) and value.tzinfo is not None


def is_rupiah(value: object) -> bool:
    """A whole and positive number of rupiah."""
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def is_position(value: object) -> bool:
    return is_rupiah(value)


def one_of(*codes: str) -> Check:
    known = frozenset(codes)
    return lambda value: isinstance(value, str) and value in known


_WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "required": ("Isian ini wajib diisi.", "This field is required."),
        "wrong": ("Isian ini tidak sah.", "This value is not valid."),
        "not_taken": (
            "Isian ini tidak boleh ada bersama isian lain yang dikirim.",
            "This field may not stand beside another one that was sent.",
        ),
    }
)


def field_error(field: str, code: str) -> FieldError:
    """Make the error of one field; *field* may be a path (``told/at``)."""
    indonesian, english = _WORDS[code]
    return FieldError(f"/{field}", code, indonesian, english)


def check_fields(
    records: Records,
    required: Mapping[str, Check],
    optional: Mapping[str, Check] | None = None,
    *,
    prefix: str = "",
) -> tuple[FieldError, ...]:
    """Name each required field that is absent and each field whose value is not valid.

    *prefix* is the path of *records* in the request's body (``told/``).
    """
    errors = []
    for field, valid in required.items():
        if records.get(field) is None:
            errors.append(field_error(prefix + field, "required"))
        elif not valid(records[field]):
            errors.append(field_error(prefix + field, "wrong"))
    for field, valid in (optional or {}).items():
        if records.get(field) is not None and not valid(records[field]):
            errors.append(field_error(prefix + field, "wrong"))
    return tuple(errors)
