"""The copy of a person's data on paper: one table per kind, in words."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from app.api.drawn_pages import PAGES, policy_of, style_of
from app.api.presenters.words import said
from app.api.reading import Reading
from app.domain.documents import Words
from app.domain.sla import instant_in_words

_STYLE: Final = style_of("copy")
COPY_HEADERS: Final = {
    **policy_of(_STYLE),
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
    page = PAGES.get_template("copy.html")
    return page.render(lang=lang, parts=parts, made=made, style=_STYLE, english=lang == "en")
