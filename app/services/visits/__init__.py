"""Home visits: planned, done or cancelled. Findings are sealed; the verdict becomes a fact of the case."""

from app.services.visits.acts import cancel, complete, plan, record
from app.services.visits.doing import CHECKLIST, Report, Visited
from app.services.visits.going import Plan
from app.services.visits.reading import Shown, of_case, require_visit, shown

__all__ = [
    "CHECKLIST",
    "Plan",
    "Report",
    "Shown",
    "Visited",
    "cancel",
    "complete",
    "of_case",
    "plan",
    "record",
    "require_visit",
    "shown",
]
