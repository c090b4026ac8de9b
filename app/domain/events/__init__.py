"""Every event of the service, by its type."""

from app.domain.events.base import Event
from app.domain.events.cases import CASE_EVENTS
from app.domain.events.hands import HANDS_EVENTS
from app.domain.events.others import OTHER_EVENTS
from app.domain.events.referrals import REFERRAL_EVENTS

EVENTS: dict[str, type[Event]] = {
    kind.type: kind for kind in (*CASE_EVENTS, *REFERRAL_EVENTS, *HANDS_EVENTS, *OTHER_EVENTS)
}
"""Type to class: the closed set that subscriptions may name and that ``/v1/codes`` lists with its labels."""
