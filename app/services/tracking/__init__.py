"""The resident with her slip: she follows her case, confirms, disputes, rates, withdraws."""

from app.services.tracking.answers import confirm, dispute, rate, withdraw
from app.services.tracking.slip import Known, Refused, Slip, open_slip
from app.services.tracking.view import Tracked, tracked

__all__ = [
    "Known",
    "Refused",
    "Slip",
    "Tracked",
    "confirm",
    "dispute",
    "open_slip",
    "rate",
    "tracked",
    "withdraw",
]
