"""The rules of programmes, written, checked, published and tried."""

from app.services.program_versions.reading import (
    Held,
    faults_of,
    may_see,
    may_take,
    require_writer,
    see,
    step,
    take_up,
    whose,
)
from app.services.program_versions.trying import Tried, Wanted, order_trial, read_trial
from app.services.program_versions.writing import (
    draft_version,
    edit,
    give_back,
    hand_in,
    new_program,
    publish,
    retire,
    withdraw,
)

__all__ = [
    "Held",
    "Tried",
    "Wanted",
    "draft_version",
    "edit",
    "faults_of",
    "give_back",
    "hand_in",
    "may_see",
    "may_take",
    "new_program",
    "order_trial",
    "publish",
    "read_trial",
    "require_writer",
    "retire",
    "see",
    "step",
    "take_up",
    "whose",
    "withdraw",
]
