"""What a form asks for, and how what was typed becomes the body that a route takes.

A field says how it is drawn and how it is read; whether it is right is the API's to say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any, Final

from starlette.datastructures import FormData

Words = tuple[str, str]
_DIGITS: Final = 15
_HOURS: Final = {"WIB": 7, "WITA": 8, "WIT": 9}


class Kind(StrEnum):
    LINE = "line"
    TEXT = "text"
    SECRET = "secret"  # noqa: S105  # the name of a kind of field
    """A password: taken as it was typed, and never shown again."""
    CHOICE = "choice"
    """One code of a set."""
    MANY = "many"
    """Codes of a set."""
    DAY = "day"
    INSTANT = "instant"
    NUMBER = "number"
    FLAG = "flag"
    LIST = "list"
    """Codes, each on a line of its own or after a comma; left empty it is the empty list."""
    PROGRAMS = "programs"
    """Programmes that the routing ranked, and others by their code."""


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    """Where it stands in the body, with dots between the steps: ``told.method``."""
    kind: Kind
    label: Words
    of: str = ""
    """The code set of a choice."""
    needed: bool = False
    hint: Words = ("", "")
    now: bool = False
    """Filled in with this moment."""


Form = Sequence[Field]


def body_of(form: Form, typed: FormData, zone: str) -> dict[str, Any]:
    """Return the body that the fields of *form* make; what was left empty is not in it."""
    body: dict[str, Any] = {}
    for field in form:
        value = _value(field, typed, zone)
        if value is None:
            continue
        place = body
        *steps, last = field.name.split(".")
        for step in steps:
            place = place.setdefault(step, {})
        place[last] = value
    return _without_stubs(body, form)


def kept(typed: FormData) -> dict[str, list[str]]:
    """Return what was typed, to be shown again beside what was wrong with it."""
    return {name: [str(one) for one in typed.getlist(name)] for name in typed}


def _value(field: Field, typed: FormData, zone: str) -> Any:
    if field.kind is Kind.SECRET:
        return str(typed.get(field.name) or "") or None
    texts = [str(one).strip() for one in typed.getlist(field.name)]
    texts = [one for one in texts if one]
    if field.kind is Kind.FLAG:
        return True if texts else None
    if field.kind is Kind.MANY:
        return texts or ([] if field.needed else None)
    if field.kind is Kind.PROGRAMS:
        return _programs(field, texts, typed)
    if field.kind is Kind.LIST:
        return " ".join(texts).replace(",", " ").split()
    return _single(field.kind, texts[0], zone) if texts else None


def _single(kind: Kind, text: str, zone: str) -> int | str:
    if kind is Kind.NUMBER:
        return _number(text)
    return _instant(text, zone) if kind is Kind.INSTANT else text.replace("\r\n", "\n")


def _programs(field: Field, texts: Sequence[str], typed: FormData) -> Any:
    others = str(typed.get(f"{field.name}.other") or "").replace(",", " ").split()
    codes = list(dict.fromkeys([*texts, *others]))
    if field.of == "plain":
        return codes or None
    purpose = str(typed.get(f"{field.name}.purpose") or "AID")
    return [{"program": code, "purpose": purpose} for code in codes]


def _number(text: str) -> int | str:
    plain = text.replace(".", "").replace(" ", "").removeprefix("Rp")
    return int(plain) if is_number(plain) else text


def is_number(text: str) -> bool:
    """Whether *text* is digits, and not so many that no column holds the number."""
    return text.isdecimal() and text.isascii() and len(text) <= _DIGITS


def _instant(text: str, zone: str) -> str:
    try:
        at = datetime.fromisoformat(text)
        place = timezone(timedelta(hours=_HOURS.get(zone, 7)))
        return (at if at.tzinfo else at.replace(tzinfo=place)).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return text


def _without_stubs(body: dict[str, Any], form: Form) -> dict[str, Any]:
    """Leave out an optional group of which only what was filled in beforehand is there."""
    for name in {one.name.partition(".")[0] for one in form if "." in one.name}:
        group = [one for one in form if one.name.startswith(f"{name}.")]
        given = body.get(name)
        if given is not None and not any(one.name.partition(".")[2] in given for one in group if not one.now):
            del body[name]
    return body
