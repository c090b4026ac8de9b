"""What is counted and how: one definition for each figure, from which rollups and words come alike."""

from app.domain.indicators.bands import ERROR_PERCENT, band_of, quantile
from app.domain.indicators.counting import (
    BAND,
    LEVEL,
    NONE,
    TOTAL,
    Cell,
    Group,
    contributions,
    of_case,
    of_referral,
)
from app.domain.indicators.facts import CaseFacts, ReferralFacts
from app.domain.indicators.measures import (
    INDICATORS,
    VERSION,
    Indicator,
    Kind,
    Subject,
)

__all__ = [
    "BAND",
    "ERROR_PERCENT",
    "INDICATORS",
    "LEVEL",
    "NONE",
    "TOTAL",
    "VERSION",
    "CaseFacts",
    "Cell",
    "Group",
    "Indicator",
    "Kind",
    "ReferralFacts",
    "Subject",
    "band_of",
    "contributions",
    "of_case",
    "of_referral",
    "quantile",
]
