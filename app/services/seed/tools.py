"""What every part of seeding is handed, and the data that the wheel carries."""

import json
import lzma
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from app.db.session import Database
from app.integrations.randomness import Ids

DATA: Final = Path(__file__).resolve().parents[2] / "data"

Say = Callable[[str, int, int], None]
"""Told which part is at work, how many rows it has done, and how many there are (0 where nobody knows)."""


def silent(_part: str, _done: int, _of: int) -> None:
    """Say nothing."""


@dataclass(frozen=True, slots=True)
class Tools:
    database: Database
    ids: Ids
    now: datetime
    say: Say = silent


def shipped(name: str) -> Any:
    """Read one of the JSON files that the wheel carries."""
    return json.loads((DATA / f"{name}.json").read_text("utf-8"))


def shipped_regions() -> str:
    """Lines of code, a tab and name, sorted by code."""
    return lzma.decompress((DATA / "regions" / "regions.tsv.xz").read_bytes()).decode("utf-8").rstrip("\n")
