"""How a page is drawn: templates, the two languages side by side, and what a browser may do with it."""

import re
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"
KINDS: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": "text/plain"}
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "connect-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    ),
    # After signing out, the back button shows nothing.
    "Cache-Control": "no-store",
    "Vary": "Cookie, HX-Request",
}
ZONES: Final = {"WIB": 7, "WITA": 8, "WIT": 9}
_MONTHS: Final = {
    "id": ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
_LABEL: Final = re.compile(r"[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
"""Marks that turn the direction of text: they would let a name pose as another."""


@lru_cache
def asset(name: str) -> str:
    """Return the address of one of our files; it changes with the content: browsers keep it for good."""
    digest = sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/konsol/aset/{digest}/{name}"


def integrity(name: str) -> str:
    return "sha256-" + b64encode(sha256((STATIC / name).read_bytes()).digest()).decode()


class Pages:
    """Draws templates in one language."""

    def __init__(self) -> None:
        self._env = Environment(
            loader=FileSystemLoader(HERE / "pages"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._env.globals.update(asset=asset, integrity=integrity)
        self._env.filters.update(rupiah=rupiah, shown=shown)

    def drawn(self, name: str, lang: str, zone: str, values: Mapping[str, Any]) -> str:
        def say(indonesian: str, english: str) -> str:
            return english if lang == "en" else indonesian

        def day(value: str | None) -> str:
            return day_in_words(value, lang, zone)

        def instant(value: str | None) -> str:
            return instant_in_words(value, lang, zone)

        def lasting(value: str | None, now: str) -> str:
            return since_in_words(value, now, lang)

        def local_now() -> str:
            return _local(str(values["now"]), zone).strftime("%Y-%m-%dT%H:%M:%S")

        words = {
            "local_now": local_now,
            "say": say,
            "day": day,
            "instant": instant,
            "lasting": lasting,
            "lang": lang,
            "zone": zone,
        }
        return self._env.get_template(name).render({**words, **values})


def page(html: str, status: int = 200, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    return HTMLResponse(html, status, headers={**HEADERS, **(headers or {})})


def shown(value: object) -> str:
    """Return text that people typed, without marks that turn its direction."""
    return _LABEL.sub("", str(value or ""))


def rupiah(amount: int | None) -> str:
    return "" if amount is None else f"Rp{amount:,}".replace(",", ".")


def day_in_words(value: str | None, lang: str, zone: str) -> str:
    if not value:
        return ""
    at = date.fromisoformat(value) if len(value) == len("2026-11-25") else _local(value, zone).date()
    return f"{at.day} {_MONTHS[lang][at.month - 1]} {at.year}"


def instant_in_words(value: str | None, lang: str, zone: str) -> str:
    if not value:
        return ""
    at = _local(value, zone)
    return f"{day_in_words(at.date().isoformat(), lang, zone)}, {at:%H.%M} {zone}"


def since_in_words(value: str | None, now: str, lang: str) -> str:
    """Say how long ago, or how far ahead, in the largest unit that fits."""
    if not value:
        return ""
    gap = datetime.fromisoformat(now) - datetime.fromisoformat(value)
    ahead = gap < timedelta()
    seconds = abs(gap.total_seconds())
    for size, indonesian, english in ((86400, "hari", "d"), (3600, "jam", "h"), (60, "menit", "min")):
        if seconds >= size:
            n = int(seconds // size)
            said = f"{n} {english}" if lang == "en" else f"{n} {indonesian}"
            break
    else:
        return "now" if lang == "en" else "baru saja"
    if ahead:
        return f"in {said}" if lang == "en" else f"{said} lagi"
    return f"{said} ago" if lang == "en" else f"{said} lalu"


def _local(value: str, zone: str) -> datetime:
    at = datetime.fromisoformat(value)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(
        timezone(timedelta(hours=ZONES.get(zone, 7)))
    )
