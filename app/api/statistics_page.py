"""The page of published statistics, drawn on the server: tables in plain words, printed well."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from app.api.drawn_pages import PAGES, policy_of, style_of
from app.api.language import Language
from app.api.schemas.statistics import StatisticsBrief, StatisticsOut
from app.domain.documents import Words
from app.domain.ids import NATION
from app.domain.knowledge import Knowledge
from app.domain.sla import instant_in_words
from app.domain.sla.words import MONTHS

_STYLE: Final = style_of("statistics")
PAGE_HEADERS: Final = {
    **policy_of(_STYLE),
    "Vary": "Accept-Language",
}
_WORDS: Final = {
    "statistics": Words("Statistik Puskesos", "Puskesos statistics"),
    "other_language": Words("English", "Bahasa Indonesia"),
    "intro": Words(
        "Angka bulanan yang boleh dilihat siapa saja. Pilih wilayah, lalu bulannya.",
        "Monthly figures that anybody may see. Choose a place, then a month.",
    ),
    "none": Words("Belum ada yang diumumkan.", "Nothing is published yet."),
    "absent": Words("Tidak ada statistik di sini", "No statistics here"),
    "absent_help": Words(
        "Wilayah atau bulan ini belum diumumkan, atau alamatnya salah ketik.",
        "This place or month is not published yet, or the address is mistyped.",
    ),
    "all": Words("Semua statistik", "All statistics"),
    "months": Words("Semua bulan wilayah ini", "All months of this place"),
    "whole": Words("Seluruh Indonesia", "All of Indonesia"),
    "cases": Words("Kasus yang dibuka", "Cases opened"),
    "total": Words("Jumlah", "Total"),
    "fewer": Words("kurang dari", "fewer than"),
    "by_district": Words("Menurut kecamatan", "By district"),
    "district": Words("Kecamatan", "District"),
    "number": Words("Kasus", "Cases"),
    "by": Words("Menurut kecamatan dan", "By district and"),
    "withheld": Words(
        "Tidak diumumkan: sel kecilnya tidak dapat disamarkan.",
        "Not published: its small cells could not be hidden.",
    ),
    "hidden": Words("sel kosong", "empty cell"),
    "definition": Words("Apa yang dihitung", "What is counted"),
    "as_of": Words("Keadaan data", "Data as of"),
    "smallest": Words(
        "Kelompok yang lebih kecil dari jumlah ini tidak dapat dikenali",
        "No group of fewer than this can be told apart",
    ),
    "csv": Words("Unduh sebagai CSV", "Download as CSV"),
    "regency": Words("Wilayah", "Place"),
    "month": Words("Bulan", "Month"),
}


@dataclass(frozen=True, slots=True)
class Listing:
    """What there is to choose from below a place: months of a regency, or places with their latest month."""

    place: str
    months: Sequence[StatisticsBrief] = ()
    latest: Mapping[str, str] = field(default_factory=dict)


def month_page(known: Knowledge, lang: Language, shown: StatisticsOut) -> str:
    told = month_in_words(shown.month, lang)
    here = f"/statistik/{shown.regency}/{shown.month}"
    as_of = instant_in_words(shown.published_at, known.zone(shown.regency), lang)
    more = {
        "shown": shown,
        "month": told,
        "as_of": as_of,
        "csv": f"/v1/statistics/{shown.regency}/{shown.month}/file",
    }
    return _drawn("month", lang, here, f"{shown.name}, {told}", more)


def list_page(known: Knowledge, lang: Language, listing: Listing) -> str:
    here = f"/statistik?wilayah={listing.place}"
    words = _words(lang)
    is_nation = listing.place == NATION
    more = {
        "choices": _choices(known, lang, listing),
        "is_nation": is_nation,
        "column": words["month"] if listing.months else words["regency"],
    }
    name = words["statistics"] if is_nation else known.regions.get(listing.place, listing.place)
    return _drawn("list", lang, here, name, more)


def absent_page(lang: Language) -> str:
    return _drawn("absent", lang, "/statistik", _words(lang)["absent"], {})


def month_in_words(month: str, lang: Language) -> str:
    """Return ``2026-10`` as people say it."""
    year, _, number = month.partition("-")
    return f"{MONTHS[lang][int(number) - 1]} {year}"


def _choices(known: Knowledge, lang: Language, listing: Listing) -> list[tuple[str, str, str]]:
    """Return address, words and what stands beside them; provinces only where there are several."""
    if listing.months or not listing.latest:
        return [
            (f"/statistik/{one.regency}/{one.month}", month_in_words(one.month, lang), "")
            for one in listing.months
        ]
    provinces = {code[:2] for code in listing.latest}
    if listing.place == NATION and len(provinces) > 1:
        return [(_list(code), known.regions.get(code, code), "") for code in sorted(provinces)]
    return [
        (_list(code), known.regions.get(code, code), month_in_words(month, lang))
        for code, month in sorted(listing.latest.items())
    ]


def _list(place: str) -> str:
    return f"/statistik?wilayah={place}"


def _words(lang: Language) -> Mapping[str, str]:
    return {name: one.en if lang == "en" else one.id for name, one in _WORDS.items()}


def _drawn(kind: str, lang: Language, here: str, title: str, more: Mapping[str, Any]) -> str:
    other = "id" if lang == "en" else "en"
    return PAGES.get_template(f"statistics_{kind}.html").render(
        w=_words(lang),
        lang=lang,
        other=other,
        other_href=_in(here, other),
        at=lambda page: _in(page, lang),
        title=title,
        style=_STYLE,
        **more,
    )


def _in(page: str, lang: str) -> str:
    return f"{page}{'&' if '?' in page else '?'}lang={lang}"
