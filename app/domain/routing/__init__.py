"""Routing: which programmes fit a case, and why; pure, explained, replayable.

``compile_catalogue`` once, ``route`` per case. A ``Decision`` is numbers; ``record`` spells it out in codes
for storing, ``explain`` in words, and ``replay`` makes it again.
"""

from app.domain.routing.catalogue import Catalogue, compile_catalogue
from app.domain.routing.decision import VIOLENCE, Decision, mode_of, route
from app.domain.routing.destination import Destination, Policy, Where, destination
from app.domain.routing.entries import record
from app.domain.routing.model import (
    ENGINE_VERSION,
    Availability,
    Entry,
    Mode,
    Need,
    Obstacle,
    Place,
    Question,
    Record,
    State,
    Verdict,
)
from app.domain.routing.stored import (
    NO_OVERRIDES,
    Difference,
    OverrideKey,
    Replayed,
    as_used,
    decide_again,
    differences,
    from_json,
    question_of,
    replay,
    sealed_to_json,
    to_json,
    versions,
)
from app.domain.routing.trial import CHANGED, Outcome, Shift, Trial
from app.domain.routing.words import (
    OBSTACLE_WORDS,
    VERDICT_WORDS,
    Explained,
    explain,
    explain_entry,
)

__all__ = [
    "CHANGED",
    "ENGINE_VERSION",
    "NO_OVERRIDES",
    "OBSTACLE_WORDS",
    "VERDICT_WORDS",
    "VIOLENCE",
    "Availability",
    "Catalogue",
    "Decision",
    "Destination",
    "Difference",
    "Entry",
    "Explained",
    "Mode",
    "Need",
    "Obstacle",
    "Outcome",
    "OverrideKey",
    "Place",
    "Policy",
    "Question",
    "Record",
    "Replayed",
    "Shift",
    "State",
    "Trial",
    "Verdict",
    "Where",
    "as_used",
    "compile_catalogue",
    "decide_again",
    "destination",
    "differences",
    "explain",
    "explain_entry",
    "from_json",
    "mode_of",
    "question_of",
    "record",
    "replay",
    "route",
    "sealed_to_json",
    "to_json",
    "versions",
]
