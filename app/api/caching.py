"""Answers that are the same for everybody and may be kept: marked with a tag, and not sent twice.

The tag is made of what the answer is made from: the versions of what the process knows, the address, the
language and the day. So an unchanged answer costs no work at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Annotated, Any, Final

from fastapi import Depends, Header, Request, Response

from app.api.deps import Known, Lang, Now
from app.domain.ids import NATION
from app.domain.knowledge import Knowledge
from app.domain.sla import local_date

KEPT: Final = 300
"""Seconds for which nobody has to ask again."""
UNCHANGED: Final[Mapping[int | str, dict[str, Any]]] = {
    304: {"description": "The same as what `If-None-Match` names."}
}
_MOST_TAGS: Final = 4096


@dataclass(frozen=True, slots=True)
class Caching:
    request: Request
    response: Response
    known: Knowledge
    lang: str
    today: date
    asked: str | None

    def unchanged(self) -> Response | None:
        """Mark the answer; return the one that says that nothing has changed, where that is so."""
        headers = {
            "ETag": self._tag(),
            "Cache-Control": f"public, max-age={KEPT}",
            "Vary": "Accept-Language",
        }
        if self._knows(headers["ETag"]):
            return Response(status_code=304, headers=headers)
        self.response.headers.update(headers)
        return None

    def _tag(self) -> str:
        scope = self.request.scope
        versions = sorted(self.known.versions.items())
        parts = (versions, scope["path"], scope["query_string"], self.lang, self.today.isoformat())
        # A weak one: cursors differ from answer to answer, and mean the same.
        return f'W/"{sha256(repr(parts).encode()).hexdigest()[:24]}"'

    def _knows(self, tag: str) -> bool:
        if self.asked is None:
            return False
        names = {one.strip().removeprefix("W/") for one in self.asked.split(",")}
        return "*" in names or tag.removeprefix("W/") in names


def _caching(
    request: Request,
    response: Response,
    known: Known,
    lang: Lang,
    now: Now,
    if_none_match: Annotated[
        str | None, Header(max_length=_MOST_TAGS, description="The `ETag` of the answer that you kept.")
    ] = None,
) -> Caching:
    return Caching(request, response, known, lang, local_date(now, NATION), if_none_match)


CachingDep = Annotated[Caching, Depends(_caching)]


def cacheable(declared: dict[str, Any]) -> dict[str, Any]:
    """Declare that an operation may answer 304."""
    return {**declared, "responses": {**declared["responses"], **UNCHANGED}}
