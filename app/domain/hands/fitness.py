"""May this person have this case in hand? One reason against it, or none."""

from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.access import Actor, CaseSight, Permission, may_see, scope_of


class Unfit(StrEnum):
    """Of the set ``unfit_reason``; in the order in which they are looked at."""

    INACTIVE = "inactive"
    KEPT_OUT = "kept_out"
    OUTSIDE_AREA = "outside_area"
    ON_LEAVE = "on_leave"
    NOT_NAMED = "not_named"


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account stands today."""

    actor: Actor
    """The account with its grants in force."""
    active: bool
    away: bool


def why_unfit(person: Standing, case: CaseSight) -> Unfit | None:
    """Say why *person* cannot take the case into her hands; None when she can.

    She needs the right to visit where the case lies. Up to TERBATAS the assignment itself lets her see it;
    a RAHASIA case she must be able to see already, as a named person or by the office that it is closed to.
    """
    account = person.actor.account_id
    if not person.active or account is None:
        return Unfit.INACTIVE
    if account in case.about_accounts:
        return Unfit.KEPT_OUT
    if not person.actor.has(Permission.CASE_VISIT, case.region, case.desk_id):
        return Unfit.OUTSIDE_AREA
    if person.away:
        return Unfit.ON_LEAVE
    assigned = replace(case, assignee_id=account)
    return None if may_see(scope_of(person.actor), assigned) else Unfit.NOT_NAMED
