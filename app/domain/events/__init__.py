"""Every event of the service, by its type."""

from app.domain.events.assistance import ASSISTANCE_EVENTS
from app.domain.events.attachments import ATTACHMENT_EVENTS
from app.domain.events.base import Event
from app.domain.events.campaigns import CAMPAIGN_EVENTS
from app.domain.events.cases import CASE_EVENTS
from app.domain.events.deliberations import DELIBERATION_EVENTS
from app.domain.events.desks_offline import OFFLINE_EVENTS
from app.domain.events.emergencies import EMERGENCY_EVENTS
from app.domain.events.escalation import ESCALATION_EVENTS
from app.domain.events.graduation import GRADUATION_EVENTS
from app.domain.events.hands import HANDS_EVENTS
from app.domain.events.imports import IMPORT_EVENTS
from app.domain.events.letters import LETTER_EVENTS
from app.domain.events.messages import MESSAGE_EVENTS
from app.domain.events.moves import MOVE_EVENTS
from app.domain.events.needs import NEED_EVENTS
from app.domain.events.others import OTHER_EVENTS
from app.domain.events.outside import OUTSIDE_EVENTS
from app.domain.events.people import PEOPLE_EVENTS
from app.domain.events.periodic_reports import PERIODIC_REPORT_EVENTS
from app.domain.events.programs import PROGRAM_EVENTS
from app.domain.events.reconciliations import RECONCILIATION_EVENTS
from app.domain.events.referrals import REFERRAL_EVENTS
from app.domain.events.registry import REGISTRY_EVENTS
from app.domain.events.rights import RIGHTS_EVENTS
from app.domain.events.sensitive import SENSITIVE_EVENTS
from app.domain.events.settings import SETTINGS_EVENTS
from app.domain.events.webhooks import WEBHOOK_EVENTS

EVENTS: dict[str, type[Event]] = {
    kind.type: kind
    for kind in (
        *CASE_EVENTS,
        *REFERRAL_EVENTS,
        *RECONCILIATION_EVENTS,
        *REGISTRY_EVENTS,
        *RIGHTS_EVENTS,
        *ATTACHMENT_EVENTS,
        *DELIBERATION_EVENTS,
        *OFFLINE_EVENTS,
        *HANDS_EVENTS,
        *LETTER_EVENTS,
        *MESSAGE_EVENTS,
        *OTHER_EVENTS,
        *ESCALATION_EVENTS,
        *SETTINGS_EVENTS,
        *SENSITIVE_EVENTS,
        *EMERGENCY_EVENTS,
        *MOVE_EVENTS,
        *OUTSIDE_EVENTS,
        *CAMPAIGN_EVENTS,
        *PROGRAM_EVENTS,
        *ASSISTANCE_EVENTS,
        *IMPORT_EVENTS,
        *GRADUATION_EVENTS,
        *NEED_EVENTS,
        *PEOPLE_EVENTS,
        *PERIODIC_REPORT_EVENTS,
        *WEBHOOK_EVENTS,
    )
}
"""Type to class: the closed set that subscriptions may name and that ``/v1/codes`` lists with its labels."""
