"""The data that the wheel carries, read once."""

import json
import lzma
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parents[2] / "app" / "data"


def _read(name: str) -> Any:
    return json.loads((DATA / f"{name}.json").read_text("utf-8"))


@pytest.fixture(scope="session")
def data_folder() -> Path:
    return DATA


@pytest.fixture(scope="session")
def regions() -> dict[str, str]:
    text = lzma.decompress((DATA / "regions" / "regions.tsv.xz").read_bytes()).decode("utf-8")
    return dict(line.split("\t") for line in text.splitlines())


@pytest.fixture(scope="session")
def codes() -> dict[str, dict[str, dict[str, Any]]]:
    return {one["set"]: {row["code"]: row for row in one["codes"]} for one in _read("codes")["sets"]}


@pytest.fixture(scope="session")
def agencies() -> dict[str, dict[str, Any]]:
    return {one["code"]: one for one in _read("agencies")}


@pytest.fixture(scope="session")
def programs() -> dict[str, dict[str, Any]]:
    return {one["code"]: one for one in _read("programs")}


@pytest.fixture(scope="session")
def places() -> dict[str, dict[str, Any]]:
    return {one["region"]: one for one in _read("places")["places"]}


@pytest.fixture(scope="session")
def above() -> list[dict[str, Any]]:
    """The pseudo-tenants: provinces and the nation."""
    found: list[dict[str, Any]] = _read("places")["above"]
    return found


@pytest.fixture(scope="session")
def policies() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = _read("policies")
    return found


@pytest.fixture(scope="session")
def sources() -> dict[str, str]:
    return {one["key"]: one["text"] for one in _read("sources")["sources"]}
