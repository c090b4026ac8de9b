"""Letters on paper: one page laid out twice, as HTML for the browser's printer and as PDF.

The HTML carries its style inside and names it in its policy by its hash, so that it can be shown from a file
or a frame and still runs nothing.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from app.api.drawn_pages import PAGES, policy_of, style_of
from app.api.presenters.letters import STAMPS, verify_url
from app.api.schemas.letters import VerifiedOut
from app.domain.letters import LetterState, day_in_words
from app.integrations.qr import qr_svg
from app.services.letters import Read

_STYLES: Final = {name: style_of(name) for name in ("letter", "verify")}
LETTER_HEADERS: Final = policy_of(_STYLES["letter"])
VERIFY_HEADERS: Final = {**policy_of(_STYLES["verify"]), "Vary": "Accept"}


def printed(read: Read, base: str) -> dict[str, Any]:
    """Return everything that stands on the page, as texts; the same letter and *base* give the same."""
    letter, content = read.letter, read.content
    signed = "number" in content
    url = verify_url(base, letter.code)
    return {
        "title": content["title"],
        "letterhead": content["letterhead"],
        "addressee": content["addressee"],
        "attachments": content["attachments"] or "-",
        "paragraphs": content["paragraphs"],
        "identity": content["identity"],
        "city": content["city"],
        "stamp": STAMPS.get(LetterState(letter.state)),
        "number": content["number"] if signed else "—",
        "date": _day(content["date"]) if signed else "",
        "valid_until": _day(content["valid_until"]) if signed else "",
        "signatory": content["signatory"] if signed else {"name": "", "title": ""},
        "code": letter.code if signed else "",
        "url": url if signed else "",
        "qr": qr_svg(url) if signed else "",
    }


def _day(text: str) -> str:
    return day_in_words(date.fromisoformat(text))


def letter_html(page: Mapping[str, Any]) -> str:
    return PAGES.get_template("letter.html").render(**page, style=_STYLES["letter"])


def verify_html(found: VerifiedOut) -> str:
    days = {
        name: day_in_words(day) if day else None
        for name, day in (("signed_on", found.signed_on), ("valid_until", found.valid_until))
    }
    return PAGES.get_template("verify.html").render(found=found, days=days, style=_STYLES["verify"])


def wants_html(accept: str) -> bool:
    """Tell whether a browser asks: it names HTML, and a program does not."""
    return any(part.partition(";")[0].strip().lower() == "text/html" for part in accept.split(","))
