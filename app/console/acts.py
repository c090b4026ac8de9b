"""Forms of the office's pages: one form is one request, and a refusal is shown where it was typed."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.datastructures import FormData
from starlette.responses import Response

from app.console.asking import Sending, Told
from app.console.fields import Form, Kind, body_of, kept
from app.console.visit import Visit


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the API said no to, and what had been typed; of nothing by default."""

    problem: Mapping[str, Any] | None = None
    at: str = ""
    """Which form of the page."""
    typed: Mapping[str, list[str]] = field(default_factory=dict)
    status: int = 200

    @property
    def shown(self) -> dict[str, Any]:
        """What a page needs to draw it."""
        return {"problem": self.problem, "at": self.at, "kept": self.typed}


NO_REFUSAL: Final = Refusal()
Show = Callable[[Visit, Refusal], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Act:
    """What a form does: which request it is, and where it leads."""

    at: str
    path: str
    form: Form = ()
    to: str = ""
    """The page afterwards; empty is the page that the form stands on."""
    method: str = "POST"
    more: Mapping[str, Any] = field(default_factory=dict)
    """What else stands in the body."""


async def act(visit: Visit, show: Show, asked: Act) -> Response:
    """Send the form; lead on, or show the page again with what was wrong."""
    typed = await visit.form()
    told = await sent(visit, asked, typed)
    if told.fine:
        to, _, query = asked.to.partition("?")
        return visit.lead(to, **dict(parse_qsl(query)), ok=asked.at)
    return await show(visit, refusal(told, asked.at, typed))


async def sent(visit: Visit, asked: Act, typed: FormData) -> Told:
    body = {**body_of(asked.form, typed, visit.zone), **asked.more}
    key, etag = str(typed.get("sekali") or ""), str(typed.get("etag") or "")
    return await visit.sitting.ask(asked.method, asked.path, Sending(json=body, key=key, etag=etag))


def refusal(told: Told, at: str, typed: FormData) -> Refusal:
    return Refusal(told.body or {}, at, kept(typed), told.status)


def known(form: Form, thing: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what stands in *thing* as the fields of *form* would have been filled in with it."""
    filled: dict[str, list[str]] = {}
    for one in form:
        value: Any = thing
        for step in one.name.split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
        if isinstance(value, Mapping):
            value = value.get("code")
        if value is None or value is False:
            continue
        values = [str(each) for each in value] if isinstance(value, list) else [_as_typed(value)]
        filled[one.name] = [", ".join(values)] if one.kind is Kind.LIST else values
    return filled


def _as_typed(value: object) -> str:
    return "true" if value is True else str(value)
