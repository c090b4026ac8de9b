"""A report without an account: what somebody may tell, and the case that it becomes."""

from dataclasses import dataclass
from typing import Final

from app.domain.cases import AboutGiven, NewCase, Reporter, Subject
from app.domain.codes import CaseKind, Confidentiality, SubjectKind

CHANNEL: Final = "WEB"
CATEGORY: Final = "LAYANAN_PETUGAS"
"""What a report is taken for when it does not say: the conduct of staff or of a unit."""
_BASIS: Final = "public_task"


@dataclass(frozen=True, slots=True)
class Report:
    """What happened where, in free words. Who tells it may stay unknown."""

    village: str
    text: str
    notice_version: str
    about: tuple[AboutGiven, ...] = ()
    category: str | None = None
    name: str | None = None
    phone: str | None = None


def case_of(report: Report) -> NewCase:
    """Return the case that a report opens: about a place, for nobody whom the registry knows.

    It meets no person on purpose: an answer that differs by who is on record would tell a stranger. A report
    that names nothing may be about anybody, and so is closed until somebody has read it.
    """
    anonymous = report.name is None and report.phone is None
    return NewCase(
        kind=CaseKind.PENGADUAN,
        category=report.category or CATEGORY,
        channel=CHANNEL,
        subject=Subject(SubjectKind.PLACE),
        reporter=Reporter("ANONYMOUS" if anonymous else "OTHER", report.name, report.phone, anonymous),
        village=report.village,
        chronology=report.text,
        legal_basis=_BASIS,
        notice_version=report.notice_version,
        confidentiality=None if report.about else Confidentiality.RAHASIA,
        about=report.about,
    )
