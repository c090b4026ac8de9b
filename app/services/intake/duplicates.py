"""Is this the same matter of the same person, told at another desk or yesterday."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.domain.access import CaseSight, Scope, may_see
from app.domain.cases import NewCase, same_matter
from app.domain.codes import Confidentiality
from app.domain.errors import Conflict
from app.domain.knowledge import Knowledge

AT_REST = frozenset({"resolved", "closed", "void"})


@dataclass(frozen=True, slots=True)
class Other:
    """Another case of the person, as far as the opener may know: no more than whom to ask."""

    ticket: str
    opened_at: datetime
    holder: str
    village: str


@dataclass(frozen=True, slots=True)
class Others:
    hints: tuple[Other, ...]
    hidden: tuple[UUID, ...]
    """Same matter, but not for the opener's eyes: the secretariat gets the pair."""


def look_for_same(
    cases: Iterable[Mapping[str, Any]],
    new: NewCase,
    scope: Scope,
    known: Knowledge,
    regency: str,
    now: datetime,
) -> Others:
    """Return what may be said of her other cases.

    Raises:
        Conflict: the same matter is open, or is as new as the window, and no ``separate_reason`` is given.
    """
    window = timedelta(days=int(known.policy_value(regency, "duplicate_window_days", 30)))
    hints: list[Other] = []
    hidden: list[UUID] = []
    for found in cases:
        opened_at = datetime.fromisoformat(found["opened_at"])
        is_open = found["status"] not in AT_REST
        same = same_matter(new, found["program"], found["category"]) and (
            is_open or now - opened_at <= window
        )
        # An ordinary case is hinted at across desks; a confidential one only to whoever may open it.
        confidentiality = Confidentiality(found["confidentiality"])
        ordinary = confidentiality is Confidentiality.BIASA
        if not ordinary and not may_see(scope, CaseSight(found["village"], confidentiality)):
            hidden += [UUID(found["id"])] if same else []
            continue
        other = Other(found["ticket"], opened_at, _holder(found, known, regency), found["village"])
        if same and new.separate_reason is None:
            raise _same(other)
        if is_open or same:
            hints.append(other)
    return Others(tuple(hints), tuple(hidden))


def _holder(found: Mapping[str, Any], known: Knowledge, regency: str) -> str:
    if found["holder"] == "desk":
        desk = known.desk_of(found["village"])
        if desk is not None:
            return desk.name
    return known.settings[regency].secretariat


def _same(other: Other) -> Conflict:
    return Conflict(
        code="same_matter",
        id=(
            f"Kasus yang sama sudah ada: {other.ticket}. Lanjutkan kasus itu, "
            "atau tulis alasan mengapa ini perkara lain."
        ),
        en=(
            f"The same matter is on record already: {other.ticket}. Go on with that case, "
            "or say why it is another matter."
        ),
        data={"ticket": other.ticket, "opened_at": other.opened_at.isoformat(), "holder": other.holder},
    )
