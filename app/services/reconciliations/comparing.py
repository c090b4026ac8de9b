"""Answering a reconciliation, a batch of rows at a time; each function is the work of one transaction.

A row is looked at twice at the most: by its NIK, and where nobody has that NIK once more by what it says
of the person. Either way its findings and its outcome are written together.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple, Protocol
from uuid import UUID, uuid5

from app.db.queries.acting import Acting, Vault
from app.db.queries.reconciliations import evidence, findings, stored
from app.db.queries.reconciliations import rows as staged
from app.db.queries.reconciliations.evidence import Funding, OtherList
from app.db.queries.reconciliations.near import Sought, Where, near
from app.db.queries.reconciliations.rows import MAIN, Place, Staged
from app.db.session import Tx
from app.db.tables.reconciliations import Reconciliation
from app.domain.knowledge import Knowledge
from app.domain.ledger import excluded_pairs
from app.domain.lists import Reason as RowReason
from app.domain.lists import Tidied, Verdict
from app.domain.lists.verdicts import VERDICT_OF
from app.domain.matching import Identity
from app.domain.programs import Effect
from app.domain.reconciliation import (
    Against,
    Asked,
    Evidence,
    Finding,
    FindingState,
    HeldAid,
    Kind,
    Listed,
    ListRole,
    Record,
    asked_of,
    classify,
    outcome_of,
)
from app.domain.sla import local_date

TABLE: Final = "reconciliation_rows"
SKIPPED: Final = frozenset({RowReason.HEADER_AGAIN, RowReason.TOTAL_ROW})
"""What stands in the file as a row and is nobody's."""
_SAYS: Final = {"MENINGGAL": "dead", "PINDAH": "moved"}


class Numbers(Protocol):
    def digest(self, field_name: str, value: str) -> bytes: ...
    def digests(self, field_name: str, value: str) -> list[bytes]: ...


@dataclass(frozen=True, slots=True)
class Comparing:
    """One reconciliation while it is answered."""

    row: Reconciliation
    key: Any
    """Opens and seals its rows."""
    blind: Numbers
    funding: Funding
    current: tuple[OtherList, ...]
    asked: Asked
    today: date

    @property
    def place(self) -> Place:
        return Place(self.row.regency_code, self.row.id, MAIN)

    def asks(self, *sources: Against) -> bool:
        return any(one.value in self.row.against for one in sources)


def comparing(acting: Acting, row: Reconciliation, wrapped: bytes, blind: Numbers) -> Comparing:
    today = local_date(acting.now, row.region_code)
    current = tuple(
        OtherList(n, one["program"], today)
        for n, one in enumerate(row.others, 1)
        if one["role"] == ListRole.CURRENT.value
    )
    asked = asked_of(row.region_code, map(Against, row.against), other_lists=bool(current))
    funding = funding_of(acting.known, row.program_code)
    return Comparing(row, acting.vault.unwrap(wrapped), blind, funding, current, asked, today)


def funding_of(known: Knowledge, program: str) -> Funding:
    """Return what may not stand beside a programme, by its own rules or the other's; the stricter counts."""
    others: dict[str, Effect] = {}
    for code, one in known.programs.items():
        for pair in excluded_pairs(code, one.version):
            if program not in (pair.program, pair.other) or pair.program == pair.other:
                continue
            other = pair.other if pair.program == program else pair.program
            if others.get(other) is not Effect.EXCLUDE:
                others[other] = pair.effect
    return Funding(program, others)


# Staging -------------------------------------------------------------------------------------------------


def row_id(reconciliation: UUID, list_no: int, n: int) -> UUID:
    """The name that a row's sealed text is bound to."""
    return uuid5(reconciliation, f"{list_no}:{n}")


def stage_row(vault: Vault, at: Comparing, list_no: int, numbered: tuple[int, Tidied]) -> Staged:
    """Return a row with its digests, and what it says sealed. Takes no database; it may run in a thread."""
    n, tidied = numbered
    village = tidied.village if tidied.village != at.row.regency_code else None
    told = {"name": tidied.name, "nik": tidied.nik, "kk": tidied.kk, "reasons": list(tidied.reasons)}
    text = json.dumps(told, ensure_ascii=False)
    return Staged(
        n=n,
        nik_digest=at.blind.digest("nik", tidied.nik) if tidied.nik else None,
        nik_last4=tidied.nik[-4:] if tidied.nik else None,
        kk_digest=at.blind.digest("kk", tidied.kk) if tidied.kk else None,
        name_key=tidied.name_key,
        born_on=tidied.born_on,
        sex=tidied.sex,
        village_code=village,
        sealed=vault.seal(at.key, TABLE, "sealed", row_id(at.row.id, list_no, n), text),
        says=_says(tidied),
        refused=tuple(one.value for one in tidied.reasons if VERDICT_OF[one] is Verdict.REFUSED),
    )


