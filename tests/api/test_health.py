import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from httpx import AsyncClient

from app.api.deps import House
from app.api.openapi import TAGS, openapi_text
from app.api.routes.docs import OPENAPI
from app.db.queries import work
from app.db.session import connect, transaction
from app.integrations.keyring import Keyring
from app.integrations.object_store import Folder
from app.integrations.vault import Vault
from app.main import create_app
from app.worker.loop import work_once
from tests.conftest import LogIn
from tests.support.desk import open_case
from tests.support.http import log_in, serving
from tests.support.working import make_tools

ROOT = Path(__file__).resolve().parents[2]
# What can be shown in the document: rows of NDJSON and workbooks cannot.
_SHOWN = ("application/json", "application/x-www-form-urlencoded")


async def test_ready_tells_schema_tamper_protection_and_the_workers_lag(client: AsyncClient) -> None:
    answer = await client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["tamper_protection"] is True
    assert answer.json()["worker_lag_seconds"] >= 0


async def test_without_a_worker_it_takes_cases_and_says_what_waits(
    fresh_house: House, fresh_client: AsyncClient, tmp_path: Path
) -> None:
    tools = make_tools(fresh_house.database, fresh_house.clock, tmp_path)
    async with transaction(fresh_house.database.sessions) as tx:
        await work.ensure_periodic(tx, tools.now())
    await work_once(tools)
    well = (await fresh_client.get("/readyz")).json()
    assert (well["status"], well["parts"], well["words"]) == (
        "ready",
        {"worker": "ok", "object_store": "ok"},
        [],
    )
    later = replace(fresh_house, clock=lambda: tools.now() + timedelta(minutes=2))
    async with serving(later) as client:
        answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["parts"] == {"worker": "away", "object_store": "ok"}
    assert answer.json()["worker_seen_seconds"] > 60
    (words,) = answer.json()["words"]
    assert words["id"].startswith("Tidak ada pekerja")


async def test_a_store_that_cannot_be_written_is_told(house: House, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    away = replace(house, files=replace(house.files, store=Folder(tmp_path / "file" / "objects")))
    async with serving(away) as client:
        answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["parts"]["object_store"]) == (200, "away")


async def test_other_keys_than_those_of_the_data_are_not_ready(house: House, login: LogIn) -> None:
    await open_case(await login("siti@1374"))
    other = Vault(Keyring.parse("1:" + "Q" * 43 + "="))
    async with serving(replace(house, vault=other)) as client:
        answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["data"]["part"]) == (503, "keys")


async def test_the_figures_of_the_house_stand_in_the_metrics(
    fresh_house: House, fresh_client: AsyncClient, tmp_path: Path
) -> None:
    siti = await log_in(fresh_client, "siti@1374")
    await open_case(siti)
    tools = make_tools(fresh_house.database, fresh_house.clock, tmp_path)
    text = (await fresh_client.get("/metrics")).text
    assert 'puskesos_queue_waiting{queue="feed"} 2.0' in text
    assert "puskesos_unescalatable 0.0" in text
    assert "puskesos_database_up 1.0" in text
    assert "puskesos_cases_overdue 0.0" in text
    async with transaction(fresh_house.database.sessions) as tx:
        await work.ensure_periodic(tx, tools.now())
    await work_once(tools)
    held = (await fresh_client.get("/metrics")).text
    assert 'puskesos_queue_waiting{queue="feed"} 2.0' in held
    later = replace(fresh_house, clock=lambda: tools.now() + timedelta(days=20))
    async with serving(later) as client:
        text = (await client.get("/metrics")).text
    assert 'puskesos_queue_waiting{queue="feed"} 0.0' in text
    assert 'puskesos_job_runs{kind="act_on_clocks"}' in text
    assert 'puskesos_work_waiting{kind="seal_heads"} 1.0' in text
    assert "puskesos_cases_overdue 1.0" in text
    for secret in (siti.token, "1374-", "Yuliana"):
        assert secret not in text


async def test_without_the_database_old_figures_are_not_told_for_new(house: House) -> None:
    url = house.settings.database_url
    assert url is not None
    away = await connect(url.get_secret_value(), pool_size=1, intake_pool_size=1)
    async with serving(replace(house, database=away)) as client, away.engine.connect():
        text = (await client.get("/metrics")).text
    await away.close()
    assert "puskesos_database_up 0.0" in text
    assert "puskesos_unescalatable NaN" in text


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
        # A 304 has no body (RFC 9110, section 15.4.5).
        and all(
            _is_problem(found) for status, found in responses.items() if status[0] != "2" and status != "304"
        )
    )


def _has_example(part: object) -> bool:
    content = part.get("content", {}) if isinstance(part, dict) else {}
    return all("example" in kind for name, kind in content.items() if name in _SHOWN)


def _is_problem(response: dict[str, dict[str, object]]) -> bool:
    # Log-in answers in the form of RFC 6749, everything else with problems.
    return "application/problem+json" in response["content"] or "RFC 6749" in str(response["description"])
