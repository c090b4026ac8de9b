"""Need cards and pledges: the public face of a referral to whoever may help, and a donor's word on it."""

from app.domain.needs.coarse import LADDER, NOTHING, SMALLEST_GROUP, Level, Shown, Subject, coarsen
from app.domain.needs.states import (
    ACTIVE,
    NeedAction,
    NeedSource,
    NeedState,
    PledgeAction,
    PledgeState,
    ProofKind,
    actions_of,
    check_hands,
    check_left,
    check_proofs,
    counted,
    decide_need,
    decide_pledge,
)
from app.domain.needs.story import Card, story

__all__ = [
    "ACTIVE",
    "LADDER",
    "NOTHING",
    "SMALLEST_GROUP",
    "Card",
    "Level",
    "NeedAction",
    "NeedSource",
    "NeedState",
    "PledgeAction",
    "PledgeState",
    "ProofKind",
    "Shown",
    "Subject",
    "actions_of",
    "check_hands",
    "check_left",
    "check_proofs",
    "coarsen",
    "counted",
    "decide_need",
    "decide_pledge",
    "story",
]
