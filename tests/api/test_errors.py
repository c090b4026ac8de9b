"""Bad input of every kind is a 4xx problem that names the place and never repeats the value."""

import json

import pytest
from httpx import AsyncClient

from app.api.strict_json import DEEPEST
from tests.conftest import LogIn
from tests.support.factories import account_body
from tests.support.http import Person

SECRET = "1374010101800001"  # the form of a NIK: it must never come back
KEYS = {"type", "title", "status", "code", "detail", "instance"}


@pytest.fixture
async def admin(login: LogIn) -> Person:
    return await login("admin@1374")


def raw(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize(
    ("body", "status", "code", "pointer"),
    [
        ("{", 400, "json_invalid", ""),
        ("[1, 2", 400, "json_invalid", ""),
        ("NaN", 400, "json_refused", ""),
        ('{"login": Infinity}', 400, "json_refused", ""),
        ('{"login": 1e999}', 400, "json_refused", ""),
        ('{"login": ' + "9" * 5000 + "}", 400, "json_refused", ""),
        ('{"login": "a", "login": "b"}', 400, "json_refused", ""),
        (b'{"login": "\xff\xfe"}', 400, "not_utf8", ""),
        ("[" * 200_000, 400, "too_deep", ""),
        ('{"a":' * (DEEPEST + 1) + "1" + "}" * (DEEPEST + 1), 400, "too_deep", ""),
        ('{"login": "si\\u0000ti"}', 422, "string_unicode", "/login"),
        ('{"name": "\\ud800"}', 422, "string_unicode", "/name"),
        ('{"grants": [{"role": "\\udfff"}]}', 422, "string_unicode", "/grants/0/role"),
        ('{"x\\u0000": 1}', 422, "string_unicode", ""),
        ("[]", 422, "model_attributes_type", ""),
        ("null", 422, "model_attributes_type", ""),
        ("", 422, "missing", ""),
        (json.dumps(account_body(nik=SECRET)), 422, "extra_forbidden", "/nik"),
        (json.dumps(account_body(id="x")), 422, "extra_forbidden", "/id"),
        (json.dumps(account_body(name=7)), 422, "string_type", "/name"),
        (json.dumps(account_body(login=SECRET + "!")), 422, "string_pattern_mismatch", "/login"),
        (json.dumps(account_body(grants=[{"role": SECRET}])), 422, "enum", "/grants/0/role"),
        (json.dumps(account_body(password="short")), 422, "string_too_short", "/password"),
        (json.dumps(account_body(regency="13.74.01")), 422, "not_a_tenant", "/regency"),
    ],
)
async def test_a_bad_body_names_its_place(
    admin: Person, body: str | bytes, status: int, code: str, pointer: str
) -> None:
    answer = await admin.client.post(
        "/v1/accounts",
        content=raw(body),
        headers={
            "Authorization": f"Bearer {admin.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": "bad-body",
        },
    )
    found = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert {(item["code"], item["pointer"]) for item in found["errors"]} >= {(code, pointer)}
    assert set(found) >= KEYS
    assert SECRET not in answer.text


async def test_many_small_brackets_in_texts_are_not_deep(admin: Person) -> None:
    answer = await admin.post("/v1/accounts", account_body("kurung", name="[{" * 90))
    assert answer.status_code == 201


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
async def test_another_kind_of_body_is_415(admin: Person, kind: str) -> None:
    headers = {"Authorization": f"Bearer {admin.token}", "Idempotency-Key": "k", "Content-Type": kind}
    answer = await admin.client.post("/v1/accounts", content=b"{}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("?colour=red", "/query/colour"),
        ("?active=maybe", "/query/active"),
        ("?limit=0", "/query/limit"),
        ("?limit=201", "/query/limit"),
        ("?limit=ten", "/query/limit"),
        ("?regency=1374", "/query/regency"),
        ("?regency=%00", "/query/regency"),
        ("?regency=%ff", "/query/regency"),
        ("?cursor=abc", "/query/cursor"),
        ("?cursor=%F0%9F%98%80", "/query/cursor"),
        ("?%00=1", "/query"),
    ],
)
async def test_a_bad_query_is_400_and_names_the_parameter(admin: Person, query: str, pointer: str) -> None:
    answer = await admin.get("/v1/accounts" + query)
    assert answer.status_code == 400
    assert pointer in {item["pointer"] for item in answer.json()["errors"]}


@pytest.mark.parametrize(
    "id_", ["x", "1374-", "1374-" + "0" * 32, "%00", "%ff", "a" * 300, "9999-" + "a" * 32]
)
async def test_a_malformed_id_in_a_path_is_404(admin: Person, id_: str) -> None:
    assert (await admin.get(f"/v1/accounts/{id_}")).status_code == 404


@pytest.mark.parametrize("value", ["3", '"', '"a', "W/3", '"a" "b"'])
async def test_a_malformed_if_match_is_400(admin: Person, value: str) -> None:
    mine = (await admin.get("/v1/me")).json()["id"]
    answer = await admin.patch(f"/v1/accounts/{mine}", {"name": "Admin"}, etag=value)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/header/If-Match")


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "kunci\u00e9"])
async def test_a_write_without_a_proper_key_is_400(admin: Person, key: str) -> None:
    headers = {b"Authorization": f"Bearer {admin.token}".encode()}
    if key:
        headers[b"Idempotency-Key"] = key.encode()
    answer = await admin.client.post("/v1/accounts", json=account_body("tanpa"), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        ("", "id"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("id,en;q=0.5", "id"),
        ("fr, en;q=0.1", "en"),
        ("*;q=0.1", "id"),
        ("en;q=0, id", "id"),
        (";;;,en;q=x", "id"),
    ],
)
async def test_words_follow_accept_language(client: AsyncClient, header: str, lang: str) -> None:
    answer = await client.get("/v1/me", headers={"Accept-Language": header})
    assert answer.headers["content-language"] == lang
    assert answer.json()["title"] == {"id": "Belum masuk", "en": "Not logged in"}[lang]


async def test_405_names_every_method_of_the_path(client: AsyncClient) -> None:
    answers = {path: await client.delete(path) for path in ("/v1/accounts", "/v1/oauth/token", "/livez")}
    assert {path: (a.status_code, a.headers["allow"]) for path, a in answers.items()} == {
        "/v1/accounts": (405, "GET, HEAD, POST"),
        "/v1/oauth/token": (405, "POST"),
        "/livez": (405, "GET, HEAD"),
    }
    mine = await client.delete("/v1/accounts/1374-x")
    assert mine.headers["allow"] == "GET, HEAD, PATCH"
    assert mine.json()["code"] == "method_not_allowed"


async def test_unknown_paths_are_problems_too(client: AsyncClient) -> None:
    for path in ("/v2", "/v1/", "/v1/accounts/x/y", "/v1//cases", "/%00"):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
