"""The documentation, from our own wheel: no other host is asked, and the page may run its own files only."""

from hashlib import sha256
from pathlib import Path
from typing import Final

from fastapi import Request, Response
from fastapi.responses import FileResponse

from app.api.edge import DOCS_CSP
from app.api.routing import PUBLIC, make_router, operation
from app.domain.errors import NotFound

router = make_router("service")

STATIC: Final = Path(__file__).resolve().parent.parent / "static"
OPENAPI: Final = STATIC.parent.parent / "data" / "openapi.json"
"""The committed document; a test holds it equal to what the code says."""
_KINDS: Final = {
    "docs.js": "text/javascript",
    "favicon-32x32.png": "image/png",
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "LICENSE": "text/plain",
}
_PAGE_HEADERS: Final = {"Content-Security-Policy": DOCS_CSP.decode()}


@router.get("/docs", include_in_schema=False, **operation("getDocs", may=PUBLIC))
async def get_docs() -> Response:
    """Show the documentation page."""
    return FileResponse(STATIC / "docs.html", media_type="text/html", headers=_PAGE_HEADERS)


@router.get("/docs/{name}", include_in_schema=False, **operation("getDocsFile", may=PUBLIC))
async def get_docs_file(name: str) -> Response:
    """Give one of the page's files."""
    kind = _KINDS.get(name)
    if kind is None:
        raise NotFound
    return FileResponse(STATIC / name, media_type=kind, headers={"Cache-Control": "public, max-age=3600"})


@router.get("/openapi.json", include_in_schema=False, **operation("getOpenApi", may=PUBLIC))
async def get_openapi(request: Request) -> Response:
    """Give the committed OpenAPI document; it is not made anew at each start."""
    content = OPENAPI.read_bytes()
    tag = f'"{sha256(content).hexdigest()[:16]}"'
    headers = {"ETag": tag, "Cache-Control": "public, max-age=60"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)
