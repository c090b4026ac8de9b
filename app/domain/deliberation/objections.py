"""Objections of residents (sanggah): who may, until when, and before whom a silent one is put.

Source: domain.md 5.4 (Fw 32): the objector lives in the same village, a photo of the house and the point
help, the regency verifies. There an unverified one fell; here it climbs and never lapses (design, section 6).
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from app.domain.access import Role
from app.domain.deliberation.windows import Lateness
from app.domain.errors import Conflict, FieldError, Invalid

VERIFY_DAYS: Final = 5
"""Working days that a verifier has, where the policy says nothing. Ours."""
MOST_OF_ONE: Final = 3
"""Objections of one person to one session, where the policy says nothing. Ours."""


class ObjectionState(StrEnum):
    """The set ``objection_state``."""

    OPEN = "open"
    UPHELD = "upheld"
    NOT_UPHELD = "not_upheld"


RUNGS: Final = (Role.SECRETARIAT_OFFICER, Role.MANAGER, Role.HEAD)
"""First the verifiers are reminded; then it climbs, and stays with the head for ever."""


def rung_of(acts: int) -> Role:
    """Return before whom it is put the next time; *acts*: how often it was put before somebody."""
    return RUNGS[min(acts, len(RUNGS) - 1)]


def rungs_from(acts: int) -> Sequence[Role]:
    """Return the rungs to try in order: an empty one goes to the next, and the last to the manager again."""
    at = RUNGS.index(rung_of(acts))
    return (*RUNGS[at:], *reversed(RUNGS[:at]))


def check_window(window: Lateness, until: datetime | None, last: str | None) -> None:
    """Let an objection in while the window is open.

    Raises:
        Conflict: not published yet, or the window is over; says what can be done instead.
    """
    if window is Lateness.NOT_YET:
        raise Conflict(
            "not_published",
            "Hasil musyawarah belum diumumkan; sanggahan diterima sesudah diumumkan.",
            "The result is not published yet; objections are taken once it is.",
        )
    if window is Lateness.OVER:
        raise Conflict(
            "objection_late",
            f"Masa sanggah berakhir pada {last}. Catat sebagai pengaduan (PENGADUAN) di meja Puskesos, atau "
            "usulkan pada musyawarah berikutnya.",
            f"The window of objections ended on {last}. Record it as a complaint (PENGADUAN) at the desk, "
            "or bring it to the next meeting.",
            {"until": until.isoformat() if until else None},
        )


def check_resident(stated: str, known: str | None, village: str) -> None:
    """Refuse an objector from elsewhere. *known*: the village of her record, where there is one.

    Raises:
        Invalid: the village that she states, or that of her record, is another.
    """
    if stated != village or (known is not None and known != village):
        raise Invalid(
            fields=(
                FieldError(
                    "/objector/village",
                    "other_village",
                    "Hanya warga desa/kelurahan ini yang dapat menyanggah. Warga lain dapat mengadu di meja "
                    "Puskesos.",
                    "Only a resident of this village may object. Others may complain at a desk.",
                ),
            )
        )


def check_open(state: ObjectionState) -> None:
    """Let an objection be verified.

    Raises:
        Conflict: it was verified before.
    """
    if state is not ObjectionState.OPEN:
        raise Conflict(
            "objection_decided",
            "Sanggahan ini sudah diverifikasi.",
            "This objection was verified already.",
            {"state": state.value},
        )
