"""Rules of the source that no linter knows. Each names the files that may, and fails for every other."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.events import EVENTS
from app.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app"
LONGEST_FILE = 400
SOURCES = sorted(APP.rglob("*.py"))
TREES = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8")) for path in SOURCES}

ENDS_TRANSACTIONS = {
    "app/db/session.py": "the two ways to the database",
    "app/cli/ground.py": "grants to the service's role, as the owner, before the service starts",
}
MEASURES_TIME = {
    "app/clock.py": "the only reader of the wall clock",
    "app/api/edge.py": "how long a request took; a monotonic counter",
    "app/api/feed_wait.py": "how long a reader waits for the feed; monotonic",
    "app/demo/story/play.py": "how long the story waits for the service; monotonic",
    "app/integrations/embedded_postgres/leftover.py": "how long to wait for another process; monotonic",
    "app/integrations/embedded_postgres/server.py": "how long to wait for PostgreSQL; monotonic",
}
WRITES_STATUS = {
    "app/db/queries/case_moves.py": "what the lifecycle's table answered",
    "app/db/queries/referral_moves.py": "what the referrals' table answered",
}
SETS_ATTRIBUTES = {
    "app/db/queries/referral_moves.py": "columns of an answer, from a table without ``status``",
    "app/services/desks.py": "columns of a desk, which has no status",
    "app/services/reconciliations/standing.py": "named columns of a finding, none of them a status",
}


def calls(tree: ast.Module) -> Iterator[str]:
    """Give the last two names of everything that is called: ``session.commit``, ``datetime.now``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            named = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
            yield f"{named}.{node.func.attr}"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield f".{node.func.id}"


def files_that_call(*endings: str) -> set[str]:
    return {name for name, tree in TREES.items() if any(call.endswith(endings) for call in calls(tree))}


@pytest.mark.parametrize("folder", ["app", "tests", "alembic", "scripts", "bench"])
def test_no_file_is_longer_than_400_lines(folder: str) -> None:
    generated = {"alembic/versions"}
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in (ROOT / folder).rglob("*.py")
        if path.parent.relative_to(ROOT).as_posix() not in generated
        and (lines := len(path.read_text("utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_transactions_end_in_one_place() -> None:
    # The metrics and the timer of the edge have a ``begin`` of their own.
    ending = files_that_call(".commit", ".rollback", ".begin_nested") | (
        files_that_call(".begin") - {"app/api/edge.py"}
    )
    assert ending <= set(ENDS_TRANSACTIONS)
    assert "app/db/session.py" in ending


def test_one_file_reads_the_clock() -> None:
    reading = files_that_call(
        "datetime.now",
        "datetime.utcnow",
        "datetime.today",
        "date.today",
        "time.time",
        "time.time_ns",
        "time.monotonic",
        ".perf_counter",
    )
    assert reading == set(MEASURES_TIME)


def test_no_statement_asks_the_database_for_the_time() -> None:
    asking = {
        name
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and any(word in node.value for word in ("now()", "CURRENT_TIMESTAMP", "clock_timestamp("))
        and "SELECT" in node.value
    }
    assert asking == set()
    assert files_that_call("func.now", "func.current_timestamp", "func.random") == set()


def status_writers() -> set[str]:
    found = set()
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            found |= {
                name
                for target in targets
                if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign)
                and isinstance(target, ast.Attribute)
                and target.attr == "status"
                and not (isinstance(target.value, ast.Name) and target.value.id == "self")
            }
    return found


def test_only_the_writers_of_the_two_tables_assign_a_status() -> None:
    assert status_writers() == set(WRITES_STATUS)
    assert files_that_call(".setattr") <= set(SETS_ATTRIBUTES)


def test_no_statement_updates_a_status_past_the_tables() -> None:
    texts = {
        name: node.value
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.search(r"UPDATE (cases|referrals) SET[^;]*\bstatus\b *=", node.value)
    }
    assert texts == {}


def test_every_session_ends_before_the_answer_leaves() -> None:
    """With FastAPI's own scope the commit would come after the 201."""
    wrong = []
    for name, tree in TREES.items():
        yielding = {
            node.name
            for node in ast.walk(tree)
            if isinstance(node, ast.AsyncFunctionDef)
            and any(isinstance(inner, ast.Yield) for inner in ast.walk(node))
        }
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Depends" and node.args):
                continue
            given = {word.arg: getattr(word.value, "value", None) for word in node.keywords}
            if getattr(node.args[0], "id", "") in yielding and given.get("scope") != "function":
                wrong.append(f"{name}:{node.lineno}")
    assert wrong == []


ATTRIBUTES = {
    name
    for path, tree in TREES.items()
    if path != "app/settings.py"
    for node in ast.walk(tree)
    if isinstance(node, ast.Attribute)
    for name in (node.attr,)
}


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_read_and_told(name: str) -> None:
    told = "\n".join(path.read_text("utf-8") for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
    assert name in ATTRIBUTES
    assert f"PUSKESOS_{name.upper()}" in told


@pytest.mark.parametrize("kind", sorted(EVENTS))
def test_every_event_has_words_in_both_languages(kind: str) -> None:
    label = EVENTS[kind].label
    assert label.id.strip()
    assert label.en.strip()
    assert label.id != label.en


def test_nothing_is_imported_inside_a_function() -> None:
    lazily = {"app/cli/__init__.py": "a command loads only what it needs"}
    found = {
        name
        for name, tree in TREES.items()
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(outer)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert found <= set(lazily)


def test_the_import_contracts_hold() -> None:
    told = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout
