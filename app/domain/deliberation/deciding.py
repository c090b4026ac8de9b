"""What a meeting decides of its candidates, and what the regency asks before it ratifies."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.domain.deliberation.quorum import Quorum
from app.domain.errors import Conflict, FieldError, Invalid


class Decision(StrEnum):
    """A part of the set ``proposal_decision``."""

    LAYAK = "LAYAK"
    TIDAK_LAYAK = "TIDAK_LAYAK"
    PERLU_SURVEI = "PERLU_SURVEI"


class Standing(StrEnum):
    """How a candidate stands in her session; the set ``candidate_state``."""

    OPEN = "open"
    DECIDED = "decided"
    REOPENED = "reopened"
    CARRIED = "carried"
    """She goes on in the session that follows."""
    WITHDRAWN = "withdrawn"


class Source(StrEnum):
    """Where a candidate comes from; the set ``candidate_source``."""

    CASE = "case"
    GAP = "gap"
    """In need by what the service knows, and not in the registry."""
    PROPOSAL = "proposal"
    FOLLOW_UP = "follow_up"


UNDECIDED: Final = frozenset({Standing.OPEN, Standing.REOPENED})


@dataclass(frozen=True, slots=True)
class Given:
    """One decision as it was asked for."""

    candidate_id: UUID
    decision: Decision
    reason: str
    rank: int | None = None


def check_ranks(given: Sequence[Given], standing: Mapping[UUID, int]) -> None:
    """Refuse ranks that do not order. *standing*: those of the other candidates that are LAYAK.

    Raises:
        Invalid: an eligible candidate without rank, another one with a rank, or one rank for two.
    """
    taken = Counter([*standing.values(), *(one.rank for one in given if one.rank is not None)])
    errors = []
    for n, one in enumerate(given):
        at = f"/decisions/{n}/rank"
        if (one.decision is Decision.LAYAK) != (one.rank is not None):
            said = (
                ("required", "Beri urutan untuk yang layak.", "Give the eligible one a rank.")
                if one.rank is None
                else ("not_taken", "Hanya yang layak diberi urutan.", "Only the eligible have a rank.")
            )
            errors.append(FieldError(at, *said))
        elif one.rank is not None and taken[one.rank] > 1:
            errors.append(
                FieldError(at, "taken", "Urutan ini sudah dipakai.", "This rank is somebody else's.")
            )
    if errors:
        raise Invalid(fields=tuple(errors))


def require_quorum(quorum: Quorum, **more: object) -> None:
    """Let a decision be taken.

    Raises:
        Conflict: too few are there, or a role is missing.
    """
    if not quorum.reached:
        raise Conflict(
            "below_quorum",
            "Peserta belum memenuhi kuorum: musyawarah boleh mencatat, tetapi belum boleh memutuskan.",
            "The quorum is not reached: the meeting may record, but neither decide nor be ratified.",
            {
                "present": quorum.present,
                "least": quorum.least,
                "missing_roles": list(quorum.missing_roles),
                "excluded": quorum.excluded,
                **more,
            },
        )


@dataclass(frozen=True, slots=True)
class Ready:
    """What the regency looks at before it ratifies."""

    quorum: Quorum
    decided: int
    undecided: int
    signed: bool
    """The last minutes have their signed scan."""
    open_objections: int
    window_until: datetime | None


def check_ratifiable(ready: Ready, now: datetime) -> None:
    """Let the regency ratify.

    Raises:
        Conflict: below quorum, nothing or not all decided, unsigned, or objections open or still possible.
    """
    require_quorum(ready.quorum)
    if not ready.signed:
        raise _not_yet(
            "minutes_unsigned",
            "Berita acara belum ditandatangani: unggah pindaiannya dulu.",
            "The minutes are not signed: upload the signed scan first.",
        )
    if not ready.decided or ready.undecided:
        raise _not_yet(
            "candidates_undecided",
            "Masih ada calon yang belum diputuskan.",
            "Not every candidate is decided.",
            undecided=ready.undecided,
        )
    if ready.open_objections:
        raise _not_yet(
            "objections_open",
            "Masih ada sanggahan yang belum diverifikasi.",
            "Objections are not verified yet.",
            open=ready.open_objections,
        )
    if ready.window_until is None or now < ready.window_until:
        until = ready.window_until.isoformat() if ready.window_until else None
        raise _not_yet(
            "objection_window_open",
            "Masa sanggah belum berakhir.",
            "Objections may still come.",
            until=until,
        )


def _not_yet(code: str, indonesian: str, english: str, **data: object) -> Conflict:
    return Conflict(code, indonesian, english, data)


def next_n(taken: Iterable[int]) -> int:
    return max(taken, default=0) + 1
