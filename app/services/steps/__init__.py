"""The steps of a case, as officers take them; a resident's own are in ``services.tracking``."""

from app.services.steps.notes import add_note, read_notes, replace_pin, tell
from app.services.steps.readiness import Readiness, readiness
from app.services.steps.take import ACTIONS, StepRequest, Taken, require_step, take

__all__ = [
    "ACTIONS",
    "Readiness",
    "StepRequest",
    "Taken",
    "add_note",
    "read_notes",
    "readiness",
    "replace_pin",
    "require_step",
    "take",
    "tell",
]
