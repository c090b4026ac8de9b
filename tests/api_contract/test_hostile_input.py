"""What a hostile or broken client sends, at every route that writes: a 4xx problem, and nothing written.

Generated from the document: a new route that writes is tried without a line here.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response

from app.api.deps import House
from tests.conftest import LogIn
from tests.support.operations import (
    LISTING,
    WITH_IDS,
    WRITING,
    Ground,
    Operation,
    named,
    operations,
    prepare,
)

pytestmark = pytest.mark.commits


@pytest.fixture(scope="module")
async def ground(client: AsyncClient, house: House, login: LogIn) -> Ground:
    return await prepare(client, house, login)


def check_problem(answer: Response, *statuses: int) -> dict[str, Any]:
    """A refusal is a problem in words, and of these statuses where any are named."""
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.text)
    assert not statuses or answer.status_code in statuses, (answer.status_code, answer.text)
    assert answer.headers["content-type"] == "application/problem+json"
    told = dict(answer.json())
    assert told["status"] == answer.status_code
    assert all((told["title"], told["detail"]))
    if answer.status_code in {400, 422}:
        assert told.get("errors") or told["code"] not in {"bad_request", "invalid"}, told
    return told


BROKEN = {
    "nothing": b"",
    "no JSON": b"{nein",
    "half": b'{"a": ',
    "not UTF-8": b'{"a": "\xff\xfe"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "NUL byte": b'{"a": "\x00"}',
    "NUL written": b'{"a": "\\u0000"}',
    "NUL in a name": b'{"\\u0000": 1}',
    "half a surrogate": b'{"a": "\\ud800"}',
    "surrogate in a name": b'{"\\udfff": 1}',
    "NaN": b'{"a": NaN}',
    "infinite": b'{"a": -Infinity}',
    "overflow": b'{"a": 1e999}',
    "a long number": b'{"a": ' + b"9" * 5_000 + b"}",
    "beyond 64 bits": b'{"a": 9223372036854775808}',
    "a name twice": b'{"a": 1, "a": 2}',
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "too large": b'{"a": "' + b"x" * 1_100_000 + b'"}',
    "null": b"null",
    "a list": b"[]",
    "a text": b'"text"',
    "a number": b"7",
    "unknown fields": b'{"zzz": 1}',
    "what the server owns": b'{"id": "x", "regency_code": "13.71", "status": "closed", "version": 99}',
}


@named(WRITING)
async def test_a_broken_body_is_refused_and_writes_nothing(operation: Operation, ground: Ground) -> None:
    before = await ground.rows()
    for name, content in BROKEN.items():
        answer = await ground.send(operation, ground.path(operation), content)
        told = check_problem(answer, 400, 413, 422)
        if answer.status_code != 413:
            assert all("pointer" in error for error in told["errors"]), name
    assert await ground.rows() == before


@named(WRITING)
async def test_another_kind_of_body_is_refused(operation: Operation, ground: Ground) -> None:
    before = await ground.rows()
    content = json.dumps(operation.example).encode()
    for kind in ("text/plain", "application/xml", "multipart/form-data; boundary=x", "application/jsonx", ""):
        check_problem(await ground.send(operation, ground.path(operation), content, Content_Type=kind), 415)
    assert await ground.rows() == before


def places(value: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Give where each text, number and truth value of an example stands."""
    if isinstance(value, dict):
        for name, child in value.items():
            yield from places(child, (*place, name))
    elif isinstance(value, list):
        for n, child in enumerate(value):
            yield from places(child, (*place, n))
    elif value is not None:
        yield place


def changed(value: Any, place: tuple[str | int, ...], new: Any) -> Any:
    if not place:
        return new
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[place[0]] = changed(value[place[0]], place[1:], new)
    return copy


def pointer(place: tuple[str | int, ...]) -> str:
    return "".join(f"/{part}" for part in place)


@named([one for one in WRITING if one.example])
async def test_a_bad_field_is_named_by_its_pointer(operation: Operation, ground: Ground) -> None:
    before = await ground.rows()
    for place in places(operation.example):
        for bad in ("a\x00b", "a\ud800b"):
            content = json.dumps(changed(operation.example, place, bad)).encode()
            told = check_problem(await ground.send(operation, ground.path(operation), content), 422)
            assert [error["pointer"] for error in told["errors"]] == [pointer(place)], place
        if place[0] == "facts":
            continue  # What a fact may be is asked of the dictionary, when the case has been found.
        for wrong in ("x" * 20_001, {"deeper": [1]}):
            content = json.dumps(changed(operation.example, place, wrong)).encode()
            told = check_problem(await ground.send(operation, ground.path(operation), content), 422)
            assert all(error["pointer"].startswith(f"/{place[0]}") for error in told["errors"]), told
    assert await ground.rows() == before


@named([one for one in WRITING if isinstance(one.example, dict)])
async def test_an_unknown_field_is_named(operation: Operation, ground: Ground) -> None:
    before = await ground.rows()
    for name in ("status", "regency_code", "created_at", "head", "__proto__", "a/b~c"):
        if name in operation.example:
            continue
        content = json.dumps({**operation.example, name: "x"}).encode()
        told = check_problem(await ground.send(operation, ground.path(operation), content), 422)
        wanted = "/" + name.replace("~", "~0").replace("/", "~1")
        assert wanted in [error["pointer"] for error in told["errors"]], told
    assert await ground.rows() == before