def is_foreign(numbered: tuple[int, Tidied]) -> bool:
    """Whether a row names a village that the regency does not have."""
    return not {RowReason.VILLAGE_ELSEWHERE, RowReason.VILLAGE_UNKNOWN}.isdisjoint(numbered[1].reasons)


def _says(tidied: Tidied) -> str | None:
    if RowReason.VILLAGE_ELSEWHERE in tidied.reasons:
        return "moved"
    return _SAYS.get(tidied.status)


def opened(acting: Acting, at: Comparing, list_no: int, row: Staged) -> dict[str, Any]:
    """Return what a row says: name, NIK, KK, and the reasons of its verdict."""
    text = acting.vault.open(at.key, TABLE, "sealed", row_id(at.row.id, list_no, row.n), row.sealed)
    found: dict[str, Any] = json.loads(text)
    return found


async def fix_snapshot(tx: Tx, row: Reconciliation) -> None:
    """Note which list of the registry counts for this reconciliation."""
    newest = await stored.newest_snapshot(tx, row.regency_code)
    row.registry_source, row.registry_period = newest or (None, None)


# Looking -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Known:
    """All that the sources say of a batch of rows, by the text of the NIK or by the row."""

    records: Mapping[str, Sequence[Record]]
    aid: Mapping[str, Sequence[HeldAid]]
    near: Mapping[int, Sequence[Record]]


Judged = tuple[Staged, tuple[Finding, ...] | None]
"""A row with what stands against it; None: nobody has its NIK, so it is looked at once more."""


class Advance(NamedTuple):
    """How far a batch came."""

    n: int
    """The place of its last row."""
    rows: int
    """How many it settled."""


async def compare_by_nik(acting: Acting, at: Comparing, after: int, limit: int) -> Advance | None:
    """Judge the next rows by their NIK; None when there is none left."""
    rows = await staged.after(acting.tx, at.place, after, limit)
    return await _compare(acting, at, rows, searching=False)


async def compare_by_likeness(acting: Acting, at: Comparing, after: int, limit: int) -> Advance | None:
    """Judge the next of those rows whose NIK nobody has, by whom they might be; None when none is left."""
    rows = await staged.after(acting.tx, at.place, after, limit, unseen=True)
    return await _compare(acting, at, rows, searching=True)


async def _compare(
    acting: Acting, at: Comparing, rows: Sequence[Staged], *, searching: bool
) -> Advance | None:
    if not rows:
        return None
    judged = await judge(acting, at, rows, searching=searching)
    await keep(acting, at, judged)
    return Advance(rows[-1].n, sum(found is not None for _, found in judged))


async def judge(acting: Acting, at: Comparing, rows: Sequence[Staged], *, searching: bool) -> list[Judged]:
    digests = await asyncio.to_thread(_digests, acting, at, rows)
    known = await _known(acting, at, digests, rows if searching else ())
    first = await staged.first_of(acting.tx, at.place, [row.nik_digest for row in rows if row.nik_digest])

    def judged() -> list[Judged]:
        return [_judged(at, row, known, first, searching=searching) for row in rows]

    return await asyncio.to_thread(judged)


def _digests(acting: Acting, at: Comparing, rows: Sequence[Staged]) -> dict[bytes, str]:
    if len(at.blind.digests("nik", "")) == 1:
        return {row.nik_digest: row.nik_digest.hex() for row in rows if row.nik_digest is not None}
    # While keys are changed, others may still have digested the number with the one before.
    found: dict[bytes, str] = {}
    for row in rows:
        if row.nik_digest is not None:
            text = row.nik_digest.hex()
            nik = opened(acting, at, MAIN, row)["nik"]
            found |= dict.fromkeys(at.blind.digests("nik", nik), text)
    return found


