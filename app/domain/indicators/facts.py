"""What is known of a case when it is counted: codes, months and hours, nothing that names anybody."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, Final

Months = str
"""``2026-01``, in the zone of the case's place."""


@dataclass(frozen=True, slots=True)
class ReferralFacts:
    id: str
    """Of the row, in hexadecimal: whoever sees one referral of a case and not another is told of the one."""
    agency: str
    program: str
    status: str
    district: str
    village: str
    """Where the case lay when it was sent."""
    sent: Months
    reason: str | None = None
    accepted: Months | None = None
    ended: Months | None = None
    hours_to_answer: float | None = None


@dataclass(frozen=True, slots=True)
class CaseFacts:
    district: str
    village: str
    confidentiality: str
    kind: str
    category: str
    priority: str
    channel: str
    status: str
    holder: str
    opened: Months
    closed_to: str | None = None
    desk: str | None = None
    away_desk: str | None = None
    sector: str | None = None
    ppks: str | None = None
    program: str | None = None
    sex: str | None = None
    age_band: str | None = None
    outcome: str | None = None
    outcome_reason: str | None = None
    confirmed_by: str | None = None
    escalated_to: str | None = None
    resolved: Months | None = None
    closed: Months | None = None
    rating: int | None = None
    disputed: bool = False
    reopened: bool = False
    bounced: bool = False
    first_responded: Months | None = None
    hours_to_respond: float | None = None
    verified: Months | None = None
    hours_to_verify: float | None = None
    hours_to_refer: float | None = None
    hours_to_resolve: float | None = None
    referrals: tuple[ReferralFacts, ...] = ()

    def stored(self) -> dict[str, Any]:
        """Return it as JSON that `read` takes; what is not known is left out."""
        # Of nought hours something is known: only what is None or False itself is left out.
        return {**_known(self, _CASE), "referrals": [_known(one, _REFERRAL) for one in self.referrals]}

    @classmethod
    def read(cls, stored: dict[str, Any]) -> "CaseFacts":
        """Return what was stored; a field that the definitions no longer have is passed over."""
        known = {name: value for name, value in stored.items() if name in _CASE}
        referrals = tuple(
            ReferralFacts(**{name: value for name, value in one.items() if name in _REFERRAL})
            for one in stored.get("referrals", ())
        )
        return cls(**known, referrals=referrals)


def _known(facts: "CaseFacts | ReferralFacts", names: Iterable[str]) -> dict[str, Any]:
    found = ((name, getattr(facts, name)) for name in names)
    return {name: value for name, value in found if value is not None and value is not False}


_CASE: Final = tuple(field.name for field in fields(CaseFacts) if field.name != "referrals")
_REFERRAL: Final = tuple(field.name for field in fields(ReferralFacts))
