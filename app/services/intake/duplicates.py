"""Is this the same matter, told at another desk or yesterday, by her or by one of her family."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from app.db.queries.intake_parts import Pair
from app.db.queries.knowing import Likeness, Who
from app.domain.access import CaseSight, Scope, may_see
from app.domain.cases import NewCase, same_matter
from app.domain.codes import Confidentiality
from app.domain.duplicates import HINT, MOST_HINTS, MOST_PAIRS, PAIR, Reason, score
from app.domain.errors import Conflict
from app.domain.identity import Phone, parse_phone
from app.domain.knowledge import Knowledge
from app.domain.likeness import likeness
from app.domain.names import name_key
from app.integrations.vault import Blind
from app.services.intake.checks import Numbers
from app.services.intake.meeting import Met

AT_REST = frozenset({"resolved", "closed", "void"})
_FOR_MANY: Final = frozenset({"RT_RW", "CADRE", "VILLAGE_OFFICER", "LKS"})
"""Reporters who come for many: that they came twice says nothing."""


@dataclass(frozen=True, slots=True)
class Other:
    """Another case, as far as the opener may know: no more than why, when, and whom to ask."""

    ticket: str
    opened_at: datetime
    holder: str
    village: str
    reasons: tuple[Reason, ...]
    score: int


@dataclass(frozen=True, slots=True)
class Same:
    """The case on record that the new one is."""

    case_id: UUID
    confidentiality: Confidentiality
    other: Other


@dataclass(frozen=True, slots=True)
class Others:
    hints: tuple[Other, ...]
    """The likeliest first."""
    pairs: tuple[Pair, ...]
    """What the opener may not see or cannot settle: the secretariat decides."""
    same: Same | None = None
    """Only where the new case is never refused: it becomes void, and its ticket leads on to this one."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The new case, and who brings it when."""

    new: NewCase
    name_key: str
    scope: Scope
    known: Knowledge
    regency: str
    now: datetime
    never_refused: bool = False
    """The resident has a slip already: the same matter is stored as void, not sent back."""


@dataclass(slots=True)
class _Like:
    """One found case, with every way in which it is alike."""

    row: Mapping[str, Any]
    reasons: set[Reason] = field(default_factory=set)
    spelt_otherwise: bool = False

    @property
    def score(self) -> int:
        return score(frozenset(self.reasons), spelt_otherwise=self.spelt_otherwise)

    @property
    def is_her(self) -> bool:
        return Reason.SAME_PERSON in self.reasons

    @property
    def is_same(self) -> bool:
        return Reason.SAME_MATTER in self.reasons


def window_of(known: Knowledge, regency: str) -> timedelta:
    """How long a case that was closed still counts as the same matter."""
    return timedelta(days=int(known.policy_value(regency, "duplicate_window_days", 30)))


def who_is(blind: Blind, met: Met, numbers: Numbers, new: NewCase, since: datetime) -> Who:
    """Say by what to look for cases that may be the same."""
    like = Likeness(
        household_id=met.household_id,
        phones=phones_of(blind, numbers, new),
        born_on=met.born_on,
        village_code=new.village,
        nobody_sure=not met.nik_digests,
        since=since,
    )
    return Who(met.nik_digests, met.person_id, like)


def phones_of(blind: Blind, numbers: Numbers, new: NewCase) -> list[bytes]:
    """Return the digests of the phones given, of the subject and of a reporter who came for her alone."""
    phones = [number for number in (numbers.phone, _reporters_phone(new)) if number is not None]
    return [digest for phone in phones for digest in blind.digests("phone", phone.e164)]


def _reporters_phone(new: NewCase) -> Phone | None:
    reporter = new.reporter
    if reporter.phone is None or reporter.anonymous or reporter.relation in _FOR_MANY:
        return None
    found = parse_phone(reporter.phone)
    return found if isinstance(found, Phone) else None


def look_for_same(cases: Iterable[Mapping[str, Any]], opening: Opening) -> Others:
    """Return what may be said of cases that are alike, and what the secretariat must look at.

    Raises:
        Conflict: the same matter of the same person is open, or is as new as the window, and no
            ``separate_reason`` is given, and the case may be refused.
    """
    hints: list[Other] = []
    pairs: list[Pair] = []
    same: Same | None = None
    for like in _joined(cases, opening):
        visible = _may_hint(like.row, opening.scope)
        if visible:
            other = _other(like, opening)
            if like.is_her and like.is_same and opening.new.separate_reason is None:
                if not opening.never_refused:
                    raise _same(other)
                same = same or Same(UUID(like.row["id"]), Confidentiality(like.row["confidentiality"]), other)
            if like.score >= HINT:
                hints.append(other)
        if like.score >= PAIR and not (visible and _is_settled(like, opening.new)):
            pairs.append(_pair(like))
    hints.sort(key=lambda hint: (-hint.score, hint.ticket))
    pairs.sort(key=lambda pair: -pair.score)
    return Others(tuple(hints[:MOST_HINTS]), tuple(pairs[:MOST_PAIRS]), same)


def _is_settled(like: _Like, new: NewCase) -> bool:
    """What she was shown and said is another matter needs nobody else's eyes; nor does her own other case."""
    return like.is_her or new.separate_reason is not None


def _joined(cases: Iterable[Mapping[str, Any]], opening: Opening) -> Iterator[_Like]:
    """Join the ways in which one case was found; what is neither open nor new is left out."""
    found: dict[str, _Like] = {}
    for row in cases:
        spelt = likeness(opening.name_key, row["name"]) if row["why"] == Reason.SIMILAR_PERSON else 0
        if spelt is None:
            continue
        like = found.setdefault(row["id"], _Like(row))
        like.reasons.add(Reason(row["why"]))
        like.spelt_otherwise |= spelt > 0
    window = window_of(opening.known, opening.regency)
    for like in found.values():
        row = like.row
        is_open = row["status"] not in AT_REST
        is_new = opening.now - datetime.fromisoformat(row["opened_at"]) <= window
        if (is_open or is_new) and same_matter(opening.new, row["program"], row["category"]):
            like.reasons.add(Reason.SAME_MATTER)
        if is_open or like.is_same:
            yield like


def _may_hint(row: Mapping[str, Any], scope: Scope) -> bool:
    """An ordinary case is hinted at across desks; a confidential one only to whoever may open it."""
    secrecy = Confidentiality(row["confidentiality"])
    return secrecy is Confidentiality.BIASA or may_see(scope, CaseSight(row["village"], secrecy))


def _other(like: _Like, opening: Opening) -> Other:
    row = like.row
    return Other(
        row["ticket"],
        datetime.fromisoformat(row["opened_at"]),
        _holder(row, opening.known, opening.regency),
        row["village"],
        tuple(reason for reason in Reason if reason in like.reasons),
        like.score,
    )


def _pair(like: _Like) -> Pair:
    reasons = tuple(reason.value for reason in Reason if reason in like.reasons)
    return Pair(UUID(like.row["id"]), like.score, reasons)


def named(met: Met, new: NewCase) -> str:
    """The key of the name that the new case is for."""
    return name_key(new.subject.name or met.name)


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
