"""Reports of a period: made by the office or by the worker on its day, read, signed by a second person."""

from app.services.periodic_reports.households import Asked, Shown, households
from app.services.periodic_reports.making import Order, make, order_of
from app.services.periodic_reports.reading import find_report, where_reports
from app.services.periodic_reports.scheduled import due_reports, make_due
from app.services.periodic_reports.signing import sign

__all__ = [
    "Asked",
    "Order",
    "Shown",
    "due_reports",
    "find_report",
    "households",
    "make",
    "make_due",
    "order_of",
    "sign",
    "where_reports",
]
