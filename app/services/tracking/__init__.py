"""The resident with her slip: she follows her case, confirms, disputes, rates, withdraws."""

from app.services.tracking.answers import confirm, dispute, rate, withdraw
from app.services.tracking.slip import Known, Refused, Slip, open_slip
from app.services.tracking.view import HeldByDesk, Tracked, held_by_desk, tracked

__all__ = [
    "HeldByDesk",
    "Known",
    "Refused",
    "Slip",
    "Tracked",
    "confirm",
    "dispute",
    "held_by_desk",
    "open_slip",
    "rate",
    "tracked",
    "withdraw",
]
