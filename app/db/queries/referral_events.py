"""The event of each step of a referral."""

from collections.abc import Mapping
from typing import Any

from app.db.queries.texts import Stored
from app.db.tables.referrals import Referral
from app.domain.events import referrals as told
from app.domain.ledger import Line
from app.domain.referrals import Party, ReferralAction, ReferralStep

A = ReferralAction
_PLAIN: Mapping[ReferralAction, type[told.ReferralStep]] = {
    A.ACCEPT: told.ReferralAccepted,
    A.RESEND: told.ReferralResent,
    A.EXPIRE: told.ReferralExpired,
    A.START: told.ReferralStarted,
    A.REOPEN: told.ReferralReopened,
}
_REASONED: Mapping[ReferralAction, Any] = {
    A.REFUSE: told.ReferralRefused,
    A.FAIL: told.ReferralFailed,
    A.REVOKE: told.ReferralRevoked,
}
_MESSAGES: Mapping[ReferralAction, Any] = {
    A.QUESTION: told.ReferralQuestioned,
    A.ANSWER: told.ReferralAnswered,
    A.NOTE: told.ReferralNoted,
}


def event_of(  # a step, its content, and what it brought about
    referral: Referral,
    step: ReferralStep,
    records: Mapping[str, Any],
    text: Stored | None,
    given: Line | None,
    *,
    party: Party,
) -> told.ReferralEvent:
    """Make the one event of *step*; call it after the referral's columns were written."""
    action = step.action
    base = _base(referral, text)
    if action in _MESSAGES and text is not None:
        found: told.ReferralEvent = _MESSAGES[action](**base, message_id=text.id)
        return found
    if action is A.EXTERNAL_REFERENCE:
        return told.ReferralReferenced(**base)
    if action is A.SUBMITTED_EXTERNAL:
        return told.ReferralSubmittedExternal(**base, system=records["system"], submitted_on=records["date"])
    moved = {
        **base,
        "from_status": step.source.value,
        "to_status": step.target.value,
        "on_behalf": party is Party.PROXY,
    }
    if action in _PLAIN:
        return _PLAIN[action](**moved)
    if action in _REASONED:
        reasoned: told.ReferralEvent = _REASONED[action](**moved, reason=records["reason"])
        return reasoned
    return _told(action, moved, records, given)


def _base(referral: Referral, text: Stored | None) -> dict[str, Any]:
    return {
        "case_id": referral.case_id,
        "referral_id": referral.id,
        "program": referral.program_code,
        "agency": referral.agency_code,
        "round": referral.round,
        "text_hmac": text.hmac if text else None,
    }


def _told(
    action: ReferralAction, moved: dict[str, Any], records: Mapping[str, Any], given: Line | None
) -> told.ReferralEvent:
    match action:
        case A.RETURN:
            return told.ReferralReturned(**moved, missing=tuple(records["missing"]))
        case A.NOT_OURS:
            return told.ReferralNotOurs(**moved, right_body=records["right_body"])
        case A.WAITLIST:
            return told.ReferralWaitlisted(**moved, position=records["position"])
        case A.PROGRESS:
            return told.ReferralProgressed(**moved, stage=records["stage"])
        case A.FULFIL:
            return told.ReferralFulfilled(**moved, extent=records["extent"])
        case A.DELIVER if given is not None:
            return told.ReferralDelivered(
                **moved, line_id=given.id, component=given.component, amount_idr=given.given_idr
            )
        case _:
            raise ValueError(f"{action} of a referral has no event")
