"""Who is not on the list and might be: struck off since an earlier one, in the registry, or in need.

Nobody is missing who has died or moved away, whom another funder pays for already, or about whom nothing
may be told. Each person is found once, by the first source that names her.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from app.db.queries.acting import Acting
from app.db.queries.reconciliations import absent, evidence, findings
from app.db.queries.reconciliations import rows as staged
from app.db.queries.reconciliations.absent import Absent, Walk
from app.db.queries.reconciliations.rows import Place
from app.db.tables.reconciliations import ReconciliationFinding
from app.domain.matching import Identity
from app.domain.reconciliation import (
    Against,
    Asked,
    Finding,
    Kind,
    Listed,
    ListRole,
    MissingFrom,
    Reason,
    Record,
    Source,
    classify,
)
from app.services.reconciliations.comparing import Comparing, finding_row

_GONE: Final = frozenset({Kind.DECEASED, Kind.MOVED, Kind.NOT_PADAN})
_LIST, _LEDGER, _REGISTRY, _NEEDS = "list", "ledger", "registry", "needs"


@dataclass(frozen=True, slots=True)
class _Person:
    """Somebody who may be missing."""

    digest: bytes
    who: Identity
    village: str | None
    source: Source
    reason: Reason
    evidence: Mapping[str, Any]
    subject_id: UUID | None = None
    row: tuple[int, int] | None = None
    """List and row of an earlier list."""


async def look(
    acting: Acting, at: Comparing, place: Mapping[str, Any] | None, limit: int
) -> dict[str, Any] | None:
    """Look through the next stretch of a source; return where to go on, None when all are done."""
    sources = _sources(at)
    place = place or {"source": 0, "after": None}
    if place["source"] >= len(sources):
        return None
    people, after = await _next(acting, at, sources[place["source"]], (place["after"], limit))
    await _keep(acting, at, people)
    if after is not None:
        return {"source": place["source"], "after": after}
    return {"source": place["source"] + 1, "after": None}


def _sources(at: Comparing) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    if MissingFrom.EARLIER.value in at.row.missing:
        found += [
            (_LIST, n)
            for n, one in enumerate(at.row.others, 1)
            if one["role"] == ListRole.EARLIER.value and one["program"] == at.row.program_code
        ]
        if at.asks(Against.LEDGER):
            found.append((_LEDGER, 0))
    if MissingFrom.REGISTRY.value in at.row.missing:
        found.append((_REGISTRY, 0))
    if MissingFrom.NEEDS.value in at.row.missing:
        found.append((_NEEDS, 0))
    return found


Stretch = tuple[list[_Person], int | str | None]


async def _next(acting: Acting, at: Comparing, source: tuple[str, int], where: tuple[Any, int]) -> Stretch:
    after, limit = where
    if source[0] == _LIST:
        return await _of_list(acting, at, source[1], (int(after or 0), limit))
    walk = Walk(at.place, at.row.region_code, at.row.program_code, UUID(after) if after else None, limit)
    if source[0] == _LEDGER:
        return _walked(await absent.held_before(acting.tx, walk), Source.LEDGER, Reason.STRUCK_OFF)
    if source[0] == _NEEDS:
        return _walked(await absent.in_need(acting.tx, walk), Source.CASE, Reason.IN_NEED)
    source_, period = at.row.registry_source, at.row.registry_period
    if source_ is None or period is None or at.row.desil_at_most is None:
        return [], None
    members = await absent.in_registry(acting.tx, walk, (source_, period), at.row.desil_at_most)
    return _walked(members, Source.REGISTRY, Reason.REGISTRY_ENTITLED)


async def _of_list(acting: Acting, at: Comparing, list_no: int, where: tuple[int, int]) -> Stretch:
    """People of an earlier list of the programme whose NIK is not on this one."""
    place = Place(at.row.regency_code, at.row.id, list_no)
    rows = await staged.after(acting.tx, place, *where)
    digests = [row.nik_digest for row in rows if row.nik_digest is not None]
    still = await staged.listed_in(acting.tx, at.place, digests) if digests else set()
    people = {
        row.nik_digest: _Person(
            row.nik_digest,
            Identity(None, None, row.name_key, row.born_on, row.village_code, row.sex),
            row.village_code,
            Source.LIST,
            Reason.STRUCK_OFF,
            {"list": list_no, "row": row.n},
            row=(list_no, row.n),
        )
        for row in reversed(rows)
        if row.nik_digest is not None and row.nik_digest not in still and not row.refused
    }
    return list(people.values()), rows[-1].n if rows else None


def _walked(found: Sequence[Absent], source: Source, reason: Reason) -> Stretch:
    people = {
        one.nik_digest: _Person(
            one.nik_digest,
            Identity(village=one.village),
            one.village,
            source,
            reason,
            {
                **({"period": one.period} if one.period else {}),
                **({"desil": one.desil} if one.desil is not None else {}),
            },
            subject_id=one.subject_id,
        )
        for one in reversed(found)
    }
    return list(people.values()), found[-1].at.hex if found else None


# Whether she is missing ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Known:
    """What stands for and against a stretch of people, by the text of the NIK."""

    records: Mapping[str, Sequence[Record]]
    paid: frozenset[str]


async def _known(acting: Acting, at: Comparing, digests: Mapping[bytes, str]) -> _Known:
    tx, regency = acting.tx, at.row.regency_code
    entries = await evidence.registry(tx, digests, at.today)
    people = await evidence.persons(tx, regency, digests)
    paid = set(await evidence.aid(tx, regency, digests, at.funding, at.today))
    paid |= set(await evidence.on_other_lists(tx, at.place, digests, at.funding, at.current))
    records = {
        nik: [*([entries[nik].record] if nik in entries else []), *people.get(nik, ())]
        for nik in digests.values()
    }
    return _Known(records, frozenset(paid))


async def _keep(acting: Acting, at: Comparing, people: Sequence[_Person]) -> None:
    if not people:
        return
    digests = {one.digest: one.digest.hex() for one in people}
    before = await absent.found_already(acting.tx, at.place, list(digests))
    known = await _known(acting, at, digests)
    rows = []
    for one in people:
        nik = one.digest.hex()
        records = known.records[nik]
        if one.digest not in before and nik not in known.paid and not _is_gone(at, one, records):
            rows.append(_row(acting, at, one, records))
    await findings.add(acting.tx, rows)


async def still_missing(acting: Acting, at: Comparing, found: Sequence[ReconciliationFinding]) -> set[UUID]:
    """Return those who are still alive, here, and paid for by nobody else."""
    digests = {one.nik_digest: one.nik_digest.hex() for one in found if one.nik_digest is not None}
    if not digests:
        return set()
    known = await _known(acting, at, digests)
    kept = set()
    for one in found:
        digest = one.nik_digest or b""
        records = known.records.get(digest.hex(), ())
        person = _Person(digest, Identity(), None, Source(one.source or Source.LIST), Reason(one.reason), {})
        if digest.hex() not in known.paid and not _is_gone(at, person, records):
            kept.add(one.id)
    return kept


def _is_gone(at: Comparing, one: _Person, records: Sequence[Record]) -> bool:
    """Whether she died, moved away, or is known by another name; or nothing may be told of where she is."""
    if one.source in {Source.LEDGER, Source.CASE} and any(record.shielded for record in records):
        return True
    who = Identity(one.digest.hex(), None, one.who.name_key, one.who.born_on, None, one.who.sex)
    found = classify(Listed(1, who), records, asked=Asked(at.row.region_code))
    return any(each.kind in _GONE for each in found)


def _row(acting: Acting, at: Comparing, one: _Person, records: Sequence[Record]) -> dict[str, Any]:
    record = next((each for each in records if each.id == one.subject_id), None)
    if record is None:
        record = next((each for each in records if each.source is Source.PERSON), None)
    evidence_ = {"source": one.source, **one.evidence}
    made = finding_row(acting, at, Finding(Kind.MISSING, one.reason, record, evidence_), None)
    made["nik_digest"] = one.digest
    made["village_code"] = one.village or at.row.region_code
    if one.row is not None:
        made["list_no"], made["row_n"] = one.row
    return made
