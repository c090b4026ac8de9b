"""From a report to a case, and from a case to a report or to its answer."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final

from app.domain.cases import NewCase, Reporter, Subject
from app.domain.codes import CaseKind, Confidentiality, SubjectKind
from app.domain.lapor.reading import Report

SYSTEM: Final = "LAPOR"
_NOTICE: Final = "sp4n-lapor"
"""What the reporter was told about her data: the other system's words, not ours."""


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class Kind(StrEnum):
    """What is handed over; the set ``outside_kind``."""

    REPORT = "report"
    ANSWER = "answer"


class SendingState(StrEnum):
    """The set ``outside_state``."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


def new_case(report: Report, village: str, attrs: Mapping[str, Any]) -> NewCase:
    """Return the case that *report* opens in *village*; *attrs* are those of its classification."""
    return NewCase(
        kind=CaseKind(str(attrs["kind"])),
        category=str(attrs["category"]),
        channel=SYSTEM,
        # A report tells of a matter in a place; whom it concerns the desk finds out.
        subject=Subject(SubjectKind.PLACE),
        reporter=Reporter(
            "ANONYMOUS" if report.anonymous else "OTHER",
            report.reporter,
            report.phone,
            anonymous=report.anonymous,
        ),
        village=village,
        chronology=_words(report),
        legal_basis="public_task",
        notice_version=_NOTICE,
        confidentiality=Confidentiality.TERBATAS if report.secret else None,
    )


def _words(report: Report) -> str:
    lines = [
        ("Tanggal kejadian", report.event_on.isoformat() if report.event_on else None),
        ("Lokasi", report.location),
        ("Instansi", report.institution),
        ("Kategori", report.category),
    ]
    told = "\n".join(f"{name}: {value}" for name, value in lines if value)
    return f"{report.title}\n\n{report.body}" + (f"\n\n{told}" if told else "")


def class_of(kind: str, category: str, classes: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the classification of a case: by kind and category, else by kind, else the first one."""
    same = [code for code, attrs in classes.items() if attrs.get("kind") == kind]
    exact = [code for code in same if classes[code].get("category") == category]
    return next(iter([*exact, *same, *classes]))


def to_wire(report: Report) -> dict[str, Any]:
    """Return the report by the names that `read_report` reads; what is not told is left out."""
    told = {
        "tracking_id": report.tracking_id,
        "klasifikasi": report.classification,
        "judul": report.title,
        "isi": report.body,
        "tanggal_kejadian": report.event_on.isoformat() if report.event_on else None,
        "kode_wilayah": report.region,
        "lokasi": report.location,
        "instansi": report.institution,
        "kategori": report.category,
        "anonim": report.anonymous,
        "rahasia": report.secret,
        "nama_pelapor": report.reporter,
        "telepon_pelapor": report.phone,
    }
    return {name: value for name, value in told.items() if value is not None}


def answer_text(status: str, outcome: str | None, since: date) -> str:
    """Return the follow-up that anybody may read: labels and a day, nothing of a person."""
    ended = f" Hasil akhir: {outcome}." if outcome else ""
    return (
        f"Laporan Anda ditangani layanan kesejahteraan sosial sejak {since.isoformat()}."
        f" Keadaan sekarang: {status}.{ended}"
    )
