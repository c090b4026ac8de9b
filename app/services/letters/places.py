"""Where a letter is: its case, and its name among the letters of that case."""

from dataclasses import dataclass
from typing import Final

CORRECT_LETTER: Final = "correct_letter"
"""The task of whoever drafted a letter that was given back."""


@dataclass(frozen=True, slots=True)
class Place:
    tenant: str
    ticket: str
    letter: str = ""
    """The letter's public id, or its position among the letters of the case, from 1."""
