import json
from dataclasses import replace
from pathlib import Path

from httpx import AsyncClient

from app.api.deps import House
from app.api.openapi import TAGS, openapi_text
from app.api.routes.docs import OPENAPI
from app.db.session import connect
from app.main import create_app
from tests.support.http import serving

ROOT = Path(__file__).resolve().parents[2]


async def test_ready_tells_schema_tamper_protection_and_the_workers_lag(client: AsyncClient) -> None:
    answer = await client.get("/readyz")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["tamper_protection"]) == ("ready", True)
    assert answer.json()["worker_lag_seconds"] >= 0


async def test_another_schema_is_not_ready_and_says_which(house: House) -> None:
    async with serving(replace(house, migration_head="9999")) as other:
        answer = await other.get("/readyz")
    assert (answer.status_code, answer.json()["data"]["expected"]) == (503, "9999")
    assert answer.headers["retry-after"] == "2"


async def test_without_the_database_it_lives_is_not_ready_and_answers_503(house: House) -> None:
    url = house.settings.database_url
    assert url is not None
    database = await connect(url.get_secret_value(), pool_size=1, intake_pool_size=1)
    await database.close()
    away = await connect(url.get_secret_value(), pool_size=1, intake_pool_size=1)
    async with serving(replace(house, database=away)) as other, away.engine.connect():
        # The only connection of the pool is taken: whoever asks waits, and is told to come again.
        alive = await other.get("/livez")
        ready = await other.get("/readyz")
        me = await other.get("/v1/me", headers={"Authorization": "Bearer pk_1374-" + "a" * 43})
    await away.close()
    assert (alive.status_code, ready.status_code, me.status_code) == (200, 503, 503)
    assert me.json()["code"] == "unavailable"
    assert me.headers["retry-after"] == "2"


async def test_docs_come_from_our_own_files_under_a_strict_policy(client: AsyncClient) -> None:
    page = await client.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "http" not in page.text.replace("<!doctype", "")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    for name, kind in (("swagger-ui.css", "text/css"), ("swagger-ui-bundle.js", "text/javascript")):
        file = await client.get(f"/docs/{name}")
        assert (file.status_code, file.headers["content-type"].partition(";")[0]) == (200, kind)
    for name in ("SOURCE.json", "..%2Fdeps.py", "docs.html", "x"):
        assert (await client.get(f"/docs/{name}")).status_code == 404


async def test_the_committed_document_is_served_and_is_what_the_code_says(
    client: AsyncClient, house: House
) -> None:
    served = await client.get("/openapi.json")
    assert served.content == OPENAPI.read_bytes() == (ROOT / "openapi.json").read_bytes()
    assert served.text == openapi_text(create_app(house.settings, house))
    again = await client.get("/openapi.json", headers={"If-None-Match": served.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def operations() -> list[tuple[str, dict[str, object]]]:
    document = json.loads(OPENAPI.read_text("utf-8"))
    return [
        (f"{method} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_operation_is_complete() -> None:
    names = [str(operation["operationId"]) for _, operation in operations()]
    assert len(set(names)) == len(names)
    wrong = [place for place, operation in operations() if _lacks(operation)]
    assert wrong == []


def _lacks(operation: dict[str, object]) -> bool:
    """Tell whether a name, words, tag, security, or an example of a body or of a success is missing."""
    name = str(operation["operationId"])
    proper = name[0].islower() and name.isalnum() and bool(operation.get("description"))
    tags = operation.get("tags")
    tagged = isinstance(tags, list) and len(tags) == 1 and tags[0] in TAGS
    responses = operation["responses"]
    assert isinstance(responses, dict)
    return not (
        proper
        and tagged
        and "security" in operation
        and operation.get("x-permission")
        and _has_example(operation.get("requestBody", {}))
        and all(_has_example(found) for status, found in responses.items() if status.startswith("2"))
        and all(_is_problem(found) for status, found in responses.items() if not status.startswith("2"))
    )


def _has_example(part: object) -> bool:
    content = part.get("content", {}) if isinstance(part, dict) else {}
    return all("example" in kind for name, kind in content.items() if "json" in name or "form" in name)


def _is_problem(response: dict[str, dict[str, object]]) -> bool:
    # Log-in answers in the form of RFC 6749, everything else with problems.
    return bool({"application/problem+json"} & set(response["content"])) or "RFC 6749" in str(
        response["description"]
    )
