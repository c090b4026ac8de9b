"""Free text of a case: sealed with the case's data key, named in events by id and HMAC only."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select

from app.db.queries.acting import Acting, Vault
from app.db.session import Tx
from app.db.tables.cases import Case, CaseFact, CaseText, RoutingRecord
from app.db.tables.people import DataKey
from app.domain.errors import Conflict
from app.domain.facts import Facts, parse_facts

NOTE = "note"
TO_RESIDENT = "note_to_resident"
"""A note that the resident reads on her tracking page."""
CONFIRMATION = "confirmation"
FILED = "papers_filed"
"""In the case's private part: papers that are known from an attached file only, seen by nobody."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A text that was sealed: what its event may hold of it."""

    id: UUID
    hmac: str


@dataclass(frozen=True, slots=True)
class Text:
    id: UUID
    kind: str
    text: str
    at: datetime
    by: UUID | None
    referral_id: UUID | None


@dataclass(frozen=True, slots=True)
class Stated:
    """Answers that came together: names of the fact dictionary to values, their source, and their day."""

    facts: Mapping[str, Any]
    source: str
    as_of: date


class StatedFact(NamedTuple):
    name: str
    value: Any
    source: str
    as_of: date
    at: datetime


async def data_key(tx: Tx, vault: Vault, regency_code: str, key_id: UUID) -> Any:
    """Return the data key, opened.

    Raises:
        Conflict: it was destroyed, since the person was erased.
    """
    wrapped = await tx.scalar(
        select(DataKey.wrapped).where(DataKey.regency_code == regency_code, DataKey.id == key_id)
    )
    if wrapped is None:
        raise Conflict(
            "erased",
            "Data pribadi kasus ini sudah dihapus.",
            "The personal data of this case was erased.",
        )
    return vault.unwrap(wrapped)


async def add_text(
    acting: Acting, case: Case, key: Any, kind: str, text: str, referral_id: UUID | None = None
) -> Stored:
    id_ = acting.new_id()
    acting.tx.add(
        CaseText(
            regency_code=case.regency_code,
            id=id_,
            case_id=case.id,
            referral_id=referral_id,
            kind=kind,
            sealed=acting.vault.seal(key, "case_texts", "sealed", id_, text),
            at=acting.now,
            by=acting.actor.account_id,
        )
    )
    return Stored(id_, acting.vault.text_hmac(key, text))


async def texts_of(
    tx: Tx, vault: Vault, case: Case, kinds: Collection[str], referral_id: UUID | None = None
) -> Sequence[Text]:
    """Return the texts of these kinds, oldest first, opened."""
    statement = select(CaseText).where(
        CaseText.regency_code == case.regency_code, CaseText.case_id == case.id, CaseText.kind.in_(kinds)
    )
    if referral_id is not None:
        statement = statement.where(CaseText.referral_id == referral_id)
    rows = (await tx.scalars(statement.order_by(CaseText.at, CaseText.id))).all()
    if not rows:
        return []
    key = await data_key(tx, vault, case.regency_code, case.data_key_id)
    return [
        Text(
            row.id,
            row.kind,
            vault.open(key, "case_texts", "sealed", row.id, row.sealed),
            row.at,
            row.by,
            row.referral_id,
        )
        for row in rows
    ]


def private_of(vault: Vault, case: Case, key: Any) -> dict[str, Any]:
    """Return the one sealed text of a case: its words, reporter, exact place and papers."""
    found: dict[str, Any] = json.loads(vault.open(key, "cases", "private", case.id, case.private_sealed))
    return found


def add_papers(vault: Vault, case: Case, key: Any, papers: Collection[str]) -> frozenset[str]:
    """Note papers that were shown now; return all that the case has."""
    private = private_of(vault, case, key)
    held = frozenset([*(private.get("papers") or ()), *papers])
    filed = frozenset(private.get(FILED) or ())
    if held != frozenset(private.get("papers") or ()) or filed & {*papers}:
        private["papers"] = sorted(held)
        private[FILED] = sorted(filed - {*papers})
        case.private_sealed = vault.seal(
            key, "cases", "private", case.id, json.dumps(private, ensure_ascii=False)
        )
    return held


async def add_facts(acting: Acting, case: Case, key: Any, stated: Stated) -> None:
    """Keep answers, each under a row of its own: a later one to the same question wins."""
    for name, value in stated.facts.items():
        id_ = acting.new_id()
        acting.tx.add(
            CaseFact(
                regency_code=case.regency_code,
                id=id_,
                case_id=case.id,
                name=name,
                value_sealed=acting.vault.seal(key, "case_facts", "value", id_, json.dumps(value)),
                source=stated.source,
                as_of=stated.as_of,
                at=acting.now,
                by=acting.actor.account_id,
            )
        )


async def stated_of(tx: Tx, vault: Vault, case: Case, key: Any) -> list[StatedFact]:
    """Return every answer that was stated of the case, oldest first, opened."""
    statement = select(CaseFact).where(
        CaseFact.regency_code == case.regency_code, CaseFact.case_id == case.id
    )
    rows = await tx.scalars(statement.order_by(CaseFact.at, CaseFact.id))
    return [
        StatedFact(
            row.name,
            json.loads(vault.open(key, "case_facts", "value", row.id, row.value_sealed)),
            row.source,
            row.as_of,
            row.at,
        )
        for row in rows
    ]


async def facts_of(tx: Tx, vault: Vault, case: Case, key: Any) -> Facts:
    """Return what the latest routing record was made from."""
    row = await tx.execute(
        select(RoutingRecord.id, RoutingRecord.facts_sealed)
        .where(RoutingRecord.regency_code == case.regency_code, RoutingRecord.case_id == case.id)
        .order_by(RoutingRecord.n.desc())
        .limit(1)
    )
    found = row.one_or_none()
    if found is None:
        return {}
    sealed = json.loads(vault.open(key, "routing_records", "facts", found.id, found.facts_sealed))
    return parse_facts(sealed["facts"])
