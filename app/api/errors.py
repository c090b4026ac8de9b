"""The one table from errors to HTTP. Every answer that is not a success is an RFC 9457 problem document.

Nothing that came in is ever echoed: a wrong value may be somebody's NIK.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from app.api.language import language_of
from app.api.sentences import STATUS_WORDS, Words, sentence_for
from app.domain.errors import (
    Conflict,
    DeskError,
    FieldError,
    Forbidden,
    Gone,
    Invalid,
    NotFound,
    Stale,
    TooMany,
    Unauthenticated,
    Unavailable,
)

PROBLEM_JSON: Final = "application/problem+json"


@dataclass
class BadRequest(Invalid):
    """The request cannot be read: its JSON, query, path, header or cursor. The content is not judged yet."""

    code: str = "bad_request"


@dataclass
class NotJson(DeskError):
    """The body is not of the kind that the route takes."""

    code: str = "unsupported_media_type"


@dataclass
class TooLarge(DeskError):
    code: str = "too_large"


@dataclass
class WrongType(DeskError):
    """A file, or its frame, of a kind that is not taken."""

    code: str = "unsupported_media_type"


@dataclass
class TooSlow(DeskError):
    """The body did not come in time."""

    code: str = "body_too_slow"


@dataclass
class PreconditionRequired(DeskError):
    """The route needs ``If-Match`` and there is none."""

    code: str = "if_match_required"


@dataclass
class StillRunning(Conflict):
    """Another request with the same ``Idempotency-Key`` has not ended yet."""

    code: str = "idempotency_running"
    retry_after: timedelta = timedelta(seconds=2)


STATUS: Final[dict[type[DeskError], int]] = {
    BadRequest: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    TooSlow: 408,
    Conflict: 409,
    Gone: 410,
    Stale: 412,
    TooLarge: 413,
    NotJson: 415,
    WrongType: 415,
    Invalid: 422,
    PreconditionRequired: 428,
    TooMany: 429,
    Unavailable: 503,
}


def status_of(error: DeskError) -> int:
    """Return the status of the nearest ancestor in the table; an unknown kind is our fault, 500."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def request_id(request: Request) -> str:
    found = request.scope.get("request_id")
    return found if isinstance(found, str) else ""


def problem(
    request: Request,
    status: int,
    code: str,
    *,
    words: Words | None = None,
    extra: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Render one problem document in the caller's language."""
    lang = language_of(request)
    title = STATUS_WORDS.get(status, STATUS_WORDS[500])
    body: dict[str, object] = {
        "type": f"/problems/{code}",
        "title": title.title(lang),
        "status": status,
        "code": code,
        "detail": (words or title).detail(lang),
        "instance": f"urn:puskesos:request:{request_id(request)}",
        **(extra or {}),
    }
    return JSONResponse(
        body,
        status_code=status,
        media_type=PROBLEM_JSON,
        headers={"Content-Language": lang, "Cache-Control": "no-store", **(headers or {})},
    )


def from_error(request: Request, error: DeskError) -> JSONResponse:
    """Render a refusal of ours. Fields and codes go along; texts come from the error or from the table."""
    status = status_of(error)
    extra: dict[str, object] = {}
    if isinstance(error, Invalid) and error.fields:
        extra["errors"] = [_field(item, language_of(request)) for item in error.fields]
    if error.data:
        extra["data"] = error.data
    words = Words(error.id, error.en) if error.id or error.en else None
    return problem(request, status, error.code, words=words, extra=extra, headers=_headers(error))


def _headers(error: DeskError) -> dict[str, str]:
    headers = {}
    after = getattr(error, "retry_after", None)
    if isinstance(after, timedelta):
        headers["Retry-After"] = str(max(1, ceil(after.total_seconds())))
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = 'Bearer realm="puskesos"'
    return headers


def _field(item: FieldError, lang: str) -> dict[str, str]:
    return {"pointer": item.pointer, "code": item.code, "detail": item.en if lang == "en" else item.id}


def pointer(location: Sequence[str | int]) -> str:
    """Return the JSON pointer (RFC 6901) of a place in the body, a query parameter or a header."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in location)


def fields_of(errors: Sequence[Mapping[str, Any]]) -> tuple[FieldError, ...]:
    """Turn pydantic's findings into ours; the place is kept, the value never."""
    found: dict[tuple[str, str], FieldError] = {}
    for item in errors:
        location = tuple(item["loc"])
        place = pointer(location[1:] if location[:1] == ("body",) else location)
        words = sentence_for(str(item["type"]), item.get("ctx") or {})
        found.setdefault((place, str(item["type"])), FieldError(place, str(item["type"]), words.id, words.en))
    return tuple(found.values())


def refusal_of(errors: Sequence[Mapping[str, Any]]) -> DeskError:
    """A malformed path is 404, a malformed query, header or JSON text 400, and wrong content 422."""
    kinds = {str(item["loc"][0]) if item["loc"] else "body" for item in errors}
    if "path" in kinds:
        return NotFound()
    if kinds & {"query", "header", "cookie"} or any(item["type"] == "json_invalid" for item in errors):
        return BadRequest(fields=fields_of([e for e in errors if e["loc"][:1] != ("body",)] or errors))
    return Invalid(fields=fields_of(errors))


async def _on_desk_error(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, DeskError):
        raise error
    return from_error(request, error)


async def _on_validation(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    return from_error(request, refusal_of(error.errors()))


_HTTP_CODES: Final = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}


async def _on_http(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    headers = dict(error.headers or {})
    if error.status_code == 405:  # noqa: PLR2004  # this module is where the numbers live
        # Starlette names the methods of the first route of that path only.
        headers["Allow"] = ", ".join(request.app.methods_at(request.scope))
    code = _HTTP_CODES.get(error.status_code, "bad_request")
    return problem(request, error.status_code, code, headers=headers)


async def _on_anything(request: Request, _error: Exception) -> JSONResponse:
    # The edge writes the fault to the log, with the request's id; the caller gets no word of it.
    return problem(request, 500, "internal")


def install(app: FastAPI) -> None:
    """Answer every refusal and every fault with its problem document."""
    app.add_exception_handler(DeskError, _on_desk_error)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Exception, _on_anything)
