"""The hands of a case, as pure rules: who may take it, who should, what a visit asks, who is unreachable."""

from app.domain.hands.caseload import Hand, Load, Nearness, Suggestion, nearness, suggest
from app.domain.hands.checklist import (
    Item,
    ItemKind,
    check_answers,
    parse_checklist,
    poverty_signs,
)
from app.domain.hands.contacts import Tried, contacts_enough
from app.domain.hands.fitness import Standing, Unfit, why_unfit
from app.domain.hands.line import is_below, rank_at

__all__ = [
    "Hand",
    "Item",
    "ItemKind",
    "Load",
    "Nearness",
    "Standing",
    "Suggestion",
    "Tried",
    "Unfit",
    "check_answers",
    "contacts_enough",
    "is_below",
    "nearness",
    "parse_checklist",
    "poverty_signs",
    "rank_at",
    "suggest",
    "why_unfit",
]
