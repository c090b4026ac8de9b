"""Reports of a period: counted once, kept as they were, signed, and replaced by a next version alone."""

from app.domain.periodic_reports.model import (
    COUNT,
    HOURS,
    NUMBER,
    PERCENT,
    TEXT,
    TITLES,
    Cell,
    Column,
    ReportKind,
    ReportState,
    Section,
    check_signature,
    content_of,
    digest,
)
from app.domain.periodic_reports.periods import Days, months_of, period_of
from app.domain.periodic_reports.schedule import Due, Schedule, due_on, is_schedule, read_schedule

__all__ = [
    "COUNT",
    "HOURS",
    "NUMBER",
    "PERCENT",
    "TEXT",
    "TITLES",
    "Cell",
    "Column",
    "Days",
    "Due",
    "ReportKind",
    "ReportState",
    "Schedule",
    "Section",
    "check_signature",
    "content_of",
    "digest",
    "due_on",
    "is_schedule",
    "months_of",
    "period_of",
    "read_schedule",
]
