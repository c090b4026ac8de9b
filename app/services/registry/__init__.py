"""Registry snapshots: a list checked row by row, decided where it must be, taken in, compared."""

from app.services.registry.ordering import (
    NewSnapshot,
    compare,
    get_snapshot,
    order_check,
    require_import,
    require_whole,
    snapshots,
    take_in,
    withdraw,
)
from app.services.registry.rows import Correction, Opened, decide, look, opened_rows

__all__ = [
    "Correction",
    "NewSnapshot",
    "Opened",
    "compare",
    "decide",
    "get_snapshot",
    "look",
    "opened_rows",
    "order_check",
    "require_import",
    "require_whole",
    "snapshots",
    "take_in",
    "withdraw",
]
