"""From the models about following somebody to what is wished."""

from uuid import UUID

from app.api.presenters.dci import bases_of
from app.api.schemas.dci_subscriptions import DciSubscribeIn, DciUnsubscribeIn
from app.domain.dci import Key
from app.domain.ids import parse_public_id
from app.services.dci import Wish


def wishes_of(body: DciSubscribeIn) -> list[Wish]:
    found = []
    for one in body.message.subscribe_request:
        wanted = one.subscribe_criteria
        found.append(
            Wish(
                one.reference_id,
                wanted.filter.value if wanted.filter.type == Key.NIK.value else None,
                wanted.reg_event_type,
                wanted.frequency.end_time if wanted.frequency else None,
                bases_of(wanted.consent, wanted.authorize),
            )
        )
    return found


def codes_of(body: DciUnsubscribeIn, tenant: str) -> dict[str, UUID]:
    """Return the subscriptions that the codes may name, by code; what is none of ours is left out."""
    found = {}
    for code in body.message.subscription_codes:
        place = parse_public_id(code)
        if place is not None and place.tenant == tenant:
            found[code] = place.id
    return found
