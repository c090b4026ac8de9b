"""The resident's page over HTTP: who is let in, what a form may do, and what anybody else gets."""

from typing import Any

import pytest
from httpx import AsyncClient, Response

from tests.conftest import LogIn
from tests.support.desk import Desk, open_case
from tests.support.files import a_photo
from tests.support.http import Person

pytestmark = pytest.mark.commits
TOLD = {"at": "2026-01-06T03:00:00Z", "method": "phone", "by": "Siti"}


@pytest.fixture
async def siti(login: LogIn) -> Person:
    return await login("siti@1374")


class Page:
    """A browser as far as these tests need one: it keeps the cookie and reads the form's key."""

    def __init__(self, client: AsyncClient, cookie: str, key: str) -> None:
        self.client, self.cookie, self.key = client, cookie, key

    async def get(self, path: str = "/lacak/kasus") -> Response:
        return await self.client.get(path, headers={"Cookie": f"lacak={self.cookie}"})

    async def send(self, act: str, headers: dict[str, str] | None = None, **fields: str) -> Response:
        given = {"key": self.key, **fields}
        asked = {"Cookie": f"lacak={self.cookie}", **(headers or {})}
        return await self.client.post(f"/lacak/{act}", data=given, headers=asked)

    async def upload(self, content: bytes, **fields: str) -> Response:
        return await self.client.post(
            "/lacak/berkas",
            files={"file": ("ktp.jpg", content)},
            data={"key": self.key, **fields},
            headers={"Cookie": f"lacak={self.cookie}"},
        )


async def let_in(client: AsyncClient, ticket: str, pin: str, **headers: str) -> Response:
    answer = await client.post("/lacak", data={"ticket": ticket, "pin": pin}, headers=headers)
    # Each request of these tests says itself which cookie it has.
    client.cookies.clear()
    return answer


async def page_of(client: AsyncClient, desk: Desk) -> Page:
    answer = await let_in(client, desk.ticket, desk.pin)
    assert answer.status_code == 303, answer.text
    cookie = answer.headers["Set-Cookie"].partition(";")[0].removeprefix("lacak=")
    page = Page(client, cookie, "")
    shown = await page.get()
    page.key = shown.text.partition('name="key" value="')[2].partition('"')[0]
    return page


async def test_the_cookie_is_of_this_page_alone_and_the_pin_of_no_address(
    client: AsyncClient, siti: Person
) -> None:
    desk = await open_case(siti)
    asked = await client.get(f"/lacak?t={desk.ticket}")
    assert desk.ticket in asked.text
    policy = asked.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script" not in policy
    answer = await let_in(client, desk.ticket.lower().replace("-", " "), desk.pin)
    parts = {part.strip() for part in answer.headers["Set-Cookie"].split(";")[1:]}
    assert {"HttpOnly", "Path=/lacak", "SameSite=strict", "Max-Age=900", "Secure"} <= parts
    assert answer.headers["Location"] == "/lacak/kasus?lang=id"
    assert desk.pin not in str(answer.url)


async def test_on_loopback_the_cookie_travels_without_tls(client: AsyncClient, siti: Person) -> None:
    desk = await open_case(siti)
    sent = {"ticket": desk.ticket, "pin": desk.pin}
    answer = await client.post("http://127.0.0.1:8000/lacak", data=sent)
    client.cookies.clear()
    assert "secure" not in answer.headers["Set-Cookie"].lower()


async def test_a_form_of_another_page_does_nothing(client: AsyncClient, siti: Person) -> None:
    desk = await open_case(siti)
    page, other = await page_of(client, desk), await page_of(client, await open_case(siti))
    for answer in (
        await page.send("batal", {"Sec-Fetch-Site": "cross-site"}, sure="yes"),
        await page.send("batal", key=other.key, sure="yes"),
        await page.send("batal", key="", sure="yes"),
        await let_in(client, desk.ticket, desk.pin, **{"Sec-Fetch-Site": "cross-site"}),
    ):
        assert answer.status_code == 403
        assert "sudah tidak berlaku" in answer.text
    assert await desk.status() == "registered"
    unsure = await page.send("batal")
    assert (unsure.status_code, "Tandai dahulu" in unsure.text) == (422, True)
    assert (
        (await page.send("batal", sure="yes", note="Sudah dibantu."))
        .headers["Location"]
        .startswith("/lacak/kasus?s=batal")
    )
    assert await desk.status() == "void"


async def test_what_she_answers_is_what_the_api_takes(client: AsyncClient, siti: Person) -> None:
    desk = await open_case(siti)
    await desk.took("resolve", {"outcome": "information_given", "told": TOLD})
    page = await page_of(client, desk)
    assert (await page.send("nilai", rating="9")).status_code == 422
    said = await page.send("benar", rating="4", comment="Terima kasih.")
    assert said.headers["Location"] == "/lacak/kasus?s=benar&lang=id"
    shown = await desk.read()
    assert (shown["status"]["code"], shown["outcome"]["rating"]) == ("closed", 4)
    assert (await page.send("benar")).status_code == 409
    assert (
        (await page.send("sanggah", reason="Ternyata belum."))
        .headers["Location"]
        .startswith("/lacak/kasus?s=sanggah")
    )
    assert await desk.status() == "handling"


