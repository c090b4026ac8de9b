"""What the service does about silent clocks by itself, and how a clock is told to people."""

from app.services.clocks.ending import end_silence
from app.services.clocks.reading import Ledger, LedgerClock, read_clocks
from app.services.clocks.sweep import Alone, Swept, put_higher, sweep_case, sweep_due

__all__ = [
    "Alone",
    "Ledger",
    "LedgerClock",
    "Swept",
    "end_silence",
    "put_higher",
    "read_clocks",
    "sweep_case",
    "sweep_due",
]
