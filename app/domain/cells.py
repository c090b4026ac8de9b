"""What a cell of a table may hold that somebody will open in a spreadsheet."""

from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(text: str) -> str:
    """Return *text* so that no spreadsheet runs it, or stops at it: without NUL, a formula quoted."""
    tidy = text.replace("\x00", "")
    return f"'{tidy}" if tidy.startswith(_FORMULA) else tidy
