"""The indicators: each defined once, with its words, what it counts, and by what it can be split."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from app.domain.documents import Words
from app.domain.indicators.facts import CaseFacts, ReferralFacts
from app.domain.lifecycle import CaseStatus

VERSION: Final = 1
"""Of the definitions below: whoever changes what is counted raises it, and everything is counted anew."""


class Kind(StrEnum):
    FLOW = "flow"
    """Counted in the month in which it happened, in the zone of its place."""
    STOCK = "stock"
    """As it stands now."""
    DURATION = "duration"
    """How long it took, counted in the month in which it ended."""


class Subject(StrEnum):
    CASE = "case"
    REFERRAL = "referral"


@dataclass(frozen=True, slots=True)
class Indicator:
    code: str
    name: Words
    definition: Words
    unit: Words
    kind: Kind
    subject: Subject
    dimensions: tuple[str, ...]
    month: Callable[[Any], str | None]
    """The month in which it counts, ``""`` for a stock; None: it does not count."""
    amount: Callable[[Any], float] = lambda _: 1
    """How much it counts; of a duration the hours."""


_CASES: Final = Words("kasus", "cases")
_REFERRALS: Final = Words("rujukan", "referrals")
_HOURS: Final = Words("jam", "hours")
_POINTS: Final = Words("nilai", "points")
_AT_REST: Final = frozenset({CaseStatus.RESOLVED.value, CaseStatus.CLOSED.value, CaseStatus.VOID.value})
_ENDED: Final = frozenset({CaseStatus.RESOLVED.value, CaseStatus.CLOSED.value})
_OF_CASE: Final = (
    "kind",
    "category",
    "sector",
    "priority",
    "channel",
    "ppks",
    "program",
    "sex",
    "age_band",
    "holder",
)
_OF_OPEN: Final = (*_OF_CASE, "status", "escalated_to")
_OF_ENDED: Final = (*_OF_CASE, "outcome", "outcome_reason")
_OF_REFERRAL: Final = ("program", "agency", "level", "status", "reason")


def _counts(case: CaseFacts) -> bool:
    return case.status != CaseStatus.VOID


def _open(case: CaseFacts) -> bool:
    return case.status not in _AT_REST


def _ended(case: CaseFacts) -> bool:
    return case.status in _ENDED


def _closed(case: CaseFacts, *by: str) -> str | None:
    return case.closed if case.status == CaseStatus.CLOSED and case.confirmed_by in by else None


def _answered(referral: ReferralFacts, *statuses: str) -> str | None:
    return referral.ended if referral.status in statuses else None


def _case(  # noqa: PLR0913  # one definition in one place, each part of it named
    code: str,
    name: tuple[str, str],
    definition: tuple[str, str],
    month: Callable[[CaseFacts], str | None],
    *,
    kind: Kind = Kind.FLOW,
    by: tuple[str, ...] = _OF_CASE,
    unit: Words = _CASES,
    amount: Callable[[CaseFacts], float] = lambda _: 1,
) -> Indicator:
    return Indicator(code, Words(*name), Words(*definition), unit, kind, Subject.CASE, by, month, amount)


def _referral(  # noqa: PLR0913  # as above
    code: str,
    name: tuple[str, str],
    definition: tuple[str, str],
    month: Callable[[ReferralFacts], str | None],
    *,
    kind: Kind = Kind.FLOW,
    by: tuple[str, ...] = _OF_REFERRAL,
    unit: Words = _REFERRALS,
    amount: Callable[[ReferralFacts], float] = lambda _: 1,
) -> Indicator:
    return Indicator(code, Words(*name), Words(*definition), unit, kind, Subject.REFERRAL, by, month, amount)


_ALL: Final = (
    _case(
        "opened",
        ("Kasus masuk", "Cases opened"),
        (
            "Kasus yang dibuka pada bulan itu, tanpa yang batal.",
            "Cases opened in the month, without those that are void.",
        ),
        lambda case: case.opened if _counts(case) else None,
    ),
    _case(
        "open",
        ("Kasus berjalan", "Open cases"),
        ("Kasus yang belum selesai saat ini.", "Cases that are not resolved now."),
        lambda case: "" if _open(case) else None,
        kind=Kind.STOCK,
        by=_OF_OPEN,
    ),
    _case(
        "escalated",
        ("Kasus dieskalasi", "Escalated cases"),
        (
            "Kasus berjalan yang lewat batas dan sudah di hadapan atasan.",
            "Open cases past their due time that stand before somebody higher.",
        ),
        lambda case: "" if _open(case) and case.escalated_to else None,
        kind=Kind.STOCK,
        by=_OF_OPEN,
    ),
    _case(
        "resolved",
        ("Kasus selesai", "Cases resolved"),
        (
            "Kasus yang diselesaikan pada bulan itu dan masih selesai; yang dibuka lagi tidak dihitung.",
            "Cases resolved in the month that still are; one that was opened again does not count.",
        ),
        lambda case: case.resolved if _ended(case) else None,
        by=_OF_ENDED,
    ),
    _case(
        "closed_confirmed",
        ("Ditutup dengan konfirmasi", "Closed, confirmed"),
        (
            "Kasus yang ditutup pada bulan itu setelah warga membenarkan, sendiri atau dicatat meja layanan.",
            "Cases closed in the month after the resident confirmed, herself or recorded by the desk.",
        ),
        lambda case: _closed(case, "resident", "desk"),
        by=_OF_ENDED,
    ),
    _case(
        "closed_unconfirmed",
        ("Ditutup tanpa konfirmasi", "Closed, unconfirmed"),
        (
            "Kasus yang ditutup pada bulan itu karena warga tidak menjawab.",
            "Cases closed in the month because the resident did not answer.",
        ),
        lambda case: _closed(case, "silence"),
        by=_OF_ENDED,
    ),
    _case(
        "disputed",
        ("Kasus disanggah", "Cases disputed"),
        (
            "Kasus yang dibuka pada bulan itu dan pernah disanggah warga.",
            "Cases opened in the month whose end the resident disputed at least once.",
        ),
        lambda case: case.opened if _counts(case) and case.disputed else None,
    ),
    _case(
        "reopened",
        ("Kasus dibuka lagi", "Cases reopened"),
        (
            "Kasus yang dibuka pada bulan itu dan pernah dibuka lagi.",
            "Cases opened in the month that were opened again at least once.",
        ),
        lambda case: case.opened if _counts(case) and case.reopened else None,
    ),
    _case(
        "bounced",
        ("Kasus terpental", "Cases bounced"),
        (
            "Kasus yang dibuka pada bulan itu dan berulang kali dijawab bukan wewenang.",
            "Cases opened in the month that were answered, again and again, to be nobody's matter.",
        ),
        lambda case: case.opened if _counts(case) and case.bounced else None,
    ),
    _case(
        "rated",
        ("Kasus dinilai", "Cases rated"),
        ("Kasus yang dibuka pada bulan itu dan dinilai warga.", "Cases opened in the month that were rated."),
        lambda case: case.opened if _counts(case) and case.rating is not None else None,
    ),
    _case(
        "rating_sum",
        ("Jumlah nilai", "Sum of ratings"),
        (
            "Jumlah nilai 1 sampai 5 dari kasus yang dibuka pada bulan itu; dibagi kasus dinilai: rata-rata.",
            "Sum of the ratings, 1 to 5, of cases opened in the month; over those rated it is the mean.",
        ),
        lambda case: case.opened if _counts(case) and case.rating is not None else None,
        unit=_POINTS,
        amount=lambda case: case.rating or 0,
    ),
    _referral(
        "referred",
        ("Rujukan dikirim", "Referrals sent"),
        ("Rujukan yang dikirim pada bulan itu.", "Referrals sent in the month."),
        lambda one: one.sent,
    ),
    _referral(
        "accepted",
        ("Rujukan diterima", "Referrals accepted"),
        (
            "Rujukan yang diterima penerimanya pada bulan itu.",
            "Referrals accepted by their receiver in the month.",
        ),
        lambda one: one.accepted,
    ),
    _referral(
        "refused",
        ("Rujukan ditolak", "Referrals refused"),
        (
            "Rujukan yang pada bulan itu ditolak atau dinyatakan bukan wewenang penerimanya.",
            "Referrals refused in the month, or said to be no matter of their receiver.",
        ),
        lambda one: _answered(one, "refused", "not_ours"),
    ),
    _referral(
        "fulfilled",
        ("Rujukan terpenuhi", "Referrals fulfilled"),
        ("Rujukan yang terpenuhi pada bulan itu.", "Referrals fulfilled in the month."),
        lambda one: _answered(one, "fulfilled"),
    ),
    _referral(
        "expired",
        ("Rujukan kedaluwarsa", "Referrals expired"),
        (
            "Rujukan yang berakhir pada bulan itu karena penerimanya tidak menjawab.",
            "Referrals that ended in the month because their receiver did not answer.",
        ),
        lambda one: _answered(one, "expired"),
    ),
    _case(
        "hours_to_respond",
        ("Waktu tanggapan pertama", "Time to first response"),
        (
            "Jam dari kasus dibuka sampai tanggapan pertama, siang dan malam.",
            "Hours from opening to the first response, day and night.",
        ),
        lambda case: case.first_responded if _counts(case) and case.hours_to_respond is not None else None,
        kind=Kind.DURATION,
        by=(),
        unit=_HOURS,
        amount=lambda case: case.hours_to_respond or 0.0,
    ),
    _case(
        "hours_to_verify",
        ("Waktu verifikasi", "Time to verify"),
        (
            "Jam dari kasus dibuka sampai verifikasi pertama selesai.",
            "Hours from opening to the end of the first verification.",
        ),
        lambda case: case.verified if _counts(case) and case.hours_to_verify is not None else None,
        kind=Kind.DURATION,
        by=(),
        unit=_HOURS,
        amount=lambda case: case.hours_to_verify or 0.0,
    ),
    _case(
        "hours_to_refer",
        ("Waktu sampai dirujuk", "Time to refer"),
        (
            "Jam dari kasus dibuka sampai rujukan pertama dikirim, menurut bulan kasus dibuka.",
            "Hours from opening to the first referral, by the month of opening.",
        ),
        lambda case: case.opened if _counts(case) and case.hours_to_refer is not None else None,
        kind=Kind.DURATION,
        by=(),
        unit=_HOURS,
        amount=lambda case: case.hours_to_refer or 0.0,
    ),
    _referral(
        "hours_to_accept",
        ("Waktu diterima", "Time to accept"),
        (
            "Jam dari rujukan dikirim sampai diterima penerimanya.",
            "Hours from sending a referral to its acceptance.",
        ),
        lambda one: one.accepted if one.hours_to_answer is not None else None,
        kind=Kind.DURATION,
        by=(),
        unit=_HOURS,
        amount=lambda one: one.hours_to_answer or 0.0,
    ),
    _case(
        "hours_to_resolve",
        ("Waktu penyelesaian", "Time to resolve"),
        (
            "Jam dari kasus dibuka sampai selesai, dari kasus yang masih selesai.",
            "Hours from opening to resolution, of cases that still are resolved.",
        ),
        lambda case: case.resolved if _ended(case) and case.hours_to_resolve is not None else None,
        kind=Kind.DURATION,
        by=(),
        unit=_HOURS,
        amount=lambda case: case.hours_to_resolve or 0.0,
    ),
)

INDICATORS: Final[Mapping[str, Indicator]] = MappingProxyType({one.code: one for one in _ALL})