async def test_a_paper_comes_only_with_the_key_of_the_page(client: AsyncClient, siti: Person) -> None:
    desk = await open_case(siti)
    page = await page_of(client, desk)
    assert (await page.upload(a_photo(), paper="KTP")).status_code == 409
    await desk.took("ask_completion", {"missing": ["KTP"]})
    assert (await page.upload(a_photo(), paper="KTP", key="0" * 32)).status_code == 403
    assert (await page.upload(a_photo(), paper="KK")).status_code == 422
    assert (await page.upload(b"tidak terbaca", paper="KTP")).status_code in {415, 422}
    assert (await page.upload(a_photo(), paper="KTP")).status_code == 303
    held = (await siti.get(f"/v1/cases/{desk.ticket}/attachments")).json()["items"]
    assert [one["paper"]["code"] for one in held] == ["KTP"]


async def test_a_closed_channel_tells_nothing_and_takes_nothing(client: AsyncClient, siti: Person) -> None:
    desk = await open_case(siti, kind="PENGADUAN", category="KEKERASAN_PEREMPUAN")
    page = await page_of(client, desk)
    shown = (await page.get()).text
    assert "Sedang ditangani" in shown
    assert not any(word in shown for word in ("Kekerasan", "kekerasan", "Yuliana", "Tempat bertanya"))
    assert (await page.send("batal", sure="yes")).status_code == 403


async def test_guessing_a_pin_here_is_counted_with_the_api(client: AsyncClient, siti: Person) -> None:
    desk = await open_case(siti)
    wrong = f"{(int(desk.pin) + 1) % 1_000_000:06}"
    codes = [(await let_in(client, desk.ticket, wrong)).status_code for _ in range(3)]
    sent = {"ticket": desk.ticket, "pin": wrong}
    codes += [(await client.post("/v1/track", json=sent)).status_code for _ in range(2)]
    limited = await let_in(client, desk.ticket, desk.pin)
    assert (codes, limited.status_code) == ([401] * 5, 429)
    assert 0 < int(limited.headers["Retry-After"]) <= 900
    assert wrong not in limited.text


HOSTILE: list[dict[str, Any]] = [
    {},
    {"content": b"\xff\xfe", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
    {
        "content": b"ticket=%00&pin=%ED%A0%80",
        "headers": {"Content-Type": "application/x-www-form-urlencoded"},
    },
    {"content": b"key=" + b"a" * 9_000, "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
    {"content": b"a=1&" * 200, "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
    {"content": b"--x\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
    {"json": {"ticket": "x"}},
]


@pytest.mark.parametrize("path", ["/lacak", "/lacak/berkas", "/lacak/benar", "/lacak/sanggah", "/lacak/lain"])
async def test_whatever_comes_in_gets_a_page(client: AsyncClient, siti: Person, path: str) -> None:
    page = await page_of(client, await open_case(siti))
    for sent in HOSTILE:
        for cookie in ("", "lacak=\xff", f"lacak={siti.token}", f"lacak={page.cookie}"):
            headers = {**sent.get("headers", {}), "Cookie": cookie.encode("latin-1")}
            answer = await client.post(path, **{**sent, "headers": headers})
            assert answer.status_code in {303, 400, 403, 404, 409, 415, 422}, answer.text
            client.cookies.clear()


async def test_an_officers_token_is_nobody_here_and_a_new_pin_ends_the_page(
    client: AsyncClient, siti: Person
) -> None:
    desk = await open_case(siti)
    page = await page_of(client, desk)
    assert (await Page(client, siti.token, "").get()).headers["Location"] == "/lacak?s=habis&lang=id"
    assert (await siti.post(f"/v1/cases/{desk.ticket}/pin", {"reason": "lost"})).status_code == 201
    assert (await page.get()).status_code == 303


async def test_the_page_speaks_english_when_asked(client: AsyncClient) -> None:
    spoken = await client.get("/lacak?lang=en", headers={"Accept-Language": "id"})
    assert '<html lang="en">' in spoken.text
    assert "Open my case" in spoken.text
    assert '<html lang="id">' in (await client.get("/lacak")).text


async def test_the_slip_leads_here_and_names_nobody(client: AsyncClient, siti: Person) -> None:
    desk = await open_case(siti)
    slip = (await siti.get(f"/v1/cases/{desk.ticket}/slip")).json()
    assert slip["url"] == f"http://puskesos.test/lacak?t={desk.ticket}"
    assert slip["qr_svg"].startswith("<svg")
    page = await siti.get(f"/v1/cases/{desk.ticket}/slip", headers={"Accept": "text/html"})
    assert desk.ticket in page.text
    assert not any(word in page.text for word in (desk.pin, "Yuliana", "RT 001"))
    assert (await client.get(slip["url"])).status_code == 200
