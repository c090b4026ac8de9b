"""Forms that a browser sends to a page: read within bounds, and only from the page itself."""

import hmac
from collections.abc import Mapping
from hashlib import sha256
from typing import Final
from urllib.parse import parse_qsl

from fastapi import Request

from app.api.errors import BadRequest, WrongType
from app.api.forms import read_body
from app.api.strict_json import clean
from app.domain.errors import FieldError, Forbidden

_KIND: Final = "application/x-www-form-urlencoded"
_MOST: Final = 100
"""Fields of one form."""
_LONGEST: Final = 5_000
KEY: Final = "key"
"""The hidden field that only a page which we drew for this session has."""


async def read_fields(request: Request, idle_seconds: float) -> Mapping[str, str]:
    """Return the fields of a form, each once; what was left empty is not there.

    Raises:
        WrongType: it is no form.
        BadRequest: it cannot be read.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _KIND:
        raise WrongType
    body = await read_body(request, idle_seconds)
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST, errors="strict")
    except ValueError as error:
        raise _unreadable() from error
    fields = dict(pairs)
    fine = all(clean(value) and "\ufffd" not in value and len(value) <= _LONGEST for value in fields.values())
    if len(fields) != len(pairs) or not fine:
        raise _unreadable()
    return {name: value.replace("\r\n", "\n") for name, value in fields.items() if value.strip()}


def form_key(token: str) -> str:
    """Return what the forms of one session carry; nobody makes it without the session's cookie."""
    return hmac.digest(token.encode(), b"puskesos/form", sha256).hex()[:32]


def check_origin(request: Request) -> None:
    """Let nothing in that another site sends.

    Raises:
        Forbidden: the browser says that the form is not ours.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise foreign()


def check_key(token: str, given: str | None) -> None:
    """Check the hidden field of a form.

    Raises:
        Forbidden: the page was drawn for another session, or never.
    """
    if not hmac.compare_digest(form_key(token).encode(), (given or "").encode("utf-8", "replace")):
        raise foreign()


def foreign() -> Forbidden:
    return Forbidden(
        code="foreign_form",
        id="Formulir ini sudah tidak berlaku. Buka lagi halaman kasus Anda dan ulangi.",
        en="This form is no longer good. Open the page of your case again and repeat.",
    )


def _unreadable() -> BadRequest:
    return BadRequest(
        fields=(
            FieldError(
                "",
                "unreadable_form",
                "Formulir tidak terbaca. Ulangi dari halaman ini.",
                "The form cannot be read. Try again from this page.",
            ),
        )
    )
