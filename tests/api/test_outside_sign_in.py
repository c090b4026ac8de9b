"""Sign-in by an outside issuer, through the console, against an issuer that really answers on loopback."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient
from sqlalchemy import select, update

from app.api.deps import House
from app.db.session import transaction
from app.db.tables.access import AccessEntry, Account, SignInState
from app.db.tables.events import Event
from app.main import create_app
from app.services.sessions import TRIES_OF_ADDRESS
from tests.conftest import LogIn
from tests.support.factories import account_body, make_account
from tests.support.issuer import outside
from tests.support.outside import TIED, Place, Scene, a_browser, go, reason, staged, through, tie

pytestmark = pytest.mark.commits


@pytest.fixture(scope="module")
async def tied(house: House, login: LogIn) -> AsyncIterator[Scene]:
    async with outside() as issuer:
        yield await staged(issuer, house, await login("admin@1374"))


@pytest.fixture
def scene(tied: Scene) -> Scene:
    tied.mend()
    return tied


async def test_an_officer_comes_in_by_the_issuer_and_stays_as_with_a_password(scene: Scene) -> None:
    async with a_browser(scene.again()) as browser:
        door = await browser.get("/konsol/masuk?ke=/konsol/kasus")
        assert 'href="/konsol/masuk/penyedia?ke=/konsol/kasus"' in door.text
        assert "Masuk dengan SSO Uji" in door.text
        came = await browser.get(await go(browser))
        assert (came.status_code, came.headers["Location"]) == (303, "/konsol/kasus")
        assert not browser.cookies.get("pergi")
        assert (await browser.get("/konsol/kasus")).status_code == 200
        access, refresh, key = (browser.cookies["konsol"] or "").strip('"').split("~")
        form = {"grant_type": "refresh_token", "client_id": "konsol@1374", "refresh_token": refresh}
        assert (await browser.post("/v1/oauth/token", data=form)).status_code == 200
        assert (await browser.post("/konsol/keluar", data={"kunci": key})).status_code == 303
        me = await browser.get("/v1/me", headers={"Authorization": f"Bearer {access}"})
        assert me.status_code == 401


async def test_without_an_issuer_there_is_no_button_and_the_way_says_so(house: House) -> None:
    async with a_browser(create_app(house.settings, house)) as browser:
        assert "penyedia" not in (await browser.get("/konsol/masuk")).text
        away = await browser.get("/konsol/masuk/penyedia")
        assert away.status_code == 409
        assert "tidak dipasang" in away.text
        assert (await browser.get("/v1/oauth/oidc")).json() == {"name": None}


async def test_a_state_is_good_once_for_one_browser_and_for_ten_minutes(scene: Scene) -> None:
    desk = scene.again()
    async with a_browser(desk) as browser, a_browser(desk) as other:
        address = await go(browser)
        stolen = await other.get(address)
        assert stolen.status_code == 401
        assert "peramban lain" in reason(stolen)
        await go(other)
        assert (await other.get(address)).status_code == 401, "with a key of its own sign-in"
        trip = {"Cookie": f"pergi={browser.cookies['pergi']}"}
        assert (await browser.get(address)).status_code == 303, "the thief could not use it up"
        browser.cookies.clear()
        again = await browser.get(address, headers=trip)
        assert again.status_code == 401
        assert "sudah dipakai" in reason(again)
    then = scene.house.clock() + timedelta(minutes=10, seconds=5)
    late = Place(desk.app, replace(desk.house, clock=lambda: then))
    async with a_browser(desk) as browser, a_browser(late) as later:
        address = await go(browser)
        trip = {"Cookie": f"pergi={browser.cookies['pergi']}"}
        over = await later.get(address, headers=trip)
        assert over.status_code == 401
        assert "terlalu lama" in reason(over)
        # What was not taken in time was not used up either: it is the time that counts.
        assert (await browser.get(address, headers=trip)).status_code == 303


async def test_a_code_of_another_sign_in_is_refused_by_its_verifier(scene: Scene) -> None:
    desk = scene.again()
    async with a_browser(desk) as browser, a_browser(desk) as other:
        mine, theirs = await go(browser), await go(other)
        code = re.search(r"code=([^&]+)", theirs)
        assert code
        answer = await browser.get(re.sub(r"code=[^&]+", f"code={code[1]}", mine))
        assert answer.status_code == 401
        assert "tidak dapat dipercaya" in reason(answer)


async def test_the_answer_of_another_issuer_is_not_taken_for_this_ones(scene: Scene) -> None:
    desk = scene.again()
    for swap in (r"&iss=https%3A%2F%2Felsewhere.example", ""):
        async with a_browser(desk) as browser:
            address = re.sub(r"&iss=[^&]+", swap, await go(browser))
            assert (await browser.get(address)).status_code == 401
            assert "/token" not in scene.issuer.asked


async def test_who_gave_up_there_is_told_so(scene: Scene) -> None:
    async with a_browser(scene.again()) as browser:
        address = re.sub(r"code=[^&]+", "error=access_denied", await go(browser))
        answer = await browser.get(address)
        assert answer.status_code == 401
        assert "membatalkannya" in reason(answer)


@pytest.mark.parametrize(
    "to", ["https://elsewhere.example/", "//elsewhere.example", "/konsol/\\x", "/v1/me", "/konsol/\r\nx"]
)
async def test_a_sign_in_by_the_issuer_leads_nowhere_else(scene: Scene, to: str) -> None:
    assert (await through(scene.again(), to)).headers["Location"] == "/konsol/"


async def test_a_frontend_comes_back_to_a_registered_address_only(scene: Scene) -> None:
    mine = "https://meja.example.go.id/kembali"
    settings = scene.house.settings.model_copy(update={"oidc_returns": (mine,)})
    async with a_browser(scene.again(settings=settings)) as frontend:
        path = "/v1/oauth/oidc/start"
        for back in ("https://elsewhere.example/", f"{mine}/x", f"{mine}?x", "javascript:1", ""):
            assert (await frontend.post(path, json={"back": back})).status_code == 422, back
        begun = (await frontend.post(path, json={"back": mine})).json()
        async with AsyncClient(trust_env=False) as network:
            back = (await network.get(begun["address"])).headers["Location"]
        assert back.startswith(f"{mine}?code=")
        came = dict(re.findall(r"(code|state)=([^&]+)", back))
        body = {**came, "iss": scene.issuer.url, "key": begun["key"]}
        made = await frontend.post("/v1/oauth/oidc/finish", json=body)
        assert made.status_code == 200, made.text
        me = await frontend.get("/v1/me", headers={"Authorization": f"Bearer {made.json()['access_token']}"})
        assert me.json()["login"] == "luar@1374"


async def test_who_is_tied_to_no_account_is_told_whom_to_ask_and_stands_in_the_log(scene: Scene) -> None:
    scene.issuer.subject = "nobody-here"
    answer = await through(scene.again())
    assert answer.status_code == 403
    assert "Hubungi admin" in reason(answer)
    assert "nobody-here" not in answer.text
    assert ("login", "not_tied", None) in await entries(scene.house)


async def entries(house: House) -> list[tuple[Any, ...]]:
    await house.access_log.flush()
    async with transaction(house.database.sessions) as tx:
        statement = select(AccessEntry.action, AccessEntry.result, AccessEntry.subject_id)
        return [tuple(row) for row in await tx.execute(statement)]


async def test_one_at_the_issuer_is_one_account_in_all_the_land(scene: Scene, login: LogIn) -> None:
    other = await login("admin@1371")
    for admin, grants in (
        (scene.admin, {}),
        (other, {"grants": [{"role": "desk_officer", "region": "13.71.01.1001"}]}),
    ):
        made = await admin.post("/v1/accounts", account_body("kembar", **grants))
        path = f"/v1/accounts/{made.json()['id']}"
        answer = await tie(admin, path, scene.issuer.url, TIED)
        assert (answer.status_code, answer.json()["code"]) == (409, "sign_in_taken")
        assert (await admin.get(path)).json()["sign_in"] is False


async def test_a_tie_is_told_by_events_and_ends_with_the_account(scene: Scene) -> None:
    made = await scene.admin.post("/v1/accounts", account_body("sebentar"))
    path = f"/v1/accounts/{made.json()['id']}"
    scene.issuer.subject = "sebentar-9"
    again = [await tie(scene.admin, path, scene.issuer.url, "sebentar-9") for _ in range(2)]
    assert [one.headers["etag"] for one in again] == ['"2"', '"2"'], "the same tie is no change"
    desk = scene.again()
    async with a_browser(desk) as browser:
        assert (await browser.get(await go(browser))).status_code == 303
        assert (await tie(scene.admin, path, scene.issuer.url, None)).json()["sign_in"] is False
        assert (await browser.get("/konsol/kasus")).status_code == 303, "signed out"
        assert (await browser.get(await go(browser))).status_code == 403
    tied = await tie(scene.admin, path, scene.issuer.url, "sebentar-9")
    off = await scene.admin.patch(path, {"active": False}, etag=tied.headers["etag"])
    assert off.json()["sign_in"] is False
    assert (await through(desk)).status_code == 403
    assert (await tie(scene.admin, path, scene.issuer.url, "sebentar-9")).status_code == 409
    async with transaction(scene.house.database.sessions) as tx:
        happened = (await tx.scalars(select(Event.type).where(Event.type.like("account.sign_in%")))).all()
        told = [str(one) for one in await tx.scalars(select(Event.data))]
    assert sorted(happened)[-2:] == ["account.sign_in_unlinked"] * 2
    assert not [one for one in told if "sebentar-9" in one or TIED in one]


async def test_an_account_that_was_switched_off_behind_the_tie_is_not_let_in(scene: Scene) -> None:
    made = await scene.admin.post("/v1/accounts", account_body("mati"))
    path = f"/v1/accounts/{made.json()['id']}"
    assert (await tie(scene.admin, path, scene.issuer.url, "mati-1")).status_code == 200
    async with transaction(scene.house.database.sessions) as tx:
        account = await tx.scalar(select(Account).where(Account.login == "mati"))
        assert account is not None
        account.active = False
    scene.issuer.subject = "mati-1"
    assert (await through(scene.again())).status_code == 403


async def test_two_accounts_of_one_person_let_neither_in(scene: Scene) -> None:
    """Two regencies tied her in the same moment: nobody guesses which one she means."""
    async with transaction(scene.house.database.sessions) as tx:
        first = await tx.scalar(select(Account).where(Account.login == "luar"))
        assert first is not None
        account_id = await make_account(tx, "kembar.luar", tenant="13.71", region="13.71.01.1001")
        second = await tx.scalar(select(Account).where(Account.id == account_id))
        assert second is not None
        second.sign_in_digest = first.sign_in_digest
    try:
        assert (await through(scene.again())).status_code == 403
    finally:
        async with transaction(scene.house.database.sessions) as tx:
            await tx.execute(update(Account).where(Account.id == account_id).values(sign_in_digest=None))


async def test_what_an_administrator_may_tie(scene: Scene, login: LogIn) -> None:
    for issuer, subject, pointer in (
        ("https://elsewhere.example", "x", None),
        (scene.issuer.url, "", "/subject"),
        (scene.issuer.url, "siti é", "/subject"),
        (scene.issuer.url, "x" * 256, "/subject"),
        ("ftp://x", "x", "/issuer"),
    ):
        answer = await tie(scene.admin, scene.path, issuer, subject)
        if pointer:
            assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer), subject
    assert (await tie(scene.admin, scene.path, scene.issuer.url, TIED)).status_code == 200
    body = {"issuer": scene.issuer.url, "subject": TIED}
    assert (await scene.admin.put(f"{scene.path}/sign-in", body)).status_code == 428
    for name, status in (("siti@1374", 403), ("admin@1371", 404)):
        person = await login(name)
        assert (await person.put(f"{scene.path}/sign-in", body, etag='"1"')).status_code == status


async def test_an_address_that_only_tries_is_stopped(scene: Scene) -> None:
    body = {"state": "x", "key": "y", "code": "z"}
    transport = ASGITransport(scene.again(), client=("198.51.100.9", 1))
    async with AsyncClient(transport=transport, base_url="http://puskesos.test") as guesser:
        told = [
            (await guesser.post("/v1/oauth/oidc/finish", json=body)).status_code
            for _ in range(TRIES_OF_ADDRESS + 1)
        ]
        last = await guesser.post("/v1/oauth/oidc/finish", json=body)
    assert told == [401] * TRIES_OF_ADDRESS + [429]
    assert int(last.headers["retry-after"]) > 60


async def test_nothing_of_a_sign_in_is_kept_but_digests(
    scene: Scene, capfd: pytest.CaptureFixture[str]
) -> None:
    scene.issuer.spoil = lambda said: {**said, "nonce": "x"}
    async with a_browser(scene.again()) as browser:
        address = await go(browser)
        key = (browser.cookies["pergi"] or "").strip('"').partition("~")[0]
        async with transaction(scene.house.database.sessions) as tx:
            states = [row.__dict__ for row in await tx.scalars(select(SignInState))]
        await browser.get(address)
    secrets = [key, *re.findall(r"(?:code|state)=([^&]+)", address), TIED, "siti@example.id"]
    said = str(states) + "".join(capfd.readouterr())
    assert states
    assert not [one for one in secrets if one in said]
    assert "sign_in_untrusted" in said
