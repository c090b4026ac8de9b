"""The codes that a form offers, in the reader's language."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from app.console.step_forms import OWN_SETS
from app.console.visit import Visit

_HOLD: Final = timedelta(minutes=1)
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
        found[name] = [(one["code"], one["label"][lang]) for one in await _codes(visit, name)]
    return found


async def _codes(visit: Visit, name: str) -> list[Any]:
    """Return the codes of a set, as the API told them a minute ago at most."""
    now, held = visit.house.now(), visit.house.codes.get(name)
    if held is not None and abs(now - held[0]) < _HOLD:
        return held[1]
    known = await visit.sitting.read("/v1/codes", set=name)
    codes = [one for group in (known["items"] if known else []) for one in group["codes"]]
    visit.house.codes[name] = (now, codes)
    return codes
