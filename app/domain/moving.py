"""Where a case may go: to another desk or the secretariat of its regency, or to another regency."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from app.domain.access import Actor, Permission
from app.domain.codes import Confidentiality, Holder, Level
from app.domain.errors import Conflict, FieldError, Invalid
from app.domain.facts import village_kind
from app.domain.ids import tenant_of
from app.domain.knowledge import Agency, Knowledge
from app.domain.lifecycle import CaseStatus
from app.domain.programs import covers
from app.domain.referrals import LIVE, ReferralStatus

AT_REST = frozenset({CaseStatus.CLOSED, CaseStatus.VOID})


@dataclass(frozen=True, slots=True)
class Seat:
    """Who holds a case: a desk of a village, or (without a desk) the secretariat."""

    desk_id: UUID | None = None
    village: str | None = None

    @property
    def holder(self) -> Holder:
        return Holder.SECRETARIAT if self.desk_id is None else Holder.DESK

    def away_from(self, village: str) -> UUID | None:
        """Return the desk if it is not one of the case's own *village*."""
        return None if self.village == village else self.desk_id


@dataclass(frozen=True, slots=True)
class Held:
    """Where a case lies and who holds it."""

    regency: str
    village: str
    holder: Holder
    desk_id: UUID | None
    away: bool
    """Its desk is one of another village."""


def holds(actor: Actor, held: Held) -> bool:
    """Whether the actor is one of the people of who holds the case, so that it is theirs to give away.

    Of a desk: who works there, or where its village is. Of the secretariat, and of a desk of another
    village: also who works for the whole regency, and nobody of the case's own village.
    """
    at_home = held.holder is Holder.DESK and not held.away
    return actor.has(Permission.CASE_WORK, held.village if at_home else held.regency, held.desk_id)


def open_moves(actor: Actor, held: Held, status: CaseStatus) -> tuple[str, ...]:
    """Name the moves that the actor may make now: ``hand_over`` and ``transfer``."""
    found = []
    if status not in AT_REST and actor.has(Permission.CASE_WORK, held.village, held.desk_id):
        found += ["hand_over"] if holds(actor, held) else []
    ended = {*AT_REST, CaseStatus.RESOLVED}
    if status not in ended and actor.has(Permission.CASE_TRANSFER, held.village, held.desk_id):
        found.append("transfer")
    return tuple(found)


def check_hand_over(
    status: CaseStatus, confidentiality: Confidentiality, held: tuple[Holder, UUID | None], to: Seat
) -> None:
    """Let a case go from who *held* it to *to*.

    Raises:
        Conflict: it is at rest, is there already, or is a closed channel's, which no desk holds.
    """
    if status in AT_REST:
        raise Conflict(
            "case_at_rest",
            "Kasus sudah ditutup atau dibatalkan; buka kembali dahulu.",
            "The case is closed or void; reopen it first.",
        )
    if held == (to.holder, to.desk_id):
        raise Conflict("held_already", "Kasus sudah dipegang di sana.", "The case is held there already.")
    if confidentiality is Confidentiality.RAHASIA and to.holder is Holder.DESK:
        raise Conflict(
            "closed_channel",
            "Kasus rahasia ditangani melalui jalur tertutup dan tidak diserahkan ke meja layanan.",
            "A secret case is handled in its closed channel and is not handed to a desk.",
        )


@dataclass(frozen=True, slots=True)
class Sent:
    """A referral as a transfer looks at it: the level of its programme decides."""

    id: UUID
    status: ReferralStatus
    level: Level | None


def moving_along(referrals: Iterable[Sent]) -> tuple[UUID, ...]:
    """Name the live referrals to central programmes: they are sent again from the new regency.

    All others end with the transfer, since a regency's programme serves its own residents.
    """
    return tuple(one.id for one in referrals if one.status in LIVE and one.level is Level.PUSAT)


def agency_there(known: Knowledge, program: str, agency: str, village: str) -> Agency | None:
    """Name who would get the same referral from *village*: the same body, or that of its kind there.

    None: the programme does not reach the village, or the body has no like there.
    """
    rules, body = known.programs.get(program), known.agencies.get(agency)
    if rules is None or body is None:
        return None
    kinds = rules.version.village_kinds
    reaches = any(covers(area, village) for area in rules.version.coverage)
    if not reaches or (kinds is not None and village_kind(village) not in kinds):
        return None
    there = body if covers(body.region, village) else known.agency(body.kind, tenant_of(village))
    return there if there is not None and there.active else None


def check_transfer(regency: str, village: str, *, known: bool, served: bool) -> None:
    """Let a case of *regency* go to *village*.

    Raises:
        Invalid: the place does not exist, or is no village.
        Conflict: it lies in the same regency, or its regency has no service yet.
    """
    if not known or village.count(".") != 3:  # noqa: PLR2004  # the depth of a village's code
        raise Invalid(
            fields=(
                FieldError(
                    "/to_region",
                    "unknown_village",
                    "Sebutkan desa atau kelurahan tujuan; kodenya dicari di /v1/regions.",
                    "Name the village that it goes to; look for its code in /v1/regions.",
                ),
            )
        )
    if village.startswith(f"{regency}."):
        raise Conflict(
            "same_regency",
            "Desa itu berada di kabupaten/kota yang sama; serahkan kasusnya, jangan pindahkan.",
            "That village lies in the same regency; hand the case over instead.",
        )
    if not served:
        raise Conflict(
            "regency_not_served",
            "Kabupaten/kota tujuan belum memakai layanan ini. Selesaikan kasus dengan rujukan ke sana.",
            "The other regency does not use this service yet. Resolve the case by pointing her there.",
        )
