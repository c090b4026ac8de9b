"""What figures are split by, and what each value of a split is called, in both languages."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from app.domain.documents import Words
from app.domain.indicators import NONE, Indicator, Subject
from app.domain.knowledge import Knowledge
from app.domain.metrics_cells import OTHER


class Dimension(NamedTuple):
    name: Words
    sets: tuple[str, ...]
    """Of which sets of codes its values are; none: programmes or agencies."""
    of_referral: tuple[str, ...] = ()
    """The same where referrals are counted."""


DIMENSIONS: Final[Mapping[str, Dimension]] = {
    "kind": Dimension(Words("Jenis", "Kind"), ("case_kind",)),
    "category": Dimension(Words("Kategori", "Category"), ("case_category",)),
    "sector": Dimension(Words("Sektor", "Sector"), ("sector",)),
    "priority": Dimension(Words("Prioritas", "Priority"), ("priority",)),
    "channel": Dimension(Words("Saluran", "Channel"), ("channel",)),
    "ppks": Dimension(Words("PPKS", "PPKS"), ("ppks",)),
    "program": Dimension(Words("Program", "Programme"), ()),
    "sex": Dimension(Words("Jenis kelamin", "Sex"), ("sex",)),
    "age_band": Dimension(Words("Kelompok umur saat kasus dibuka", "Age band at opening"), ("age_band",)),
    "holder": Dimension(Words("Pemegang", "Holder"), ("holder",)),
    "status": Dimension(Words("Status", "Status"), ("case_status",), ("referral_status",)),
    "escalated_to": Dimension(Words("Di hadapan", "Stands before"), ("escalation_rung",)),
    "outcome": Dimension(Words("Hasil", "Outcome"), ("outcome",)),
    "outcome_reason": Dimension(Words("Alasan hasil", "Reason of the outcome"), ("refusal_reason",)),
    "agency": Dimension(Words("Instansi", "Agency"), ()),
    "level": Dimension(Words("Jenjang instansi", "Level of the agency"), ("level",)),
    "reason": Dimension(
        Words("Alasan", "Reason"),
        ("refusal_reason", "return_reason", "unfulfilled_reason", "revoke_reason"),
    ),
}
ALL: Final = Words("Semua", "All")
_NOTHING: Final = Words("Tidak ada atau tidak diketahui", "None, or not known")
_OTHERS: Final = Words("Lainnya", "Others")


def sets_of(dimension: str, subject: Subject) -> tuple[str, ...]:
    found = DIMENSIONS[dimension]
    return (subject is Subject.REFERRAL and found.of_referral) or found.sets


def words_of(known: Knowledge, measure: Indicator, by: str | None, value: str | None) -> Words:
    """Return what a value of a split is called; one that nobody knows is told as its code."""
    if by is None or value is None:
        return ALL
    if value in {NONE, OTHER}:
        return _NOTHING if value == NONE else _OTHERS
    if by in {"program", "agency"}:
        found = (known.programs if by == "program" else known.agencies).get(value)
        return found.name if found else Words(value, value)
    for name in sets_of(by, measure.subject):
        if known.knows(name, value):
            return coded_words(known, name, value)
    return Words(value, value)


def coded_words(known: Knowledge, set_name: str, code: str) -> Words:
    return Words(known.label(set_name, code, "id"), known.label(set_name, code, "en"))
