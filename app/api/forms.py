"""Bodies that are files: read within bounded time and memory, and never written to a disk in the clear."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Final

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from app.api.errors import BadRequest, TooLarge, TooSlow, WrongType
from app.api.strict_json import clean
from app.domain.attachments import SENTENCES, Refusal
from app.domain.errors import FieldError, Invalid

WHOLE_SECONDS: Final = 180
"""For one body: 20 MB at 110 kB a second. Whoever is slower sends in parts."""
_FILE: Final = "file"
_FIELDS: Final = frozenset({"paper", "visit_id"})
_LONGEST_FIELD: Final = 200
_SLICE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Form:
    """A form with one file."""

    content: bytes = field(repr=False)
    name: str | None = field(repr=False)
    """What the sender calls the file."""
    fields: dict[str, str]


class _InMemory(MultiPartParser):
    # Beyond this the library writes to a temporary file; the edge lets no body come near it.
    spool_max_size = 1 << 31

    @property
    def was_cut_off(self) -> bool:
        """A file began and did not end: the last boundary never came."""
        return self._current_files > sum(isinstance(value, UploadFile) for _, value in self.items)

    def close(self) -> None:
        for one in self._files_to_close_on_error:
            one.close()


async def read_body(request: Request, idle_seconds: float) -> bytes:
    """Return the whole body; between two pieces of it at most *idle_seconds* may pass.

    Raises:
        TooSlow: it stood still, took too long, or broke off.
    """
    loop, pieces = asyncio.get_running_loop(), []
    try:
        async with asyncio.timeout(WHOLE_SECONDS), asyncio.timeout(idle_seconds) as idle:
            async for piece in request.stream():
                pieces.append(piece)
                idle.reschedule(loop.time() + idle_seconds)
    except (TimeoutError, ClientDisconnect) as error:
        raise TooSlow from error
    return b"".join(pieces)


async def read_form(
    request: Request, most: int, idle_seconds: float, more: frozenset[str] = frozenset()
) -> Form:
    """Return the one file of a form, at most *most* bytes, with its fields; `read_body` has the rest.

    *more*: fields that this form may have beside those of every form with a file.

    Raises:
        WrongType: the body is no ``multipart/form-data``.
        TooSlow, TooLarge: it is too much for us.
        BadRequest: it cannot be read.
        Invalid: the file is not there, or a field is there twice or not known.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "multipart/form-data":
        raise WrongType(
            id="Berkas tidak terkirim dengan benar. Pilih lagi; bila berulang, hubungi pengelola.",
            en="Send the file as a multipart/form-data form with the field file.",
        )
    body = await read_body(request, idle_seconds)
    known = _FIELDS | more
    parser = _InMemory(request.headers, _sliced(body), max_files=1, max_fields=len(known) + 1)
    try:
        made = await parser.parse()
        if parser.was_cut_off:
            raise _unreadable()
        return await _form_of(made.multi_items(), most, known)
    except (MultiPartException, ValueError, AssertionError) as error:
        raise _unreadable() from error
    finally:
        parser.close()


async def _sliced(body: bytes) -> AsyncGenerator[bytes, None]:
    for at in range(0, len(body), _SLICE):
        yield body[at : at + _SLICE]
        # Others have their turn between two slices.
        await asyncio.sleep(0)


async def _form_of(items: list[tuple[str, UploadFile | str]], most: int, known: frozenset[str]) -> Form:
    names = [name for name, _ in items]
    wrong = [_wrong(name) for name in names if name not in {_FILE, *known} or names.count(name) > 1]
    fields = {name: value for name, value in items if isinstance(value, str)}
    wrong += [_bad_text(name) for name, value in fields.items() if name in known and not _is_text(value)]
    file = dict(items).get(_FILE)
    if not isinstance(file, UploadFile):
        wrong.append(FieldError("/file", "missing", "Pilih berkas.", "Choose a file."))
    if wrong or not isinstance(file, UploadFile):
        raise Invalid(fields=tuple(wrong[:20]))
    if (file.size or 0) > most:
        raise too_large()
    if not clean(file.filename or ""):
        raise Invalid(fields=(_bad_text(_FILE),))
    return Form(await file.read(), file.filename, {name: text for name, text in fields.items() if text})


def too_large() -> TooLarge:
    said = SENTENCES[Refusal.TOO_LARGE]
    return TooLarge(Refusal.TOO_LARGE.value, said.id, said.en)


def _is_text(value: str) -> bool:
    return clean(value) and "\ufffd" not in value and len(value) <= _LONGEST_FIELD


def _wrong(name: str) -> FieldError:
    pointer = f"/{name[:64]}" if name.isascii() and name.isprintable() else ""
    return FieldError(
        pointer,
        "unknown_field",
        "Isian ini tidak dikenal atau ganda.",
        "This field is not known, or is there twice.",
    )


def _bad_text(name: str) -> FieldError:
    return FieldError(
        f"/{name}",
        "string_unicode",
        "Memuat karakter yang tidak sah.",
        "Holds a character that is not valid.",
    )


def _unreadable() -> BadRequest:
    return BadRequest(
        fields=(
            FieldError("", "form_unreadable", "Formulir tidak dapat dibaca.", "The form cannot be read."),
        )
    )
