"""The papers of a meeting: its invitation, its minutes, and the statement in its place, as blocks of a page.

A block is a paragraph or a table, so that one layout serves print and screen. What is hashed is the whole
official content; the published form shows it with masked numbers.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from app.domain.identity import mask

Block = Mapping[str, Any]
TITLES: Final = {
    "musdes": "Berita Acara Musyawarah Desa",
    "muskel": "Berita Acara Musyawarah Kelurahan",
    "sptjm": "Surat Pernyataan Tanggung Jawab Mutlak",
}
INVITATION: Final = "Undangan Musyawarah"
_DECIDED: Final = {"LAYAK": "Layak", "TIDAK_LAYAK": "Tidak layak", "PERLU_SURVEI": "Perlu survei"}


class Match(StrEnum):
    """What a hash is found to be; the set ``minutes_match``."""

    CONTENT = "content"
    SIGNED_ORIGINAL = "signed_original"
    SIGNED_COPY = "signed_copy"
    """The file as the service keeps and gives it."""
    NONE = "none"


def invitation(content: Mapping[str, Any]) -> list[Block]:
    """Return the blocks of an invitation. Its agenda counts the candidates and names none of them."""
    rows = [[str(n), words] for n, words in enumerate(content["agenda"], 1)]
    return [
        _text("Dengan hormat, kami mengundang Bapak/Ibu untuk menghadiri musyawarah pada:"),
        _table(("Hari, tanggal", "Pukul", "Tempat"), [[content["day"], content["time"], content["place"]]]),
        _text("Acara:"),
        _table(("No.", "Acara"), rows),
        _text("Peserta yang diundang: " + ", ".join(content["roles"]) + "."),
        _text("Warga yang namanya dibahas, atau keluarganya, tidak ikut memutuskan tentang dirinya."),
    ]


def minutes(content: Mapping[str, Any], *, official: bool) -> list[Block]:
    """Return the blocks of the minutes; without *official* the numbers of persons are masked."""
    blocks = [_text(words) for words in _opening(content)]
    if content["attendees"]:
        blocks += [
            _text("Yang hadir:"),
            _table(
                ("No.", "Nama", "Unsur"),
                [[str(n), *row] for n, row in enumerate(content["attendees"], 1)],
            ),
        ]
    if content["candidates"]:
        blocks += [
            _text("Keputusan:"),
            _table(
                ("No.", "Urutan", "Nama", "NIK", "Alamat", "Keputusan", "Alasan"),
                [_candidate(one, official=official) for one in content["candidates"]],
            ),
        ]
    else:
        blocks.append(_text("Musyawarah tidak mengambil keputusan karena kuorum tidak tercapai."))
    left_out = [one for one in content["candidates"] if one["excluded"]]
    if left_out:
        blocks.append(_text(_excluded(left_out)))
    return blocks


def _opening(content: Mapping[str, Any]) -> Sequence[str]:
    if content["kind"] == "sptjm":
        head = f"{content['signatory']['title']} {content['village']}"
        words = f"Yang bertanda tangan di bawah ini, {head}, bertanggung jawab mutlak atas usulan berikut."
        return (words,)
    quorum = content["quorum"]
    met = "memenuhi kuorum" if quorum["reached"] else "tidak memenuhi kuorum"
    first = (
        f"Pada {content['day']} pukul {content['time']} di {content['place']} telah diadakan musyawarah "
        f"{content['village']}, dihadiri {quorum['present']} orang ({met}; paling sedikit {quorum['least']})."
    )
    if content["addendum_to"]:
        return (
            first,
            f"Berita acara ini menambah berita acara {content['addendum_to']} sesudah sanggahan diterima.",
        )
    return (first,)


def _candidate(one: Mapping[str, Any], *, official: bool) -> list[str]:
    nik = one["nik"] or ""
    where = [
        one["address"] or "",
        *(f"{name} {one[key]}" for name, key in (("RT", "rt"), ("RW", "rw")) if one[key]),
    ]
    return [
        str(one["n"]),
        str(one["rank"] or "-"),
        one["name"] or "-",
        (nik if official else mask(nik)) if nik else "-",
        ", ".join(part for part in where if part) or "-",
        _DECIDED.get(one["decision"], one["decision"]),
        one["reason"] if official else "-",
    ]


def _excluded(candidates: Sequence[Mapping[str, Any]]) -> str:
    parts = [f"nomor {one['n']} tanpa {one['excluded']} orang" for one in candidates]
    return "Karena benturan kepentingan diputuskan: " + "; ".join(parts) + "."


def _text(words: str) -> Block:
    return {"text": words}


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Block:
    return {"table": {"head": list(head), "rows": [list(row) for row in rows]}}
