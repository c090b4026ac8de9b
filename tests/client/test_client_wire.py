"""One request of the client until it has an answer: keys, tries, waits, tokens."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qs

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.seed import DEMO_PASSWORD
from puskesos_client import (
    Bearer,
    ClientCredentials,
    PasswordGrant,
    PuskesosError,
    Refused,
    Retries,
    SignInRefused,
    Stale,
    Unreachable,
    connect,
)
from puskesos_client.retries import retry_after
from tests.support.scripted import Scripted, in_turn

QUICK = Retries(tries=4, base=0.001, longest=0.002)
WHO = PasswordGrant("konsol@1374", "siti@1374", "kata sandi")
OK = httpx.Response(200, json={"fine": True})
BROKEN = httpx.ReadError("the link broke")
LATER = format_datetime(datetime.now(UTC) - timedelta(seconds=5), usegmt=True)


def problem(status: int, code: str) -> httpx.Response:
    return httpx.Response(status, json={"status": status, "code": code, "title": "x", "detail": "y"})


async def ask(script: Scripted, method: str) -> httpx.Headers:
    async with connect("http://desk", Bearer("t"), retries=QUICK, transport=script) as client:
        if method == "POST":
            await client.post("/v1/x", {"a": 1})
        elif method == "PATCH":
            await client.patch("/v1/x", {"a": 1}, etag='"1"')
        else:
            await client.get("/v1/x")
    return script.asked[-1].headers


@pytest.mark.parametrize(
    "first",
    [
        BROKEN,
        httpx.ConnectError("nobody there"),
        httpx.ReadTimeout("too slow"),
        httpx.RemoteProtocolError("cut in the middle"),
        httpx.Response(503, headers={"Retry-After": "0"}),
        httpx.Response(429, headers={"Retry-After": LATER}),
        problem(409, "idempotency_running"),
    ],
)
async def test_what_may_succeed_later_is_sent_again_under_the_same_key(
    first: httpx.Response | Exception,
) -> None:
    script = in_turn(first, first, OK)
    await ask(script, "POST")
    sent = [(one.headers["Idempotency-Key"], one.content) for one in script.asked]
    assert len(sent) == 3
    assert len(set(sent)) == 1


async def test_two_requests_have_two_keys() -> None:
    script = in_turn(OK)
    async with connect("http://desk", transport=script) as client:
        await client.post("/v1/x")
        await client.post("/v1/x")
    keys = {one.headers["Idempotency-Key"] for one in script.asked}
    assert len(keys) == 2
    assert "Authorization" not in script.asked[0].headers


@pytest.mark.parametrize(
    ("status", "code"), [(409, "same_matter"), (422, "invalid"), (404, "x"), (500, "internal")]
)
async def test_a_refusal_is_told_at_once(status: int, code: str) -> None:
    script = in_turn(problem(status, code))
    with pytest.raises(Refused) as refused:
        await ask(script, "POST")
    assert (refused.value.problem.status, refused.value.problem.code) == (status, code)
    assert len(script.asked) == 1


async def test_a_refusal_that_is_no_problem_document_keeps_its_status() -> None:
    with pytest.raises(Refused) as refused:
        await ask(in_turn(httpx.Response(404, text="<html>a proxy's page</html>")), "GET")
    assert refused.value.problem.code == "http_404"


async def test_a_change_whose_answer_was_lost_is_not_sent_again() -> None:
    script = in_turn(BROKEN, OK)
    with pytest.raises(Unreachable):
        await ask(script, "PATCH")
    assert len(script.asked) == 1
    # It never left, so it may go again.
    headers = await ask(in_turn(httpx.ConnectError("nobody there"), OK), "PATCH")
    assert headers["If-Match"] == '"1"'


async def test_a_stale_version_has_an_error_of_its_own() -> None:
    with pytest.raises(Stale):
        await ask(in_turn(problem(412, "stale")), "PATCH")


async def test_it_gives_up_and_says_so() -> None:
    script = in_turn(BROKEN)
    with pytest.raises(Unreachable):
        await ask(script, "GET")
    assert len(script.asked) == QUICK.tries
    busy = in_turn(httpx.Response(503))
    with pytest.raises(Refused):
        await ask(busy, "GET")
    assert len(busy.asked) == QUICK.tries


@given(st.integers(1, 40), st.floats(0, 1, exclude_max=True), st.none() | st.floats(0, 120))
def test_a_wait_lies_between_what_was_asked_and_the_bound(
    tried: int, luck: float, asked: float | None
) -> None:
    retries = Retries(tries=50, luck=lambda: luck)
    wait = retries.wait(tried, asked)
    assert wait is not None
    assert (asked or 0) <= wait <= (asked or 0) + min(30, 0.5 * 2 ** (tried - 1))


def test_a_wait_beyond_patience_is_not_waited_for() -> None:
    assert Retries(patience=60).wait(1, 61) is None
    assert Retries(tries=3).wait(3) is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [(None, None), ("", None), ("7", 7.0), ("soon", None), ("-1", None),
     ("Thu, 26 Nov 2026 10:00:05 GMT", 5.0), ("Thu, 26 Nov 2026 09:00:00 GMT", 0.0)],
)  # fmt: skip
def test_both_forms_of_retry_after(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, datetime(2026, 11, 26, 10, tzinfo=UTC)) == seconds


class House:
    """The token route, and one other that takes the newest token only."""

    def __init__(self, life: int = 900, *, renewals: bool = True) -> None:
        self.life, self.renewals = life, renewals
        self.grants: Counter[str] = Counter()
        self.forms: list[dict[str, list[str]]] = []
        self.issued = 0
        self.away = False
        """Whether no log-in gets through."""

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != "/v1/oauth/token":
            fresh = request.headers["Authorization"] == f"Bearer access-{self.issued}"
            return OK if fresh else problem(401, "unauthenticated")
        await asyncio.sleep(0.01)
        form = parse_qs(request.content.decode())
        self.forms.append(form)
        (kind,) = form["grant_type"]
        self.grants[kind] += 1
        if kind == "refresh_token" and not self.renewals:
            raise BROKEN
        if kind == "password" and self.away:
            raise BROKEN
        if kind == "password" and form["password"] != ["kata sandi"]:
            return httpx.Response(400, json={"error": "invalid_grant", "error_description": "no"})
        self.issued += 1
        told = {"access_token": f"access-{self.issued}", "expires_in": self.life, "token_type": "Bearer"}
        return httpx.Response(200, json={**told, "refresh_token": f"refresh-{self.issued}"})


async def test_many_tasks_log_in_once_and_renew_once() -> None:
    house = House()
    async with connect("http://desk", WHO, retries=QUICK, transport=Scripted(house)) as client:
        await asyncio.gather(*(client.get("/v1/x") for _ in range(20)))
        assert house.grants == {"password": 1}
        house.issued += 1  # As if the service had ended the session.
        await asyncio.gather(*(client.get("/v1/x") for _ in range(20)))
        assert house.grants == {"password": 1, "refresh_token": 1}
        assert house.forms[-1]["refresh_token"] == ["refresh-1"]


async def test_a_renewal_whose_answer_was_lost_becomes_a_log_in() -> None:
    """The refresh token may be spent: to show it again would end the log-in, as a theft does."""
    house = House(life=0, renewals=False)
    async with connect("http://desk", WHO, retries=QUICK, transport=Scripted(house)) as client:
        await client.get("/v1/x")
        await client.get("/v1/x")
        await client.get("/v1/x")
    assert house.grants == {"password": 3, "refresh_token": 2}
    used = [form["refresh_token"] for form in house.forms if "refresh_token" in form]
    assert used == [["refresh-1"], ["refresh-2"]]


async def test_a_spent_refresh_token_is_not_shown_again_though_the_log_in_failed_too() -> None:
    house = House(life=0, renewals=False)
    async with connect("http://desk", WHO, retries=QUICK, transport=Scripted(house)) as client:
        await client.get("/v1/x")
        house.away = True
        for _ in range(2):
            with pytest.raises(PuskesosError):
                await client.get("/v1/x")
    assert house.grants["refresh_token"] == 1


async def test_a_wrong_password_is_told_and_not_tried_again() -> None:
    house = House()
    wrong = PasswordGrant("konsol@1374", "siti@1374", "salah")
    async with connect("http://desk", wrong, retries=QUICK, transport=Scripted(house)) as client:
        with pytest.raises(SignInRefused) as refused:
            await client.get("/v1/x")
    assert refused.value.error == "invalid_grant"
    assert house.grants == {"password": 1}
    assert "salah" not in repr(wrong)


async def test_a_token_from_elsewhere_is_not_renewed() -> None:
    script = in_turn(problem(401, "unauthenticated"))
    with pytest.raises(Refused):
        await ask(script, "GET")
    assert len(script.asked) == 1


async def test_the_service_itself(client: httpx.AsyncClient) -> None:
    """Log-in, a list over its pages, a refusal, a replay: with the real application."""
    transport = client._transport  # noqa: SLF001  # the application under the shared client
    who = PasswordGrant("konsol@1374", "siti@1374", DEMO_PASSWORD)
    async with connect("http://puskesos.test", who, language="en", transport=transport) as siti:
        assert (await siti.get("/v1/me")).body["login"] == "siti@1374"
        listed = [one["code"] async for one in siti.pages("/v1/programs", {"limit": 7, "count": True})]
        whole = (await siti.get("/v1/programs", {"limit": 200, "count": True})).body
        assert listed == [one["code"] for one in whole["items"]]
        assert len(listed) == whole["count"] > 7
        with pytest.raises(Refused) as refused:
            await siti.post("/v1/cases", {"kind": "LAYANAN"})
        assert refused.value.problem.status == 422
        assert {one["pointer"] for one in refused.value.problem.fields} >= {"/category"}
        system = siti.acting_as(ClientCredentials("sistem-dinsos@1374", "demo-secret-sistem-dinsos-1374"))
        assert (await system.get("/v1/me")).body["kind"] == "client"
