"""Registry snapshots: a list checked row by row, decided where it must be, taken in, compared."""

from app.services.registry.ordering import (
    NewSnapshot,
    begin,
    commit,
    compare,
    get_snapshot,
    require_import,
    require_whole,
    snapshots,
    withdraw,
)
from app.services.registry.rows import Correction, Opened, decide, look, opened_rows

__all__ = [
    "Correction",
    "NewSnapshot",
    "Opened",
    "begin",
    "commit",
    "compare",
    "decide",
    "get_snapshot",
    "look",
    "opened_rows",
    "require_import",
    "require_whole",
    "snapshots",
    "withdraw",
]
