"""What strangers, bad links and crashes do to uploads: a clear refusal, and nothing lost or half there."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import func, select

from app.api.deps import House
from app.db.session import read_only
from app.db.tables.events import Event
from app.db.tables.papers import Attachment
from app.integrations.antivirus import Antivirus
from app.integrations.object_store import Found, ObjectStore, store_away
from app.main import create_app
from tests.conftest import LogIn
from tests.integrations.test_antivirus import daemon, scan
from tests.support.desk import open_case
from tests.support.files import a_pdf, a_photo, an_action, attach
from tests.support.http import Person, log_in, serving

pytestmark = pytest.mark.commits


async def counts(house: House) -> tuple[int, int]:
    async with read_only(house.database.sessions) as tx:
        rows = await tx.scalar(select(func.count()).select_from(Attachment))
        events = await tx.scalar(
            select(func.count()).select_from(Event).where(Event.type.startswith("attachment."))
        )
    return rows or 0, events or 0


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "file_empty"),
        (b"MZ\x90\x00", 415, "file_type_not_taken"),
        (b"<svg onload=alert(1)>", 415, "file_type_not_taken"),
        (b"PK\x03\x04" + bytes(100), 415, "file_type_not_taken"),
        (a_photo()[:1500], 422, "file_unreadable"),
        (b"%PDF-1.7 nothing more", 422, "file_unreadable"),
        (a_pdf(OpenAction=an_action("JavaScript", JS="1")), 422, "file_active"),
        (bytes(20_000_001), 413, "file_too_large"),
    ],
    ids=["empty", "program", "svg", "zip", "cut photo", "no pdf", "script", "one byte over"],
)
async def test_a_bad_file_is_refused_in_words_and_leaves_nothing(
    login: LogIn, house: House, content: bytes, status: int, code: str
) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    before = await counts(house)
    answer = await attach(siti, desk.ticket, content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["detail"].endswith(".")
    indonesian = await siti.client.post(
        f"/v1/cases/{desk.ticket}/attachments",
        files={"file": ("x", content)},
        headers={"Authorization": f"Bearer {siti.token}", "Idempotency-Key": uuid4().hex},
    )
    assert indonesian.json()["detail"] not in {"", answer.json()["detail"]}
    assert await counts(house) == before


async def form(
    by: Person, ticket: str, body: bytes, kind: str = "multipart/form-data; boundary=b"
) -> Response:
    return await by.client.post(
        f"/v1/cases/{ticket}/attachments",
        content=body,
        headers={
            "Authorization": f"Bearer {by.token}",
            "Idempotency-Key": uuid4().hex,
            "Content-Type": kind,
        },
    )


def part(name: bytes, value: bytes, file: bytes = b"") -> bytes:
    named = b'--b\r\nContent-Disposition: form-data; name="' + name + b'"' + file
    return named + b"\r\n\r\n" + value + b"\r\n"


FILE = part(b"file", a_photo(), b'; filename="a.jpg"')
END = b"--b--\r\n"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"nonsense", 400),
        (END, 422),
        (part(b"paper", b"KTP") + END, 422),
        (FILE + FILE + END, 400),
        (FILE + part(b"paper", b"KTP") + part(b"paper", b"KK") + END, 422),
        (FILE + part(b"zzz", b"1") + END, 422),
        (FILE + part(b"paper", b"NIX") + END, 422),
        (FILE + part(b"paper", b"a\x00b") + END, 422),
        (FILE + part(b"paper", b"\xff\xfe") + END, 422),
        (FILE + part(b"paper", b"x" * 5_000) + END, 422),
        (FILE + part(b"visit_id", b"1374-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b") + END, 422),
        (FILE + part(b"visit_id", b"1371-0193a1b2c3d47e5f8a9b0c1d2e3f4a5b") + END, 422),
        (part(b"file", a_photo(), b'; filename="a\x00b.jpg"') + END, 422),
        (part(b"file", b"no file name") + END, 422),
        (FILE, 400),
        (b"--b\r\n\r\n\r\n" + END, 400),
        (b"--b\r\nContent-Disposition: form-data; name=\r\n\r\nx\r\n" + END, 422),
    ],
)
async def test_a_bad_form_is_refused(login: LogIn, house: House, body: bytes, status: int) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    before = await counts(house)
    answer = await form(siti, desk.ticket, body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert await counts(house) == before


@pytest.mark.parametrize("kind", ["", "image/jpeg", "application/json", "multipart/form-datax"])
async def test_a_body_that_is_no_form_is_refused(login: LogIn, kind: str) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    assert (await form(siti, desk.ticket, a_photo(), kind)).status_code == 415


async def test_a_form_without_a_boundary_is_refused(login: LogIn) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    for kind in ("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; charset=nix"):
        assert (await form(siti, desk.ticket, FILE + END, kind)).status_code == 400


async def test_only_the_routes_that_take_files_take_much(login: LogIn) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    much = bytes(2_000_000)
    path = f"/v1/cases/{desk.ticket}/attachments"
    headers = {
        "Authorization": f"Bearer {siti.token}",
        "Idempotency-Key": "k",
        "Content-Type": "application/json",
    }
    for other in ("/v1/cases", f"{path}/uploads", f"{path}/x/delete", f"/v1/cases/{desk.ticket}/notes"):
        assert (await siti.client.post(other, content=much, headers=headers)).status_code == 413
    over = await form(siti, desk.ticket, bytes(20_100_000))
    assert (over.status_code, over.json()["code"]) == (413, "too_large")


async def test_who_may_not_is_told_before_a_byte_is_read(login: LogIn, client: AsyncClient) -> None:
    siti, auditor = await login("siti@1374"), await login("auditor@1374")
    desk = await open_case(siti)

    async def never() -> AsyncIterator[bytes]:
        yield b"--b\r\n"
        raise AssertionError("the body was read")

    for token, status in ((auditor.token, 403), ("x", 401)):
        answer = await client.post(
            f"/v1/cases/{desk.ticket}/attachments",
            content=never(),
            headers={
                "Authorization": f"Bearer {token}",
                "Idempotency-Key": "k",
                "Content-Type": "multipart/form-data; boundary=b",
            },
        )
        assert answer.status_code == status


class Wire:
    """A request whose body comes as a test lets it."""

    def __init__(self, pieces: Sequence[bytes], *, ends: str) -> None:
        self._pieces = list(pieces)
        self._ends = ends

    async def receive(self) -> dict[str, object]:
        if self._pieces:
            return {"type": "http.request", "body": self._pieces.pop(0), "more_body": True}
        if self._ends == "cut":
            return {"type": "http.disconnect"}
        await asyncio.sleep(60)
        raise AssertionError


@pytest.mark.parametrize("ends", ["cut", "silence"])
async def test_a_body_that_stands_still_or_breaks_off_ends_in_bounded_time(
    login: LogIn, house: House, ends: str
) -> None:
    siti = await login("siti@1374")
    desk = await open_case(siti)
    before = await counts(house)
    told: list[dict[str, object]] = []
    wire = Wire([FILE[:100], FILE[100:300]], ends=ends)
    settings = house.settings.model_copy(update={"upload_idle_seconds": 0.2})
    app = create_app(settings, replace(house, settings=settings))
    headers = {
        "authorization": f"Bearer {siti.token}",
        "idempotency-key": uuid4().hex,
        "content-type": "multipart/form-data; boundary=b",
    }
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": f"/v1/cases/{desk.ticket}/attachments",
        "raw_path": b"",
        "root_path": "",
        "scheme": "http",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("203.0.113.7", 1),
        "server": ("puskesos.test", 80),
        "state": {},
    }

    async def send(message: dict[str, object]) -> None:
        told.append(message)

    async with asyncio.timeout(5):
        await app(scope, wire.receive, send)
    assert told[0]["status"] == 408
    assert await counts(house) == before


# Killed in between -----------------------------------------------------------------------------------


class Killed(BaseException):
    """Stands for the end of the process."""


@dataclass
class Breaking:
    """A store that dies at one of its acts, before or after it is done."""

    inner: ObjectStore
    at: str = ""
    put_keys: list[str] = field(default_factory=list)

    async def put(self, key: str, content: bytes) -> None:
        if self.at == "before put":
            raise Killed
        await self.inner.put(key, content)
        self.put_keys.append(key)
        if self.at == "after put":
            raise Killed
        if self.at == "away":
            raise store_away()

    async def get(self, key: str) -> bytes:
        return await self.inner.get(key)

    async def delete(self, key: str) -> None:
        await self.inner.delete(key)

    def older(self, before: datetime) -> AsyncIterator[list[Found]]:
        return self.inner.older(before)

    async def check(self) -> None:
        await self.inner.check()


@pytest.mark.parametrize("at", ["before put", "after put"])
async def test_killed_around_the_store_the_same_request_again_makes_one_file(house: House, at: str) -> None:
    store = Breaking(house.files.store)
    async with serving(replace(house, files=replace(house.files, store=store))) as client:
        siti = await log_in(client, "siti@1374")
        desk = await open_case(siti)
        before = await counts(house)
        store.at, key = at, uuid4().hex
        with pytest.raises(Killed):
            await attach(siti, desk.ticket, a_photo(), key=key)
        assert await counts(house) == before
        store.at = ""
        again = await attach(siti, desk.ticket, a_photo(), key=key)
        assert again.status_code == 201
        assert await counts(house) == (before[0] + 1, before[1] + 1)
        # What was written and never named is an orphan, nothing worse.
        assert len(store.put_keys) == (2 if at == "after put" else 1)


async def test_a_store_that_is_away_is_503_and_nothing_is_there(house: House) -> None:
    store = Breaking(house.files.store, "away")
    async with serving(replace(house, files=replace(house.files, store=store))) as client:
        siti = await log_in(client, "siti@1374")
        desk = await open_case(siti)
        before = await counts(house)
        answer = await attach(siti, desk.ticket, a_photo())
        assert (answer.status_code, answer.json()["code"]) == (503, "store_away")
        assert int(answer.headers["Retry-After"]) > 0
        assert await counts(house) == before


async def test_a_scanner_that_is_set_judges_and_when_away_takes_nothing(house: House) -> None:
    async with daemon(scan) as antivirus:
        files = replace(house.files, antivirus=antivirus)
        async with serving(replace(house, files=files)) as client:
            siti = await log_in(client, "siti@1374")
            desk = await open_case(siti)
            infected = await attach(siti, desk.ticket, a_photo() + b"EICAR")
            assert (infected.status_code, infected.json()["code"]) == (422, "file_infected")
            assert (await attach(siti, desk.ticket, a_photo())).status_code == 201
    files = replace(house.files, antivirus=Antivirus("127.0.0.1", 9))
    async with serving(replace(house, files=files)) as client:
        answer = await attach(await log_in(client, "siti@1374"), desk.ticket, a_photo(shade=5))
        assert (answer.status_code, answer.json()["code"]) == (503, "antivirus_away")
