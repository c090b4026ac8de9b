"""The copy of a person's data on paper: one table per kind, in words."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.api.presenters.words import said
from app.api.reading import Reading
from app.domain.documents import Words
from app.domain.sla import instant_in_words

_FOLDER: Final = Path(__file__).parent / "pages"
_PAGES: Final = Environment(
    loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
_STYLE: Final = (_FOLDER / "copy.css").read_text("utf-8")
_DIGEST: Final = b64encode(sha256(_STYLE.encode()).digest()).decode()
COPY_HEADERS: Final = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_DIGEST}'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
    "Vary": "Accept",
    "Cache-Control": "no-store",
}
_TITLES: Final = {
    "person": Words("Data diri", "Who you are"),
    "identifiers": Words("Nomor lain", "Other numbers"),
    "cases": Words("Kasus", "Cases"),
    "referrals": Words("Rujukan", "Referrals"),
    "assistance": Words("Bantuan", "Aid"),
    "registry": Words("Data terpadu", "The registry"),
    "visits": Words("Kunjungan", "Visits"),
    "households": Words("Keluarga", "Household"),
    "messages": Words("Pesan yang dikirim", "Messages sent"),
    "requests": Words("Permintaan hak data", "Data requests"),
    "looks": Words("Siapa yang melihat data Anda", "Who looked at your data"),
}


def copy_html(reading: Reading, regency: str, sections: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    lang, zone = reading.lang, reading.known.zone(regency)

    def told(value: Any) -> str:
        match value:
            case None | [] | {}:
                return "-"
            case datetime():
                return instant_in_words(value, zone, lang)
            case date():
                return value.isoformat()
            case dict():
                return "; ".join(f"{name}: {told(one)}" for name, one in value.items())
            case list():
                return ", ".join(told(one) for one in value)
            case _:
                return str(value)

    parts = [
        (said(_TITLES[name], lang), [[(key, told(one)) for key, one in row.items()] for row in rows])
        for name, rows in sections.items()
    ]
    made = instant_in_words(reading.now, zone, lang)
    page = _PAGES.get_template("copy.html")
    return page.render(lang=lang, parts=parts, made=made, style=_STYLE, english=lang == "en")
