"""As whom an actor may act on a referral, and which agency may get another one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from app.domain.access import Actor, Permission, Role
from app.domain.codes import ActorKind
from app.domain.errors import Conflict
from app.domain.referrals.table import Party, ReferralStatus

THIRD_BOUNCE: Final = 3


@dataclass(frozen=True, slots=True)
class Receiver:
    """The receiving side of one referral."""

    agency: str
    region: str
    """Where its case lies."""
    proxy_role: Role | None = None
    """Who answers for an agency without an account; None when it answers itself."""
    referral_id: UUID | None = None
    """The referral itself: whoever opened a letter's link answers on this one only."""
    desk_id: UUID | None = None
    """The desk that holds the case: its people are the sender's line, wherever the case lies."""
    case_seen: bool = True
    """Whether the actor sees the case: who does not is no sender of it, whatever he is elsewhere."""


def parties_of(actor: Actor, receiver: Receiver) -> frozenset[Party]:
    """Say as whom the actor may act; empty for an onlooker.

    A proxy holds the named role where the case lies. The sender's line is whoever may send there.
    """
    if actor.kind is ActorKind.SYSTEM:
        return frozenset({Party.SYSTEM})
    if actor.kind is ActorKind.RECEIVER:
        opened = actor.referral_id is not None and actor.referral_id == receiver.referral_id
        return frozenset({Party.RECEIVER} if opened else ())
    found = set()
    if Permission.REFERRAL_RECEIVE in actor.permissions_for(receiver.agency, receiver.region):
        found.add(Party.RECEIVER)
    if not receiver.case_seen:
        return frozenset(found)
    if receiver.proxy_role is not None and (
        actor.holds(receiver.proxy_role, receiver.region)
        and actor.has(Permission.REFERRAL_PROXY, receiver.region)
    ):
        found.add(Party.PROXY)
    if actor.has(Permission.REFERRAL_SEND, receiver.region, receiver.desk_id):
        found.add(Party.SENDER)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class PastReferral:
    """A referral that the case has had, live or ended."""

    agency: str
    status: ReferralStatus


def bounces(history: Iterable[PastReferral]) -> int:
    """Count the answers ``not_ours``; no other end is a bounce."""
    return sum(past.status is ReferralStatus.NOT_OURS for past in history)


def check_agency(agency: str, history: Iterable[PastReferral], *, override_reason: str | None = None) -> None:
    """Refuse to send the case again to an agency that answered that it is not its matter.

    An override needs ``case:override`` and a reason that is stored.

    Raises:
        Conflict: the agency answered ``not_ours`` and nobody overrides.
    """
    bounced = any(p.agency == agency and p.status is ReferralStatus.NOT_OURS for p in history)
    if bounced and not (override_reason or "").strip():
        raise Conflict(
            "agency_said_not_ours",
            "Lembaga ini sudah menjawab bukan wewenangnya. Sekretariat dapat mengirim ulang dengan alasan.",
            "This agency has answered that it is not its matter. The secretariat may override with a reason.",
            {"agency": agency},
        )