async def _known(
    acting: Acting, at: Comparing, digests: Mapping[bytes, str], searched: Sequence[Staged]
) -> Known:
    tx, regency = acting.tx, at.row.regency_code
    in_registry = at.asks(Against.REGISTRY, Against.DEATHS_AND_MOVES, Against.LEDGER)
    in_persons = at.asks(Against.PERSONS, Against.DEATHS_AND_MOVES)
    entries = await evidence.registry(tx, digests, at.today) if in_registry else {}
    people = await evidence.persons(tx, regency, digests) if in_persons else {}
    records = {
        nik: [*([entries[nik].record] if nik in entries else []), *people.get(nik, ())]
        for nik in entries.keys() | people.keys()
    }
    aid: dict[str, list[HeldAid]] = {}
    if at.asks(Against.LEDGER):
        _join(aid, await evidence.aid(tx, regency, digests, at.funding, at.today))
        _join(aid, evidence.registry_aid(entries, at.funding))
    _join(aid, await evidence.on_other_lists(tx, at.place, digests, at.funding, at.current))
    sought = [
        Sought(row.n, row.name_key, row.born_on, row.village_code)
        for row in searched
        if not row.refused and row.name_key
    ]
    where = Where(regency, at.asks(Against.REGISTRY), at.asks(Against.PERSONS), at.today)
    return Known(records, aid, await near(tx, where, sought, digests) if sought else {})


def _join(into: dict[str, list[HeldAid]], more: Mapping[str, Sequence[HeldAid]]) -> None:
    for nik, held in more.items():
        into.setdefault(nik, []).extend(held)


def _judged(
    at: Comparing, row: Staged, known: Known, first: Mapping[bytes, Any], *, searching: bool
) -> Judged:
    text = row.nik_digest.hex() if row.nik_digest else ""
    records = known.records.get(text, ())
    if not (records or searching or row.refused):
        return row, None
    earlier = first.get(row.nik_digest) if row.nik_digest else None
    listed = Listed(
        row.n,
        Identity(
            nik=text or None,
            kk=None,
            name_key=row.name_key,
            born_on=row.born_on,
            village=row.village_code,
            sex=row.sex,
        ),
        row.refused,
        earlier if earlier is not None and earlier.n < row.n else None,
        says_dead=row.says == "dead",
        says_moved=row.says == "moved",
    )
    return row, classify(listed, records, known.aid.get(text, ()), known.near.get(row.n, ()), asked=at.asked)


async def keep(acting: Acting, at: Comparing, judged: Sequence[Judged]) -> None:
    """Write the findings of rows, and what each row came to."""
    rows = [finding_row(acting, at, one, row) for row, found in judged if found is not None for one in found]
    await findings.add(acting.tx, rows)
    await staged.mark(
        acting.tx, at.place, [(row.n, outcome_of(found).value) for row, found in judged if found is not None]
    )


def finding_row(acting: Acting, at: Comparing, found: Finding, row: Staged | None) -> dict[str, Any]:
    record = found.record
    return {
        "regency_code": at.row.regency_code,
        "id": acting.new_id(),
        "reconciliation_id": at.row.id,
        "list_no": MAIN if row is not None else None,
        "row_n": row.n if row is not None else None,
        "kind": found.kind.value,
        "reason": found.reason.value,
        "source": found.evidence.get("source"),
        "evidence": _codes(found.evidence),
        "village_code": (row.village_code if row is not None else None) or at.row.region_code,
        "nik_digest": row.nik_digest if row is not None and found.kind is Kind.MISSING else None,
        "subject_tenant": record.tenant if record else None,
        "subject_id": record.id if record else None,
        "subject_version": record.version if record else None,
        "candidates": [
            {
                "source": one.record.source.value,
                "tenant": one.record.tenant,
                "id": one.record.id.hex,
                "score": one.score,
                "reasons": list(one.reasons),
            }
            for one in found.candidates
        ],
        "state": FindingState.OPEN.value,
        "decision": None,
        "decision_reason": None,
        "other_program": None,
        "chosen": None,
        "note_sealed": None,
        "decided_at": None,
        "decided_by": None,
        "approved_at": None,
        "approved_by": None,
        "batch_id": None,
        "version": 1,
        "created_at": acting.now,
    }


def _codes(evidence_: Evidence) -> dict[str, Any]:
    return {name: str(value) if not isinstance(value, int) else value for name, value in evidence_.items()}
