"""Files that somebody sends, good and bad, and how they are sent."""

from functools import cache
from io import BytesIO
from typing import Any
from uuid import uuid4

from httpx import Response
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from tests.support.http import Person

CANARY = b"KENARI-JALAN-MAWAR-7"
"""Stands where a camera writes what nobody may learn."""


@cache
def a_photo(width: int = 320, height: int = 240, form: str = "JPEG", shade: int = 120) -> bytes:
    """Return a photo, lying on its side, with place and words of a camera in it."""
    picture = (
        Image.effect_noise((width, height), 40).point(lambda value: (value + shade) % 256).convert("RGB")
    )
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = CANARY.decode()
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "S", (0.0, 57.0, 3.0)
    out = BytesIO()
    more: dict[str, Any] = {"comment": CANARY} if form == "JPEG" else {}
    picture.save(out, form, exif=exif, **more)
    return out.getvalue()


@cache
def a_scan(pages: int = 1) -> bytes:
    """Return a PDF of scanned pages whose pictures have a camera's words in them."""
    sides = [Image.open(BytesIO(a_photo(200, 280, shade=n))) for n in range(pages)]
    out = BytesIO()
    sides[0].save(out, "PDF", save_all=True, append_images=sides[1:], title=CANARY.decode())
    return out.getvalue()


def a_pdf(**entries: object) -> bytes:
    """Return a PDF of one blank page with *entries* on its root."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    for name, value in entries.items():
        writer.root_object[NameObject(f"/{name}")] = value  # type: ignore[assignment]  # as the test gives it
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def an_action(kind: str, **more: str) -> DictionaryObject:
    told = {NameObject(f"/{name}"): TextStringObject(value) for name, value in more.items()}
    return DictionaryObject({NameObject("/S"): NameObject(f"/{kind}"), **told})


async def attach(  # a form has this many parts
    by: Person,
    ticket: str,
    content: bytes,
    *,
    name: str = "foto.jpg",
    key: str | None = None,
    **fields: str,
) -> Response:
    """Send a file in one request, declared as something that it is not."""
    return await by.client.post(
        f"/v1/cases/{ticket}/attachments",
        files={"file": (name, content, "text/html")},
        data=fields,
        headers={
            "Authorization": f"Bearer {by.token}",
            "Accept-Language": "en",
            "Idempotency-Key": key or uuid4().hex,
        },
    )


async def attached(by: Person, ticket: str, content: bytes, **fields: str) -> dict[str, Any]:
    answer = await attach(by, ticket, content, **fields)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def send_part(by: Person, ticket: str, id_: str, offset: int, content: bytes) -> Response:
    return await by.client.patch(
        f"/v1/cases/{ticket}/attachments/{id_}",
        content=content,
        headers={
            "Authorization": f"Bearer {by.token}",
            "Accept-Language": "en",
            "Upload-Offset": str(offset),
            "Content-Type": "application/octet-stream",
        },
    )
