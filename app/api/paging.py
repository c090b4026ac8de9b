"""Cursor in, cursor out.

A cursor carries the filters, the order and the place where the page before ended; sealed. So the link to
the next page needs nothing else, and whoever changes a filter in the middle of a list is told so.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Protocol, TypeVar
from urllib.parse import parse_qsl, urlencode

from fastapi import Depends, Query, Request, Response

from app.api.errors import BadRequest
from app.api.schemas.base import Listed
from app.domain.errors import FieldError
from app.integrations.vault import CannotOpen

T = TypeVar("T")

PAGE_LIMIT: Final = 200
OWN: Final = frozenset({"cursor", "limit", "count"})
_AFTER: Final = "page_after"
_PURPOSE: Final = "cursor"

Position = list[Any]
"""Plain JSON values, in the order of the list's sort keys: for instance ``[instant text, id text]``."""


class Boxes(Protocol):
    """The part of the vault that seals for the service itself."""

    def box(self, purpose: str, content: bytes, context: bytes = b"") -> bytes: ...
    def unbox(self, purpose: str, boxed: bytes, context: bytes = b"") -> bytes: ...


def seal(vault: Boxes, content: bytes, path: str) -> str:
    """Return *content* as text for a URL; it opens at the same *path* only."""
    return urlsafe_b64encode(vault.box(_PURPOSE, content, path.encode())).decode().rstrip("=")


def unseal(vault: Boxes, cursor: str, path: str) -> bytes | None:
    """Return the content, or ``None`` for whatever was not sealed here for *path*."""
    try:
        boxed = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        return vault.unbox(_PURPOSE, boxed, path.encode("utf-8", "replace"))
    except (ValueError, CannotOpen):
        return None


def _bad_cursor(code: str, id_: str, en: str) -> BadRequest:
    return BadRequest(code="bad_cursor", fields=(FieldError("/query/cursor", code, id_, en),))


def unfold(request: Request) -> None:
    """Put the filters that the cursor carries back into the query, before the route reads it.

    Raises:
        BadRequest: the cursor is not of this list, or the query asks for other filters than it carries.
    """
    pairs = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    cursors = [value for name, value in pairs if name == "cursor"]
    if not cursors:
        return
    content = unseal(request.app.state.house.vault, cursors[0], request.scope["path"])
    if content is None or len(cursors) > 1:
        raise _bad_cursor(
            "unreadable",
            "Kursor tidak dikenal. Mulai lagi dari halaman pertama.",
            "The cursor is not known. Start again from the first page.",
        )
    carried = json.loads(content)
    filters = [(name, value) for name, value in pairs if name not in OWN]
    if filters and sorted(map(list, filters)) != sorted(carried["filters"]):
        raise _bad_cursor(
            "other_filters",
            "Saringan berbeda dengan halaman sebelumnya. Mulai lagi dari halaman pertama.",
            "The filters differ from the page before. Start again from the first page.",
        )
    own = [(name, value) for name, value in pairs if name in OWN]
    request.scope["query_string"] = urlencode([*own, *map(tuple, carried["filters"])]).encode()
    request.scope[_AFTER] = carried["after"]


@dataclass(frozen=True, slots=True)
class Paging:
    """What a list asks for, and how it says where the next page is."""

    request: Request
    response: Response
    limit: int
    wants_count: bool

    @property
    def after(self) -> Position | None:
        """Where the page before ended, as it was given to ``page``; ``None`` on the first page."""
        found = self.request.scope.get(_AFTER)
        return found if isinstance(found, list) else None

    def page(self, items: Sequence[T], *, after: Position | None, count: int | None = None) -> Listed[T]:
        """Return the answer. *after* is the place of the last item when there are more, else ``None``."""
        return Listed(items=list(items), next=self.next_cursor(after), count=count)

    def next_cursor(self, after: Position | None) -> str | None:
        """Seal the cursor of the next page and put it into the ``Link`` header."""
        if after is None:
            return None
        path = self.request.scope["path"]
        pairs = parse_qsl(self.request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
        filters = [pair for pair in pairs if pair[0] not in OWN]
        content = json.dumps({"filters": filters, "after": after}, separators=(",", ":"))
        cursor = seal(self.request.app.state.house.vault, content.encode(), path)
        query = urlencode({"cursor": cursor, "limit": self.limit})
        self.response.headers["Link"] = f'<{path}?{query}>; rel="next"'
        return cursor


def _paging(
    request: Request,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT, description="Items on a page.")] = 50,
    cursor: Annotated[  # noqa: ARG001  # `unfold` has read it; here it is only declared
        str | None, Query(max_length=4000, description="`next` of the page before; carries its filters.")
    ] = None,
    count: Annotated[bool, Query(description="Also count all items, under the same scope.")] = False,  # noqa: FBT002
) -> Paging:
    return Paging(request, response, limit, count)


Page = Annotated[Paging, Depends(_paging, scope="function")]
