"""Which charts the parts of the figures hold, and what each of them asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.console.fields import Words


@dataclass(frozen=True, slots=True)
class Chart:
    name: str
    title: Words
    form: str
    """``columns`` by month, ``bars`` by value, ``side`` by side, ``hours``, or ``stars``: the mean rating."""
    asks: Mapping[str, Any]
    """The question, without period and region."""


@dataclass(frozen=True, slots=True)
class Part:
    title: Words
    charts: tuple[Chart, ...]


def _by(measure: str, by: str, top: int = 10) -> dict[str, Any]:
    return {"measures": [measure], "by": by, "top": top}


PARTS: Final[Mapping[str, Part]] = {
    "alur": Part(
        ("Alur kasus", "Flow of cases"),
        (
            Chart(
                "masuk-selesai",
                ("Masuk dan selesai per bulan", "Opened and resolved by month"),
                "columns",
                {"measures": ["opened", "resolved"], "grain": "month"},
            ),
            Chart(
                "waktu",
                ("Berapa lama", "How long it took"),
                "hours",
                {
                    "measures": [
                        "hours_to_respond",
                        "hours_to_verify",
                        "hours_to_refer",
                        "hours_to_accept",
                        "hours_to_resolve",
                    ]
                },
            ),
            Chart(
                "kata-warga",
                ("Kata warga tentang penyelesaiannya", "What residents said of it"),
                "side",
                {"measures": ["closed_confirmed", "closed_unconfirmed", "disputed", "reopened", "bounced"]},
            ),
            Chart("hasil", ("Hasil", "Outcomes"), "bars", _by("resolved", "outcome")),
            Chart(
                "program", ("Program yang diminta", "Programmes asked for"), "bars", _by("opened", "program")
            ),
        ),
    ),
    "rujukan": Part(
        ("Rujukan", "Referrals"),
        (
            Chart(
                "jawaban",
                ("Dirujuk dan dijawab", "Sent and answered"),
                "side",
                {"measures": ["referred", "accepted", "fulfilled", "refused", "expired"]},
            ),
            Chart(
                "kirim-penuh",
                ("Dikirim dan terpenuhi per bulan", "Sent and fulfilled by month"),
                "columns",
                {"measures": ["referred", "fulfilled"], "grain": "month"},
            ),
            Chart("alasan", ("Alasan ditolak", "Why they were refused"), "bars", _by("refused", "reason")),
            Chart("instansi", ("Dirujuk ke", "Referred to"), "bars", _by("referred", "agency")),
            Chart(
                "kedaluwarsa", ("Tidak dijawab oleh", "Left unanswered by"), "bars", _by("expired", "agency")
            ),
        ),
    ),
    "jangkauan": Part(
        ("Jangkauan dan kepuasan", "Reach and satisfaction"),
        (
            Chart("jenis-kelamin", ("Jenis kelamin", "Sex"), "bars", _by("opened", "sex")),
            Chart("umur", ("Kelompok umur", "Age band"), "bars", _by("opened", "age_band")),
            Chart("ppks", ("PPKS", "PPKS"), "bars", _by("opened", "ppks")),
            Chart("saluran", ("Saluran", "Channel"), "bars", _by("opened", "channel")),
            Chart(
                "kecamatan",
                ("Kecamatan", "District"),
                "bars",
                {"measures": ["opened"], "place": "district"},
            ),
            Chart("nilai", ("Kepuasan", "Satisfaction"), "stars", {"measures": ["rated", "rating_sum"]}),
        ),
    ),
}
