import json
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from starlette.requests import Request
from structlog.testing import capture_logs

from app.api.addresses import caller_address
from app.api.deps import House
from app.api.routing import PUBLIC, make_router, operation
from app.main import create_app
from tests.conftest import LogIn
from tests.support.http import TEST_KEYS

ORIGIN = "https://console.example"


async def test_every_answer_has_its_id_and_the_security_headers(client: AsyncClient) -> None:
    for path in ("/livez", "/nothing", "/v1/me", "/docs"):
        answer = await client.get(path)
        assert len(answer.headers["x-request-id"]) == 32
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [("abcd-1234_X", True), ("short", False), ("x" * 65, False), ("a b c d e f", False), ("évil1234", False)],
)
async def test_a_callers_request_id_is_kept_if_it_is_one(client: AsyncClient, given: str, kept: bool) -> None:  # noqa: FBT001
    answer = await client.get("/v1/me", headers={b"X-Request-ID": given.encode()})
    assert (answer.headers["x-request-id"] == given) is kept
    assert answer.json()["instance"].endswith(answer.headers["x-request-id"])


async def test_the_access_line_holds_the_template_and_no_value(login: LogIn) -> None:
    siti = await login("siti@1374")
    with capture_logs() as lines:
        await siti.get("/v1/accounts/1374-" + "0" * 12 + "70008" + "0" * 15)
        await siti.client.get("/v1/secret-path?nik=1374010101800001")
    assert [(line["route"], line["status"]) for line in lines] == [
        ("/v1/accounts/{account_id}", 403),
        ("none", 404),
    ]
    assert lines[0]["tenant"] == "13.74"
    assert "1374010101800001" not in json.dumps(lines)


async def test_a_body_over_the_limit_is_413_whether_it_says_its_length_or_not(
    client: AsyncClient, house: House
) -> None:
    big = b"x" * (house.settings.max_body_bytes + 1)

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b" " * 100_000

    declared = await client.post("/v1/accounts", content=big, headers={"Content-Type": "application/json"})
    counted = await client.post(
        "/v1/accounts",
        content=pieces(),
        headers={"Content-Type": "application/json"},
    )
    form = await client.post(
        "/v1/oauth/token",
        content=pieces(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    for answer in (declared, counted, form):
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_head_is_get_without_its_body(client: AsyncClient) -> None:
    got, head = await client.get("/livez"), await client.head("/livez")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"]


async def test_answers_are_compressed_but_not_those_with_secrets(login: LogIn) -> None:
    admin = await login("admin@1374")
    accounts = await admin.get("/v1/accounts", headers={"Accept-Encoding": "gzip"})
    clients = await admin.get("/v1/clients", headers={"Accept-Encoding": "gzip"})
    assert accounts.headers.get("content-encoding") == "gzip"
    assert "content-encoding" not in clients.headers


async def test_cors_is_off_until_an_origin_is_set(client: AsyncClient, house: House) -> None:
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
    assert "access-control-allow-origin" not in (await client.get("/livez", headers=asked)).headers
    app = create_app(house.settings.model_copy(update={"cors_origins": (ORIGIN,)}), house)
    async with AsyncClient(transport=ASGITransport(app=app), base_url="http://puskesos.test") as open_client:
        preflight = await open_client.options("/v1/accounts", headers=asked)
        answer = await open_client.get("/v1/me", headers={"Origin": ORIGIN})
        other = await open_client.get("/livez", headers={"Origin": "https://evil.example"})
    assert preflight.headers["access-control-allow-origin"] == ORIGIN
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    exposed = answer.headers["access-control-expose-headers"]
    assert {"ETag", "Link", "Retry-After", "X-Request-ID"} <= set(exposed.split(", "))
    assert "access-control-allow-origin" not in other.headers


async def test_a_fault_of_ours_is_a_problem_without_its_text(house: House) -> None:
    app = create_app(house.settings, house)
    router = make_router("service")

    @router.get("/boom", **operation("boom", may=PUBLIC))
    async def boom() -> None:
        raise RuntimeError("the row holds 1374010101800001")

    app.router.routes.extend(router.routes)
    with capture_logs() as lines:
        async with AsyncClient(transport=ASGITransport(app=app), base_url="http://puskesos.test") as other:
            answer = await other.get("/boom", headers={"X-Request-ID": "known-id-1"})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "13740101" not in answer.text
    assert [line["request_id"] for line in lines if line["event"] == "fault"] == ["known-id-1"]


def test_a_route_that_does_not_say_who_may_call_it_does_not_start() -> None:
    router = make_router("service")
    with pytest.raises(ValueError, match="who may call it"):
        router.add_api_route("/open", endpoint=lambda: None)


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("203.0.113.1", "198.51.100.9", "203.0.113.1"),
        ("10.0.0.1", "198.51.100.9", "198.51.100.9"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.9, 10.0.0.2", "198.51.100.9"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.9, not an address", "10.0.0.1"),
        ("10.0.0.1", "::ffff:198.51.100.9", "198.51.100.9"),
        ("::ffff:10.0.0.1", "2001:db8:7:9:dead:beef:1:2", "2001:db8:7:9::/64"),
        ("2001:db8:7:9::1", "198.51.100.9", "2001:db8:7:9::/64"),
    ],
)
def test_only_a_trusted_proxy_may_say_where_a_request_comes_from(
    peer: str, forwarded: str, found: str
) -> None:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    request = Request({"type": "http", "headers": headers, "client": (peer, 1)})
    assert caller_address(request, ("10.0.0.0/8",)) == found


async def test_metrics_count_by_template(client: AsyncClient) -> None:
    await client.get("/v1/accounts/somebody")
    text = (await client.get("/metrics")).text
    assert 'puskesos_requests_total{method="GET",route="/v1/accounts/{account_id}",status="401"}' in text
    assert "somebody" not in text


def test_the_application_is_a_fastapi_with_nothing_made_at_import(house: House) -> None:
    app = create_app(house.settings)
    assert isinstance(app, FastAPI)
    assert app.state.house is None
    assert TEST_KEYS not in repr(house.settings)
