"""What a desk did offline: its order here, when it was, and what somebody else changed meanwhile."""

from app.domain.sync.changes import Difference, differences
from app.domain.sync.order import Operation, Planned, plan
from app.domain.sync.times import corrected, moved_instants

__all__ = ["Difference", "Operation", "Planned", "corrected", "differences", "moved_instants", "plan"]
