"""The OpenAPI document makes a client that type-checks and works.

Of the document only what desks use is generated, by tag: all of it would take minutes of type-checking with
every commit. ``PUSKESOS_PROOF=long`` takes the whole.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.proof import LONG

ROOT = Path(__file__).resolve().parents[2]
TAGS: Final = {"cases", "sync", "codes", "regions", "events"}
CALLS: Final = '''
"""A handful of calls, as an integrator writes them."""

from puskesos_api import AuthenticatedClient
from puskesos_api.api.access import get_me
from puskesos_api.api.cases import list_cases, open_case
from puskesos_api.models import CaseIn, PlaceIn, SubjectIn


def work(url: str, token: str) -> str:
    with AuthenticatedClient(base_url=url, token=token) as client:
        return client.base_url
'''
pytestmark = pytest.mark.commits


def used(document: dict[str, Any]) -> dict[str, Any]:
    """Keep the operations of some tags, and the schemas that they need."""
    paths = {
        path: {method: one for method, one in operations.items() if LONG or TAGS & set(one["tags"])}
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
