"""Leading somebody from aid to her own earning: guided and reviewed, decided by a person, taken back."""

from app.services.graduations.deciding import Verdict, decide, undo
from app.services.graduations.guiding import (
    Shown,
    Start,
    reach_step,
    remind,
    require_case,
    require_seen,
    review,
    show,
    start,
)

__all__ = [
    "Shown",
    "Start",
    "Verdict",
    "decide",
    "reach_step",
    "remind",
    "require_case",
    "require_seen",
    "review",
    "show",
    "start",
    "undo",
]
