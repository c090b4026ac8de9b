"""The rows of lists as they are staged: written a batch at a time, read again by their place in the file."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Date, Integer, LargeBinary, Text, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from app.db.session import Tx
from app.db.tables.reconciliations import ReconciliationRow
from app.domain.reconciliation import Earlier

MAIN: Final = 0
"""The number of the list itself; the others follow it."""


@dataclass(frozen=True, slots=True)
class Staged:
    """One row, with what it says sealed."""

    n: int
    nik_digest: bytes | None
    nik_last4: str | None
    kk_digest: bytes | None
    name_key: str
    born_on: date | None
    sex: str | None
    village_code: str | None
    sealed: bytes
    says: str | None = None
    """``dead`` or ``moved``, where the list itself marks it."""
    refused: tuple[str, ...] = ()


_BYTES, _TEXTS = ARRAY(LargeBinary()), ARRAY(Text())
# A row's values as arrays: a VALUES list of thousands would be planned anew for each batch.
_STAGE: Final = text("""
INSERT INTO reconciliation_rows (regency_code, reconciliation_id, list_no, n, nik_digest, nik_last4,
  kk_digest, name_key, born_on, sex, village_code, sealed, says, refused, outcome)
SELECT :regency, :id, :list_no, u.n, u.nik, u.last4, u.kk, u.name_key, u.born_on, u.sex, u.village,
  u.sealed, u.says, CAST(u.refused AS jsonb), NULL
FROM unnest(:n, :nik, :last4, :kk, :name_key, :born_on, :sex, :village, :sealed, :says, :refused)
  AS u(n, nik, last4, kk, name_key, born_on, sex, village, sealed, says, refused)
""").bindparams(
    bindparam("n", type_=ARRAY(Integer())),
    bindparam("nik", type_=_BYTES),
    bindparam("last4", type_=_TEXTS),
    bindparam("kk", type_=_BYTES),
    bindparam("name_key", type_=_TEXTS),
    bindparam("born_on", type_=ARRAY(Date())),
    bindparam("sex", type_=_TEXTS),
    bindparam("village", type_=_TEXTS),
    bindparam("sealed", type_=_BYTES),
    bindparam("says", type_=_TEXTS),
    bindparam("refused", type_=_TEXTS),
)


@dataclass(frozen=True, slots=True)
class Place:
    """One list of one reconciliation."""

    regency: str
    id: UUID
    list_no: int = MAIN


async def stage(tx: Tx, place: Place, rows: Sequence[Staged]) -> None:
    bound = {
        "regency": place.regency,
        "id": place.id,
        "list_no": place.list_no,
        "n": [row.n for row in rows],
        "nik": [row.nik_digest for row in rows],
        "last4": [row.nik_last4 for row in rows],
        "kk": [row.kk_digest for row in rows],
        "name_key": [row.name_key for row in rows],
        "born_on": [row.born_on for row in rows],
        "sex": [row.sex for row in rows],
        "village": [row.village_code for row in rows],
        "sealed": [row.sealed for row in rows],
        "says": [row.says for row in rows],
        "refused": [json.dumps(row.refused) for row in rows],
    }
    await tx.execute(_STAGE, bound)


async def after(tx: Tx, place: Place, n: int, limit: int, *, unseen: bool = False) -> list[Staged]:
    """Return the next rows behind *n*, in the order of the file; *unseen*: only those without an outcome."""
    statement = select(*_COLUMNS).where(*_of(place), ReconciliationRow.n > n)
    if unseen:
        statement = statement.where(ReconciliationRow.outcome.is_(None))
    statement = statement.order_by(ReconciliationRow.n).limit(limit)
    return [_staged(row) for row in await tx.execute(statement)]


async def one(tx: Tx, place: Place, n: int) -> Staged | None:
    found = await tx.execute(select(*_COLUMNS).where(*_of(place), ReconciliationRow.n == n))
    row = found.one_or_none()
    return None if row is None else _staged(row)


async def some(tx: Tx, place: Place, numbers: Collection[int]) -> dict[int, Staged]:
    if not numbers:
        return {}
    statement = select(*_COLUMNS).where(*_of(place), ReconciliationRow.n.in_(sorted(set(numbers))))
    return {row.n: _staged(row) for row in await tx.execute(statement)}


_COLUMNS: Final = (
    ReconciliationRow.n,
    ReconciliationRow.nik_digest,
    ReconciliationRow.nik_last4,
    ReconciliationRow.kk_digest,
    ReconciliationRow.name_key,
    ReconciliationRow.born_on,
    ReconciliationRow.sex,
    ReconciliationRow.village_code,
    ReconciliationRow.sealed,
    ReconciliationRow.says,
    ReconciliationRow.refused,
)


def _of(place: Place) -> tuple[ColumnElement[bool], ...]:
    return (
        ReconciliationRow.regency_code == place.regency,
        ReconciliationRow.reconciliation_id == place.id,
        ReconciliationRow.list_no == place.list_no,
    )


def _staged(row: Any) -> Staged:
    return replace(Staged(*row), refused=tuple(row.refused))


async def first_of(tx: Tx, place: Place, digests: Sequence[bytes]) -> dict[bytes, Earlier]:
    """Return the first row of each NIK in the list."""
    statement = (
        select(ReconciliationRow.nik_digest, ReconciliationRow.n, ReconciliationRow.name_key)
        .ext(distinct_on(ReconciliationRow.nik_digest))
        .where(*_of(place), ReconciliationRow.nik_digest == func.any(bindparam("nik", type_=_BYTES)))
        .order_by(ReconciliationRow.nik_digest, ReconciliationRow.n)
    )
    found = await tx.execute(statement, {"nik": list(digests)})
    return {row.nik_digest: Earlier(row.n, row.name_key) for row in found}


async def listed_in(tx: Tx, place: Place, digests: Sequence[bytes]) -> set[bytes]:
    """Return which of these NIK stand in a list."""
    statement = (
        select(ReconciliationRow.nik_digest)
        .where(*_of(place), ReconciliationRow.nik_digest == func.any(bindparam("nik", type_=_BYTES)))
        .distinct()
    )
    return set(await tx.scalars(statement, {"nik": list(digests)}))


async def outcomes(tx: Tx, place: Place) -> dict[str, int]:
    """Count the rows by what was found."""
    statement = (
        select(ReconciliationRow.outcome, func.count()).where(*_of(place)).group_by(ReconciliationRow.outcome)
    )
    return {outcome or "": count for outcome, count in await tx.execute(statement)}


_MARK: Final = text("""
UPDATE reconciliation_rows SET outcome = u.outcome
FROM unnest(:n, :outcome) AS u(n, outcome)
WHERE reconciliation_rows.regency_code = :regency AND reconciliation_rows.reconciliation_id = :id
  AND reconciliation_rows.list_no = 0 AND reconciliation_rows.n = u.n
""").bindparams(bindparam("n", type_=ARRAY(Integer())), bindparam("outcome", type_=_TEXTS))


async def mark(tx: Tx, place: Place, outcomes: Sequence[tuple[int, str]]) -> None:
    """Write what was found of each row."""
    bound = {
        "regency": place.regency,
        "id": place.id,
        "n": [n for n, _ in outcomes],
        "outcome": [outcome for _, outcome in outcomes],
    }
    await tx.execute(_MARK, bound)
