"""A campaign: who is chosen, by what, and that each entitlement is handed out once."""

from app.domain.campaigns.checkins import (
    CheckinRefusal,
    CheckinVerdict,
    Outcome,
    Span,
    refusal_of_time,
    verdict_of,
)
from app.domain.campaigns.need import Ground, Weights, ground_words, is_weights, read_weights, score
from app.domain.campaigns.placing import Candidate, Placed, Tie, lot_of, place
from app.domain.campaigns.quotas import Cell, Places, Share, apportion, cells_of
from app.domain.campaigns.report import BANDS, Row, band_of, publish, published
from app.domain.campaigns.signing import checkin_text, is_signed, list_text, sign
from app.domain.campaigns.slots import Coming, Slot, share_slots
from app.domain.campaigns.states import (
    ENTITLED,
    NAMED,
    CampaignAction,
    CampaignState,
    CampaignStep,
    PassedOver,
    RecipientState,
    allowed_actions,
    decide,
)
from app.domain.campaigns.weighing import Conditions, Sources, Weighed, weigh

__all__ = [
    "BANDS",
    "ENTITLED",
    "NAMED",
    "CampaignAction",
    "CampaignState",
    "CampaignStep",
    "Candidate",
    "Cell",
    "CheckinRefusal",
    "CheckinVerdict",
    "Coming",
    "Conditions",
    "Ground",
    "Outcome",
    "PassedOver",
    "Placed",
    "Places",
    "RecipientState",
    "Row",
    "Share",
    "Slot",
    "Sources",
    "Span",
    "Tie",
    "Weighed",
    "Weights",
    "allowed_actions",
    "apportion",
    "band_of",
    "cells_of",
    "checkin_text",
    "decide",
    "ground_words",
    "is_signed",
    "is_weights",
    "list_text",
    "lot_of",
    "place",
    "publish",
    "published",
    "read_weights",
    "refusal_of_time",
    "score",
    "share_slots",
    "sign",
    "verdict_of",
    "weigh",
]
