"""Conditions of a rule as a tree of JSON, changed one at a time; whether it is sound is the API's to say."""

from copy import deepcopy
from typing import Any, Final

from app.console.fields import is_number

GROUPS: Final = ("all", "any", "none")
ROOT: Final = "/criteria"


def added(tree: Any, pointer: str, leaf: dict[str, Any], group: str = "") -> Any:
    """Return *tree* with *leaf* in the group at *pointer*, within a new *group* if one is named."""
    new: Any = {group: [leaf]} if group in GROUPS else leaf
    if not tree:
        return new if group in GROUPS else {"all": [leaf]}
    made = deepcopy(tree)
    place = _at(made, pointer)
    if isinstance(place, list):
        place.append(new)
        return made
    return {"all": [made, new]}


def removed(tree: Any, pointer: str) -> Any:
    """Return *tree* without what stands at *pointer*; a group that it leaves empty goes too."""
    made = deepcopy(tree)
    steps = _steps(pointer)
    if len(steps) < 2 or not steps[-1].isdecimal():  # noqa: PLR2004  # group and place
        return made
    siblings = _at(made, ROOT + "".join(f"/{one}" for one in steps[:-1]))
    if isinstance(siblings, list) and int(steps[-1]) < len(siblings):
        siblings.pop(int(steps[-1]))
        above = steps[:-2]
        if not siblings and above:
            return removed(made, ROOT + "".join(f"/{one}" for one in above))
    return made


def groups(tree: Any, pointer: str = ROOT) -> list[tuple[str, str]]:
    """Return pointer and name of each group of *tree*, outermost first."""
    found: list[tuple[str, str]] = []
    if isinstance(tree, dict):
        for name in GROUPS:
            if isinstance(tree.get(name), list):
                found.append((f"{pointer}/{name}", name))
                for n, one in enumerate(tree[name]):
                    found += groups(one, f"{pointer}/{name}/{n}")
    return found


def value_of(takes: str, texts: list[str]) -> Any:
    """Return what was typed or chosen as the value that an operator takes."""
    parts = [part for text in texts for part in text.replace(",", " ").split()]
    values = [_value(one) for one in parts]
    if takes == "one":
        return values[0] if values else ""
    return values


def _value(text: str) -> Any:
    if text in {"true", "false"}:
        return text == "true"
    return int(text) if is_number(text) else text


def _steps(pointer: str) -> list[str]:
    return pointer.removeprefix(ROOT).strip("/").split("/")


def _at(tree: Any, pointer: str) -> Any:
    place = tree
    for step in [one for one in _steps(pointer) if one]:
        if isinstance(place, dict):
            place = place.get(step)
        elif isinstance(place, list) and is_number(step) and int(step) < len(place):
            place = place[int(step)]
        else:
            return None
    return place
