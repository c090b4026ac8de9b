"""The map of the regency: what it has loaded, and loading another."""

import json
from typing import Final

from starlette.datastructures import UploadFile
from starlette.responses import Response

from app.console.acts import NO_REFUSAL, Refusal, refusal
from app.console.asking import Sending
from app.console.fields import Field, Form, Kind
from app.console.sitting import part
from app.console.visit import Handler, Visit

_FORM: Final[Form] = (
    Field(
        "source",
        Kind.LINE,
        ("Peta siapa, tahun berapa", "Whose map, of which year"),
        needed=True,
        hint=("Misalnya BIG 2024, skala 1:10.000.", "Such as BIG 2024, scale 1:10,000."),
    ),
)


async def show_map(visit: Visit) -> Response:
    return await _map(visit, NO_REFUSAL)


async def load_map(visit: Visit) -> Response:
    """Send the file on as it is: what is GeoJSON, and whether it fits, is the API's to say."""
    typed = await visit.form()
    given = typed.get("file")
    content = await given.read() if isinstance(given, UploadFile) else b""
    source = json.dumps(str(typed.get("source") or "").strip()).encode()
    body = b'{"source":' + source + b',"shapes":' + (content.strip() or b"null") + b"}"
    told = await visit.sitting.ask("PUT", _path(visit), Sending(content=body, kind="application/json"))
    if not told.fine:
        return await _map(visit, refusal(told, "peta", typed))
    return visit.lead("/konsol/peta", ok="peta")


async def _map(visit: Visit, refused: Refusal) -> Response:
    found = await visit.sitting.read(_path(visit))
    return visit.draw("map.html", refused.status, map=found, form=_FORM, **refused.shown)


def _path(visit: Visit) -> str:
    return f"/v1/maps/{part(visit.me['regency'])}"


PAGES: Final[tuple[tuple[str, str, Handler], ...]] = (
    ("/konsol/peta", "GET", show_map),
    ("/konsol/peta", "POST", load_map),
)
