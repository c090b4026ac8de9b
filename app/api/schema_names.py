"""Names of schemas in the OpenAPI document that a generated client can wear.

FastAPI names two models of one name by their whole modules, and tells what is sent from what is answered by a
hyphen; generators drop such a model, or name it by its title and then clash.
"""

import re
from collections import Counter
from typing import Any, Final

_REF: Final = "#/components/schemas/"
_NOT_TELLING: Final = frozenset({"app", "api", "schemas", "domain", "services"})
"""Folders of ours that say nothing of what a schema is."""


def rename_schemas(document: dict[str, Any]) -> dict[str, Any]:
    """Return *document* with a name of letters and digits for each schema, and each title the same."""
    schemas: dict[str, Any] = document["components"]["schemas"]
    names = _names(schemas)
    bare = {**document, "components": {**document["components"], "schemas": None}}
    renamed: dict[str, Any] = _refer(bare, names)
    renamed["components"]["schemas"] = dict(
        sorted(
            (names[old], {**_refer(schema, names), "title": names[old]}) for old, schema in schemas.items()
        )
    )
    return renamed


def _names(schemas: dict[str, Any]) -> dict[str, str]:
    """Return the new name of each: from the right, as many of its modules as tell it from all others."""
    names: dict[str, str] = {}
    left, words = list(schemas), 0
    while left:
        tried = {old: _name(old, words) for old in left}
        times = Counter([*tried.values(), *names.values()])
        names |= {old: name for old, name in tried.items() if times[name] == 1}
        if words > 1 and tried == {old: _name(old, words - 1) for old in left}:
            raise ValueError(f"Schemas of one name: {left}.")
        left, words = [old for old in left if old not in names], words + 1
    return names


def _name(old: str, words: int) -> str:
    """Return ``RoutingModelState`` for two words of ``app__domain__routing__model__State-Output``.

    What FastAPI named by its modules takes one word at least: the bare name is nobody's.
    """
    *modules, name = old.split("__")
    telling = [one for one in modules if one not in _NOT_TELLING]
    taken = telling[max(0, len(telling) - max(words, 1)) :]
    return "".join(map(_camel, [*taken, name]))


def _camel(word: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", word))


def _refer(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_refer(one, names) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _REF + names[one.removeprefix(_REF)]
        if name == "$ref" and isinstance(one, str) and one.startswith(_REF)
        else _refer(one, names)
        for name, one in value.items()
    }
