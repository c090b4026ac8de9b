"""What each action on a referral must record. A reason is a code; its list is data."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.domain.codes import Purpose
from app.domain.errors import FieldError
from app.domain.records import (
    Check,
    Records,
    check_fields,
    field_error,
    is_code,
    is_date,
    is_position,
    is_rupiah,
    is_some,
    is_text,
    one_of,
)
from app.domain.referrals.registry import RegistryStage
from app.domain.referrals.table import Party, ReferralAction

A = ReferralAction
UP: Final = "up"
"""The right body of a ``not_ours`` when the receiver only knows that somebody above must say."""

_REQUIRED: Final[Mapping[ReferralAction, Mapping[str, Check]]] = MappingProxyType(
    {
        A.RETURN: {"missing": is_some},
        A.REFUSE: {"reason": is_code},
        A.NOT_OURS: {"right_body": is_code},
        A.WAITLIST: {"position": is_position},
        A.DELIVER: {"component": is_code, "period": is_text, "date": is_date, "proof": is_text},
        A.PROGRESS: {"stage": one_of(*RegistryStage)},
        A.FULFIL: {"extent": one_of("full", "partial")},
        A.FAIL: {"reason": is_code},
        A.REVOKE: {"reason": is_code},
        A.REOPEN: {"reason": is_text},
        A.QUESTION: {"text": is_text},
        A.NOTE: {"text": is_text},
        A.ANSWER: {"text": is_text},
        A.EXTERNAL_REFERENCE: {"reference": is_text},
        A.SUBMITTED_EXTERNAL: {"system": is_code, "reference": is_text, "date": is_date},
    }
)
_COMPLAINT_END: Final[Mapping[str, Check]] = MappingProxyType({"finding": is_text, "answer": is_text})
_ON_BEHALF: Final[Mapping[str, Check]] = MappingProxyType(
    {"source": is_text, "date": is_date, "paper": is_text}
)


def required_records(action: ReferralAction, purpose: Purpose = Purpose.AID) -> tuple[str, ...]:
    """Name the fields that *action* must bring; of ``amount_idr`` and ``goods`` a delivery takes one."""
    return tuple(_required(action, purpose))


def _required(action: ReferralAction, purpose: Purpose) -> Mapping[str, Check]:
    required = _REQUIRED.get(action, {})
    if action is A.FULFIL and purpose is Purpose.COMPLAINT:
        return {**required, **_COMPLAINT_END}
    return required


def check_records(
    action: ReferralAction,
    records: Records,
    *,
    purpose: Purpose = Purpose.AID,
    party: Party = Party.RECEIVER,
) -> tuple[FieldError, ...]:
    """Name what is absent or wrong in what an action brings; empty when it may be recorded.

    A proxy brings besides ``on_behalf``: ``{source, date, paper}``.
    """
    errors = check_fields(records, _required(action, purpose))
    if action is A.DELIVER:
        errors += _check_benefit(records)
    if party is Party.PROXY:
        errors += _check_on_behalf(records.get("on_behalf"))
    return errors


def _check_benefit(records: Records) -> tuple[FieldError, ...]:
    amount, goods = records.get("amount_idr"), records.get("goods")
    if amount is None and goods is None:
        return (field_error("amount_idr", "required"),)
    if amount is not None and goods is not None:
        return (field_error("goods", "not_taken"),)
    return check_fields(records, {}, {"amount_idr": is_rupiah, "goods": is_text})


def _check_on_behalf(value: object) -> tuple[FieldError, ...]:
    if not isinstance(value, Mapping):
        return (field_error("on_behalf", "required"),)
    return check_fields(value, _ON_BEHALF, prefix="on_behalf/")
