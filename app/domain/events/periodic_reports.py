"""What happens to reports of a period: made, signed, replaced. Figures stand in the report alone."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from app.domain.events.base import Code, Hmac, Label
from app.domain.events.others import ThingEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodicReportMade(ThingEvent):
    type: ClassVar[str] = "periodic_report.made"
    label: ClassVar[Label] = Label("Laporan berkala disusun", "Periodic report made")

    kind: Code
    first_day: date
    last_day: date
    version: int
    digest: Hmac
    """Of what it holds, in 64 hexadecimal digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodicReportSigned(ThingEvent):
    type: ClassVar[str] = "periodic_report.signed"
    label: ClassVar[Label] = Label("Laporan berkala ditandatangani", "Periodic report signed")

    kind: Code
    version: int
    digest: Hmac


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodicReportReplaced(ThingEvent):
    type: ClassVar[str] = "periodic_report.replaced"
    label: ClassVar[Label] = Label("Laporan berkala digantikan", "Periodic report replaced")

    by_report_id: UUID


PERIODIC_REPORT_EVENTS: tuple[type[ThingEvent], ...] = (
    PeriodicReportMade,
    PeriodicReportSigned,
    PeriodicReportReplaced,
)
