"""Attached files over HTTP: kept clean, read by whom they may be, deleted, and in the list of papers."""

from io import BytesIO

import pytest
from httpx import AsyncClient
from PIL import Image

from tests.conftest import LogIn
from tests.support.desk import open_case
from tests.support.files import CANARY, a_photo, a_scan, attach, attached

pytestmark = pytest.mark.commits


async def test_what_comes_back_is_the_picture_without_what_the_camera_said(login: LogIn) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    told = await attached(siti, desk.ticket, a_photo(), paper="KTP", name="../../etc/ktp\u202egpj.exe")
    assert told["state"]["code"] == "stored"
    assert (told["media_type"], told["width"], told["height"]) == ("image/jpeg", 240, 320)
    assert told["name"] == "ktpgpj.exe"
    got = await siti.get(f"/v1/cases/{desk.ticket}/attachments/{told['id']}/content")
    assert got.status_code == 200
    assert got.headers["content-type"] == "image/jpeg"
    assert got.headers["content-disposition"].startswith(f'attachment; filename="{desk.ticket}-')
    assert "sandbox" in got.headers["content-security-policy"]
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["cache-control"] == "no-store"
    assert CANARY in a_photo()
    assert CANARY not in got.content
    with Image.open(BytesIO(got.content)) as picture:
        assert not picture.getexif()
        assert picture.format == "JPEG"
    assert len(got.content) == told["bytes"]
