"""When somebody seems ready to live without aid: a rule suggests it, a person decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.graduation.states import Suggestion


@dataclass(frozen=True, slots=True)
class Rule:
    """A regency's policy ``graduation``."""

    review_days: int
    """From one review to the next."""
    income_idr: int
    """Of the household, a month; at least this much, in each of the last *reviews*."""
    reviews: int
    undo_days: int
    """How long a graduation can be taken back."""

    def next_review(self, after: date) -> date:
        return after + timedelta(days=self.review_days)


def suggest(before_idr: int, incomes_idr: Sequence[int], rule: Rule) -> Suggestion:
    """Say what the reviews speak for; *incomes_idr* in their order, the newest last.

    Exit only if the last reviews, as many as the rule asks, all reach its income and none lies below the
    income that she began with; help if the newest lies below it.
    """
    last = incomes_idr[-rule.reviews :]
    floor = max(rule.income_idr, before_idr)
    if len(last) == rule.reviews and min(last) >= floor:
        return Suggestion.EXIT
    if incomes_idr and incomes_idr[-1] < before_idr:
        return Suggestion.HELP
    return Suggestion.CONTINUE
