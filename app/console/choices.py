"""The codes that a form offers, in the reader's language."""

from collections.abc import Iterable
from typing import Any

from app.console.step_forms import OWN_SETS
from app.console.visit import Visit

Choices = dict[str, list[tuple[str, str]]]


async def choices_of(visit: Visit, names: Iterable[str]) -> Choices:
    """Return code and words of each set of *names*."""
    lang = visit.sitting.lang
    found: Choices = {}
    for name in sorted(set(names)):
        own = OWN_SETS.get(name)
        if own is not None:
            found[name] = [(code, en if lang == "en" else indonesian) for code, indonesian, en in own]
            continue
        known = await visit.sitting.read("/v1/codes", set=name)
        items: list[Any] = known["items"] if known else []
        found[name] = [(one["code"], one["label"][lang]) for group in items for one in group["codes"]]
    return found