KEYS = ("", " ", "x" * 256, "a b", "kunci\u00e9".encode().decode("latin-1"), "a\tb")
# RFC 9110 also has ``*``, lists and weak tags: these are good.
VERSIONS = ("1", '"x"', '"-1"', '""', '"99999999999999999999999"', '"98",', "\u00e9", '"1', "null")


@named([one for one in operations() if one.says.get("x-idempotent")])
async def test_a_bad_idempotency_key_is_refused(operation: Operation, ground: Ground) -> None:
    before = await ground.rows()
    content = json.dumps(operation.example or {}).encode()
    for key in KEYS:
        answer = await ground.client.request(
            operation.method,
            ground.path(operation),
            content=content,
            headers={
                b"Authorization": f"Bearer {ground.people[operation.login].token}".encode(),
                b"Content-Type": b"application/json",
                b"Idempotency-Key": key.encode("latin-1"),
                b"If-Match": b'"1"',
            },
        )
        check_problem(answer, 400)
    assert await ground.rows() == before


@named([one for one in operations() if "428" in one.says["responses"]])
async def test_a_bad_version_is_refused(operation: Operation, ground: Ground) -> None:
    before = await ground.rows()
    content = json.dumps(operation.example or {}).encode()
    for version in VERSIONS:
        headers = {
            b"Authorization": f"Bearer {ground.people[operation.login].token}".encode(),
            b"Content-Type": b"application/json",
            b"Idempotency-Key": uuid4().hex.encode(),
            b"If-Match": version.encode("latin-1"),
        }
        answer = await ground.client.request(
            operation.method, ground.path(operation), content=content, headers=headers
        )
        check_problem(answer, 400, 412)
    assert await ground.rows() == before


NAMELESS = (
    "%00",
    "a%00b",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e",
    "%ff",
    "%ED%A0%80",
    "x" * 5_000,
    "\uff11\uff13\uff17\uff14-3F7K-9QX2-M",
    "1374-3F7K-9QX2-\u2060M",
    "1374-\u0663F7K-9QX2-M",
    "\U0001f937",
    "' OR 1=1 --",
    "%0d%0aSet-Cookie:%20a=b",
    "null",
    "-1",
    "1374-",
    "9999-00000000000000000000000000000000",
)


@named(WITH_IDS)
async def test_a_name_of_nothing_is_not_found(operation: Operation, ground: Ground) -> None:
    before = await ground.rows()
    content = json.dumps(operation.example or {}).encode()
    parameter = operation.path.partition("{")[2].partition("}")[0]
    for name in NAMELESS:
        path = ground.path(operation, **{parameter: name})
        check_problem(await ground.send(operation, path, content), 404, 405, 422)
    assert await ground.rows() == before


@named(LISTING)
async def test_a_broken_cursor_or_filter_is_refused(operation: Operation, ground: Ground) -> None:
    path = ground.path(operation)
    for query in (
        "cursor=x",
        "cursor=%00",
        "cursor=" + "A" * 3_000,
        "cursor=e30%3D",
        "limit=0",
        "limit=201",
        "limit=-1",
        "limit=9999999999999999999999",
        "limit=NaN",
        "count=perhaps",
        "zzz=1",
        "limit=1&zzz[]=1",
        "%00=1",
    ):
        told = check_problem(await ground.send(operation, f"{path}?{query}", b""), 400)
        assert told["errors"][0]["pointer"].startswith("/query"), (query, told)


@named(operations())
async def test_a_method_that_a_path_lacks_is_refused_with_those_that_it_has(
    operation: Operation, ground: Ground
) -> None:
    path = ground.path(operation)
    # ``/v1/programs/match`` is also the address of a programme of that name.
    templates = {one.path: re.sub(r"\{\w+\}", "[^/]+", one.path) for one in operations()}
    there = {one.method for one in operations() if re.fullmatch(templates[one.path], path)}
    there |= {"HEAD"} if "GET" in there else set()
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"} - there:
        answer = await ground.client.request(method, path)
        check_problem(answer, 405)
        assert {*answer.headers["allow"].split(", ")} == there


@named([one for one in operations() if one.says["security"]])
async def test_a_bad_token_is_401(operation: Operation, ground: Ground) -> None:
    content = json.dumps(operation.example or {}).encode()
    for header in (
        "",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        "Bearer x y",
        "Bearer " + "a" * 5_000,
        "Bearer \u00e9",
    ):
        answer = await ground.client.request(
            operation.method,
            ground.path(operation),
            content=content,
            headers={
                b"Authorization": header.encode("latin-1"),
                b"Content-Type": b"application/json",
                b"Idempotency-Key": uuid4().hex.encode(),
                b"If-Match": b'"1"',
            },
        )
        check_problem(answer, 401)
        assert answer.headers["www-authenticate"].startswith("Bearer")
