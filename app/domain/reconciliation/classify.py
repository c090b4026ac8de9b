"""One row of a list against what is known of its NIK: everything that stands against it, the gravest first.

- A NIK that everybody knows with another name tells nothing of the row's person: no death, no move and no
  other aid of its owner is held against her.
- Sources that disagree with each other do not count against the list as long as one of them agrees with it.
- Where a closed case exists, nothing is told of where the person is, and the closed desk's record is nobody's
  likeness: not even the fact that she was seen in another place.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from app.domain.access import covers
from app.domain.ids import tenant_of
from app.domain.matching import PROBABLE, Identity, compare
from app.domain.matching import Reason as Likeness
from app.domain.programs import Effect
from app.domain.reconciliation.model import (
    Asked,
    Candidate,
    Evidence,
    Finding,
    HeldAid,
    Kind,
    Listed,
    Reason,
    Record,
    Source,
)

MOST_CANDIDATES: Final = 3
_BIRTHS_APART: Final = frozenset({Likeness.BORN_DIFFERS, Likeness.BORN_SWAPPED, Likeness.BORN_DIGIT_OFF})


def classify(
    row: Listed,
    known: Sequence[Record],
    held: Sequence[HeldAid] = (),
    candidates: Sequence[Record] = (),
    *,
    asked: Asked,
) -> tuple[Finding, ...]:
    """Return what stands against *row*; nothing where it is matched.

    *known*: what the sources say of the owner of the row's NIK. *candidates*: whom it might be, looked at
    only where nobody has that NIK.
    """
    if row.refused:
        return (Finding(Kind.UNREADABLE, Reason.ROW_REFUSED),)
    found = (one for one in _found(row, known, held, candidates, asked.region) if one.kind in asked.tells)
    return tuple(sorted(found, key=lambda one: _GRAVITY[one.kind]))


def outcome_of(findings: Iterable[Finding]) -> Kind:
    """Return the gravest kind, or ``matched``."""
    return min((one.kind for one in findings), key=_GRAVITY.__getitem__, default=Kind.MATCHED)


_GRAVITY: Final[Mapping[Kind, int]] = {kind: place for place, kind in enumerate(Kind)}


def _found(
    row: Listed,
    known: Sequence[Record],
    held: Sequence[HeldAid],
    candidates: Sequence[Record],
    region: str,
) -> Iterator[Finding]:
    if row.earlier is not None:
        yield _duplicate(row.who, row.earlier.n, row.earlier.name_key)
    if not known:
        yield from _said_by_list(row)
        yield _unknown(row, candidates)
        # Another list may pay for a NIK that neither the registry nor a desk has ever seen.
        yield from _double(held)
        return
    apart = _apart(row.who, known)
    if apart is not None:
        yield apart
        if apart.reason is Reason.NAME_DIFFERS:
            return
    own = [record for record in known if not _is_another(row.who, record)]
    happened = [*_death(own), *_move(row.who, own, region)]
    yield from happened or _said_by_list(row)
    yield from _double(held)


# The NIK against name and birth date -------------------------------------------------------------------


def _apart(who: Identity, known: Sequence[Record]) -> Finding | None:
    """Return the disagreement, where nobody agrees."""
    found = [(_disagreement(who, record), record) for record in known]
    if any(reason is None for reason, _ in found):
        return None
    reasons = [reason for reason, _ in found]
    worst = Reason.NAME_DIFFERS if all(r is Reason.NAME_DIFFERS for r in reasons) else Reason.BIRTH_DIFFERS
    record = next(record for reason, record in found if reason is worst)
    return Finding(Kind.NOT_PADAN, worst, record, _from(record))


def _disagreement(who: Identity, record: Record) -> Reason | None:
    if who.name_key == record.who.name_key and who.born_on == record.who.born_on:
        # Nearly all rows: nothing has to be weighed.
        return None
    reasons = set(compare(who, record.who).reasons)
    if Likeness.NAME_DIFFERS in reasons:
        return Reason.NAME_DIFFERS
    return Reason.BIRTH_DIFFERS if reasons & _BIRTHS_APART else None


def _is_another(who: Identity, record: Record) -> bool:
    """Whether this source knows somebody else under the NIK, though another source agrees."""
    return _disagreement(who, record) is Reason.NAME_DIFFERS


# What happened to the person ----------------------------------------------------------------------------


def _death(known: Sequence[Record]) -> Iterator[Finding]:
    dead = [record for record in known if record.deceased]
    if not dead:
        return
    # A recorded death has a day and a paper; the registry has a mark.
    record = min(dead, key=lambda one: (one.source is not Source.PERSON, one.as_of, one.id))
    reason = Reason.DEATH_RECORDED if record.source is Source.PERSON else Reason.REGISTRY_DECEASED
    evidence = _from(record)
    if record.deceased_on is not None:
        evidence["died_on"] = record.deceased_on.isoformat()
    yield Finding(Kind.DECEASED, reason, record, evidence)


def _said_by_list(row: Listed) -> Iterator[Finding]:
    """What nobody else knows, but the list itself marks."""
    if row.says_dead:
        yield Finding(Kind.DECEASED, Reason.LIST_SAYS_DECEASED, None, {"source": Source.LIST})
    elif row.says_moved:
        yield Finding(Kind.MOVED, Reason.LIST_SAYS_MOVED, None, {"source": Source.LIST})


def _move(who: Identity, known: Sequence[Record], region: str) -> Iterator[Finding]:
    if any(record.shielded for record in known) or any(record.deceased for record in known):
        return
    placed = [record for record in known if record.who.village or record.moved]
    if not placed:
        return
    # The newest word counts; of two equally new ones that which leaves her where she is.
    newest = max(
        placed, key=lambda one: (one.as_of, _lives_in(one, region), one.source is Source.PERSON, one.id)
    )
    village = newest.who.village
    if newest.moved:
        yield Finding(Kind.MOVED, Reason.REGISTRY_MOVED, newest, _from(newest))
    elif village and not covers(region, village):
        # The regency is enough to strike her off or to hand her over.
        yield Finding(Kind.MOVED, Reason.LEFT_REGION, newest, {**_from(newest), "to": tenant_of(village)})
    elif village and who.village and _is_other_village(who.village, village):
        yield Finding(Kind.MOVED, Reason.OTHER_VILLAGE, newest, {**_from(newest), "to": village})


def _lives_in(record: Record, region: str) -> bool:
    return record.who.village is not None and covers(region, record.who.village)


def _is_other_village(one: str, other: str) -> bool:
    """A list may name a district only: that is no other village."""
    return not covers(one, other) and not covers(other, one)


def _double(held: Sequence[HeldAid]) -> Iterator[Finding]:
    if not held:
        return
    gravest = min(held, key=lambda one: (_weight(one.effect), one.program, one.source))
    evidence: Evidence = {"source": gravest.source, "program": gravest.program, "region": gravest.tenant}
    if gravest.told_by:
        evidence["told_by"] = gravest.told_by
    if gravest.as_of is not None:
        evidence["as_of"] = gravest.as_of.isoformat()
    others = sorted({one.program for one in held} - {gravest.program})
    if others:
        evidence["also"] = ",".join(others)
    yield Finding(Kind.DOUBLE_FUNDED, _DOUBLE[gravest.effect], None, evidence)


_DOUBLE: Final = {
    Effect.EXCLUDE: Reason.EXCLUDED_PROGRAM,
    None: Reason.SAME_PROGRAM_ELSEWHERE,
    Effect.WARN: Reason.DISCOURAGED_PROGRAM,
}


def _weight(effect: Effect | None) -> int:
    return list(_DOUBLE).index(effect)


# The row itself -----------------------------------------------------------------------------------------


def _duplicate(who: Identity, n: int, name: str) -> Finding:
    same = (
        Likeness.NAME_DIFFERS not in compare(Identity(name_key=who.name_key), Identity(name_key=name)).reasons
    )
    reason = Reason.SAME_NIK if same else Reason.SAME_NIK_OTHER_NAME
    return Finding(Kind.DUPLICATE, reason, None, {"source": Source.LIST, "row": n})


def _unknown(row: Listed, candidates: Sequence[Record]) -> Finding:
    # Of a number that nobody has only the digest is there: how near it is to another cannot be told.
    who = replace(row.who, nik=None)
    scored = [
        Candidate(record, match.score, tuple(match.reasons))
        for record in candidates
        if not record.shielded and (match := compare(who, replace(record.who, nik=None))).score >= PROBABLE
    ]
    best = sorted(scored, key=lambda one: (-one.score, one.record.source, one.record.id))[:MOST_CANDIDATES]
    if best:
        first = best[0]
        evidence: Evidence = {**_from(first.record), "score": first.score}
        return Finding(Kind.PROBABLE, Reason.SIMILAR_PERSON, first.record, evidence, best)
    return Finding(Kind.UNLISTED, Reason.NIK_UNKNOWN if row.who.nik else Reason.NOBODY_SIMILAR)


def _from(record: Record) -> Evidence:
    found: Evidence = {"source": record.source, "as_of": record.as_of.isoformat()}
    if record.told_by:
        found["told_by"] = record.told_by
    return found
