"""The client's README, block by block, against the service."""

import ast
import re
from inspect import isawaitable
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from app.api.deps import House
from tests.support.listening import listening
from tests.support.working import working

README = Path(__file__).resolve().parents[2] / "clients" / "python" / "README.md"
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
pytestmark = pytest.mark.commits


def blocks() -> list[CodeType]:
    found = BLOCK.findall(README.read_text("utf-8"))
    return [
        compile(text, f"README block {n}", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        for n, text in enumerate(found, 1)
    ]


async def test_every_block_works_in_its_order(
    fresh_house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    async with listening(fresh_house) as address, working(fresh_house, tmp_path / "worker"):
        monkeypatch.setenv("API", address)
        for code in blocks():
            done = eval(code, names)  # noqa: S307  # the README's own lines
            if isawaitable(done):
                await done
    said = capsys.readouterr().out
    for told in ("Norhayati", "/category", "'applied': 3", "('priority', 'DARURAT', 'MENDESAK')", "applied"):
        assert told in said, said
