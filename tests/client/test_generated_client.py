"""The OpenAPI document makes a client in Python and one in TypeScript that type-check and work.

Of the document only some operations are generated: all of it would take a minute of every commit.
``PUSKESOS_PROOF=long`` takes the whole.
"""

import asyncio
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from httpx import AsyncClient

from app.api.deps import House
from app.api.schema_names import rename_schemas
from tests.support.http import Person, log_in
from tests.support.listening import listening
from tests.support.proof import LONG

ROOT = Path(__file__).resolve().parents[2]
USED: Final = {"getMe", "openCase", "getCase", "listCases", "addNote", "patchCase", "sync", "listChanges"}
CONFIG: Final = "project_name_override: puskesos-api\npackage_name_override: puskesos_api\npost_hooks: []\n"
CALLS: Final = '''
"""A handful of calls, as an integrator writes them."""

import sys
from datetime import date, datetime, timezone
from uuid import uuid4

from puskesos_api import AuthenticatedClient
from puskesos_api.api.access import get_me
from puskesos_api.api.cases import add_note, get_case, list_cases, open_case, patch_case
from puskesos_api.api.sync import list_changes, sync
from puskesos_api.models import (
    CaseIn, CaseKind, CaseOpenedOut, CaseOut, CasePatchIn, CaseRefIn, ChangesOut, ListedCaseBrief, MeOut,
    NoteOut, OperationIn, OperationInBody, OperationInKind, PlaceIn, Problem, StepsNoteIn, SubjectIn,
    SubjectKind, SyncDeviceIn, SyncIn, SyncOut,
)

client = AuthenticatedClient(base_url=sys.argv[1], token=sys.argv[2])
case = CaseIn(
    kind=CaseKind.LAYANAN,
    category="DOKUMEN_ADMINDUK",
    channel="DATANG",
    subject=SubjectIn(kind=SubjectKind.PERSON, name="Contoh Warga", born_on=date(1966, 4, 2)),
    place=PlaceIn(village="13.74.01.1005"),
    chronology="Belum punya KTP.",
    legal_basis="public_task",
    notice_version="2026-1",
)
me = get_me.sync(client=client)
assert isinstance(me, MeOut) and me.login == "siti@1374", me
opened = open_case.sync(client=client, body=case, idempotency_key=uuid4().hex)
assert isinstance(opened, CaseOpenedOut), opened
told = get_case.sync_detailed(opened.ticket, client=client)
assert isinstance(told.parsed, CaseOut) and told.parsed.ticket == opened.ticket, told
said = StepsNoteIn(text="Datang lagi besok.")
note = add_note.sync(opened.ticket, client=client, body=said, idempotency_key=uuid4().hex)
assert isinstance(note, NoteOut), note
patch = CasePatchIn(sector="KESEHATAN")
stale = patch_case.sync_detailed(opened.ticket, client=client, body=patch, if_match='"9"')
assert isinstance(stale.parsed, Problem) and stale.status_code == 412, stale
listed = list_cases.sync(client=client, limit=5)
assert isinstance(listed, ListedCaseBrief) and opened.ticket in {one.ticket for one in listed.items}, listed
device = SyncDeviceIn(id=uuid4(), sent_at=datetime.now(timezone.utc))
done = sync.sync(client=client, body=SyncIn(device=device, operations=[OperationIn(
    id=uuid4().hex, kind=OperationInKind.NOTE, at=datetime.now(timezone.utc),
    case=CaseRefIn(ticket=opened.ticket), body=OperationInBody.from_dict({"text": "Dari antrean."}),
)]))
assert isinstance(done, SyncOut) and done.results[0].verdict.value == "applied", done
changes = list_changes.sync(client=client, device=device.id)
assert isinstance(changes, ChangesOut) and opened.ticket in {one.ticket for one in changes.cases}, changes
print(opened.ticket)
'''
TYPESCRIPT: Final = ROOT / "clients" / "typescript"
NO_LINK: Final = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH")
pytestmark = [pytest.mark.commits, pytest.mark.timeout(600)]


def used(document: dict[str, Any]) -> dict[str, Any]:
    """Keep some operations, and the schemas that they need."""
    paths = {
        path: {method: one for method, one in operations.items() if LONG or one["operationId"] in USED}
        for path, operations in document["paths"].items()
    }
    paths = {path: operations for path, operations in paths.items() if operations}
    schemas, wanted = document["components"]["schemas"], set(references(paths))
    while more := {name for one in wanted for name in references(schemas[one])} - wanted:
        wanted |= more
    kept = {name: one for name, one in schemas.items() if name in wanted}
    return {**document, "paths": paths, "components": {**document["components"], "schemas": kept}}


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(ref := value.get("$ref"), str):
            yield ref.rpartition("/")[2]
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from references(one)


def test_schemas_have_names_that_a_language_takes_and_titles_that_do_not_clash() -> None:
    schemas = json.loads((ROOT / "openapi.json").read_text("utf-8"))["components"]["schemas"]
    assert [name for name in schemas if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", name)] == []
    assert [name for name, schema in schemas.items() if schema["title"] != name] == []


def test_names_are_told_apart_by_as_few_words_as_it_takes() -> None:
    ref = {"$ref": "#/components/schemas/app__api__schemas__sync__SlipOut"}
    schemas: dict[str, Any] = {
        "app__api__schemas__sync__SlipOut": {"title": "SlipOut"},
        "app__api__schemas__slips__SlipOut": {},
        "app__domain__routing__model__State": {},
        "app__domain__rights__model__State": {"properties": {"slip": ref}},
        "Listed_CaseBrief_": {},
    }
    made = rename_schemas({"components": {"schemas": schemas}, "paths": {"/": ref}})
    assert sorted(made["components"]["schemas"]) == [
        "ListedCaseBrief", "RightsModelState", "RoutingModelState", "SlipsSlipOut", "SyncSlipOut",
    ]  # fmt: skip
    there = {"$ref": "#/components/schemas/SyncSlipOut"}
    assert made["paths"]["/"] == there
    assert made["components"]["schemas"]["RightsModelState"]["properties"]["slip"] == there
    assert made["components"]["schemas"]["SyncSlipOut"]["title"] == "SyncSlipOut"


def test_every_write_that_needs_a_key_or_a_version_says_so() -> None:
    """Of openCase it was missing once: no generated client could open a case."""
    for path, operations in json.loads((ROOT / "openapi.json").read_text("utf-8"))["paths"].items():
        for method, one in operations.items():
            needed = {each["name"] for each in one.get("parameters", ()) if each.get("required")}
            assert not one.get("x-idempotent") or "Idempotency-Key" in needed, (method, path)
            assert "428" not in one["responses"] or "If-Match" in needed, (method, path)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(used(json.loads((ROOT / "openapi.json").read_text("utf-8")))), "utf-8")
    return path


async def run(folder: Path, *command: str | Path) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *map(str, command),
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def works(folder: Path, *command: str | Path) -> str:
    code, said = await run(folder, *command)
    assert code == 0, said[-4_000:]
    return said


async def notes_of(officer: Person, ticket: str) -> set[str]:
    return {one["text"] for one in (await officer.get(f"/v1/cases/{ticket}/notes")).json()["items"]}


async def test_a_generated_python_client_type_checks_and_works(
    house: House, client: AsyncClient, document: Path, tmp_path: Path
) -> None:
    (tmp_path / "config.yml").write_text(CONFIG)
    (tmp_path / "calls.py").write_text(CALLS)
    tool = Path(sys.executable).with_name("openapi-python-client")
    made = await works(
        tmp_path, tool, "generate", "--path", document, "--config", "config.yml",
        "--meta", "none", "--output-path", "puskesos_api",
    )  # fmt: skip
    # The generator has no type for files and says so of the whole document; of what is used here it may not.
    assert LONG or "arning" not in made, made
    await works(
        tmp_path, sys.executable, "-m", "mypy", "--config-file=", "--strict", "--cache-dir=cache", "calls.py"
    )
    siti = await log_in(client, "siti@1374")
    async with listening(house) as address:
        ticket = (await works(tmp_path, sys.executable, "calls.py", address, siti.token)).strip()
    assert await notes_of(siti, ticket) == {"Datang lagi besok.", "Dari antrean."}


@pytest.mark.skipif(not LONG, reason="the long form; with every commit the one in Python is enough")
@pytest.mark.skipif(not shutil.which("npm"), reason="no npm on this machine")
async def test_a_generated_typescript_client_type_checks_and_works(
    house: House, client: AsyncClient, document: Path, tmp_path: Path
) -> None:
    """The commands of clients/typescript/README.md, on a copy of its folder."""
    folder = tmp_path / "typescript"
    shutil.copytree(TYPESCRIPT, folder, ignore=shutil.ignore_patterns("node_modules", "built", "api.d.ts"))
    code, said = await run(folder, "npm", "ci", "--no-audit", "--no-fund", "--prefer-offline")
    if code and any(word in said for word in NO_LINK):
        pytest.skip("no link to the npm registry")
    assert code == 0, said
    await works(folder, "npm", "run", "generate", "--", document)
    await works(folder, "npm", "run", "build")
    siti = await log_in(client, "siti@1374")
    async with listening(house) as address:
        said = await works(folder, "node", "built/example.js", address, siti.token)
    ticket = said.split()[-1]
    assert await notes_of(siti, ticket) == {"Dari antrean."}
