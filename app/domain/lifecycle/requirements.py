"""What each step of a case must record."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.domain.codes import ActorKind, Outcome, VoidReason
from app.domain.errors import FieldError
from app.domain.lifecycle.table import CaseAction
from app.domain.records import (
    Check,
    Records,
    check_fields,
    field_error,
    is_code,
    is_instant,
    is_some,
    is_text,
    one_of,
)

A = CaseAction
BY_OTHER_ACTS: Final = frozenset({Outcome.INCOMPLETE_EXPIRED, Outcome.DECEASED, Outcome.TRANSFERRED})
"""Outcomes that `resolve` may not name: the expiry, a death and a transfer write them."""

_OUTCOMES: Final = one_of(*(code for code in Outcome if code not in BY_OTHER_ACTS))


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple)


def _is_rating(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 5  # noqa: PLR2004


_REQUIRED: Final[Mapping[CaseAction, Mapping[str, Check]]] = MappingProxyType(
    {
        A.ASK_COMPLETION: {"missing": is_some},
        A.RECORD_VERIFICATION: {
            "verdict": one_of("confirmed", "partly", "not_confirmed"),
            "method": one_of("registry", "document", "phone", "visit"),
        },
        A.PROPOSE: {"recommendation": one_of("refer", "resolve"), "reason": is_text},
        A.RETURN: {"note": is_text},
        A.REFER: {"referrals": is_some},
        A.DECIDE_REFER: {"referrals": is_some},
        A.RESOLVE: {"outcome": _OUTCOMES},
        A.DECIDE_RESOLVE: {"outcome": _OUTCOMES},
        A.VOID: {"reason": one_of(*VoidReason)},
        A.RESTORE: {"reason": is_text},
        A.CONFIRM: {"received": _is_list},
        A.DISPUTE: {"reason": is_text},
        A.REOPEN: {"reason": is_text},
    }
)
_OPTIONAL: Final[Mapping[CaseAction, Mapping[str, Check]]] = MappingProxyType(
    {A.CONFIRM: {"rating": _is_rating}, A.DISPUTE: {"received": _is_list}}
)
_TOLD: Final[Mapping[str, Check]] = MappingProxyType({"at": is_instant, "method": is_code, "by": is_text})
_WITNESSED: Final[Mapping[str, Check]] = MappingProxyType({"method": is_code, "witness": is_text})


def required_records(action: CaseAction) -> tuple[str, ...]:
    """Name the fields that every request of *action* brings."""
    return tuple(_REQUIRED.get(action, {}))


def needs_telling(records: Records) -> bool:
    """Tell whether a resolving request makes the task to tell the resident."""
    return records.get("told") is None


def check_records(
    action: CaseAction, records: Records, *, by: ActorKind = ActorKind.OFFICER
) -> tuple[FieldError, ...]:
    """Name what is absent or wrong in what a step brings; empty when it may be recorded."""
    errors = check_fields(records, _REQUIRED.get(action, {}), _OPTIONAL.get(action, {}))
    match action:
        case A.RESOLVE | A.DECIDE_RESOLVE:
            return errors + _check_resolution(records)
        case A.VOID:
            return errors + _check_void(records, by)
        case A.CONFIRM | A.DISPUTE if by is ActorKind.OFFICER:
            # Her word recorded by the desk: how it was given, and who heard it.
            return errors + _check_part(records, "by_desk", _WITNESSED, required=True)
        case _:
            return errors


def _check_resolution(records: Records) -> tuple[FieldError, ...]:
    errors = _check_part(records, "told", _TOLD, required=False)
    if records.get("outcome") == Outcome.NOT_ELIGIBLE:
        errors += check_fields(records, {"reason": is_code})
    if records.get("revoke_reason") is not None:
        errors += check_fields(records, {"revoke_reason": is_code})
    return errors


def _check_void(records: Records, by: ActorKind) -> tuple[FieldError, ...]:
    reason = records.get("reason")
    if by is ActorKind.RESIDENT and reason != VoidReason.WITHDRAWN:
        return (field_error("reason", "wrong"),)
    if reason == VoidReason.DUPLICATE:
        return check_fields(records, {"duplicate_of": is_text})
    return ()


def _check_part(
    records: Records, part: str, shape: Mapping[str, Check], *, required: bool
) -> tuple[FieldError, ...]:
    value = records.get(part)
    if value is None:
        return (field_error(part, "required"),) if required else ()
    if not isinstance(value, Mapping):
        return (field_error(part, "wrong"),)
    return check_fields(value, shape, prefix=f"{part}/")
