"""Coming in and going out: cookies, forms of strangers, and what a closed door still shows."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from httpx import ASGITransport, AsyncClient, Response

from app.api.deps import House
from app.console.door import FORM_KEY
from app.main import create_app
from app.services.seed import DEMO_PASSWORD
from tests.conftest import LogIn
from tests.support.desk import open_case
from tests.support.http import Person

pytestmark = pytest.mark.commits
NASTY = (
    "",
    "x",
    "\u202ex",
    "<script>",
    "0" * 5000,
    "٣",
    "-1",
    "1e9",
    "2026-13-45",
    "0001-01-01T00:00",
    "a\r\nb",
    "%00",
)


@pytest.fixture(scope="module")
async def siti(login: LogIn) -> Person:
    return await login("siti@1374")


@asynccontextmanager
async def a_browser(house: House, login: str | None = None) -> AsyncIterator[AsyncClient]:
    transport = ASGITransport(create_app(house.settings, house))
    async with AsyncClient(
        transport=transport, base_url="http://127.0.0.1", headers={"Accept-Language": "id"}
    ) as one:
        if login:
            entered = await enter(one, login)
            assert entered.status_code == 303, entered.text
        yield one


async def enter(browser: AsyncClient, login: str, password: str = DEMO_PASSWORD, **more: str) -> Response:
    return await browser.post("/konsol/masuk", data={"login": login, "password": password, **more})


def key_of(page: Response) -> str:
    found = re.search(rf'name="{FORM_KEY}" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


async def test_nobody_reads_a_page_without_signing_in(house: House) -> None:
    app = create_app(house.settings, house)
    paths = [
        (one.path, method)
        for one in app.router.routes
        if one.path.startswith("/konsol/")  # type: ignore[attr-defined]  # a route
        for method in one.methods or ()
        if method != "HEAD"
    ]  # type: ignore[attr-defined]  # a route
    assert len(paths) > 25
    open_to_all = {f"/konsol/masuk{end}" for end in ("", "/penyedia", "/kembali")}
    async with a_browser(house) as browser:
        for path, method in paths:
            answer = await browser.request(method, re.sub(r"{\w+}", "x", path))
            if "aset" in path:
                assert answer.status_code == 404
            elif path not in {*open_to_all, "/konsol/bahasa", "/konsol/keluar"}:
                assert answer.status_code == 303, path
                assert answer.headers["Location"].startswith("/konsol/masuk"), path


async def test_a_wrong_password_says_so_and_keeps_the_name(house: House) -> None:
    async with a_browser(house) as browser:
        answer = await enter(browser, "siti@1374", "salah")
        assert answer.status_code == 400
        assert 'value="siti@1374"' in answer.text
        assert 'role="alert"' in answer.text
        assert not browser.cookies


@pytest.mark.parametrize(
    "to", ["https://elsewhere.example/", "//elsewhere.example", "/konsol/\\x", "javascript:1", "/v1/me"]
)
async def test_a_sign_in_leads_nowhere_else(house: House, to: str) -> None:
    async with a_browser(house) as browser:
        assert (await enter(browser, "siti@1374", ke=to)).headers["Location"] == "/konsol/"


async def test_the_cookie_is_no_scripts_and_new_at_each_sign_in(house: House) -> None:
    async with a_browser(house) as browser:
        first = (await enter(browser, "siti@1374")).headers["Set-Cookie"]
        second = (await enter(browser, "siti@1374")).headers["Set-Cookie"]
        assert "HttpOnly" in first
        assert "SameSite=lax" in first
        values = [one.partition(";")[0].partition("=")[2].strip('"').split("~") for one in (first, second)]
        assert not set(values[0]) & set(values[1])


async def test_signing_out_ends_it_everywhere(house: House) -> None:
    async with a_browser(house, "siti@1374") as browser:
        copied = dict(browser.cookies)
        page = await browser.get("/konsol/")
        assert page.headers["Cache-Control"] == "no-store"
        left = await browser.post("/konsol/keluar", data={FORM_KEY: key_of(page)})
        assert left.headers["Location"].startswith("/konsol/masuk")
    async with a_browser(house) as thief:
        thief.cookies.update(copied)
        assert (await thief.get("/konsol/")).status_code == 303


async def test_a_form_of_another_page_changes_nothing(house: House, siti: Person) -> None:
    desk = await open_case(siti)
    path = f"/konsol/kasus/{desk.ticket}/tambah/catatan"
    async with a_browser(house, "siti@1374") as browser:
        key = key_of(await browser.get("/konsol/"))
        body = {"text": "Dari luar.", "sekali": "0" * 32}
        for sent, headers in (
            ({**body, FORM_KEY: ""}, {}),
            ({**body, FORM_KEY: "x"}, {}),
            ({**body, FORM_KEY: key}, {"Sec-Fetch-Site": "cross-site"}),
            ({**body, FORM_KEY: key}, {"Sec-Fetch-Site": "same-site"}),
        ):
            assert (await browser.post(path, data=sent, headers=headers)).status_code == 403
        assert "Dari luar." not in (await browser.get(f"/konsol/kasus/{desk.ticket}")).text
        twice = [await browser.post(path, data={**body, FORM_KEY: key}) for _ in range(2)]
        assert [one.status_code for one in twice] == [303, 303]
        shown = (await browser.get(f"/konsol/kasus/{desk.ticket}")).text
        assert shown.count("Dari luar.") == 1, "the same form sent twice is one act"


async def test_a_case_of_elsewhere_is_a_page_that_is_not_there(house: House, siti: Person) -> None:
    desk = await open_case(siti)
    async with a_browser(house, "rini@1371") as browser:
        answer = await browser.get(f"/konsol/kasus/{desk.ticket}")
        absent = await browser.get("/konsol/kasus/1374-0000-0000-0")
        assert (answer.status_code, absent.status_code) == (404, 404)
        assert re.sub(r"kunci.*?>|sekali.*?>|dari=[^\"]+", "", answer.text) == re.sub(
            r"kunci.*?>|sekali.*?>|dari=[^\"]+", "", absent.text
        )


async def test_a_stale_form_is_shown_again_with_what_was_typed(house: House, siti: Person) -> None:
    desk = await open_case(siti)
    async with a_browser(house, "siti@1374") as browser:
        page = await browser.get(f"/konsol/kasus/{desk.ticket}")
        await desk.took("verify")
        body = {FORM_KEY: key_of(page), "sekali": "1" * 32, "etag": '"1"', "note": "Sudah saya periksa."}
        answer = await browser.post(f"/konsol/kasus/{desk.ticket}/langkah/handle", data=body)
        assert answer.status_code == 412
        assert "berubah sejak" in answer.text
        assert "Sudah saya periksa." in answer.text


async def test_no_input_is_a_fault_of_ours(house: House, siti: Person) -> None:
    desk = await open_case(siti)
    async with a_browser(house, "siti@1374") as browser:
        key = key_of(await browser.get("/konsol/"))
        named = (
            "nik",
            "name",
            "born_on",
            "subject.nik",
            "subject.born_on",
            "place.village",
            "fact.person.age",
            "sekali",
            "told.at",
            "at",
            "rating",
            "etag",
            "perangkat",
            "pada",
            "q",
            "missing",
            "referrals.other",
        )
        posts = (
            "/konsol/kasus/baru",
            "/konsol/kasus/baru/isi",
            "/konsol/kasus/baru/bantuan",
            "/konsol/kasus/baru/buka",
            "/konsol/kasus/cari",
            "/konsol/berita",
            f"/konsol/kasus/{desk.ticket}/langkah/resolve",
            f"/konsol/kasus/{desk.ticket}/langkah/{{}}",
            f"/konsol/kasus/{desk.ticket}/tambah/kontak",
            "/konsol/kebutuhan",
            "/konsol/janji/x/langkah/deliver",
            "/konsol/rujukan/x/langkah/accept",
        )
        for nasty in NASTY:
            for path in posts:
                answer = await browser.post(path, data={FORM_KEY: key, **dict.fromkeys(named, nasty)})
                assert answer.status_code < 500, (path, nasty, answer.text[-800:])
            for path in ("/konsol/kasus", "/konsol/rujukan", "/konsol/kebutuhan", "/konsol/berita"):
                answer = await browser.get(path, params={"cursor": nasty, "status": nasty, "region": nasty})
                assert answer.status_code < 500, (path, nasty, answer.text[-800:])
        for cookie in ("~~", "a~b~c", "é~é~é", "a~b", "\x01~b~c"):
            answer = await browser.get(
                "/konsol/", headers={"Cookie": f"konsol={cookie}".encode("utf-8", "replace")}
            )
            assert answer.status_code == 303, cookie


async def test_figures_without_a_case_say_what_will_be_there(fresh_house: House) -> None:
    async with a_browser(fresh_house, "sekretariat@1374") as browser:
        page = await browser.get("/konsol/angka")
    assert page.status_code == 200
    assert "Belum ada kasus terbuka" in page.text
    assert "/konsol/kasus" in page.text
